package fn

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// These read an argument as one Go type when the signature lets several KQL
// types through (Number, Scalar, DynamicArray). Null entries give anything:
// the null rule of the row, or the kernel, deals with them.

// ints reads whole numbers, datetimes and timespans.
func ints(v *vector.Vector) view[int64] {
	if v.Ints != nil || v.Type != types.Real && v.Type != types.Decimal {
		return viewOf[int64](v)
	}
	r := reals(v)
	out := make([]int64, len(r.data))
	for i, f := range r.data {
		out[i] = cutReal(f)
	}
	return view[int64]{out, r.mask}
}

// cutReal drops the fraction, staying within 64 bits.
func cutReal(f float64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// reals reads any number as a fraction.
func reals(v *vector.Vector) view[float64] {
	w := view[float64]{mask: -1}
	if v.Form == vector.Const {
		w.mask = 0
	}
	switch {
	case v.Reals != nil:
		w.data = v.Reals
	case v.Ints != nil:
		w.data = make([]float64, len(v.Ints))
		for i, n := range v.Ints {
			w.data[i] = float64(n)
		}
	case v.Decs != nil:
		w.data = make([]float64, len(v.Decs))
		for i, d := range v.Decs {
			if d != nil {
				w.data[i], _ = d.Float64()
			}
		}
	default:
		w.data = make([]float64, v.N+1)
	}
	return w
}

// decs reads any number as a decimal; null entries are nil.
func decs(v *vector.Vector) view[vector.Decimal] {
	if v.Decs != nil {
		return viewOf[vector.Decimal](v)
	}
	w := view[vector.Decimal]{mask: -1}
	if v.Form == vector.Const {
		w.mask = 0
	}
	if v.Ints != nil {
		for _, n := range v.Ints {
			w.data = append(w.data, apd.New(n, 0))
		}
		return w
	}
	for _, f := range reals(v).data {
		d := new(apd.Decimal)
		if _, err := d.SetFloat64(f); err != nil {
			d = nil
		}
		w.data = append(w.data, d)
	}
	return w
}

// dyns reads an argument of any type as dynamic values.
func dyns(v *vector.Vector) view[dynamic.Value] {
	if v.Dyns != nil {
		return viewOf[dynamic.Value](v)
	}
	n, mask := v.N, -1
	if v.Form == vector.Const {
		n, mask = min(1, v.N), 0
	}
	out := make([]dynamic.Value, max(n, 1))
	for i := 0; i < n; i++ {
		out[i] = v.ToDynamic(i)
	}
	return view[dynamic.Value]{out, mask}
}

// texts reads an argument of any type as tostring() would print it.
func texts(v *vector.Vector) view[string] {
	if v.Strs != nil {
		return viewOf[string](v)
	}
	d := dyns(v)
	out := make([]string, len(d.data))
	for i, x := range d.data {
		out[i] = x.String()
		if v.Type == types.Bool && x.Kind() == dynamic.Bool {
			out[i] = map[bool]string{true: "True", false: "False"}[x.Bool()]
		}
	}
	return view[string]{out, d.mask}
}

// eachDyn makes a kernel that sees its arguments as dynamic values, nulls
// included, and answers with one; it goes with Handles.
func eachDyn(f func(args []dynamic.Value) dynamic.Value) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		views := make([]view[dynamic.Value], len(args))
		for k, a := range args {
			views[k] = dyns(a)
		}
		out := make([]dynamic.Value, c.N)
		row := make([]dynamic.Value, len(args))
		for i := range out {
			for k := range views {
				row[k] = views[k].at(i)
			}
			out[i] = f(row)
		}
		return vector.Of(types.Dynamic, out, nil), nil
	}
}

// each makes a kernel that sees dynamic values, nulls included, and answers
// with a plain value or null; it goes with Handles.
func each[R vector.Elem](f func(args []dynamic.Value) (R, bool)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		views := make([]view[dynamic.Value], len(args))
		for k, a := range args {
			views[k] = dyns(a)
		}
		row := make([]dynamic.Value, len(args))
		return collect(c, nil, func(i int) (R, bool) {
			for k := range views {
				row[k] = views[k].at(i)
			}
			return f(row)
		}), nil
	}
}

// isDynamic is the Type of functions that always answer with a dynamic.
func isDynamic([]types.Type, []*vector.Datum) types.Type { return types.Dynamic }

// constText is the text of a constant string argument.
func constText(v *vector.Vector) string {
	if v.N == 0 && v.Form != vector.Const || len(v.Strs) == 0 {
		return ""
	}
	return v.Strs[0]
}
