package fn

import (
	"math"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// eachInt calls f with the group and value of each row that is not null. v
// holds integers, ticks, or dynamic values, of which the whole numbers count.
func eachInt(v *vector.Vector, groups []int32, f func(g int32, x int64)) {
	if v.Type == types.Dynamic || v.Type == types.Unknown {
		for i, g := range groups {
			if x, ok := longOf(v.Dyn(i)); ok {
				f(g, x)
			}
		}
		return
	}
	switch {
	case v.Form == vector.Flat && v.Valid == nil:
		for i, x := range v.Ints[:len(groups)] {
			f(groups[i], x)
		}
	case v.Form == vector.Const:
		if !v.IsNull(0) {
			for _, g := range groups {
				f(g, v.Ints[0])
			}
		}
	default:
		for i, g := range groups {
			if !v.IsNull(i) {
				f(g, v.Int(i))
			}
		}
	}
}

// eachReal is eachInt for numbers of any type, as fractions.
func eachReal(v *vector.Vector, groups []int32, f func(g int32, x float64)) {
	if v.Type == types.Real && v.Form == vector.Flat && v.Valid == nil {
		for i, x := range v.Reals[:len(groups)] {
			f(groups[i], x)
		}
		return
	}
	for i, g := range groups {
		if x, ok := realAt(v, i); ok {
			f(g, x)
		}
	}
}

// realAt is entry i of a numeric or dynamic vector as a fraction, not ok for
// null and for what is no number. Ticks count as whole numbers.
func realAt(v *vector.Vector, i int) (float64, bool) {
	if v.IsNull(i) {
		return 0, false
	}
	switch v.Type {
	case types.Real:
		return v.Real(i), true
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return float64(v.Int(i)), true
	case types.Decimal:
		f, err := v.Dec(i).Float64()
		return f, err == nil
	case types.Dynamic, types.Unknown:
		return v.Dyn(i).Number()
	}
	return 0, false
}

// decimalAt is entry i as a decimal.
func decimalAt(v *vector.Vector, i int) (vector.Decimal, bool) {
	if v.IsNull(i) {
		return nil, false
	}
	switch v.Type {
	case types.Decimal:
		return v.Dec(i), true
	case types.Dynamic, types.Unknown:
		return vector.ParseDecimal(v.Dyn(i).String())
	}
	return nil, false
}

// longOf is the whole number in a dynamic value.
func longOf(x dynamic.Value) (int64, bool) {
	switch x.Kind() {
	case dynamic.Long, dynamic.Datetime, dynamic.Timespan:
		return x.Long(), true
	case dynamic.Real:
		f := x.Real()
		return int64(f), f >= math.MinInt64 && f < math.MaxInt64
	}
	return 0, false
}
