package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// count counts rows. An argument changes nothing: count(x) counts the rows
// where x is null too.
var aggCount = aggregateIf(Aggregate{
	Name:    "count",
	Summary: "Counts the rows.",
	New:     func(AggArgs) (State, error) { return &countState{}, nil },
}, "countif", 0, "Counts the rows for which a predicate holds.")

var _ = aggregateAs("cnt", aggCount)

type countState struct{ n []int64 }

func (s *countState) Grow(n int) { s.n = grown(s.n, n) }

func (s *countState) Add(_ *Call, groups []int32, _ []*vector.Vector) error {
	for _, g := range groups {
		s.n[g]++
	}
	return nil
}

func (s *countState) Merge(other State, to []int32) error {
	for g, n := range other.(*countState).n {
		s.n[to[g]] += n
	}
	return nil
}

func (s *countState) Results(n int) ([]*vector.Vector, error) {
	return []*vector.Vector{vector.Of(types.Long, grown(s.n, n)[:n:n], nil)}, nil
}

func (s *countState) Bytes() int64 { return int64(cap(s.n)) * 8 }
