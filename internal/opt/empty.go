package opt

import (
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// emptyFilters puts no rows in the place of what a filter that is never true
// reads. Parsers are switched off this way: `T | where not(disabled)`, and a
// union of a hundred parsers reads only the tables of those that are on.
//
// It requires that the condition is a constant. `T | where a > a` must not
// fire: nobody computes that here. The filter stays, so that everything above
// sees the same columns.
func emptyFilters(q *plan.Query) {
	for _, r := range parentsFirst(q) {
		f, ok := r.(*plan.Filter)
		if !ok {
			continue
		}
		k, ok := f.Cond.(*plan.Const)
		if !ok || k.Datum.T != types.Bool || k.Datum.V == true {
			continue
		}
		cols := f.Input.Cols()
		none := &plan.Values{Rows: &vector.Batch{}}
		for _, c := range cols {
			none.Columns = append(none.Columns, c)
			none.Rows.Cols = append(none.Rows.Cols, vector.Make(c.Type, 0))
		}
		f.Input = none
	}
}
