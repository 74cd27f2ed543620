package fn

import (
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

// passthrough is known by name only: no documentation says what it gives for
// several rows.
var _ = aggregate(Aggregate{Name: "passthrough", Summary: "Hands its argument on.", Status: Planned, Type: firstType,
	Reason: "what it gives is not documented"})
