package fn

import (
	"bytes"
	"cmp"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// equality is the kernel of == and !=. With one null the sides differ; with
// two the answer is null.
func equality[T vector.Elem](want bool, same func(a, b T) bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		l, r := args[0], args[1]
		a, b := viewOf[T](l), viewOf[T](r)
		out := make([]bool, c.N)
		if l.Valid == nil && r.Valid == nil && l.Dyns == nil && l.Decs == nil && r.Decs == nil {
			for i := range out {
				out[i] = same(a.at(i), b.at(i)) == want
			}
			return vector.Of(types.Bool, out, nil), nil
		}
		var valid vector.Bitmap
		for i := range out {
			ln, rn := l.IsNull(i), r.IsNull(i)
			switch {
			case ln && rn:
				if valid == nil {
					valid = vector.FullBitmap(c.N)
				}
				valid.Clear(i)
			case ln || rn:
				out[i] = !want
			default:
				out[i] = same(a.at(i), b.at(i)) == want
			}
		}
		return vector.Of(types.Bool, out, valid), nil
	}
}

func equal[T comparable](a, b T) bool { return a == b }

func pickEquality(want bool) func([]types.Type, types.Type) Kernel {
	return func(args []types.Type, _ types.Type) Kernel {
		switch args[0] {
		case types.Bool:
			return equality(want, equal[bool])
		case types.Int, types.Long, types.Datetime, types.Timespan:
			return equality(want, equal[int64])
		case types.Real:
			return equality(want, equal[float64])
		case types.String:
			return equality(want, equal[string])
		case types.Guid:
			return equality(want, equal[vector.Guid])
		case types.Decimal:
			return equality(want, func(a, b vector.Decimal) bool { return a.Cmp(b) == 0 })
		case types.Dynamic:
			return equality(want, dynamic.Equal)
		}
		return nil
	}
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ordering picks the kernel of a comparison. less, same and more say what a
// comparison that found such an order answers; a NaN has no order.
func ordering(less, same, more bool) func([]types.Type, types.Type) Kernel {
	by := func(n int) bool { return n < 0 && less || n == 0 && same || n > 0 && more }
	return func(args []types.Type, _ types.Type) Kernel {
		switch args[0] {
		case types.Bool:
			return lift2(func(a, b bool) bool { return by(boolOrder(a, b)) })
		case types.Int, types.Long, types.Datetime, types.Timespan:
			return lift2(func(a, b int64) bool { return a < b && less || a == b && same || a > b && more })
		case types.Real:
			return lift2(func(a, b float64) bool { return a < b && less || a == b && same || a > b && more })
		case types.String:
			return lift2(func(a, b string) bool { return by(cmp.Compare(a, b)) })
		case types.Guid:
			return lift2(func(a, b vector.Guid) bool { return by(bytes.Compare(a[:], b[:])) })
		case types.Decimal:
			return lift2(func(a, b vector.Decimal) bool { return by(a.Cmp(b)) })
		}
		return nil
	}
}

// ranges picks the kernel of between and !between, whose ends belong to the
// range.
func ranges(want bool) func([]types.Type, types.Type) Kernel {
	return func(args []types.Type, _ types.Type) Kernel {
		if args[0] == types.Datetime && args[2] == types.Timespan {
			return lift3(func(x, lo, d int64) bool { return (x >= lo && x <= lo+d) == want })
		}
		switch args[0] {
		case types.Int, types.Long, types.Datetime, types.Timespan:
			return lift3(func(x, lo, hi int64) bool { return (x >= lo && x <= hi) == want })
		case types.Real:
			return lift3(func(x, lo, hi float64) bool { return (x >= lo && x <= hi) == want })
		case types.Decimal:
			return lift3(func(x, lo, hi vector.Decimal) bool { return (x.Cmp(lo) >= 0 && x.Cmp(hi) <= 0) == want })
		case types.String:
			return lift3(func(x, lo, hi string) bool { return (x >= lo && x <= hi) == want })
		}
		return nil
	}
}

func init() {
	scalar(Scalar{Name: "Equal", Summary: "Says whether two values are equal.", Nulls: Handles, Pick: pickEquality(true)})
	scalar(Scalar{Name: "NotEqual", Summary: "Says whether two values differ.", Nulls: Handles, Pick: pickEquality(false)})
	scalar(Scalar{Name: "LessThan", Summary: "Says whether the left value is smaller.", Nulls: NullIfAny, Pick: ordering(true, false, false)})
	scalar(Scalar{Name: "LessThanOrEqual", Summary: "Says whether the left value is not larger.", Nulls: NullIfAny, Pick: ordering(true, true, false)})
	scalar(Scalar{Name: "GreaterThan", Summary: "Says whether the left value is larger.", Nulls: NullIfAny, Pick: ordering(false, false, true)})
	scalar(Scalar{Name: "GreaterThanOrEqual", Summary: "Says whether the left value is not smaller.", Nulls: NullIfAny, Pick: ordering(false, true, true)})
	scalar(Scalar{Name: "Between", Summary: "Says whether a value lies in a range, ends included.", Nulls: NullIfAny, Pick: ranges(true)})
	scalar(Scalar{Name: "NotBetween", Summary: "Says whether a value lies outside a range.", Nulls: NullIfAny, Pick: ranges(false)})
}
