package fn

import (
	"math"

	"goshawk/internal/dynamic"
)

// side is one argument of a function over two series: a series, or a number
// that stands for a series of equal numbers.
type side struct {
	items []dynamic.Value
	one   bool
	whole bool // no element has a fraction
}

// sideOf reads an argument; ok is false when it is neither series nor number.
func sideOf(v dynamic.Value) (s side, ok bool) {
	if v.Kind() == dynamic.Array {
		s.items = v.Items()
	} else if _, ok := numberIn(v); ok {
		s.items, s.one = []dynamic.Value{v}, true
	} else {
		return s, false
	}
	s.whole = true
	for _, it := range s.items {
		if _, number := numberIn(it); number && it.Kind() != dynamic.Long {
			s.whole = false
		}
	}
	return s, true
}

// at is element i, null behind the end.
func (s side) at(i int) dynamic.Value {
	switch {
	case s.one:
		return s.items[0]
	case i < len(s.items):
		return s.items[i]
	}
	return dynamic.NullValue
}

// numberIn reads an element of a series as a number; datetimes and timespans
// count in ticks.
func numberIn(v dynamic.Value) (float64, bool) {
	switch v.Kind() {
	case dynamic.Datetime, dynamic.Timespan:
		return float64(v.Long()), true
	}
	return v.Number()
}

// seriesRow makes the row of a function that goes through two series in step.
// What is no number on either side, or has no partner, gives null there.
func seriesRow(name, summary string, f func(a, b dynamic.Value, whole bool) dynamic.Value) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			a, ok1 := sideOf(args[0])
			b, ok2 := sideOf(args[1])
			if !ok1 || !ok2 || a.one && b.one {
				return dynamic.NullValue
			}
			n := max(len(a.items), len(b.items))
			if a.one && len(b.items) == 0 || b.one && len(a.items) == 0 {
				n = 0
			}
			out := make([]dynamic.Value, n)
			for i := range out {
				x, y := a.at(i), b.at(i)
				_, ok1 := numberIn(x)
				_, ok2 := numberIn(y)
				if ok1 && ok2 {
					out[i] = f(x, y, a.whole && b.whole)
				}
			}
			return dynamic.FromArray(out)
		}),
	})
}

// compute keeps whole numbers whole.
func compute(whole func(a, b int64) int64, real func(a, b float64) float64) func(a, b dynamic.Value, w bool) dynamic.Value {
	return func(a, b dynamic.Value, w bool) dynamic.Value {
		if w && whole != nil {
			return dynamic.FromLong(whole(a.Long(), b.Long()))
		}
		x, _ := numberIn(a)
		y, _ := numberIn(b)
		return dynamic.FromReal(real(x, y))
	}
}

func compareSeries(ok func(x, y float64) bool) func(a, b dynamic.Value, w bool) dynamic.Value {
	return func(a, b dynamic.Value, _ bool) dynamic.Value {
		x, _ := numberIn(a)
		y, _ := numberIn(b)
		return dynamic.FromBool(ok(x, y))
	}
}

var (
	_ = seriesRow("series_add", "Adds two series element by element.",
		compute(func(a, b int64) int64 { return a + b }, func(a, b float64) float64 { return a + b }))
	_ = seriesRow("series_subtract", "Subtracts a series from another element by element.",
		compute(func(a, b int64) int64 { return a - b }, func(a, b float64) float64 { return a - b }))
	_ = seriesRow("series_multiply", "Multiplies two series element by element.",
		compute(func(a, b int64) int64 { return a * b }, func(a, b float64) float64 { return a * b }))
	_ = seriesRow("series_divide", "Divides a series by another element by element.",
		compute(nil, func(a, b float64) float64 { return a / b }))
	_ = seriesRow("series_pow", "Raises a series to the power of another element by element.", compute(nil, math.Pow))

	_ = seriesRow("series_greater", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x > y }))
	_ = seriesRow("series_greater_equals", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x >= y }))
	_ = seriesRow("series_less", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x < y }))
	_ = seriesRow("series_less_equals", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x <= y }))
	_ = seriesRow("series_equals", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x == y }))
	_ = seriesRow("series_not_equals", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x != y }))
)

// eachElement makes the row of a function that goes through one series. With
// whole a series of whole numbers stays one.
func eachElement(name, summary string, whole func(int64) int64, real func(float64) float64) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			s, ok := sideOf(args[0])
			if !ok || s.one {
				return dynamic.NullValue
			}
			out := make([]dynamic.Value, len(s.items))
			for i, it := range s.items {
				f, ok := numberIn(it)
				switch {
				case !ok:
				case s.whole && whole != nil:
					out[i] = dynamic.FromLong(whole(it.Long()))
				default:
					out[i] = dynamic.FromReal(real(f))
				}
			}
			return dynamic.FromArray(out)
		}),
	})
}

var (
	_ = eachElement("series_abs", "Takes the absolute value of each element.", func(n int64) int64 { return max(n, -n) }, math.Abs)
	_ = eachElement("series_sign", "Gives -1, 0 or 1 for the sign of each element.", func(n int64) int64 { return int64(signOf(float64(n))) }, signOf)
	_ = eachElement("series_floor", "Rounds each element down.", func(n int64) int64 { return n }, math.Floor)
	_ = eachElement("series_ceiling", "Rounds each element up.", func(n int64) int64 { return n }, math.Ceil)
	_ = eachElement("series_exp", "Raises e to the power of each element.", nil, math.Exp)
	_ = eachElement("series_log", "Takes the natural logarithm of each element.", nil, math.Log)
	_ = eachElement("series_sin", "Takes the sine of each element.", nil, math.Sin)
	_ = eachElement("series_cos", "Takes the cosine of each element.", nil, math.Cos)
	_ = eachElement("series_tan", "Takes the tangent of each element.", nil, math.Tan)
	_ = eachElement("series_asin", "Takes the arc sine of each element.", nil, math.Asin)
	_ = eachElement("series_acos", "Takes the arc cosine of each element.", nil, math.Acos)
	_ = eachElement("series_atan", "Takes the arc tangent of each element.", nil, math.Atan)
)

func signOf(f float64) float64 {
	switch {
	case f > 0:
		return 1
	case f < 0:
		return -1
	}
	return f
}

// numbersOf reads a series in which every element is a number.
func numbersOf(v dynamic.Value) ([]float64, bool) {
	if v.Kind() != dynamic.Array {
		return nil, false
	}
	out := make([]float64, v.Len())
	for i, it := range v.Items() {
		f, ok := numberIn(it)
		if !ok {
			return nil, false
		}
		out[i] = f
	}
	return out, true
}

// seriesOf makes a series of fractions.
func seriesOf(x []float64) dynamic.Value {
	out := make([]dynamic.Value, len(x))
	for i, f := range x {
		out[i] = dynamic.FromReal(f)
	}
	return dynamic.FromArray(out)
}
