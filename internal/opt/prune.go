package opt

import (
	"slices"

	"goshawk/internal/plan"
)

// prune drops columns that nobody reads, from the results down to the scans.
//
// It requires that a relation's columns are found by identity and not by
// place; Alias is the exception and is mended at the end. Without the rule
// that sort and join keys count as read, `T | sort by a | project b` would
// lose a before the sort.
func prune(q *plan.Query) {
	p := pruner{need: map[plan.Rel]colSet{}}
	for _, r := range q.Results {
		p.all(r.Rel)
		for _, k := range r.Sorted {
			p.of(r.Rel).refs(k.Expr)
		}
	}
	rels := parentsFirst(q)
	for _, r := range rels {
		if a, ok := r.(*plan.Alias); ok {
			p.aliases = append(p.aliases, aliasPairs(a))
		}
	}
	for _, r := range rels {
		p.rel(r)
	}
	for _, a := range p.aliases {
		a.mend()
	}
}

type pruner struct {
	need    map[plan.Rel]colSet
	aliases []alias
}

// alias remembers which column of an Alias stands for which input column.
type alias struct {
	rel *plan.Alias
	out map[*plan.Col]*plan.Col
}

func aliasPairs(a *plan.Alias) alias {
	m := alias{a, map[*plan.Col]*plan.Col{}}
	for i, c := range a.Input.Cols() {
		m.out[c] = a.Columns[i]
	}
	return m
}

func (a alias) mend() {
	var cols []*plan.Col
	for _, c := range a.rel.Input.Cols() {
		cols = append(cols, a.out[c])
	}
	a.rel.Columns = cols
}

func (p *pruner) of(r plan.Rel) colSet {
	if p.need[r] == nil {
		p.need[r] = colSet{}
	}
	return p.need[r]
}

func (p *pruner) all(r plan.Rel) {
	s := p.of(r)
	for _, c := range r.Cols() {
		s[c] = true
	}
}

// pass asks the input for what is asked of r and for what r's expressions read.
func (p *pruner) pass(r, input plan.Rel) {
	s := p.of(input)
	for c := range p.of(r) {
		s[c] = true
	}
	for _, e := range plan.Exprs(r) {
		s.refs(e)
	}
}

func (p *pruner) rel(r plan.Rel) {
	need := p.of(r)
	switch r := r.(type) {
	case *plan.Scan:
		kept := r.Columns[:0:0]
		sources := r.Sources[:0:0]
		for i, c := range r.Columns {
			if need[c] {
				kept, sources = append(kept, c), append(sources, r.Sources[i])
			}
		}
		r.Columns, r.Sources = kept, sources
	case *plan.Project:
		var items []plan.Item
		for _, it := range r.Items {
			if need[it.Col] {
				items = append(items, it)
			}
		}
		r.Items = items
		in := p.of(r.Input)
		for _, it := range items {
			in.refs(it.Expr)
		}
	case *plan.Summarize:
		p.summarize(r, need)
	case *plan.Join:
		p.join(r, need)
	case *plan.Union:
		p.union(r, need)
	case *plan.MvExpand:
		r.Columns = keep(r.Columns, need, r.Input)
		p.pass(r, r.Input)
	case *plan.Parse:
		r.Columns = keep(r.Columns, need, r.Input)
		p.pass(r, r.Input)
	case *plan.MakeSeries:
		p.all(r.Input)
	case *plan.TopNested:
		for _, e := range plan.Exprs(r) {
			p.of(r.Input).refs(e)
		}
	case *plan.SampleDistinct:
		p.all(r.Input)
	case *plan.Plugin:
		p.plugin(r, need)
	case *plan.Observe:
		if r.Hold || r.Row.Whole {
			p.all(r.Input)
		}
		for _, e := range plan.Exprs(r) {
			p.of(r.Input).refs(e)
		}
	case *plan.Apply:
		var cols, from []*plan.Col
		for i, c := range r.Columns {
			if need[c] {
				cols, from = append(cols, c), append(from, r.From[i])
			}
		}
		r.Columns, r.From = cols, from
		input, sub := p.of(r.Input), p.of(r.Sub)
		for _, c := range from {
			input[c], sub[c] = true, true // the side that lacks it ignores it
		}
	case *plan.ScanSteps:
		p.scanSteps(r, need)
	case *plan.Reduce:
		p.of(r.Input)[r.Key] = true
		if r.Source {
			p.all(r.Input) // its columns are the first of the result, by place
		} else {
			r.Columns = needed(r.Columns, need)
		}
	case *plan.Partition:
		var cols, from []*plan.Col
		sub := p.of(r.Sub)
		for i, c := range r.Columns {
			if need[c] {
				cols, from = append(cols, c), append(from, r.From[i])
				sub[r.From[i]] = true
			}
		}
		r.Columns, r.From = cols, from
		p.of(r.Input)[r.Key] = true
	case *plan.Alias:
		in := p.of(r.Input)
		for i, c := range r.Input.Cols() {
			if need[r.Columns[i]] {
				in[c] = true
			}
		}
	default:
		if p.graph(r, need) {
			break
		}
		for _, in := range plan.Inputs(r) {
			p.pass(r, in)
		}
	}
	for _, e := range plan.Exprs(r) {
		plan.WalkExpr(e, func(e plan.Expr) {
			if sub := plan.SubRel(e); sub != nil {
				p.all(sub)
			}
		})
	}
}

