package fn

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// real1 makes the row of a function from number to real; ok false is null.
func real1(name, summary string, f func(x float64) (float64, bool)) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			x, ask := reals(args[0]), nonNull(args, c.N)
			return collect(c, ask, func(i int) (float64, bool) { return f(x.at(i)) }), nil
		},
	})
}

// real2 is real1 for functions of two numbers.
func real2(name, summary string, f func(x, y float64) (float64, bool)) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			x, y, ask := reals(args[0]), reals(args[1]), nonNull(args, c.N)
			return collect(c, ask, func(i int) (float64, bool) { return f(x.at(i), y.at(i)) }), nil
		},
	})
}

// always lifts a function that never answers null.
func always(f func(float64) float64) func(float64) (float64, bool) {
	return func(x float64) (float64, bool) { return f(x), true }
}

// notNegative answers null below zero.
func notNegative(f func(float64) float64) func(float64) (float64, bool) {
	return func(x float64) (float64, bool) { return f(x), !(x < 0) }
}

var (
	_ = real1("sign", "Gives -1, 0 or 1 as the number is below, at or above zero; 0 for NaN.", func(x float64) (float64, bool) {
		switch {
		case x > 0:
			return 1, true
		case x < 0:
			return -1, true
		}
		return 0, true // NaN too
	})
	_ = real1("sqrt", "Gives the square root; NaN below zero.", always(math.Sqrt))
	_ = real1("exp", "Gives e to the power of a number.", always(math.Exp))
	_ = real1("exp2", "Gives 2 to the power of a number.", always(math.Exp2))
	_ = real1("exp10", "Gives 10 to the power of a number.", always(func(x float64) float64 { return math.Pow(10, x) }))
	_ = real1("log", "Gives the natural logarithm; null below zero.", notNegative(math.Log))
	_ = real1("log2", "Gives the logarithm to base 2; null below zero.", notNegative(math.Log2))
	_ = real1("log10", "Gives the logarithm to base 10; null below zero.", notNegative(math.Log10))
	_ = real1("sin", "Gives the sine of an angle in radians.", always(math.Sin))
	_ = real1("cos", "Gives the cosine of an angle in radians.", always(math.Cos))
	_ = real1("tan", "Gives the tangent of an angle in radians.", always(math.Tan))
	_ = real1("cot", "Gives the cotangent of an angle in radians.", always(func(x float64) float64 { return 1 / math.Tan(x) }))
	_ = real1("asin", "Gives the angle that has this sine; null outside -1 to 1.", withinOne(math.Asin))
	_ = real1("acos", "Gives the angle that has this cosine; null outside -1 to 1.", withinOne(math.Acos))
	_ = real1("atan", "Gives the angle that has this tangent.", always(math.Atan))
	_ = real1("degrees", "Turns radians into degrees.", always(func(x float64) float64 { return 180 / math.Pi * x }))
	_ = real1("radians", "Turns degrees into radians.", always(func(x float64) float64 { return math.Pi / 180 * x }))
	_ = real1("gamma", "Gives the gamma function.", always(math.Gamma))
	_ = real1("loggamma", "Gives the logarithm of the gamma function's size.", always(func(x float64) float64 { y, _ := math.Lgamma(x); return y }))
	_ = real1("erf", "Gives the error function.", always(math.Erf))
	_ = real1("erfc", "Gives what the error function lacks to 1.", always(math.Erfc))
	_ = real2("pow", "Raises a number to a power.", func(x, y float64) (float64, bool) { return math.Pow(x, y), true })
	_ = real2("atan2", "Gives the angle of the point (y, x) seen from the origin.", func(y, x float64) (float64, bool) { return math.Atan2(y, x), true })
)

func withinOne(f func(float64) float64) func(float64) (float64, bool) {
	return func(x float64) (float64, bool) { return f(x), !(x < -1 || x > 1) }
}

var _ = scalar(Scalar{
	Name: "pi", Summary: "Gives the number pi.",
	Kernel: func(c *Call, _ []*vector.Vector) (*vector.Vector, error) {
		return vector.Constant(vector.Datum{T: types.Real, V: math.Pi}, c.N), nil
	},
})

// abs of the smallest long stays itself, as arithmetic of longs wraps.
var _ = scalar(Scalar{
	Name: "abs", Summary: "Gives the size of a number or timespan without its sign.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ask := nonNull(args, c.N)
		switch c.Ret {
		case types.Real:
			x := reals(args[0])
			return collect(c, ask, func(i int) (float64, bool) { return math.Abs(x.at(i)), true }), nil
		case types.Decimal:
			x := decs(args[0])
			return collect(c, ask, func(i int) (vector.Decimal, bool) {
				if x.at(i) == nil {
					return nil, false
				}
				return new(apd.Decimal).Abs(x.at(i)), true
			}), nil
		}
		x := ints(args[0])
		return collect(c, ask, func(i int) (int64, bool) { return max(x.at(i), -x.at(i)), true }), nil
	},
})

// roundTo rounds halves away from zero.
func roundTo(x float64, digits int64) float64 {
	if digits == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return math.Round(x)
	}
	if digits > 15 {
		return x
	}
	if digits < -308 {
		return 0
	}
	p := math.Pow(10, math.Abs(float64(digits)))
	if digits < 0 {
		return math.Round(x/p) * p
	}
	if r := math.Round(x*p) / p; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r
	}
	return x
}

func roundInt(n, digits int64) int64 {
	if digits >= 0 {
		return n
	}
	return cutReal(roundTo(float64(n), digits))
}

func roundDecimal(d vector.Decimal, digits int64) (vector.Decimal, bool) {
	if d == nil || digits > 34 || digits < -34 {
		return d, d != nil
	}
	ctx := *decimals
	ctx.Rounding = apd.RoundHalfUp
	r := new(apd.Decimal)
	if _, err := ctx.Quantize(r, d, int32(-digits)); err != nil {
		return d, true
	}
	return r, true
}

var _ = scalar(Scalar{
	Name: "round", Summary: "Rounds a number to some digits after the point, halves away from zero.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ask, digits := nonNull(args, c.N), view[int64]{data: []int64{0}}
		if len(args) > 1 {
			digits = ints(args[1])
		}
		switch c.Ret {
		case types.Int, types.Long:
			x := ints(args[0])
			return collect(c, ask, func(i int) (int64, bool) { return roundInt(x.at(i), digits.at(i)), true }), nil
		case types.Decimal:
			x := decs(args[0])
			return collect(c, ask, func(i int) (vector.Decimal, bool) { return roundDecimal(x.at(i), digits.at(i)) }), nil
		}
		x := reals(args[0])
		return collect(c, ask, func(i int) (float64, bool) { return roundTo(x.at(i), digits.at(i)), true }), nil
	},
})

var _ = scalar(Scalar{
	Name: "ceiling", Summary: "Rounds a number up to a whole one.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ask := nonNull(args, c.N)
		switch c.Ret {
		case types.Int, types.Long:
			x := ints(args[0])
			return collect(c, ask, func(i int) (int64, bool) { return x.at(i), true }), nil
		case types.Decimal:
			x := decs(args[0])
			return collect(c, ask, func(i int) (vector.Decimal, bool) {
				r := new(apd.Decimal)
				if x.at(i) == nil {
					return nil, false
				}
				_, err := decimals.Ceil(r, x.at(i))
				return r, err == nil
			}), nil
		}
		x := reals(args[0])
		return collect(c, ask, func(i int) (float64, bool) { return math.Ceil(x.at(i)), true }), nil
	},
})
