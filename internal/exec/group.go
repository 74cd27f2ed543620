package exec

import (
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// grouper numbers the distinct combinations of key values in the order they
// are first seen. Null equals null, NaN equals NaN.
type grouper struct {
	keys  []*interner
	pairs []*pairTable // pairs[k] joins the number of keys 0..k with key k+1
	store []keyStore
	dense []int32 // 1 + group, by the id of a single text key
	n     int
	bytes int64
}

// keyStore is the values of one key, one entry a group: of texts their
// numbers in the interner, of other types the values.
type keyStore struct {
	ids  []int32
	vals *vector.Builder
}

func newGrouper(ts []types.Type) *grouper {
	g := &grouper{}
	for i, t := range ts {
		g.keys = append(g.keys, newInterner(t))
		s := keyStore{}
		if t != types.String {
			s.vals = vector.NewBuilder(t, 16)
		}
		g.store = append(g.store, s)
		if i > 0 {
			g.pairs = append(g.pairs, &pairTable{})
		}
	}
	return g
}

// ids is the group of each of n rows.
func (g *grouper) ids(cols []*vector.Vector, n int) []int32 {
	if len(cols) == 0 {
		if n > 0 && g.n == 0 {
			g.n = 1
		}
		return make([]int32, n)
	}
	if len(cols) > 1 && sharedCodes(cols) && cols[0].Values.N <= n {
		return g.sharedIDs(cols, n)
	}
	return g.plainIDs(cols, n)
}

func (g *grouper) plainIDs(cols []*vector.Vector, n int) []int32 {
	each := make([][]int32, len(cols))
	for k, c := range cols {
		each[k] = make([]int32, n)
		g.keys[k].ids(c, each[k])
	}
	out := each[0]
	if len(cols) == 1 && cols[0].Type == types.String {
		out = g.single(out)
	}
	for k := 1; k < len(cols); k++ {
		joined := make([]int32, n)
		g.pairs[k-1].join(out, each[k], joined)
		out = joined
	}
	g.remember(cols, each, out)
	return out
}

// single numbers the ids of a single text key, which may be sparse.
func (g *grouper) single(ids []int32) []int32 {
	out := make([]int32, len(ids))
	n := int32(g.n)
	for i, id := range ids {
		if id >= outside {
			id -= outside
			id = 2*id + 1 // the two kinds of ids in turn
		} else {
			id *= 2
		}
		if int(id) >= len(g.dense) {
			g.dense = append(g.dense, make([]int32, int(id)+1+len(g.dense)/2-len(g.dense))...)
		}
		if g.dense[id] == 0 {
			n++
			g.dense[id] = n
		}
		out[i] = g.dense[id] - 1
	}
	return out
}

// remember keeps the key values of groups seen for the first time.
func (g *grouper) remember(cols []*vector.Vector, each [][]int32, ids []int32) {
	for i, id := range ids {
		if int(id) < g.n {
			continue
		}
		g.n++
		for k, c := range cols {
			s := &g.store[k]
			if s.vals == nil {
				s.ids = append(s.ids, each[k][i])
				g.bytes += 36
				continue
			}
			g.bytes += appendOwn(s.vals, c, i) + 32
		}
	}
	for _, k := range g.keys {
		g.bytes += k.grown()
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

// sharedCodes says whether all columns are dictionaries over the same codes.
func sharedCodes(cols []*vector.Vector) bool {
	for _, c := range cols {
		if c.Form != vector.Dict || len(c.Codes) == 0 || &c.Codes[0] != &cols[0].Codes[0] || c.Values.N != cols[0].Values.N {
			return false
		}
	}
	return true
}

// sharedIDs computes the group once per entry, in the order the rows come.
func (g *grouper) sharedIDs(cols []*vector.Vector, n int) []int32 {
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
		inner[k] = vector.NewDict(c.Values, seen)
	}
	ids := g.plainIDs(inner, len(seen))
	out := make([]int32, n)
	for i, c := range codes {
		out[i] = ids[place[c]-1]
	}
	return out
}

// columns is the key values, one entry a group.
func (g *grouper) columns() []*vector.Vector {
	out := make([]*vector.Vector, len(g.store))
	for k, s := range g.store {
		if s.vals != nil {
			out[k] = s.vals.Done()
		} else {
			out[k] = g.keys[k].texts(s.ids)
		}
	}
	return out
}

// pairTable numbers pairs of numbers in the order they are first seen. It is
// a hash table without deletion: a slot holds a pair plus one, and its number.
type pairTable struct {
	slots []uint64
	ids   []int32
	n     int32
}

// join numbers the pairs of a and b into out.
func (t *pairTable) join(a, b, out []int32) {
	last, lastID := ^uint64(0), int32(0)
	for i := range a {
		p := uint64(uint32(a[i]))<<32 | uint64(uint32(b[i]))
		if p != last {
			last, lastID = p, t.id(p)
		}
		out[i] = lastID
	}
}

func (t *pairTable) id(p uint64) int32 {
	if int(t.n)*2 >= len(t.slots) {
		t.resize()
	}
	mask := uint64(len(t.slots) - 1)
	for h := hashPair(p); ; h++ {
		switch t.slots[h&mask] {
		case p + 1:
			return t.ids[h&mask]
		case 0:
			t.slots[h&mask], t.ids[h&mask] = p+1, t.n
			t.n++
			return t.n - 1
		}
	}
}

func hashPair(p uint64) uint64 {
	p *= 0x9E3779B97F4A7C15
	return p ^ p>>32
}

func (t *pairTable) resize() {
	slots, ids := t.slots, t.ids
	n := max(64, 2*len(slots))
	t.slots, t.ids = make([]uint64, n), make([]int32, n)
	mask := uint64(n - 1)
	for i, p := range slots {
		if p == 0 {
			continue
		}
		h := hashPair(p - 1)
		for t.slots[h&mask] != 0 {
			h++
		}
		t.slots[h&mask], t.ids[h&mask] = p, ids[i]
	}
}
