package fn

import (
	"math"
	"sort"

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
		s := &rankState{t: rankType(a.Types), weighted: at == 2, array: array}
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

type weighted struct {
	d vector.Datum
	w int64
}

type rankState struct {
	t               types.Type
	weighted, array bool
	ranks           []float64
	rows            [][]weighted
	bytes           int64
}

func (s *rankState) Grow(n int) { s.rows = grown(s.rows, n) }

func (s *rankState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	for i, g := range groups {
		if v.IsNull(i) {
			continue
		}
		w := int64(1)
		if s.weighted {
			f, ok := realAt(args[1], i)
			if w = int64(f); !ok || w <= 0 {
				continue
			}
		}
		d := keep(v.Datum(i))
		if d.T == types.Decimal {
			f, _ := realAt(v, i)
			d.V = f
		}
		d.T = s.t
		s.rows[g] = append(s.rows[g], weighted{d, w})
		s.bytes += 48 + datumBytes(d)
	}
	return nil
}

func (s *rankState) Merge(other State, to []int32) error {
	o := other.(*rankState)
	for g, rows := range o.rows {
		s.rows[to[g]] = append(s.rows[to[g]], rows...)
	}
	s.bytes += o.bytes
	return nil
}

func (s *rankState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	total := make([]float64, n)
	for g, rows := range s.rows[:n] {
		sort.SliceStable(rows, func(i, j int) bool { return compareDatum(rows[i].d, rows[j].d) < 0 })
		for _, r := range rows {
			total[g] += float64(r.w)
		}
	}
	cols := make([]*vector.Vector, len(s.ranks))
	for k, p := range s.ranks {
		cols[k] = column(s.t, n, func(g int) vector.Datum { return s.rank(g, p, total[g]) })[0]
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

// rank is the value at percentile p of group g.
func (s *rankState) rank(g int, p, total float64) vector.Datum {
	rows := s.rows[g]
	if len(rows) == 0 {
		return vector.Datum{T: s.t}
	}
	if !s.weighted { // the place is known
		i := int(math.Ceil(p/100*total)) - 1
		return rows[min(max(i, 0), len(rows)-1)].d
	}
	want, sum := p/100*total, 0.0
	for _, r := range rows {
		if sum += float64(r.w); sum >= want {
			return r.d
		}
	}
	return rows[len(rows)-1].d
}

func (s *rankState) Bytes() int64 { return s.bytes + int64(cap(s.rows))*24 }
