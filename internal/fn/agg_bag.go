package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// make_bag merges bags; of a key that comes twice the first value stays.
// What is no bag is skipped; nothing gives {}.
var _ = aggregate(Aggregate{
	Name:    "make_bag",
	Summary: "Merges bags into one.",
	New:     newBag,
})

var _ = aggregate(Aggregate{
	Name:    "make_bag_if",
	Summary: "Merges the bags of the rows for which a predicate holds.",
	New:     whenTrue(1, newBag),
})

var _ = aggregate(Aggregate{
	Name:    "make_dictionary",
	Summary: "An older name of make_bag.",
	New:     newBag,
})

func newBag(a AggArgs) (State, error) { return &bagState{max: sizeArg(a, 1)}, nil }

type bagGroup struct {
	has  map[string]bool
	keys []string
	vals []dynamic.Value
}

type bagState struct {
	max   int
	bags  []bagGroup
	bytes int64
}

func (s *bagState) Grow(n int) { s.bags = grown(s.bags, n) }

func (s *bagState) put(g int32, key string, x dynamic.Value) {
	b := &s.bags[g]
	if len(b.keys) >= s.max || b.has[key] {
		return
	}
	if b.has == nil {
		b.has = map[string]bool{}
	}
	b.has[key] = true
	b.keys, b.vals = append(b.keys, key), append(b.vals, x)
	s.bytes += int64(len(key)) + 128 + dynBytes(x)
}

func (s *bagState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	at := valuesOf(args[0])
	for i, g := range groups {
		x, _ := at(i)
		if x.Kind() != dynamic.Bag {
			continue
		}
		keys, items := x.Entries()
		for k, key := range keys {
			s.put(g, key, items[k])
		}
	}
	return nil
}

func (s *bagState) Merge(other State, to []int32) error {
	for g, b := range other.(*bagState).bags {
		for k, key := range b.keys {
			s.put(to[g], key, b.vals[k])
		}
	}
	return nil
}

func (s *bagState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]dynamic.Value, n)
	for g := range out {
		out[g] = dynamic.FromBag(s.bags[g].keys, s.bags[g].vals)
	}
	return []*vector.Vector{vector.Of(types.Dynamic, out, nil)}, nil
}

func (s *bagState) Bytes() int64 { return s.bytes + int64(cap(s.bags))*56 }
