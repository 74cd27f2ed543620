package exec

import (
	"slices"
	"sync"

	"goshawk/internal/vector"
)

// memo keeps what an expression gives for whole dictionaries. A part of a
// stored table hands out the same dictionary with each of its batches; what
// depends on the entry alone is then computed once for the part. The result
// is the same vector each time, so that operators behind know it again.
type memo struct {
	mu      sync.Mutex // guards entries and next
	entries []*memoEntry
	next    int
	space   *vector.Space
}

// memoEntry is the dictionaries of one part.
type memoEntry struct {
	of []*vector.Vector

	mu     sync.Mutex // guards the rest
	rows   int        // that were computed one by one so far
	out    *vector.Vector
	failed bool
}

// memoSize is how many parts are read at the same time at most, with some to
// spare.
const memoSize = 24

// maxNumbered bounds the dictionaries of computed texts that are numbered.
const maxNumbered = 1 << 16

func (m *memo) entry(of []*vector.Vector) *memoEntry {
	m.mu.Lock()
	defer m.mu.Unlock()
next:
	for _, e := range m.entries {
		for i, v := range of {
			if e.of[i] != v {
				continue next
			}
		}
		return e
	}
	e := &memoEntry{of: append([]*vector.Vector(nil), of...)}
	if len(m.entries) < memoSize {
		m.entries = append(m.entries, e)
	} else {
		m.entries[m.next] = e
		m.next = (m.next + 1) % memoSize
	}
	return e
}

// lookup gives the result by the entries of the dictionaries of, which share
// codes, as a flat vector. whole computes it. It is nil when the rows seen so
// far are too few for the whole dictionary to be worth it, or when whole
// fails, perhaps for an entry that no row has.
func (m *memo) lookup(of []*vector.Vector, rows int, whole func() (*vector.Vector, error)) *vector.Vector {
	e := m.entry(of)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.out != nil || e.failed {
		return e.out
	}
	if e.rows += rows; e.rows < of[0].N {
		return nil
	}
	v, err := whole()
	if err != nil {
		e.failed = true
		return nil
	}
	e.out = v.Flatten()
	// A new vector only: others may be looking at one that was handed in.
	if e.out.N <= maxNumbered && e.out.Numbers == nil && !slices.Contains(of, e.out) {
		m.mu.Lock()
		if m.space == nil {
			m.space = vector.NewSpace()
		}
		e.out.Number(m.space)
		m.mu.Unlock()
	}
	return e.out
}

// dictionaries gives the dictionaries among vs and their codes, when all are
// dictionaries over the same codes, but for those that are constant by fixed.
func dictionaries(vs []*vector.Vector, fixed []bool) (of []*vector.Vector, codes []int32) {
	for i, v := range vs {
		switch {
		case fixed[i] && v.Form == vector.Const:
		case v.Form != vector.Dict || len(v.Codes) == 0:
			return nil, nil
		case codes == nil:
			of, codes = append(of, v.Values), v.Codes
		case len(v.Codes) != len(codes) || &v.Codes[0] != &codes[0] || v.Values.N != of[0].N:
			return nil, nil
		default:
			of = append(of, v.Values)
		}
	}
	return of, codes
}

// each maps a vector by f, once per entry of a dictionary.
func (m *memo) each(v *vector.Vector, f func(*vector.Vector) *vector.Vector) *vector.Vector {
	if v.Form == vector.Dict && len(v.Codes) > 0 {
		if out := m.lookup([]*vector.Vector{v.Values}, v.N, func() (*vector.Vector, error) { return f(v.Values), nil }); out != nil {
			return vector.NewDict(out, v.Codes)
		}
		if v.Values.N > v.N {
			v = v.Flatten()
		}
	}
	return f(v)
}
