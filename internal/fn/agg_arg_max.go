package fn

import (
	"goshawk/internal/types"
)

// arg_max and arg_min give the values of the row whose first argument is
// largest or smallest. Nulls lose against everything but a group of nulls
// still gives a row. Of equal rows the first is kept.
var aggArgMax = aggregate(Aggregate{
	Name:    "arg_max",
	Summary: "The columns of the row with the largest value.",
	Type:    firstType,
	New:     newPick(1),
	Columns: true,
})

var aggArgMin = aggregate(Aggregate{
	Name:    "arg_min",
	Summary: "The columns of the row with the smallest value.",
	Type:    firstType,
	New:     newPick(-1),
	Columns: true,
})

var _ = aggregateAs("argmax", aggArgMax)
var _ = aggregateAs("argmin", aggArgMin)

func firstType(args []types.Type) types.Type {
	if len(args) == 0 {
		return types.Unknown
	}
	return args[0]
}

func newPick(sign int) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) { return &argState{t: a.Types, sign: sign}, nil }
}
