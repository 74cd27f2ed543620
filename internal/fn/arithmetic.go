package fn

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// decimalMath is the arithmetic of decimalMath: 34 digits, as the type has.
var decimalMath = apd.Context{Precision: 34, MaxExponent: 6144, MinExponent: -6143, Rounding: apd.RoundHalfUp}

type decimalOp func(d, x, y *apd.Decimal) (apd.Condition, error)

// decimalKernel makes a kernel of an operation of apd; what has no finite
// result is null.
func decimalKernel(op decimalOp) Kernel {
	return lift2n(func(x, y vector.Decimal) (vector.Decimal, bool) {
		d := new(apd.Decimal)
		_, err := op(d, x, y)
		return d, err == nil && d.Form == apd.Finite
	})
}

// arithmetic is the row of an operator on two numbers; times adds the
// combinations with datetimes and timespans.
func arithmetic(name, summary string, whole Kernel, real func(a, b float64) float64, dec decimalOp, times func(l, r, ret types.Type) Kernel) {
	scalar(Scalar{Name: name, Summary: summary, Nulls: NullIfAny, Pick: func(args []types.Type, ret types.Type) Kernel {
		l, r := args[0], args[1]
		switch {
		case l.Integer() && r.Integer():
			return whole
		case l == types.Real && r == types.Real:
			return lift2(real)
		case l == types.Decimal && r == types.Decimal:
			return decimalKernel(dec)
		}
		return times(l, r, ret)
	}})
}

// inDatetime is a sum of ticks as a datetime, null outside the years 1 to
// 9999.
func inDatetime(t int64) (int64, bool) { return t, types.ValidDatetime(t) }

// toTicks is a fraction of ticks as a timespan, null when it is out of range.
func toTicks(f float64) (int64, bool) {
	if math.IsNaN(f) || f >= math.MaxInt64 || f <= math.MinInt64 {
		return 0, false
	}
	return int64(f), true
}

func isTime(t types.Type) bool { return t == types.Datetime || t == types.Timespan }

// addTimes adds ticks; a datetime must stay in its range.
func addTimes(sign int64) func(l, r, ret types.Type) Kernel {
	return func(l, r, ret types.Type) Kernel {
		if !isTime(l) || !isTime(r) {
			return nil
		}
		if ret == types.Datetime {
			return lift2n(func(a, b int64) (int64, bool) { return inDatetime(a + sign*b) })
		}
		return lift2(func(a, b int64) int64 { return a + sign*b })
	}
}

func mulTimes(l, r, ret types.Type) Kernel {
	switch {
	case isTime(l) && r.Integer(), isTime(r) && l.Integer():
		return lift2(func(a, b int64) int64 { return a * b })
	case isTime(l) && r.Numeric():
		return scaled(0, 1, func(t int64, f float64) float64 { return float64(t) * f })
	case isTime(r) && l.Numeric():
		return scaled(1, 0, func(t int64, f float64) float64 { return float64(t) * f })
	}
	return nil
}

// scaled computes ticks from the ticks at argument t and the number at f.
func scaled(t, f int, op func(int64, float64) float64) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ticks, num, ask := viewOf[int64](args[t]), reals(args[f]), skipNulls(args, c.N)
		return collect[int64](c, ask, func(i int) (int64, bool) { return toTicks(op(ticks.at(i), num.at(i))) }), nil
	}
}

func divTimes(l, r, ret types.Type) Kernel {
	switch {
	case isTime(l) && isTime(r):
		return lift2(func(a, b int64) float64 { return float64(a) / float64(b) })
	case isTime(l) && r.Integer():
		return divideWhole
	case isTime(l) && r.Numeric():
		return scaled(0, 1, func(t int64, f float64) float64 { return float64(t) / f })
	}
	return nil
}

func modTimes(l, r, ret types.Type) Kernel {
	if isTime(l) && (isTime(r) || r.Integer()) {
		return moduloWhole
	}
	return nil
}

// divideWhole truncates; division by zero is null.
var divideWhole = lift2n(func(a, b int64) (int64, bool) {
	if b == 0 {
		return 0, false
	}
	return a / b, true
})

// moduloWhole is never negative; modulo zero is null.
var moduloWhole = lift2n(func(a, b int64) (int64, bool) {
	if b == 0 {
		return 0, false
	}
	m := a % b
	switch {
	case m >= 0:
	case b < 0:
		m -= b
	default:
		m += b
	}
	return m, true
})

func divideDecimal(d, x, y *apd.Decimal) (apd.Condition, error) {
	cond, err := decimalMath.Quo(d, x, y)
	shorten(d)
	return cond, err
}

// shorten takes the zeros off the end of a fraction, which a division fills up
// to its full length.
func shorten(d *apd.Decimal) {
	if d.Form != apd.Finite || d.Exponent >= 0 {
		return
	}
	if d.Reduce(d); d.Exponent > 0 {
		d.Coeff.Mul(&d.Coeff, new(apd.BigInt).Exp(apd.NewBigInt(10), apd.NewBigInt(int64(d.Exponent)), nil))
		d.Exponent = 0
	}
}

func moduloReal(a, b float64) float64 {
	m := math.Mod(a, b)
	if m < 0 {
		m += math.Abs(b)
	}
	return m
}

func moduloDecimal(d, x, y *apd.Decimal) (apd.Condition, error) {
	cond, err := decimalMath.Rem(d, x, y)
	if err == nil && d.Negative && !d.IsZero() {
		cond, err = decimalMath.Add(d, d, new(apd.Decimal).Abs(y))
	}
	return cond, err
}

func init() {
	arithmetic("Add", "Adds two numbers, or a timespan to a time.",
		lift2(func(a, b int64) int64 { return a + b }), func(a, b float64) float64 { return a + b }, decimalMath.Add, addTimes(1))
	arithmetic("Subtract", "Subtracts two numbers or times.",
		lift2(func(a, b int64) int64 { return a - b }), func(a, b float64) float64 { return a - b }, decimalMath.Sub, addTimes(-1))
	arithmetic("Multiply", "Multiplies two numbers, or a timespan by a number.",
		lift2(func(a, b int64) int64 { return a * b }), func(a, b float64) float64 { return a * b }, decimalMath.Mul, mulTimes)
	arithmetic("Divide", "Divides two numbers; whole numbers are cut towards zero.",
		divideWhole, func(a, b float64) float64 { return a / b }, divideDecimal, divTimes)
	arithmetic("Modulo", "Gives the remainder of a division, which is never negative.",
		moduloWhole, moduloReal, moduloDecimal, modTimes)
	sign("UnaryMinus", "Negates a number or a timespan.", -1)
	sign("UnaryPlus", "Gives a number as it is.", 1)
}

func sign(name, summary string, s int64) {
	scalar(Scalar{Name: name, Summary: summary, Nulls: NullIfAny,
		Type: func(args []types.Type, _ []*vector.Datum) types.Type {
			if args[0] == types.Int {
				return types.Long // as all arithmetic of ints
			}
			return args[0]
		},
		Pick: func(args []types.Type, ret types.Type) Kernel {
			switch args[0] {
			case types.Datetime:
				return lift1n(func(a int64) (int64, bool) { return inDatetime(s * a) })
			case types.Int, types.Long, types.Timespan:
				return lift1(func(a int64) int64 { return s * a })
			case types.Real:
				return lift1(func(a float64) float64 { return float64(s) * a })
			case types.Decimal:
				return lift1(func(a vector.Decimal) vector.Decimal {
					if s < 0 {
						return new(apd.Decimal).Neg(a)
					}
					return a
				})
			}
			return nil
		}})
}
