package segment

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// field is a column, or a path of a dynamic column, ready to be written. One
// of the groups below is set.
type field struct {
	typ types.Type
	n   int

	// A dictionary: a code a row. absent is the number, plus one, of the value
	// that stands for a key that is not there; 0 without.
	codes  []uint32
	values *vector.Vector
	absent int

	// Flat values. valid is nil when none is null.
	ints  []int64
	reals []float64
	guids []vector.Guid // of a string column: the texts are guids
	text  func(i int) string
	dyn   func(i int) dynamic.Value
	valid vector.Bitmap

	// Flat values in a dynamic column: tag says which rows have one.
	inner *field
	// A bag taken apart: tag, the kids under keys, and rest, dynamic, for the
	// rows that do not fit.
	tag  *field
	keys []string
	kids []*field
	rest *field

	// What layout finds: the number of the stream, plus one, and for each code
	// of the stream the value.
	stream int
	byCode []uint32
}

// What a row is, where not every row is alike.
const (
	tagHere   = 0 // a value, or a bag in its keys
	tagNull   = 1
	tagAbsent = 2 // the bag above has no such key
	tagRest   = 3 // stands in the rest
	tags      = 4
)

func (f *field) setNulls(null []int32, order []int32) {
	if len(null) == 0 {
		return
	}
	valid := vector.FullBitmap(f.n)
	for _, i := range null {
		valid.Clear(int(i))
	}
	if order != nil {
		sorted := vector.NewBitmap(f.n)
		for i, r := range order {
			if valid.Get(int(r)) {
				sorted.Set(i)
			}
		}
		valid = sorted
	}
	f.valid = valid
}

// each calls do for f and what is inside.
func (f *field) each(do func(*field)) {
	if f == nil {
		return
	}
	do(f)
	f.tag.each(do)
	f.inner.each(do)
	for _, k := range f.kids {
		k.each(do)
	}
	f.rest.each(do)
}

// tagField makes the dictionary of tags.
func tagField(codes []uint32) *field {
	vals := make([]int64, tags)
	for i := range vals {
		vals[i] = int64(i)
	}
	f := &field{typ: types.Int, n: len(codes), codes: codes, values: vector.Of(types.Int, vals, nil)}
	f.compact()
	return f
}

// compact drops the values that no row has.
func (f *field) compact() {
	used := make([]bool, f.values.N)
	for _, c := range f.codes {
		used[c] = true
	}
	keep := []int32{}
	to := make([]uint32, f.values.N)
	for i, u := range used {
		if u {
			to[i] = uint32(len(keep))
			keep = append(keep, int32(i))
		}
	}
	if len(keep) == f.values.N {
		return
	}
	if f.absent > 0 {
		if used[f.absent-1] {
			f.absent = int(to[f.absent-1]) + 1
		} else {
			f.absent = 0
		}
	}
	f.values = f.values.Gather(keep)
	for i, c := range f.codes {
		f.codes[i] = to[c]
	}
}

// sortValues brings a dictionary into the order of its values, so that equal
// parts give equal files, and codes compare as their values do.
func (f *field) sortValues() {
	v := f.values
	order := make([]int32, v.N)
	for i := range order {
		order[i] = int32(i)
	}
	var less func(a, b int32) int
	switch {
	case v.Strs != nil:
		less = func(a, b int32) int { return strings.Compare(v.Strs[a], v.Strs[b]) }
	case v.Ints != nil && v.Valid == nil:
		less = func(a, b int32) int { return cmp.Compare(v.Ints[a], v.Ints[b]) }
	case v.Dyns != nil:
		keys := make([][]byte, v.N)
		for i := range keys {
			keys[i] = v.Dyns[i].AppendBinary(nil)
		}
		less = func(a, b int32) int {
			// The value that is not there is null, as another may be.
			if c := bytes.Compare(keys[a], keys[b]); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		}
	default:
		less = func(a, b int32) int { return vector.Compare(v, int(a), v, int(b)) }
	}
	if slices.IsSortedFunc(order, less) {
		return
	}
	slices.SortFunc(order, less)
	to := make([]uint32, v.N)
	for i, o := range order {
		to[o] = uint32(i)
	}
	f.values = v.Gather(order)
	if f.absent > 0 {
		f.absent = int(to[f.absent-1]) + 1
	}
	for i, c := range f.codes {
		f.codes[i] = to[c]
	}
}

// trivial says whether all rows are null, or empty texts, so that nothing
// need be written.
func (f *field) trivial() bool {
	if f.valid != nil && f.valid.Count() == 0 {
		return true
	}
	if f.codes == nil || f.values.N != 1 || f.absent > 0 {
		return f.n == 0
	}
	if f.typ == types.String {
		return f.values.Strs[0] == ""
	}
	return f.values.IsNull(0)
}
