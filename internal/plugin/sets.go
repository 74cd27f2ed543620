package plugin

import "time"

func dateOf(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// idSet is a set of ids.
type idSet map[int32]struct{}

func (s idSet) add(id int32) {
	if id != nobody {
		s[id] = struct{}{}
	}
}

func (s idSet) has(id int32) bool {
	_, ok := s[id]
	return ok
}

// without counts the ids of s that are not in other.
func (s idSet) without(other idSet) int {
	n := 0
	for id := range s {
		if !other.has(id) {
			n++
		}
	}
	return n
}

// setEntry is what an id in a set costs, for the memory budget.
const setEntry = 16

// setAt is the set of a cell, made when it is not there.
func setAt(m map[cell]idSet, c cell) idSet {
	s := m[c]
	if s == nil {
		s = idSet{}
		m[c] = s
	}
	return s
}
