package fn

import (
	"math"

	"goshawk/internal/vector"
)

// around has both ends in.
var _ = scalar(Scalar{
	Name: "around", Summary: "Says whether a value lies within a distance of another.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ask := nonNull(args, c.N)
		if args[0].Ints != nil && args[1].Ints != nil && args[2].Ints != nil {
			x, centre, d := ints(args[0]), ints(args[1]), ints(args[2])
			return collect(c, ask, func(i int) (bool, bool) {
				return x.at(i) >= centre.at(i)-d.at(i) && x.at(i) <= centre.at(i)+d.at(i), true
			}), nil
		}
		for _, a := range args {
			if !a.Type.Numeric() {
				return nil, Errorf("around() takes numbers, datetimes and timespans, not %s", a.Type)
			}
		}
		x, centre, d := reals(args[0]), reals(args[1]), reals(args[2])
		return collect(c, ask, func(i int) (bool, bool) { return math.Abs(x.at(i)-centre.at(i)) <= d.at(i), true }), nil
	},
})
