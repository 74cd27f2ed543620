package fn

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// floorTo is the greatest multiple of size, counted from at, that is not
// above n; false without a positive size.
func floorTo(n, size, at int64) (int64, bool) {
	if size <= 0 {
		return 0, false
	}
	r := (n - at) % size
	if r < 0 {
		r += size
	}
	return n - r, true
}

func floorReal(f, size, at float64) (float64, bool) {
	if !(size > 0) {
		return 0, false
	}
	return math.Floor((f-at)/size)*size + at, true
}

// decimals computes with 34 digits, as Kusto's decimal has.
var decimals = apd.BaseContext.WithPrecision(34)

func floorDecimal(d, size, at vector.Decimal) (vector.Decimal, bool) {
	if d == nil || size == nil || at == nil || size.Sign() <= 0 {
		return nil, false
	}
	r := new(apd.Decimal)
	steps := []func() (apd.Condition, error){
		func() (apd.Condition, error) { return decimals.Sub(r, d, at) },
		func() (apd.Condition, error) { return decimals.Quo(r, r, size) },
		func() (apd.Condition, error) { return decimals.Floor(r, r) },
		func() (apd.Condition, error) { return decimals.Mul(r, r, size) },
		func() (apd.Condition, error) { return decimals.Add(r, r, at) },
	}
	for _, step := range steps {
		if _, err := step(); err != nil {
			return nil, false
		}
	}
	return r, true
}

// binKernel floors to multiples of the second argument, counted from the
// third or from 0: for datetimes that is 0001-01-01, a Monday.
func binKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	ask := nonNull(args, c.N)
	switch c.Ret {
	case types.Real:
		v, size, at := reals(args[0]), reals(args[1]), view[float64]{data: []float64{0}}
		if len(args) > 2 {
			at = reals(args[2])
		}
		return collect(c, ask, func(i int) (float64, bool) { return floorReal(v.at(i), size.at(i), at.at(i)) }), nil
	case types.Decimal:
		v, size, at := decs(args[0]), decs(args[1]), view[vector.Decimal]{data: []vector.Decimal{apd.New(0, 0)}}
		if len(args) > 2 {
			at = decs(args[2])
		}
		return collect(c, ask, func(i int) (vector.Decimal, bool) { return floorDecimal(v.at(i), size.at(i), at.at(i)) }), nil
	}
	v, size, at := ints(args[0]), ints(args[1]), view[int64]{data: []int64{0}}
	if len(args) > 2 {
		at = ints(args[2])
	}
	// bin_at(timespan, 2.5, ..) has its size in days.
	if len(args) > 2 && (c.Ret == types.Timespan || c.Ret == types.Datetime) && args[1].Type.Numeric() {
		days := reals(args[1])
		size = view[int64]{make([]int64, len(days.data)), days.mask}
		for i, d := range days.data {
			size.data[i] = cutReal(d * float64(types.Day))
		}
	}
	return collect(c, ask, func(i int) (int64, bool) {
		r, ok := floorTo(v.at(i), size.at(i), at.at(i))
		if c.Ret == types.Datetime && !types.ValidDatetime(r) {
			ok = false
		}
		return r, ok
	}), nil
}

var (
	_ = scalar(Scalar{Name: "bin", Summary: "Rounds a number, datetime or timespan down to a multiple of a size.", Kernel: binKernel})
	_ = scalar(Scalar{Name: "floor", Summary: "Rounds down to a multiple of a size; another name of bin.", Kernel: binKernel})
	_ = scalar(Scalar{Name: "bin_at", Summary: "Rounds down to a multiple of a size counted from a fixed point.", Kernel: binKernel})
)
