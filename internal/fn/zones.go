package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

//go:generate go run ./gen/zones -out zones_gen.go

var _ = scalar(Scalar{
	Name: "datetime_list_timezones", Summary: "Lists the time zones.",
	Kernel: func(c *Call, _ []*vector.Vector) (*vector.Vector, error) {
		return vector.Constant(vector.Datum{T: types.Dynamic, V: dynamic.FromStrings(zoneNames)}, c.N), nil
	},
})
