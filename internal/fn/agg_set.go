package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// make_set keeps distinct values in the order of first sight; nothing gives
// []. Of arrays it is the set of their elements.
var aggMakeSet = aggregateIf(Aggregate{
	Name:    "make_set",
	Summary: "An array of the distinct values.",
	Type:    dynamicType,
	New:     newSet,
}, "make_set_if", 1, "An array of the distinct values of the rows for which a predicate holds.")

var _ = aggregateAs("makeset", aggMakeSet)

func newSet(a AggArgs) (State, error) {
	return &setState{max: sizeArg(a, 1), in: newInterner(a.Types[0])}, nil
}

type setState struct {
	max  int
	in   *interner
	seen pairs
	sets [][]int32
}

func (s *setState) Grow(n int) { s.sets = grown(s.sets, n) }

func (s *setState) put(g, id int32) {
	if len(s.sets[g]) < s.max && s.seen.add(g, id) {
		s.sets[g] = append(s.sets[g], id)
	}
}

func (s *setState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	if v.Type == types.Dynamic || v.Type == types.Unknown {
		for i, g := range groups {
			x := v.Dyn(i)
			if x.Kind() != dynamic.Array {
				if !x.IsNull() {
					s.put(g, s.in.value(x))
				}
				continue
			}
			for _, e := range x.Items() {
				s.put(g, s.in.value(e))
			}
		}
		return nil
	}
	for i, id := range s.in.ids(v, len(groups)) {
		if id >= 0 {
			s.put(groups[i], id)
		}
	}
	return nil
}

func (s *setState) Merge(other State, to []int32) error {
	o := other.(*setState)
	ids := s.in.absorb(o.in)
	for g, set := range o.sets {
		for _, id := range set {
			s.put(to[g], ids(id))
		}
	}
	return nil
}

func (s *setState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]dynamic.Value, n)
	for g := range out {
		out[g] = dynamic.FromArray(s.in.valuesOf(s.sets[g]))
	}
	return []*vector.Vector{vector.Of(types.Dynamic, out, nil)}, nil
}

func (s *setState) Bytes() int64 {
	return s.in.bytes + int64(len(s.seen.slots))*8 + int64(s.seen.n)*4 + int64(cap(s.sets))*24
}
