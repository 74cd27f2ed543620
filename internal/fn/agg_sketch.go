package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sketchState keeps one sketch a group; a group without values has none and
// gives null.
type sketchState[S any] struct {
	groups []*S
	fresh  func() *S
	// add puts row i of the arguments into a sketch; it is not called for rows
	// whose first argument is null.
	add   func(s *S, args []*vector.Vector, i int) error
	merge func(s, other *S)
	value func(s *S) vector.Datum
	size  func(s *S) int
}

func (s *sketchState[S]) Grow(n int) { s.groups = grown(s.groups, n) }

func (s *sketchState[S]) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	for i, g := range groups {
		if args[0].IsNull(i) {
			continue
		}
		if s.groups[g] == nil {
			s.groups[g] = s.fresh()
		}
		if err := s.add(s.groups[g], args, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *sketchState[S]) Merge(other State, to []int32) error {
	for g, o := range other.(*sketchState[S]).groups {
		switch {
		case o == nil:
		case s.groups[to[g]] == nil:
			s.groups[to[g]] = o
		default:
			s.merge(s.groups[to[g]], o)
		}
	}
	return nil
}

func (s *sketchState[S]) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	return column(types.Dynamic, n, func(g int) vector.Datum {
		if s.groups[g] == nil {
			return vector.Datum{T: types.Dynamic}
		}
		return s.value(s.groups[g])
	}), nil
}

func (s *sketchState[S]) Bytes() int64 {
	sum := int64(len(s.groups)) * 8
	for _, g := range s.groups {
		if g != nil {
			sum += int64(s.size(g))
		}
	}
	return sum
}

func hllState(bits int, add func(h *hll, args []*vector.Vector, i int) error) State {
	return &sketchState[hll]{
		fresh: func() *hll { return newHLL(bits) }, add: add,
		merge: func(h, o *hll) { h.merge(o) },
		value: func(h *hll) vector.Datum {
			if h.dense == nil && len(h.hashes) == 0 {
				return vector.Datum{T: types.Dynamic}
			}
			return vector.Datum{T: types.Dynamic, V: h.value()}
		},
		size: func(h *hll) int { return 40*len(h.hashes) + len(h.dense) + 64 },
	}
}

const hllReason = "beyond 1024 distinct values the form is not Kusto's, and counts differ within the documented error"

func newHLLState(a AggArgs) (State, error) {
	accuracy := int64(defaultAccuracy)
	if len(a.Consts) > 1 {
		d := a.Consts[1]
		if d == nil || d.Null() {
			return nil, Errorf("the accuracy of hll() must be a constant from 0 to 4")
		}
		accuracy, _ = d.V.(int64)
	}
	if accuracy < 0 || accuracy >= int64(len(hllBits)) {
		return nil, Errorf("the accuracy of hll() must be a constant from 0 to 4")
	}
	return hllState(hllBits[accuracy], func(h *hll, args []*vector.Vector, i int) error {
		h.add(hashOf(args[0], i))
		return nil
	}), nil
}

var (
	_ = aggregate(Aggregate{Name: "hll", Summary: "A sketch of the values, to count the distinct ones later.", New: newHLLState,
		Status: Partial, Reason: hllReason})
	_ = aggregate(Aggregate{Name: "hll_if", Summary: "A sketch of the values of the rows for which a predicate holds.", New: whenTrue(1, newHLLState),
		Status: Partial, Reason: hllReason})
	_ = aggregate(Aggregate{
		Name: "hll_merge", Summary: "Merges sketches that hll() made.",
		New: func(AggArgs) (State, error) {
			return hllState(hllBits[len(hllBits)-1], func(h *hll, args []*vector.Vector, i int) error {
				if o := parseHLL(args[0].ToDynamic(i)); o != nil {
					h.merge(o)
				}
				return nil
			}), nil
		},
	})
)

func digestState(add func(d *digest, args []*vector.Vector, i int) error) State {
	return &sketchState[digest]{
		fresh: func() *digest { return &digest{whole: true} }, add: add,
		merge: func(d, o *digest) { d.merge(o) },
		value: func(d *digest) vector.Datum {
			if len(d.points) == 0 {
				return vector.Datum{T: types.Dynamic}
			}
			return vector.Datum{T: types.Dynamic, V: d.value()}
		},
		size: func(d *digest) int { return 24*cap(d.points) + 48 },
	}
}

func newDigestMerge(AggArgs) (State, error) {
	return digestState(func(d *digest, args []*vector.Vector, i int) error {
		if o := parseDigest(args[0].ToDynamic(i)); o != nil {
			d.merge(o)
		}
		return nil
	}), nil
}

var (
	_ = aggregate(Aggregate{
		Name: "tdigest", Summary: "A digest of the values, to take percentiles of later.",
		Status: Partial, Reason: "exact up to 2000 distinct values, where Kusto estimates earlier",
		New: func(a AggArgs) (State, error) {
			real := a.Types[0] == types.Real || a.Types[0] == types.Decimal
			return digestState(func(d *digest, args []*vector.Vector, i int) error {
				p, ok := pointAt(args[0], i)
				if d.whole = !real; !ok {
					return nil
				}
				if len(args) > 1 {
					w, ok := realAt(args[1], i)
					if !ok || !(w > 0) {
						return nil
					}
					p.weight = w
				}
				d.add(p)
				return nil
			}), nil
		},
	})
	_ = aggregate(Aggregate{Name: "tdigest_merge", Summary: "Merges digests that tdigest() made.", New: newDigestMerge})
	_ = aggregate(Aggregate{Name: "merge_tdigest", Summary: "Merges digests that tdigest() made.", New: newDigestMerge})
)

// pointAt is entry i of a column of numbers or times.
func pointAt(v *vector.Vector, i int) (centroid, bool) {
	switch v.Type {
	case types.Int, types.Long, types.Datetime, types.Timespan:
		n := v.Int(i)
		return centroid{whole: n, real: float64(n), weight: 1}, true
	}
	if v.Type == types.Dynamic {
		return pointOf(v.ToDynamic(i))
	}
	f, ok := realAt(v, i)
	return centroid{whole: cutReal(f), real: f, weight: 1}, ok && f == f
}
