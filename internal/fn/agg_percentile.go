package fn

import (
	"math"
	"slices"
	"strconv"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// percentile is exact nearest rank: the smallest value that at least p percent
// of the values do not exceed. It keeps the type, but an int becomes a long and a decimal a real; nulls do not count; nothing
// gives null. Kusto estimates above small inputs.
var _ = aggregate(Aggregate{Name: "percentile", Summary: "A percentile of the values.", Type: rankType, New: newPercentile(1, false)})

var _ = aggregate(Aggregate{Name: "percentiles", Summary: "Several percentiles of the values, a column each.", Type: rankType, New: newPercentile(1, false)})

var _ = aggregate(Aggregate{Name: "percentilew", Summary: "A percentile of weighted values.", Type: rankType, New: newPercentile(2, false)})

var _ = aggregate(Aggregate{Name: "percentilesw", Summary: "Several percentiles of weighted values, a column each.", Type: rankType, New: newPercentile(2, false)})

var _ = aggregate(Aggregate{Name: "percentiles_array", Summary: "Several percentiles of the values in an array.", Type: dynamicType, New: newPercentile(1, true)})

var _ = aggregate(Aggregate{Name: "percentilesw_array", Summary: "Several percentiles of weighted values in an array.", Type: dynamicType, New: newPercentile(2, true)})

// rankType is the type of a percentile: of ints it is long, of decimals real.
func rankType(args []types.Type) types.Type {
	switch t := firstType(args); t {
	case types.Int:
		return types.Long
	case types.Decimal:
		return types.Real
	default:
		return t
	}
}

// newPercentile makes percentiles whose ranks begin at argument at; a weight
// stands before them when at is 2.
func newPercentile(at int, array bool) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) {
		s := &rankState{t: rankType(a.Types), weighted: at == 2, array: array, in: newInterner(a.Types[0])}
		if s.t == types.Unknown {
			s.t = types.Dynamic
		}
		for i := at; i < len(a.Consts); i++ {
			ranks, ok := ranksOf(a.Consts[i])
			if !ok {
				return nil, Errorf("a percentile must be a constant number from 0 to 100")
			}
			s.ranks = append(s.ranks, ranks...)
		}
		if len(s.ranks) == 0 {
			return nil, Errorf("a percentile must be a constant number from 0 to 100")
		}
		return s, nil
	}
}

// ranksOf reads one constant: a number, or an array of numbers.
func ranksOf(d *vector.Datum) ([]float64, bool) {
	if d == nil || d.V == nil {
		return nil, false
	}
	var out []float64
	v := vector.Constant(*d, 1)
	if x, ok := d.V.(dynamic.Value); ok && x.Kind() == dynamic.Array {
		for _, e := range x.Items() {
			f, ok := e.Number()
			if !ok {
				return nil, false
			}
			out = append(out, f)
		}
	} else if f, ok := realAt(v, 0); ok {
		out = append(out, f)
	}
	for _, f := range out {
		if !(f >= 0 && f <= 100) {
			return nil, false
		}
	}
	return out, len(out) > 0
}

// rankState keeps the values of each group: unweighted numbers and times as
// they are, anything else as how often each distinct value was seen.
type rankState struct {
	t               types.Type
	weighted, array bool
	ranks           []float64

	plain [][]int64 // numbers and times, reals by orderedBits
	rows  int64     // in plain

	in   *interner
	seen counted
}

// orderedBits maps reals to whole numbers of the same order; NaN comes first,
// as compareDatum has it.
func orderedBits(f float64) int64 {
	if f != f {
		return math.MinInt64
	}
	b := int64(math.Float64bits(f))
	if b < 0 {
		b ^= math.MaxInt64
	}
	return b
}

func fromOrderedBits(b int64) float64 {
	if b == math.MinInt64 {
		return math.NaN()
	}
	if b < 0 {
		b ^= math.MaxInt64
	}
	return math.Float64frombits(uint64(b))
}

// isPlain says whether values are kept as numbers.
func (s *rankState) isPlain() bool {
	switch s.t {
	case types.Long, types.Int, types.Datetime, types.Timespan, types.Real:
		return !s.weighted
	}
	return false
}

func (s *rankState) Grow(n int) {
	if s.isPlain() {
		s.plain = grown(s.plain, n)
	}
}

