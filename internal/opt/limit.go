package opt

import (
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// pushLimits tells a scan how many rows `take` will ask of it, so that a table
// can stop reading. The take stays: a limit in a scan is a hint.
//
// It requires that every row of the scan comes out of it as one row, and that
// the scan feeds only this take. `T | where a == 1 | take 5` must not fire:
// the first five rows of T may hold no 1. Nor may
// `let S = materialize(T); S | take 5; S | count`, which needs all rows.
func pushLimits(q *plan.Query) {
	rels := parentsFirst(q)
	readers := readersOf(rels)
	for _, r := range q.Results {
		readers[r.Rel]++
	}
	for _, r := range rels {
		t, ok := r.(*plan.Take)
		if !ok {
			continue
		}
		n, ok := constantCount(t.Count)
		if !ok {
			continue
		}
		if s := allRowsOf(t.Input, readers); s != nil && (s.Limit == 0 || n < s.Limit) {
			s.Limit = n
		}
	}
}

// limitSorts tells a sort how many of its rows `take` will ask of it, so that
// it keeps no more. The take stays.
//
// It requires that every row of the sort comes out of it as one row, and that
// the sort feeds only this take. `T | sort by a | where b == 1 | take 5` must
// not fire: the first five rows may hold no 1.
func limitSorts(q *plan.Query) {
	rels := parentsFirst(q)
	readers := readersOf(rels)
	for _, r := range q.Results {
		readers[r.Rel]++
	}
	for _, r := range rels {
		t, ok := r.(*plan.Take)
		if !ok {
			continue
		}
		n, ok := constantCount(t.Count)
		if !ok {
			continue
		}
		if s := sortOf(t.Input, readers); s != nil && s.Limit == nil {
			s.Limit = &plan.Const{Datum: vector.Datum{T: types.Long, V: int64(n)}}
		}
	}
}

// sortOf finds the sort whose rows r gives one for one.
func sortOf(r plan.Rel, readers map[plan.Rel]int) *plan.Sort {
	for readers[r] <= 1 {
		switch x := r.(type) {
		case *plan.Sort:
			return x
		case *plan.Serialize:
			r = x.Input
		case *plan.Project:
			if x.Window {
				return nil
			}
			r = x.Input
		default:
			return nil
		}
	}
	return nil
}

// readersOf counts the relations that read each one.
func readersOf(rels []plan.Rel) map[plan.Rel]int {
	readers := map[plan.Rel]int{}
	for _, r := range rels {
		for _, in := range plan.Inputs(r) {
			readers[in]++
		}
	}
	return readers
}

// constantCount is a count above zero that is known; a limit of 0 would mean
// none.
func constantCount(e plan.Expr) (int, bool) {
	k, ok := e.(*plan.Const)
	if !ok {
		return 0, false
	}
	n, ok := k.Datum.V.(int64)
	return int(n), ok && n > 0 && n == int64(int(n))
}

// allRowsOf finds the scan whose rows r gives one for one.
func allRowsOf(r plan.Rel, readers map[plan.Rel]int) *plan.Scan {
	for readers[r] <= 1 {
		switch x := r.(type) {
		case *plan.Scan:
			return x
		case *plan.Serialize:
			r = x.Input
		case *plan.Project:
			if x.Window {
				return nil // next() looks at rows behind the last one taken
			}
			r = x.Input
		default:
			return nil
		}
	}
	return nil
}
