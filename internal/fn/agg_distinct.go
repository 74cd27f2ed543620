package fn

import (
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// interner gives equal values of a column equal ids. All groups share it, so a
// value is kept once however many groups saw it. When the first text is
// numbered in a vector.Space, the ids of texts are its numbers; else ids count
// from 0 as values are first seen.
type interner struct {
	t     types.Type
	strs  map[string]int32
	ints  map[int64]int32
	vals  []dynamic.Value // by id; with a space by id less beyondSpace
	bytes int64
	buf   []byte

	space *vector.Space
	begun bool

	// The ids of the entries of the dictionary seen last, plus one.
	dict  *vector.Vector
	codes []int32
}

// beyondSpace is the first id of texts that a full space lacks.
const beyondSpace = int32(1) << 30

func newInterner(t types.Type) *interner {
	return &interner{t: t, strs: map[string]int32{}, ints: map[int64]int32{}}
}

// empty says whether nothing was seen.
func (in *interner) empty() bool { return !in.begun }

// ids gives the ids of the entries of v; a null is -1.
func (in *interner) ids(v *vector.Vector, n int) []int32 {
	out := make([]int32, n)
	if v.Form == vector.Dict {
		if in.dict != v.Values {
			in.dict, in.codes = v.Values, make([]int32, v.Values.N)
		}
		for i, c := range v.Codes {
			id := in.codes[c]
			if id == 0 {
				if v.Values.IsNull(int(c)) {
					out[i] = -1
					continue
				}
				id = in.id(v.Values, int(c)) + 1
				in.codes[c] = id
			}
			out[i] = id - 1
		}
		return out
	}
	sure := v.Type == types.String
	for i := range out {
		if !sure && v.IsNull(i) {
			out[i] = -1
		} else {
			out[i] = in.id(v, i)
		}
	}
	return out
}

// id is the id of entry i of v, which is not null.
func (in *interner) id(v *vector.Vector, i int) int32 {
	switch v.Form {
	case vector.Dict:
		return in.id(v.Values, int(v.Codes[i]))
	case vector.Const:
		i = 0
	}
	switch v.Type {
	case types.String:
		space, nums := v.Numbered()
		if !in.begun {
			in.space = space
		}
		in.begun = true
		switch {
		case in.space == nil:
			return in.str(v.Str(i), v, i)
		case space == in.space:
			return nums[i]
		}
		return in.text(v.Str(i))
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return in.int(v.Int(i), v, i)
	case types.Bool:
		return in.int(int64(btoi(v.Bool(i))), v, i)
	case types.Real:
		f := v.Real(i)
		if f == 0 {
			f = 0 // minus zero is the same value
		} else if f != f {
			f = math.NaN()
		}
		return in.int(int64(math.Float64bits(f)), v, i)
	case types.Guid:
		g := v.Guid(i)
		return in.str(string(g[:]), v, i)
	}
	return in.value(v.ToDynamic(i))
}

// text is the id of a text that is not numbered in the space.
func (in *interner) text(s string) int32 {
	if id, ok := in.space.Lookup(s); ok {
		return id
	}
	return beyondSpace + in.own(s)
}

// own numbers a text by its bytes.
func (in *interner) own(s string) int32 {
	id, ok := in.strs[s]
	if !ok {
		s = strings.Clone(s)
		id = in.add(dynamic.FromString(s))
		in.strs[s] = id
		in.bytes += int64(len(s)) + 16
	}
	return id
}

// valuesOf is the values that ids stand for.
func (in *interner) valuesOf(ids []int32) []dynamic.Value {
	out := make([]dynamic.Value, len(ids))
	var all []string
	for i, id := range ids {
		switch {
		case in.space == nil:
			out[i] = in.vals[id]
		case id >= beyondSpace:
			out[i] = in.vals[id-beyondSpace]
		default:
			if int(id) >= len(all) {
				all = in.space.Values().Strs
			}
			out[i] = dynamic.FromString(all[id])
		}
	}
	return out
}

func (in *interner) int(x int64, v *vector.Vector, i int) int32 {
	id, ok := in.ints[x]
	if !ok {
		id = in.add(v.ToDynamic(i))
		in.ints[x] = id
	}
	return id
}

func (in *interner) str(s string, v *vector.Vector, i int) int32 {
	if v.Type == types.String {
		return in.own(s)
	}
	id, ok := in.strs[s]
	if !ok {
		id = in.add(v.ToDynamic(i))
		in.strs[s] = id
		in.bytes += int64(len(s)) + 16
	}
	return id
}

// value numbers a dynamic value.
func (in *interner) value(x dynamic.Value) int32 {
	in.buf = x.AppendKey(in.buf[:0])
	id, ok := in.strs[string(in.buf)]
	if !ok {
		x = x.Detach()
		id = in.add(x)
		in.strs[string(in.buf)] = id
		in.bytes += int64(len(in.buf)) + 16 + dynBytes(x)
	}
	return id
}

func (in *interner) add(x dynamic.Value) int32 {
	in.begun = true
	in.vals = append(in.vals, x)
	in.bytes += 64 + 24 // the value, and its place in the map
	return int32(len(in.vals) - 1)
}

// absorb takes in the values of other and gives the function that makes ids
// here of ids there.
func (in *interner) absorb(other *interner) func(id int32) int32 {
	if in.empty() {
		in.begun, in.space = other.begun, other.space
	}
	to := make([]int32, len(other.vals))
	switch {
	case in.space != nil:
		for i, x := range other.vals {
			to[i] = in.text(x.Text())
		}
	case in.t == types.String:
		for i, x := range other.vals {
			to[i] = in.own(x.Text())
		}
	default:
		for x, id := range other.ints {
			if mine, ok := in.ints[x]; ok {
				to[id] = mine
			} else {
				to[id] = in.add(other.vals[id])
				in.ints[x] = to[id]
			}
		}
		for s, id := range other.strs {
			if mine, ok := in.strs[s]; ok {
				to[id] = mine
			} else {
				to[id] = in.add(other.vals[id])
				in.strs[s] = to[id]
				in.bytes += int64(len(s)) + 16
			}
		}
	}
	switch {
	case other.space == nil:
		return func(id int32) int32 { return to[id] }
	case other.space == in.space:
		return func(id int32) int32 {
			if id >= beyondSpace {
				return to[id-beyondSpace]
			}
			return id
		}
	}
	// Numbered there, not here, or elsewhere.
	all := other.space.Values().Strs
	return func(id int32) int32 {
		switch {
		case id >= beyondSpace:
			return to[id-beyondSpace]
		case in.space != nil:
			return in.text(all[id])
		}
		return in.own(all[id])
	}
}

// pairs is a set of (group, value number).
type pairs struct {
	slots []uint64 // 0 is empty; a pair is kept plus one
	n     int
}

// add says whether the pair is new.
func (p *pairs) add(g, id int32) bool {
	if p.n*2 >= len(p.slots) {
		p.resize()
	}
	key := (uint64(uint32(g))<<32 | uint64(uint32(id))) + 1
	if !p.put(key) {
		return false
	}
	p.n++
	return true
}

func (p *pairs) put(key uint64) bool {
	mask := uint64(len(p.slots) - 1)
	for h := key * 0x9E3779B97F4A7C15 >> 32; ; h++ {
		switch p.slots[h&mask] {
		case 0:
			p.slots[h&mask] = key
			return true
		case key:
			return false
		}
	}
}

func (p *pairs) resize() {
	old := p.slots
	p.slots = make([]uint64, max(16, 2*len(old)))
	for _, key := range old {
		if key != 0 {
			p.put(key)
		}
	}
}

func (p *pairs) each(f func(g, id int32)) {
	for _, key := range p.slots {
		if key != 0 {
			key--
			f(int32(key>>32), int32(uint32(key)))
		}
	}
}
