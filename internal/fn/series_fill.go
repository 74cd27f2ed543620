package fn

import (
	"goshawk/internal/dynamic"
)

// isHole says whether an element equals the placeholder at position mark of
// the arguments; without one, whether it is null.
func isHole(v dynamic.Value, args []dynamic.Value, mark int) bool {
	if len(args) > mark && !args[mark].IsNull() {
		return dynamic.Equal(v, args[mark])
	}
	return v.IsNull()
}

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
			f(items, func(v dynamic.Value) bool { return isHole(v, args, mark) }, args)
			return dynamic.FromArray(items)
		}),
	})
}

var (
	_ = fillRow("series_fill_const", "Fills the holes of a series with a value.", 2,
		func(items []dynamic.Value, hole func(dynamic.Value) bool, args []dynamic.Value) {
			value := dynamic.FromLong(0) // the constant may be left out
			if len(args) > 1 {
				value = args[1]
			}
			for i := range items {
				if hole(items[i]) {
					items[i] = value
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

// series_fill_linear draws lines between the elements on both sides of a
// hole; whole numbers lose their fractions.
var _ = scalar(Scalar{
	Name: "series_fill_linear", Summary: "Fills the holes of a series with a line between their neighbours.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		if args[0].Kind() != dynamic.Array {
			return dynamic.NullValue
		}
		items := append([]dynamic.Value{}, args[0].Items()...)
		whole := true
		var known []int
		for i, it := range items {
			if isHole(it, args, 1) {
				continue
			}
			known = append(known, i)
			whole = whole && it.Kind() == dynamic.Long
		}
		if len(known) == 0 {
			fill := dynamic.FromReal(0)
			if len(args) > 3 {
				fill = args[3]
			}
			for i := range items {
				items[i] = fill
			}
			return dynamic.FromArray(items)
		}
		if len(args) < 3 || args[2].IsNull() || ignoring(args, 2) {
			for i := 0; i < known[0]; i++ {
				items[i] = items[known[0]]
			}
			for i := known[len(known)-1] + 1; i < len(items); i++ {
				items[i] = items[known[len(known)-1]]
			}
		}
		for k := 1; k < len(known); k++ {
			interpolate(items, known[k-1], known[k], whole)
		}
		return dynamic.FromArray(items)
	}),
})

// interpolate fills the elements between from and to.
func interpolate(items []dynamic.Value, from, to int, whole bool) {
	x, ok1 := numberIn(items[from])
	y, ok2 := numberIn(items[to])
	if !ok1 || !ok2 {
		return
	}
	step := (y - x) / float64(to-from)
	for i := from + 1; i < to; i++ {
		f := x + step*float64(i-from)
		if items[i] = dynamic.FromReal(f); whole {
			items[i] = dynamic.FromLong(int64(f))
		}
	}
}
