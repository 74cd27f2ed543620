package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// moment makes a datetime constant, null outside the years 1 to 9999.
func moment(c *Call, ticks int64) *vector.Vector {
	if !types.ValidDatetime(ticks) {
		return vector.Nulls(types.Datetime, c.N)
	}
	return vector.Constant(vector.Datum{T: types.Datetime, V: ticks}, c.N)
}

// now is the same for the whole query.
var _ = scalar(Scalar{
	Name:    "now",
	Summary: "Gives the time the query runs at, moved by a timespan if one is given.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		if len(args) == 0 {
			return moment(c, c.Env.Now), nil
		}
		t, ask := ints(args[0]), nonNull(args, c.N)
		return collect(c, ask, func(i int) (int64, bool) { return addTicks(c.Env.Now, t.at(i)) }), nil
	},
})

// ago counts back from the query's one now.
var _ = scalar(Scalar{
	Name:    "ago",
	Summary: "Gives the time of the query less a timespan.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		t, ask := ints(args[0]), nonNull(args, c.N)
		return collect(c, ask, func(i int) (int64, bool) {
			r := c.Env.Now - t.at(i)
			return r, types.ValidDatetime(r)
		}), nil
	},
})

// addTicks moves a datetime; ok is false when it leaves the calendar.
func addTicks(t, d int64) (int64, bool) {
	r := t + d
	if d > 0 && r < t || d < 0 && r > t {
		return 0, false
	}
	return r, types.ValidDatetime(r)
}
