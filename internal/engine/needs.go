package engine

import (
	"sort"
	"time"

	"goshawk/internal/bind"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// Needs is a table that a query reads, with the columns that it needs of it.
type Needs struct {
	Table   string
	Columns []string
}

// Needs binds a query and gives what it needs and the columns of its first
// result. A query that cannot run gives its tables without columns, as far as
// they are known: only a plan that can be optimized says what is needed.
func (e *Engine) Needs(text *source.Text) (needs []Needs, result types.Schema, ds source.Diagnostics) {
	q, ds := e.Bind(text, Options{})
	whole := q != nil && !ds.HasErrors() && q.Later == nil
	if q == nil {
		p, parsed := Parse(text)
		if parsed.HasErrors() {
			return nil, nil, ds
		}
		q = e.checked(p)
	}
	if q == nil || len(q.Results) == 0 {
		return nil, nil, ds
	}
	for _, c := range q.Results[0].Rel.Cols() {
		result = append(result, types.Column{Name: c.Name, Type: c.Type})
	}
	if whole {
		q = Optimize(q)
	}
	return readsOf(q, whole), result, ds
}

// checked is the plan of a query that is only checked, nil when even that
// fails.
func (e *Engine) checked(p Parsed) (q *plan.Query) {
	var ignored source.Diagnostics
	defer recovered(p.Text, &ignored)
	now, _ := types.FromTime(time.Now())
	results, _ := bind.Check(p.Query, p.Text, bind.Options{Schema: e.Catalog, Now: now})
	return &plan.Query{Results: results}
}

// readsOf lists the tables that a plan scans, with the columns if they are
// only those that are needed.
func readsOf(q *plan.Query, columns bool) []Needs {
	cols := map[string]map[string]bool{}
	var order []string
	for _, r := range q.Results {
		plan.Walk(r.Rel, func(r plan.Rel) {
			s, ok := r.(*plan.Scan)
			if !ok {
				return
			}
			if cols[s.Name] == nil {
				cols[s.Name] = map[string]bool{}
				order = append(order, s.Name)
			}
			for _, c := range s.Sources {
				cols[s.Name][c.Name] = columns
			}
		})
	}
	var out []Needs
	for _, t := range order {
		n := Needs{Table: t}
		for c, needed := range cols[t] {
			if needed {
				n.Columns = append(n.Columns, c)
			}
		}
		sort.Strings(n.Columns)
		out = append(out, n)
	}
	return out
}
