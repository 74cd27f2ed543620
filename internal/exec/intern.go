package exec

import (
	"math"
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// interner numbers the distinct values of one key in the order they are first
// seen.
type interner struct {
	t     types.Type
	n     int32
	null  int32 // number of null, -1 before it is seen
	ints  map[int64]int32
	guids map[vector.Guid]int32
	keys  map[string]int32 // decimals and dynamic values by their bytes
	buf   []byte
	// The integer seen last: times and their bins come in runs.
	lastInt int64
	lastID  int32

	text textIDs

	// The numbers of the entries of the dictionary seen last, plus one.
	lastValues *vector.Vector
	table      []int32
}

func newInterner(t types.Type) *interner {
	in := &interner{t: t, null: -1, lastID: -1}
	switch t {
	case types.String:
	case types.Decimal, types.Dynamic, types.Unknown:
		in.keys = map[string]int32{}
	case types.Guid:
		in.guids = map[vector.Guid]int32{}
	default:
		in.ints = map[int64]int32{}
	}
	return in
}

// grown is about how many bytes of texts were kept since it was last asked.
func (in *interner) grown() int64 {
	n := in.text.bytes
	in.text.bytes = 0
	return n
}

// texts is the texts that ids stand for.
func (in *interner) texts(ids []int32) *vector.Vector { return in.text.column(ids) }

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
		table := in.table
		for i, c := range v.Codes {
			id := table[c]
			if id == 0 {
				id = in.id(v.Values, int(c)) + 1
				table[c] = id
			}
			out[i] = id - 1
		}
		return
	}
	for i := range out {
		out[i] = in.id(v, i)
	}
}

func (in *interner) id(v *vector.Vector, i int) int32 {
	if in.t == types.String {
		return in.text.id(v, i)
	}
	if v.IsNull(i) {
		if in.null < 0 {
			in.null = in.n
			in.n++
		}
		return in.null
	}
	switch in.t {
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
		in.buf = v.Dyn(i).AppendKey(in.buf[:0])
	}
	id, ok := in.keys[string(in.buf)]
	if !ok {
		id = in.n
		in.keys[string(in.buf)] = id
		in.n++
	}
	return id
}

func (in *interner) number(x int64) int32 {
	if x == in.lastInt && in.lastID >= 0 {
		return in.lastID
	}
	id, ok := in.ints[x]
	if !ok {
		id = in.n
		in.ints[x] = id
		in.n++
	}
	in.lastInt, in.lastID = x, id
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

// textIDs gives equal texts equal ids. When the first text is numbered in a
// vector.Space, the ids are its numbers, which nobody has to look up; else
// they count from 0 as texts are first seen.
type textIDs struct {
	bytes int64

	space *vector.Space
	begun bool
	// byText has the texts by their bytes: all of them without a space, else
	// those that the space has no room for; their ids begin at outside.
	byText map[string]int32
	strs   []string
}

// outside is the first id of texts that a full space lacks.
const outside = int32(1) << 30

func (t *textIDs) id(v *vector.Vector, i int) int32 {
	space, nums := v.Numbered()
	if !t.begun {
		t.begun, t.space = true, space
	}
	switch {
	case t.space == nil:
		return t.plain(v.Str(i))
	case space == t.space:
		return nums[i]
	}
	if id, ok := t.space.Lookup(v.Str(i)); ok {
		return id
	}
	return outside + t.plain(v.Str(i))
}

func (t *textIDs) plain(s string) int32 {
	id, ok := t.byText[s]
	if !ok {
		if t.byText == nil {
			t.byText = map[string]int32{}
		}
		s = strings.Clone(s)
		id = int32(len(t.strs))
		t.byText[s] = id
		t.strs = append(t.strs, s)
		t.bytes += int64(len(s)) + 56
	}
	return id
}

// column is the texts of ids.
func (t *textIDs) column(ids []int32) *vector.Vector {
	if t.space != nil && len(t.strs) == 0 {
		return vector.NewDict(t.space.Values(), ids)
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		switch {
		case t.space == nil:
			out[i] = t.strs[id]
		case id >= outside:
			out[i] = t.strs[id-outside]
		default:
			out[i] = t.space.Values().Strs[id]
		}
	}
	return vector.Of(types.String, out, nil)
}
