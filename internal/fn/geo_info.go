package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// geo_info_from_ip_address reads the user's database (Env.Geo). The binder
// refuses it where there is none.
var _ = scalar(Scalar{
	Name: "geo_info_from_ip_address", Summary: "Gives the country, state, city and coordinates of an IP address.", Nulls: Handles,
	Status: Partial, Reason: "it needs a database in MaxMind's format, given with --geoip",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		b := vector.NewBuilder(types.Dynamic, c.N)
		if c.Env == nil || c.Env.Geo == nil {
			return vector.Nulls(types.Dynamic, c.N), nil
		}
		ips := texts(args[0])
		for i := range c.N {
			v, err := c.Env.Geo(ips.at(i))
			if err != nil {
				return nil, err
			}
			if v.IsNull() {
				b.AppendNull()
				continue
			}
			b.Append(vector.Datum{T: types.Dynamic, V: v})
		}
		return b.Done(), nil
	},
})