func (s *rankState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	if s.isPlain() {
		s.rows += int64(len(groups))
		for i, g := range groups {
			if v.IsNull(i) {
				continue
			}
			x := int64(0)
			if s.t == types.Real {
				f, _ := realAt(v, i)
				x = orderedBits(f)
			} else {
				x = v.Int(i)
			}
			s.plain[g] = append(s.plain[g], x)
		}
		return nil
	}
	for i, id := range s.in.ids(v, len(groups)) {
		if id < 0 {
			continue
		}
		w := int64(1)
		if s.weighted {
			f, ok := realAt(args[1], i)
			if w = int64(f); !ok || w <= 0 {
				continue
			}
		}
		s.seen.add(groups[i], id, w)
	}
	return nil
}

func (s *rankState) Merge(other State, to []int32) error {
	o := other.(*rankState)
	for g, vals := range o.plain {
		s.plain[to[g]] = append(s.plain[to[g]], vals...)
	}
	s.rows += o.rows
	ids := s.in.absorb(o.in)
	o.seen.each(func(g, id int32, w int64) { s.seen.add(to[g], ids(id), w) })
	return nil
}

// datumOf is a value as the result has it.
func (s *rankState) datumOf(x dynamic.Value) vector.Datum {
	d := vector.Datum{T: s.t}
	switch s.t {
	case types.Bool:
		d.V = x.Bool()
	case types.Int, types.Long, types.Datetime, types.Timespan:
		d.V = x.Long()
	case types.Real:
		if f, ok := x.Number(); ok {
			d.V = f
		} else if f, err := strconv.ParseFloat(x.Text(), 64); err == nil { // a decimal
			d.V = f
		}
	case types.String:
		d.V = x.Text()
	case types.Guid:
		if g, ok := vector.ParseGuid(x.Text()); ok {
			d.V = g
		}
	default:
		d.V = x
	}
	return d
}

func (s *rankState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	var at func(g int, p float64) vector.Datum
	if s.isPlain() {
		for _, vals := range s.plain[:n] {
			slices.Sort(vals)
		}
		at = s.plainRank
	} else {
		rows := s.ranked(n)
		at = func(g int, p float64) vector.Datum { return s.rank(rows[g], p) }
	}
	cols := make([]*vector.Vector, len(s.ranks))
	for k, p := range s.ranks {
		cols[k] = column(s.t, n, func(g int) vector.Datum { return at(g, p) })[0]
	}
	if !s.array {
		return cols, nil
	}
	return column(types.Dynamic, n, func(g int) vector.Datum {
		items := make([]dynamic.Value, len(cols))
		for k := range cols {
			items[k] = cols[k].ToDynamic(g)
		}
		return vector.Datum{T: types.Dynamic, V: dynamic.FromArray(items)}
	}), nil
}

// nth is the place of percentile p among n values in order.
func nth(p float64, n int64) int64 {
	i := int64(math.Ceil(p/100*float64(n))) - 1
	return min(max(i, 0), n-1)
}

// plainRank is the value at percentile p of group g.
func (s *rankState) plainRank(g int, p float64) vector.Datum {
	vals := s.plain[g]
	if len(vals) == 0 {
		return vector.Datum{T: s.t}
	}
	x := vals[nth(p, int64(len(vals)))]
	if s.t == types.Real {
		return vector.Datum{T: s.t, V: fromOrderedBits(x)}
	}
	return vector.Datum{T: s.t, V: x}
}

// rank is the value at percentile p of values in order.
func (s *rankState) rank(rows []weighted, p float64) vector.Datum {
	if len(rows) == 0 {
		return vector.Datum{T: s.t}
	}
	total := int64(0)
	for _, r := range rows {
		total += r.w
	}
	if !s.weighted { // the place is known
		i := nth(p, total)
		for _, r := range rows {
			if i -= r.w; i < 0 {
				return r.d
			}
		}
	}
	want, sum := p/100*float64(total), 0.0
	for _, r := range rows {
		if sum += float64(r.w); sum >= want {
			return r.d
		}
	}
	return rows[len(rows)-1].d
}

func (s *rankState) Bytes() int64 {
	return s.rows*12 + int64(cap(s.plain))*24 + s.in.bytes + int64(len(s.seen.slots))*16
}
