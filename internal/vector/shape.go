package vector

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// Flatten is v with one stored entry a row. A Flat vector is returned as it
// is.
func (v *Vector) Flatten() *Vector {
	switch v.Form {
	case Flat:
		return v
	case Const:
		return v.repeat(0, v.N)
	case Dict:
		return v.Values.pick(v.Codes)
	}
	out := make([]dynamic.Value, v.N)
	for i := range out {
		out[i] = v.Dyn(i)
	}
	return Of(types.Dynamic, out, nil)
}

func (v *Vector) repeat(i, n int) *Vector {
	codes := make([]int32, n)
	for k := range codes {
		codes[k] = int32(i)
	}
	flat := *v
	flat.Form, flat.N = Flat, 1
	return flat.pick(codes)
}

// pick copies entries of a Flat vector.
func (v *Vector) pick(rows []int32) *Vector {
	out := &Vector{Type: v.Type, N: len(rows)}
	switch {
	case v.Bools != nil:
		out.Bools = pickData(v.Bools, rows)
	case v.Ints != nil:
		out.Ints = pickData(v.Ints, rows)
	case v.Reals != nil:
		out.Reals = pickData(v.Reals, rows)
	case v.Strs != nil:
		out.Strs = pickData(v.Strs, rows)
	case v.Guids != nil:
		out.Guids = pickData(v.Guids, rows)
	case v.Decs != nil:
		out.Decs = pickData(v.Decs, rows)
	case v.Dyns != nil:
		out.Dyns = pickData(v.Dyns, rows)
	default:
		return Make(v.Type, len(rows))
	}
	if v.Valid != nil {
		out.Valid = NewBitmap(len(rows))
		for i, r := range rows {
			if v.Valid.Get(int(r)) {
				out.Valid.Set(i)
			}
		}
	}
	return out
}

func pickData[T any](src []T, rows []int32) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = src[r]
	}
	return out
}

// Gather is the entries of v at rows, in their order; rows may repeat. Codes
// are copied, values are not, so the cost of wide values is paid only when
// somebody looks at them.
func (v *Vector) Gather(rows []int32) *Vector {
	switch v.Form {
	case Const:
		out := *v
		out.N = len(rows)
		return &out
	case Dict:
		return NewDict(v.Values, pickData(v.Codes, rows))
	case Typed:
		return NewTyped(v.Inner.Gather(rows), v.Absent.gather(rows))
	case Struct:
		s := &Shredded{Keys: v.Fields.Keys}
		for k, c := range v.Fields.Cols {
			s.Cols = append(s.Cols, c.Gather(rows))
			s.Has = append(s.Has, v.Fields.Has[k].gather(rows))
		}
		s.Whole = v.Fields.Whole.gather(rows)
		if s.Whole != nil {
			s.Rest = map[int]dynamic.Value{}
			for i, r := range rows {
				if x, ok := v.Fields.Rest[int(r)]; ok {
					s.Rest[i] = x
				}
			}
		}
		return &Vector{Type: types.Dynamic, Form: Struct, N: len(rows), Fields: s}
	}
	return v.pick(rows)
}

func (b Bitmap) gather(rows []int32) Bitmap {
	if b == nil {
		return nil
	}
	out := NewBitmap(len(rows))
	for i, r := range rows {
		if b.Get(int(r)) {
			out.Set(i)
		}
	}
	return out
}

// Slice is entries lo to hi (not included). Storage is shared.
func (v *Vector) Slice(lo, hi int) *Vector {
	if lo == 0 && hi == v.N {
		return v
	}
	out := *v
	out.N = hi - lo
	switch v.Form {
	case Const:
		return &out
	case Dict:
		out.Codes = v.Codes[lo:hi]
		return &out
	case Typed, Struct:
		return v.Gather(span32(lo, hi))
	}
	switch {
	case v.Bools != nil:
		out.Bools = v.Bools[lo:hi]
	case v.Ints != nil:
		out.Ints = v.Ints[lo:hi]
	case v.Reals != nil:
		out.Reals = v.Reals[lo:hi]
	case v.Strs != nil:
		out.Strs = v.Strs[lo:hi]
	case v.Guids != nil:
		out.Guids = v.Guids[lo:hi]
	case v.Decs != nil:
		out.Decs = v.Decs[lo:hi]
	case v.Dyns != nil:
		out.Dyns = v.Dyns[lo:hi]
	}
	if v.Valid != nil {
		if lo%64 == 0 {
			out.Valid = v.Valid[lo/64 : (hi+63)/64]
		} else {
			out.Valid = v.Valid.gather(span32(lo, hi))
		}
	}
	return &out
}

func span32(lo, hi int) []int32 {
	out := make([]int32, hi-lo)
	for i := range out {
		out[i] = int32(lo + i)
	}
	return out
}

// Path is the value under key in each row of a dynamic vector. On a Struct
// the shredded column is handed out as it is.
func (v *Vector) Path(key string) *Vector {
	switch v.Form {
	case Typed: // scalars have no keys
		return Nulls(types.Dynamic, v.N)
	case Dict:
		return NewDict(v.Values.Path(key).Flatten(), v.Codes)
	case Const:
		out := Of(types.Dynamic, []dynamic.Value{v.Dyns[0].Get(key)}, nil)
		out.Form, out.N = Const, v.N
		return out
	case Struct:
		if v.Fields.Whole == nil {
			for k, name := range v.Fields.Keys {
				if name == key {
					return v.Fields.Cols[k]
				}
			}
			return Nulls(types.Dynamic, v.N)
		}
	}
	out := make([]dynamic.Value, v.N)
	for i := range out {
		out[i] = v.Dyn(i).Get(key)
	}
	return Of(types.Dynamic, out, nil)
}

// Batch is some rows: columns of equal length.
type Batch struct {
	N    int
	Cols []*Vector
}

// Gather is the batch's rows at rows.
func (b *Batch) Gather(rows []int32) *Batch {
	out := &Batch{N: len(rows), Cols: make([]*Vector, len(b.Cols))}
	// A filter keeps whole runs of columns that share their codes; the picked
	// codes are shared again.
	memo := map[*int32][]int32{}
	for i, c := range b.Cols {
		if c.Form == Dict && len(c.Codes) > 0 {
			codes, ok := memo[&c.Codes[0]]
			if !ok {
				codes = pickData(c.Codes, rows)
				memo[&c.Codes[0]] = codes
			}
			out.Cols[i] = NewDict(c.Values, codes)
			continue
		}
		out.Cols[i] = c.Gather(rows)
	}
	return out
}

// Slice is the batch's rows lo to hi (not included).
func (b *Batch) Slice(lo, hi int) *Batch {
	out := &Batch{N: hi - lo, Cols: make([]*Vector, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Slice(lo, hi)
	}
	return out
}
