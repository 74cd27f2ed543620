package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// dcount counts distinct values exactly, whatever accuracy is asked for: the
// values are kept in a set that is charged to the query's memory. Kusto
// estimates. Nulls do not count; the empty string does.
var _ = aggregate(Aggregate{
	Name:    "dcount",
	Summary: "Counts the distinct values.",
	New:     newDcount,
})

var _ = aggregate(Aggregate{
	Name:    "dcountif",
	Summary: "Counts the distinct values of the rows for which a predicate holds.",
	New:     whenTrue(1, newDcount),
})

var _ = aggregateIf(Aggregate{
	Name:    "count_distinct",
	Summary: "Counts the distinct values.",
	New:     newDcount,
}, "count_distinctif", 1, "Counts the distinct values of the rows for which a predicate holds.")

func newDcount(a AggArgs) (State, error) { return &dcountState{in: newInterner(a.Types[0])}, nil }

type dcountState struct {
	in   *interner
	seen pairs
	n    []int64
}

func (s *dcountState) Grow(n int) { s.n = grown(s.n, n) }

func (s *dcountState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	sure := v.Type == types.String
	for i, g := range groups {
		if !sure && v.IsNull(i) {
			continue
		}
		if s.seen.add(g, s.in.id(v, i)) {
			s.n[g]++
		}
	}
	return nil
}

func (s *dcountState) Merge(other State, to []int32) error {
	o := other.(*dcountState)
	ids := s.in.absorb(o.in)
	o.seen.each(func(g, id int32) {
		if s.seen.add(to[g], ids[id]) {
			s.n[to[g]]++
		}
	})
	return nil
}

func (s *dcountState) Results(n int) ([]*vector.Vector, error) {
	return []*vector.Vector{vector.Of(types.Long, grown(s.n, n)[:n:n], nil)}, nil
}

func (s *dcountState) Bytes() int64 {
	return s.in.bytes + int64(len(s.seen.slots)+cap(s.n))*8
}
