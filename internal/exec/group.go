package exec

import (
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// grouper numbers the distinct combinations of key values in the order they
// are first seen. Null equals null, NaN equals NaN.
type grouper struct {
	keys  []*interner
	pairs []map[uint64]int32 // pairs[k] joins the number of keys 0..k with key k+1
	store []*vector.Builder
	n     int
	bytes int64
}

func newGrouper(ts []types.Type) *grouper {
	g := &grouper{}
	for i, t := range ts {
		g.keys = append(g.keys, newInterner(t))
		g.store = append(g.store, vector.NewBuilder(t, 16))
		if i > 0 {
			g.pairs = append(g.pairs, map[uint64]int32{})
		}
	}
	return g
}

// ids is the group of each of n rows.
func (g *grouper) ids(cols []*vector.Vector, n int) []int32 {
	out := make([]int32, n)
	if len(cols) == 0 {
		if n > 0 && g.n == 0 {
			g.n = 1
		}
		return out
	}
	if shared := sharedCodes(cols); shared != nil && shared[0].Values.N <= n {
		return g.sharedIDs(shared, out)
	}
	g.keys[0].ids(cols[0], out)
	next := make([]int32, n)
	for k := 1; k < len(cols); k++ {
		g.keys[k].ids(cols[k], next)
		pair(g.pairs[k-1], out, next)
	}
	g.remember(cols, out)
	return out
}

// pair numbers pairs of numbers.
func pair(pairs map[uint64]int32, a, b []int32) {
	lastPair, lastID := ^uint64(0), int32(0)
	for i := range a {
		p := uint64(uint32(a[i]))<<32 | uint64(uint32(b[i]))
		if p != lastPair {
			id, ok := pairs[p]
			if !ok {
				id = int32(len(pairs))
				pairs[p] = id
			}
			lastPair, lastID = p, id
		}
		a[i] = lastID
	}
}

// remember keeps the key values of groups seen for the first time.
func (g *grouper) remember(cols []*vector.Vector, ids []int32) {
	for i, id := range ids {
		if int(id) < g.n {
			continue
		}
		g.n++
		for k, c := range cols {
			g.bytes += appendOwn(g.store[k], c, i) + 32
		}
	}
}

// appendOwn appends an entry that holds on to no read buffer.
func appendOwn(b *vector.Builder, v *vector.Vector, i int) int64 {
	switch v.Type {
	case types.String:
		s := strings.Clone(v.Str(i))
		b.Append(vector.Datum{T: types.String, V: s})
		return int64(len(s)) * 2
	case types.Dynamic:
		d := v.Dyn(i)
		if !d.IsNull() {
			b.Append(vector.Datum{T: types.Dynamic, V: d.Detach()})
			return d.Bytes() * 2
		}
	}
	b.AppendFrom(v, i)
	return 16
}

// sharedCodes is cols when all are dictionaries over the same codes.
func sharedCodes(cols []*vector.Vector) []*vector.Vector {
	for _, c := range cols {
		if c.Form != vector.Dict || len(c.Codes) == 0 || &c.Codes[0] != &cols[0].Codes[0] || c.Values.N != cols[0].Values.N {
			return nil
		}
	}
	return cols
}

// sharedIDs computes the group once per entry, in the order the rows come.
func (g *grouper) sharedIDs(cols []*vector.Vector, out []int32) []int32 {
	codes := cols[0].Codes
	place := make([]int32, cols[0].Values.N) // 1 + position among the entries seen
	var seen []int32
	for _, c := range codes {
		if place[c] == 0 {
			seen = append(seen, c)
			place[c] = int32(len(seen))
		}
	}
	inner := make([]*vector.Vector, len(cols))
	for k, c := range cols {
		inner[k] = c.Values.Gather(seen)
	}
	ids := g.ids(inner, len(seen))
	for i, c := range codes {
		out[i] = ids[place[c]-1]
	}
	return out
}

// columns is the key values, one entry a group.
func (g *grouper) columns() []*vector.Vector {
	out := make([]*vector.Vector, len(g.store))
	for k, b := range g.store {
		out[k] = b.Done()
	}
	return out
}

// interner numbers the distinct values of one key in the order they are first
// seen.
type interner struct {
	t     types.Type
	n     int32
	null  int32 // number of null, -1 before it is seen
	texts map[string]int32
	ints  map[int64]int32
	guids map[vector.Guid]int32
	buf   []byte

	lastValues *vector.Vector
	table      []int32
}

func newInterner(t types.Type) *interner {
	in := &interner{t: t, null: -1}
	switch t {
	case types.String, types.Decimal, types.Dynamic, types.Unknown:
		in.texts = map[string]int32{}
	case types.Guid:
		in.guids = map[vector.Guid]int32{}
	default:
		in.ints = map[int64]int32{}
	}
	return in
}

// ids numbers the entries of v into out.
func (in *interner) ids(v *vector.Vector, out []int32) {
	switch v.Form {
	case vector.Const:
		if len(out) == 0 {
			return
		}
		id := in.id(v, 0)
		for i := range out {
			out[i] = id
		}
		return
	case vector.Dict:
		if in.lastValues != v.Values {
			in.lastValues, in.table = v.Values, make([]int32, v.Values.N)
		}
		for i, c := range v.Codes {
			if in.table[c] == 0 {
				in.table[c] = in.id(v.Values, int(c)) + 1
			}
			out[i] = in.table[c] - 1
		}
		return
	}
	for i := range out {
		out[i] = in.id(v, i)
	}
}

func (in *interner) id(v *vector.Vector, i int) int32 {
	if v.IsNull(i) {
		if in.null < 0 {
			in.null = in.n
			in.n++
		}
		return in.null
	}
	switch in.t {
	case types.String:
		s := v.Str(i)
		if id, ok := in.texts[s]; ok {
			return id
		}
		return in.newText(strings.Clone(s))
	case types.Bool:
		return in.number(boolInt(v.Bool(i)))
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return in.number(v.Int(i))
	case types.Real:
		return in.number(realBits(v.Real(i)))
	case types.Guid:
		g := v.Guid(i)
		id, ok := in.guids[g]
		if !ok {
			id = in.n
			in.guids[g] = id
			in.n++
		}
		return id
	case types.Decimal:
		in.buf = append(in.buf[:0], vector.DecimalKey(v.Dec(i))...)
	default:
		in.buf = normal(v.Dyn(i)).AppendKey(in.buf[:0])
	}
	if id, ok := in.texts[string(in.buf)]; ok {
		return id
	}
	return in.newText(string(in.buf))
}

func normal(d dynamic.Value) dynamic.Value { return d }

func (in *interner) newText(s string) int32 {
	id := in.n
	in.texts[s] = id
	in.n++
	return id
}

func (in *interner) number(x int64) int32 {
	id, ok := in.ints[x]
	if !ok {
		id = in.n
		in.ints[x] = id
		in.n++
	}
	return id
}

// realBits is the same for all NaN and for both zeros.
func realBits(f float64) int64 {
	switch {
	case f != f:
		f = math.NaN()
	case f == 0:
		f = 0
	}
	return int64(math.Float64bits(f))
}
