package plugin

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// identity hands its input on.
var _ = plugin(Plugin{
	Name:    "identity",
	Summary: "Gives its input.",
	Columns: same,
	Each:    func(_ *Run, in *Rows) (*Result, error) { return &Result{N: in.N}, nil },
})

// estimate_rows_count counts exactly what the service estimates.
var _ = plugin(Plugin{
	Name:    "estimate_rows_count",
	Summary: "Gives the number of rows.",
	Columns: fixed(Made("EstimatedRowsCount", types.Long)),
	All: func(_ *Run, in *Rows) (*Result, error) {
		return &Result{N: 1, Made: []*vector.Vector{vector.Of(types.Long, []int64{int64(in.N)}, nil)}}, nil
	},
})
