// Package opt rewrites plans into equal ones that do less. Each rewrite has a
// name and can be left out; the results must be the same without any. It
// changes plans in place: a plan is bound for one run.
package opt

import (
	"goshawk/internal/plan"
)

// Rewrite is one named rewrite.
type Rewrite struct {
	Name  string
	Apply func(q *plan.Query)
}

// Rewrites are all rewrites in the order they run.
var Rewrites = []Rewrite{
	{"fold-constants", foldConstants},
	{"empty-filters", emptyFilters},
	{"prune-columns", prune},
	{"path-into-scan", pushPaths},
	{"prune-columns", prune},
	{"condition-into-scan", pushConds},
	{"limit-into-scan", pushLimits},
	{"limit-into-sort", limitSorts},
}

// Apply runs all rewrites on q and gives it back.
func Apply(q *plan.Query) *plan.Query {
	for _, r := range Rewrites {
		r.Apply(q)
	}
	return q
}

// parentsFirst lists every relation of q, each before what it reads.
func parentsFirst(q *plan.Query) []plan.Rel {
	var all []plan.Rel
	seen := map[plan.Rel]bool{}
	for _, r := range q.Results {
		plan.Walk(r.Rel, func(r plan.Rel) {
			if !seen[r] {
				seen[r] = true
				all = append(all, r)
			}
		})
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// colSet is a set of columns.
type colSet map[*plan.Col]bool

// refs adds the columns that e reads.
func (s colSet) refs(e plan.Expr) {
	plan.WalkExpr(e, func(e plan.Expr) {
		if c, ok := e.(*plan.ColRef); ok {
			s[c.Col] = true
		}
	})
}