// keep drops the unread columns that come straight from the input; columns
// that the operator makes itself stay.
func keep(cols []*plan.Col, need colSet, input plan.Rel) []*plan.Col {
	given := colSet{}
	for _, c := range input.Cols() {
		given[c] = true
	}
	var out []*plan.Col
	for _, c := range cols {
		if need[c] || !given[c] {
			out = append(out, c)
		}
	}
	return out
}

func (p *pruner) summarize(r *plan.Summarize, need colSet) {
	var aggs []plan.Agg
	dropped := colSet{}
	for i, a := range r.Aggs {
		used := false
		for _, c := range a.Cols {
			used = used || need[c]
		}
		// Without keys one aggregate must stay: it makes the one row.
		if used || len(r.Keys) == 0 && i == len(r.Aggs)-1 && len(aggs) == 0 {
			aggs = append(aggs, a)
			continue
		}
		for _, c := range a.Cols {
			dropped[c] = true
		}
	}
	r.Aggs = aggs
	var cols []*plan.Col
	for _, c := range r.Columns {
		if !dropped[c] {
			cols = append(cols, c)
		}
	}
	r.Columns = cols
	in := p.of(r.Input)
	for _, e := range plan.Exprs(r) {
		in.refs(e)
	}
}

// needed are the columns that are read.
func needed(cols []*plan.Col, need colSet) []*plan.Col {
	var out []*plan.Col
	for _, c := range cols {
		if need[c] {
			out = append(out, c)
		}
	}
	return out
}

// scanSteps keeps the columns that are put out, that steps fill or that the
// state holds.
func (p *pruner) scanSteps(r *plan.ScanSteps, need colSet) {
	in := p.of(r.Input)
	for _, c := range r.Partition {
		in[c] = true
	}
	for _, s := range r.Steps {
		for _, c := range s.Rows {
			in[c] = true
		}
	}
	for _, e := range plan.Exprs(r) {
		in.refs(e)
	}
	kept := colSet{}
	for c := range need {
		kept[c] = true
	}
	for _, s := range r.States {
		kept[s.From] = true
	}
	var passed []plan.PassedCol
	for _, c := range r.Passed {
		if kept[c.From] || kept[c.Col] {
			passed = append(passed, c)
			in[c.From] = true
		}
	}
	r.Passed = passed
	r.Columns = needed(r.Columns, need)
}

func (p *pruner) join(r *plan.Join, need colSet) {
	var cols, from []*plan.Col
	for i, c := range r.Columns {
		if need[c] {
			cols, from = append(cols, c), append(from, r.From[i])
		}
	}
	r.Columns, r.From = cols, from
	left, right := p.of(r.Left), p.of(r.Right)
	for _, c := range from {
		left[c], right[c] = true, true // the side that lacks it ignores it
	}
	for _, k := range r.LeftKeys {
		left.refs(k)
	}
	for _, k := range r.RightKeys {
		right.refs(k)
	}
}

// plugin drops unread columns that a plugin hands on, or takes out of bags; it
// keeps what others make, since they make it anyway.
func (p *pruner) plugin(r *plan.Plugin, need colSet) {
	if r.Row.Keys != nil {
		r.Columns = slices.DeleteFunc(slices.Clone(r.Columns), func(c *plan.Col) bool { return !need[c] })
	}
	r.Columns = keep(r.Columns, need, r.Input)
	in := p.of(r.Input)
	if r.Row.Whole {
		p.all(r.Input)
	}
	for _, c := range r.Columns {
		in[c] = true // the input lacks those that the plugin makes, and ignores them
	}
	for _, e := range plan.Exprs(r) {
		in.refs(e)
	}
	if r.Table != nil {
		p.all(r.Table)
	}
}

func (p *pruner) union(r *plan.Union, need colSet) {
	var cols []*plan.Col
	maps := make([][]plan.Expr, len(r.Inputs))
	for i, c := range r.Columns {
		if !need[c] {
			continue
		}
		cols = append(cols, c)
		for k := range r.Inputs {
			maps[k] = append(maps[k], r.Maps[k][i])
		}
	}
	r.Columns, r.Maps = cols, maps
	for k, in := range r.Inputs {
		for _, e := range maps[k] {
			p.of(in).refs(e)
		}
	}
}
