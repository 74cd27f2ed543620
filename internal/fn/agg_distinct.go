package fn

import (
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// interner numbers the distinct values of a column. All groups share it, so a
// value is kept once however many groups saw it. Texts that are numbered in
// one vector.Space are told apart by that number; a text from outside makes
// bytes decide.
type interner struct {
	t     types.Type
	strs  map[string]int32 // of texts: nil until one comes from outside the space
	ints  map[int64]int32
	vals  []dynamic.Value
	bytes int64
	buf   []byte

	space    *vector.Space
	byNumber []int32 // 1 + id, by the number in space
	numbers  []int32 // by id, -1 for a text from outside space
	all      *vector.Vector

	// The numbers of the entries of the dictionary seen last, plus one.
	dict  *vector.Vector
	codes []int32
}

func newInterner(t types.Type) *interner {
	in := &interner{t: t, ints: map[int64]int32{}}
	if t != types.String {
		in.strs = map[string]int32{}
	}
	return in
}

// ids numbers the entries of v; a null is -1.
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

// id numbers entry i of v, which is not null.
func (in *interner) id(v *vector.Vector, i int) int32 {
	switch v.Form {
	case vector.Dict:
		if in.dict != v.Values {
			in.dict, in.codes = v.Values, make([]int32, v.Values.N)
		}
		c := v.Codes[i]
		if in.codes[c] == 0 {
			in.codes[c] = in.id(v.Values, int(c)) + 1
		}
		return in.codes[c] - 1
	case vector.Const:
		i = 0
	}
	switch v.Type {
	case types.String:
		if space, nums := v.Numbered(); space != nil && (in.space == nil || in.space == space) {
			in.space = space
			return in.numbered(nums[i], v, i)
		}
		in.texts()
		return in.str(v.Str(i), v, i)
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

// numbered numbers a text by its number in the space.
func (in *interner) numbered(num int32, v *vector.Vector, i int) int32 {
	if int(num) >= len(in.byNumber) {
		in.byNumber = append(in.byNumber, make([]int32, int(num)+1+len(in.byNumber)/2-len(in.byNumber))...)
	}
	if id := in.byNumber[num]; id > 0 {
		return id - 1
	}
	var id int32
	if in.strs != nil {
		id = in.str(v.Str(i), v, i)
	} else {
		if in.all == nil || int(num) >= in.all.N {
			in.all = in.space.Values() // its texts hold on to no dictionary
		}
		id = in.add(dynamic.FromString(in.all.Strs[num]))
	}
	for int(id) >= len(in.numbers) {
		in.numbers = append(in.numbers, -1)
	}
	in.numbers[id], in.byNumber[num] = num, id+1
	return id
}

// texts makes bytes decide from now on.
func (in *interner) texts() {
	if in.strs != nil {
		return
	}
	in.strs = make(map[string]int32, len(in.vals))
	for id, x := range in.vals {
		in.strs[x.Text()] = int32(id)
		in.bytes += 40
	}
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
	id, ok := in.strs[s]
	if !ok {
		if v.Type == types.String {
			s = strings.Clone(s)
			id = in.add(dynamic.FromString(s))
		} else {
			id = in.add(v.ToDynamic(i))
		}
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
	in.vals = append(in.vals, x)
	in.bytes += 64 + 24 // the value, and its place in the map
	return int32(len(in.vals) - 1)
}

// absorb gives the numbers here of the values of other.
func (in *interner) absorb(other *interner) []int32 {
	to := make([]int32, len(other.vals))
	if in.strs == nil && other.strs == nil && other.space != nil && (in.space == nil || in.space == other.space) {
		in.space = other.space
		all := in.space.Values()
		for id, num := range other.numbers {
			to[id] = in.numbered(num, all, int(num))
		}
		return to
	}
	if in.t == types.String {
		in.texts()
		other.texts()
	}
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
	return to
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
