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
// result, as far as they are known even when the query has errors.
func (e *Engine) Needs(text *source.Text) (needs []Needs, result types.Schema, ds source.Diagnostics) {
	p, ds := Parse(text)
	if ds.HasErrors() {
		return nil, nil, ds.Sort()
	}
	defer recovered(p.Text, &ds)
	now, _ := types.FromTime(time.Now())
	results, more := bind.Check(p.Query, p.Text, bind.Options{Schema: e.Catalog, Now: now})
	ds = append(ds, more...).Sort()
	if len(results) > 0 {
		for _, c := range results[0].Rel.Cols() {
			result = append(result, types.Column{Name: c.Name, Type: c.Type})
		}
	}
	q := Optimize(&plan.Query{Results: results})
	cols := map[string]map[string]bool{}
	var order []string
	take := func(r plan.Rel) {
		s, ok := r.(*plan.Scan)
		if !ok {
			return
		}
		if cols[s.Name] == nil {
			cols[s.Name] = map[string]bool{}
			order = append(order, s.Name)
		}
		for _, c := range s.Sources {
			cols[s.Name][c.Name] = true
		}
	}
	for _, r := range q.Results {
		plan.Walk(r.Rel, take)
	}
	for _, t := range order {
		n := Needs{Table: t}
		for c := range cols[t] {
			n.Columns = append(n.Columns, c)
		}
		sort.Strings(n.Columns)
		needs = append(needs, n)
	}
	return needs, result, ds
}
