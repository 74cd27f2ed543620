package fn

import (
	"math"

	"goshawk/internal/dynamic"
)

// seriesRow makes the row of a function that goes through two series in step;
// what is no number on either side gives null there.
func seriesRow(name, summary string, f func(a, b dynamic.Value) dynamic.Value) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			a, b := args[0], args[1]
			if a.Kind() != dynamic.Array || b.Kind() != dynamic.Array {
				return dynamic.NullValue
			}
			out := make([]dynamic.Value, max(a.Len(), b.Len()))
			for i := range out {
				x, y := a.At(int64(i)), b.At(int64(i))
				_, ok1 := x.Number()
				_, ok2 := y.Number()
				if ok1 && ok2 {
					out[i] = f(x, y)
				}
			}
			return dynamic.FromArray(out)
		}),
	})
}

// compute keeps whole numbers whole.
func compute(whole func(a, b int64) int64, real func(a, b float64) float64) func(a, b dynamic.Value) dynamic.Value {
	return func(a, b dynamic.Value) dynamic.Value {
		if a.Kind() == dynamic.Long && b.Kind() == dynamic.Long && whole != nil {
			return dynamic.FromLong(whole(a.Long(), b.Long()))
		}
		x, _ := a.Number()
		y, _ := b.Number()
		return dynamic.FromReal(real(x, y))
	}
}

func compareSeries(ok func(x, y float64) bool) func(a, b dynamic.Value) dynamic.Value {
	return func(a, b dynamic.Value) dynamic.Value {
		x, _ := a.Number()
		y, _ := b.Number()
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
	_ = seriesRow("series_greater", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x > y }))
	_ = seriesRow("series_less", "Compares two series element by element.", compareSeries(func(x, y float64) bool { return x < y }))
)

// numbersOf reads a series in which every element is a number.
func numbersOf(v dynamic.Value) ([]float64, bool) {
	if v.Kind() != dynamic.Array {
		return nil, false
	}
	out := make([]float64, v.Len())
	for i, it := range v.Items() {
		f, ok := it.Number()
		if !ok {
			return nil, false
		}
		out[i] = f
	}
	return out, true
}

// series_iir feeds its own earlier results back; a has its first element for
// the result itself.
var _ = scalar(Scalar{
	Name: "series_iir", Summary: "Filters a series with weights of its elements and of earlier results.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		x, ok1 := numbersOf(args[0])
		b, ok2 := numbersOf(args[1])
		a, ok3 := numbersOf(args[2])
		if !ok1 || !ok2 || !ok3 || len(a) == 0 || a[0] == 0 {
			return dynamic.NullValue
		}
		y, out := make([]float64, len(x)), make([]dynamic.Value, len(x))
		for i := range x {
			for k := 0; k < len(b) && k <= i; k++ {
				y[i] += b[k] * x[i-k]
			}
			for k := 1; k < len(a) && k <= i; k++ {
				y[i] -= a[k] * y[i-k]
			}
			y[i] /= a[0]
			out[i] = dynamic.FromReal(y[i])
		}
		return dynamic.FromArray(out)
	}),
})

// fillRow makes the rows that fill the holes of a series: elements that are
// null, or equal to the placeholder at position mark of the arguments.
func fillRow(name, summary string, mark int, f func(items []dynamic.Value, hole func(v dynamic.Value) bool, args []dynamic.Value)) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			if args[0].Kind() != dynamic.Array {
				return dynamic.NullValue
			}
			items := append([]dynamic.Value{}, args[0].Items()...)
			f(items, func(v dynamic.Value) bool {
				if len(args) > mark && !args[mark].IsNull() {
					return dynamic.Equal(v, args[mark])
				}
				return v.IsNull()
			}, args)
			return dynamic.FromArray(items)
		}),
	})
}

var (
	_ = fillRow("series_fill_const", "Fills the holes of a series with a value.", 2,
		func(items []dynamic.Value, hole func(dynamic.Value) bool, args []dynamic.Value) {
			for i := range items {
				if hole(items[i]) {
					items[i] = args[1]
				}
			}
		})
	_ = fillRow("series_fill_forward", "Fills the holes of a series with the value before them.", 1,
		func(items []dynamic.Value, hole func(dynamic.Value) bool, _ []dynamic.Value) {
			for i := 1; i < len(items); i++ {
				if hole(items[i]) {
					items[i] = items[i-1]
				}
			}
		})
	_ = fillRow("series_fill_backward", "Fills the holes of a series with the value behind them.", 1,
		func(items []dynamic.Value, hole func(dynamic.Value) bool, _ []dynamic.Value) {
			for i := len(items) - 2; i >= 0; i-- {
				if hole(items[i]) {
					items[i] = items[i+1]
				}
			}
		})
)

var _ = scalar(Scalar{
	Name: "series_stats_dynamic", Summary: "Gives minimum, maximum, average and spread of a series as a bag.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		x, ok := numbersOf(args[0])
		if !ok || len(x) == 0 {
			return dynamic.NullValue
		}
		lo, hi, sum := 0, 0, 0.0
		for i, f := range x {
			if f < x[lo] {
				lo = i
			}
			if f > x[hi] {
				hi = i
			}
			sum += f
		}
		avg, spread := sum/float64(len(x)), 0.0
		for _, f := range x {
			spread += (f - avg) * (f - avg)
		}
		if len(x) > 1 {
			spread /= float64(len(x) - 1)
		}
		real, long := dynamic.FromReal, func(i int) dynamic.Value { return dynamic.FromLong(int64(i)) }
		return dynamic.FromBag(
			[]string{"min", "min_idx", "max", "max_idx", "avg", "stdev", "variance", "sum", "len"},
			[]dynamic.Value{real(x[lo]), long(lo), real(x[hi]), long(hi), real(avg), real(math.Sqrt(spread)), real(spread), real(sum), long(len(x))})
	}),
})
