package store

import (
	"bufio"
	"io"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func newBuffered(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 1<<20) }

// as is v as a vector of a type that holds all its values; see wider.
func as(v *vector.Vector, t types.Type) *vector.Vector {
	switch {
	case v.Type == t:
		return v
	case v.Form == vector.Dict:
		return vector.NewDict(as(v.Values, t).Flatten(), v.Codes)
	case v.Form == vector.Const && v.N > 0:
		one := *v
		one.N = 1
		out := *as(one.Flatten(), t)
		out.Form, out.N = vector.Const, v.N
		return &out
	case v.Type.Integer() && t.Integer():
		out := *v
		out.Type = t
		return &out
	case v.Type.Integer() && t == types.Real:
		out := make([]float64, v.N)
		for i := range out {
			out[i] = float64(v.Int(i))
		}
		return vector.Of(t, out, v.Valid)
	case t == types.Dynamic:
		out := make([]dynamic.Value, v.N)
		for i := range out {
			out[i] = v.ToDynamic(i)
		}
		return vector.Of(t, out, nil)
	}
	// No table has such columns: types only widen.
	return vector.Nulls(t, v.N)
}
