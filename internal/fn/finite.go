package fn

import "math"

func init() {
	row := func(name, summary string, k Kernel) {
		scalar(Scalar{Name: name, Summary: summary, Nulls: NullIfAny, Kernel: k})
	}
	row("isnan", "Says whether a real is NaN.", lift1(math.IsNaN))
	row("isinf", "Says whether a real is infinite.", lift1(func(f float64) bool { return math.IsInf(f, 0) }))
	row("isfinite", "Says whether a real is a finite number.", lift1(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }))
}
