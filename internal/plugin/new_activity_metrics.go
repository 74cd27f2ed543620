package plugin

import (
	"sort"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// new_activity_metrics follows the ids first seen in each bin through the bins
// after it, one row for each pair of bins.
var _ = plugin(Plugin{
	Name:    "new_activity_metrics",
	Summary: "Follows the ids first seen in each step: how many come back in each later step.",
	Columns: func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("TimelineColumn"); a != nil {
			out = append(out, Made("from_"+a.Name, a.Type), Made("to_"+a.Name, a.Type))
		}
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		return append(append(out, longs("dcount_new_values", "dcount_retained_values", "dcount_churn_values")...), reals("retention_rate", "churn_rate")...), nil
	},
	All: newActivity,
})

// cohorts are the ids of one dimension.
type cohorts struct {
	first map[int32]int64 // the bin in which an id was first seen
	seen  map[int64]idSet // by bin
}

func newActivity(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	e, x, start, end, err := period(r, in, "Window")
	if err != nil {
		return nil, err
	}
	bins, err := x.list(start, end)
	if err != nil {
		return nil, err
	}
	old, err := lookedBack(r, in)
	if err != nil {
		return nil, err
	}
	if err := r.Charge(int64(len(e.at)) * 2 * setEntry); err != nil {
		return nil, err
	}
	all := make([]cohorts, e.dims.n)
	for d := range all {
		all[d] = cohorts{map[int32]int64{}, map[int64]idSet{}}
	}
	for _, i := range e.sorted() {
		if e.at[i] < start || e.at[i] > end || e.id[i] == nobody {
			continue
		}
		c, b := &all[e.dim[i]], x.floor(e.at[i])
		if c.seen[b] == nil {
			c.seen[b] = idSet{}
		}
		c.seen[b].add(e.id[i])
		if _, ok := c.first[e.id[i]]; !ok && !old.has(e.id[i]) {
			c.first[e.id[i]] = b
		}
	}
	out := &pairs{}
	only := u.Arg("Cohort")
	for d := range all {
		for k, from := range bins {
			if only != nil {
				at, err := u.bound("Cohort")
				if err != nil {
					return nil, err
				}
				if x.floor(at) != from {
					continue
				}
			}
			if err := r.Ctx.Err(); err != nil {
				return nil, err
			}
			out.follow(&all[d], int32(d), from, bins[k:])
		}
	}
	return out.result(u, e), nil
}

// lookedBack are the ids that the last argument says are not new: its column
// called like the ids, or its first one.
func lookedBack(r *Run, in *Rows) (idSet, error) {
	out := idSet{}
	if r.Table == nil || len(r.Table.Cols) == 0 {
		return out, nil
	}
	id := r.Use.Arg("IdColumn")
	at := max(0, r.Use.Table.Index(id.Name))
	if r.Use.Table[at].Type != id.Type {
		return nil, argErrorf(r.Use.Arg("lookback"), "the ids to look back at are %s, not %s", r.Use.Table[at].Type, id.Type)
	}
	back := map[string]bool{}
	for i := range r.Table.N {
		back[string(appendKey(nil, r.Table.Cols[at], i))] = true
	}
	ids := in.Args[id.Index]
	g := newGroups([]*vector.Vector{ids}, in.N)
	for n, row := range g.first {
		if back[string(appendKey(nil, ids, int(row)))] {
			out.add(int32(n))
		}
	}
	return out, nil
}

// pairs are the result rows.
type pairs struct {
	from, to         []int64
	dim              []int32
	fresh, stay, out []int64
	rate, churn      []float64
}

// follow adds the rows of the cohort of one bin; a cohort without ids has none.
func (p *pairs) follow(c *cohorts, dim int32, from int64, bins []int64) {
	cohort := []int32{}
	for id := range c.seen[from] {
		if at, ok := c.first[id]; ok && at == from {
			cohort = append(cohort, id)
		}
	}
	if len(cohort) == 0 {
		return
	}
	sort.Slice(cohort, func(i, j int) bool { return cohort[i] < cohort[j] })
	for _, to := range bins {
		stay, fresh := 0, 0
		for _, id := range cohort {
			if c.seen[to].has(id) {
				stay++
			}
		}
		for id := range c.seen[to] {
			// New are those not seen up to `from`, or in `from` itself those not
			// seen before it.
			if at, ok := c.first[id]; ok && (at > from || at == from && to == from) {
				fresh++
			}
		}
		n := float64(len(cohort))
		p.from, p.to, p.dim = append(p.from, from), append(p.to, to), append(p.dim, dim)
		p.fresh, p.stay, p.out = append(p.fresh, int64(fresh)), append(p.stay, int64(stay)), append(p.out, int64(len(cohort)-stay))
		p.rate, p.churn = append(p.rate, float64(stay)/n), append(p.churn, float64(len(cohort)-stay)/n)
	}
}

func (p *pairs) result(u *Use, e *events) *Result {
	t := u.Arg("TimelineColumn").Type
	out := &Result{N: len(p.from), Made: []*vector.Vector{vector.Of(t, p.from, nil), vector.Of(t, p.to, nil)}}
	rows := make([]int32, len(p.dim))
	for i, d := range p.dim {
		if len(e.dimCols) > 0 {
			rows[i] = e.dims.first[d]
		}
	}
	for _, d := range e.dimCols {
		out.Made = append(out.Made, d.Gather(rows))
	}
	for _, l := range [][]int64{p.fresh, p.stay, p.out} {
		out.Made = append(out.Made, vector.Of(types.Long, l, nil))
	}
	for _, l := range [][]float64{p.rate, p.churn} {
		out.Made = append(out.Made, vector.Of(types.Real, l, nil))
	}
	return out
}
