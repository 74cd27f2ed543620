package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// The binary aggregates combine the bits of what is not null; nothing gives
// null.
var _ = aggregate(Aggregate{Name: "binary_all_and", Summary: "The bits that all values have.",
	New: newBits(func(a, b int64) int64 { return a & b })})

var _ = aggregate(Aggregate{Name: "binary_all_or", Summary: "The bits that some value has.",
	New: newBits(func(a, b int64) int64 { return a | b })})

var _ = aggregate(Aggregate{Name: "binary_all_xor", Summary: "The bits that an odd number of values has.",
	New: newBits(func(a, b int64) int64 { return a ^ b })})

func newBits(f func(a, b int64) int64) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) {
		t := a.Types[0]
		if !t.Integer() {
			return nil, Errorf("bits of %s values cannot be combined: convert with tolong() first", t)
		}
		return &bitsState{bestInt{t: t}, f}, nil
	}
}

type bitsState struct {
	bestInt
	f func(a, b int64) int64
}

func (s *bitsState) see(g int32, x int64) {
	if s.has[g] {
		x = s.f(s.best[g], x)
	}
	s.best[g], s.has[g] = x, true
}

func (s *bitsState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	eachInt(args[0], groups, s.see)
	return nil
}

func (s *bitsState) Merge(other State, to []int32) error {
	o := other.(*bitsState)
	for g, x := range o.best {
		if o.has[g] {
			s.see(to[g], x)
		}
	}
	return nil
}

// These are known names that are refused.
var _ = []*Aggregate{
	plannedAggregate("hll", "Sketches the distinct values."),
	plannedAggregate("hll_if", "Sketches the distinct values of the rows for which a predicate holds."),
	plannedAggregate("hll_merge", "Merges sketches of distinct values."),
	plannedAggregate("tdigest", "Sketches the distribution of the values."),
	plannedAggregate("tdigest_merge", "Merges sketches of distributions."),
	plannedAggregate("merge_tdigest", "Merges sketches of distributions."),
	plannedAggregate("passthrough", "Hands its argument on."),
	plannedAggregate("buildschema", "The common schema of dynamic values."),
}

func plannedAggregate(name, summary string) *Aggregate {
	return aggregate(Aggregate{Name: name, Summary: summary, Status: Planned,
		Type:   func([]types.Type) types.Type { return types.Dynamic },
		Reason: "sketches, schemas and values of other engines are not built yet; dcount and percentile compute exactly"})
}
