package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// fixedSize is how many bytes a value of a type takes, 0 where it depends on
// the value.
var fixedSize = map[types.Type]int64{
	types.Bool: 1, types.Int: 4, types.Long: 8, types.Real: 8, types.Datetime: 8, types.Timespan: 8, types.Guid: 16, types.Decimal: 16,
}

// estimate_data_size counts a text by its bytes and a dynamic value by its
// JSON text; Kusto's own encoding of dynamic values is shorter.
var _ = scalar(Scalar{
	Name: "estimate_data_size", Summary: "Estimates how many bytes the values of columns take.", Nulls: Handles,
	Status: Partial, Reason: "dynamic values are measured by their JSON text, which Kusto stores shorter",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		out := make([]int64, c.N)
		for _, a := range args {
			size := fixedSize[a.Type]
			for i := range out {
				switch {
				case size > 0:
					out[i] += size
				case a.Type == types.String:
					out[i] += int64(len(viewOf[string](a).at(i)))
				case !a.IsNull(i):
					out[i] += int64(len(a.ToDynamic(i).JSON()))
				}
			}
		}
		return vector.Of(types.Long, out, nil), nil
	},
})
