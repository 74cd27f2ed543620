package vector

import (
	"sync"
	"unsafe"

	"goshawk/internal/types"
)

// Space numbers the texts of one column over all its dictionaries: a table is
// read part by part, and each part has a dictionary of its own, but the users
// in them are mostly the same. Who groups by the column then counts by
// numbers and compares no texts. It only grows, and may be used by several
// goroutines.
type Space struct {
	mu   sync.Mutex // guards the rest
	ids  map[string]int32
	strs []string
	size int
	full bool
	vals *Vector
}

// maxSpace and maxSpaceBytes bound a space. A column with more texts does not
// repeat enough to be worth it.
const (
	maxSpace      = 1 << 19
	maxSpaceBytes = 32 << 20
)

// NewSpace makes an empty space.
func NewSpace() *Space { return &Space{ids: map[string]int32{}} }

// number gives the number of each text, nil when the space is full.
func (s *Space) number(texts []string) []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return nil
	}
	out := make([]int32, len(texts))
	var arena []byte
	for i, t := range texts {
		id, ok := s.ids[t]
		if !ok {
			if len(s.strs) == maxSpace || s.size > maxSpaceBytes {
				s.full = true
				return nil
			}
			// A copy: the dictionary's bytes may be forgotten before.
			if len(arena)+len(t) > cap(arena) {
				arena = make([]byte, 0, max(16<<10, len(t)))
			}
			at := len(arena)
			arena = append(arena, t...)
			t = view(arena[at:])
			id = int32(len(s.strs))
			s.ids[t] = id
			s.strs = append(s.strs, t)
			s.size += len(t)
		}
		out[i] = id
	}
	return out
}

// Values is the texts by their numbers so far; later ones follow behind.
func (s *Space) Values() *Vector {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.vals == nil || s.vals.N != len(s.strs) {
		n := len(s.strs)
		s.vals = Of(types.String, s.strs[:n:n], nil)
		ids := make([]int32, n)
		for i := range ids {
			ids[i] = int32(i)
		}
		s.vals.Numbers = &Numbers{space: s, ids: ids, of: first(s.vals.Strs)}
		s.vals.Numbers.once.Do(func() {})
	}
	return s.vals
}

// Numbers is the numbers of a flat string vector's texts in a space. They are
// found when first asked for.
type Numbers struct {
	space *Space
	of    *string // the vector's first text: a copy of the vector is another one
	once  sync.Once
	ids   []int32
}

func first(s []string) *string {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

// Number lets the texts of a flat string vector be numbered in a space.
func (v *Vector) Number(s *Space) {
	if v.Type == types.String && v.Form == Flat {
		v.Numbers = &Numbers{space: s, of: first(v.Strs)}
	}
}

// Numbered is the numbers of the entries of a flat string vector and their
// space; nil without. The same text has the same number in all vectors of the
// space.
func (v *Vector) Numbered() (*Space, []int32) {
	n := v.Numbers
	if n == nil || n.of == nil || n.of != first(v.Strs) {
		return nil, nil
	}
	n.once.Do(func() { n.ids = n.space.number(v.Strs) })
	if len(n.ids) != len(v.Strs) {
		return nil, nil
	}
	return n.space, n.ids
}

func view(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// Lookup gives the number of a text, adding it if there is room. ok is false
// when it is not there and the space is full: then it never will be.
func (s *Space) Lookup(t string) (id int32, ok bool) {
	s.mu.Lock()
	id, ok = s.ids[t]
	s.mu.Unlock()
	if ok {
		return id, true
	}
	ids := s.number([]string{t})
	if ids == nil {
		return 0, false
	}
	return ids[0], true
}
