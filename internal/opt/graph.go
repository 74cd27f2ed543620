package opt

import (
	"slices"

	"goshawk/internal/plan"
)

// graph asks a graph, or what it is made of, for what is read; it is false for
// relations that have nothing to do with graphs.
func (p *pruner) graph(r plan.Rel, need colSet) bool {
	switch r := r.(type) {
	case *plan.GraphMatch:
		p.graphMatch(r, need)
	case *plan.GraphTable:
		in := p.of(r.Graph)
		var cols, from []*plan.Col
		var target []bool
		for i, c := range r.Columns {
			if !need[c] {
				continue
			}
			cols, from, target = append(cols, c), append(from, r.From[i]), append(target, r.Target[i])
			if r.From[i] != nil {
				in[r.From[i]] = true
			}
		}
		r.Columns, r.From, r.Target = cols, from, target
	case *plan.MarkComponents:
		p.pass(r, r.Graph)
	case *plan.PartGraph:
		p.pass(r, r.Graph)
	case *plan.GraphParts:
		p.pass(r, r.Sub)
		p.of(r.Graph)[r.Graph.By] = true
	case *plan.MakeGraph:
		p.makeGraph(r, need)
	default:
		return false
	}
	return true
}

// graphMatch drops unread items, and the folds and properties that only those
// looked at.
func (p *pruner) graphMatch(r *plan.GraphMatch, need colSet) {
	used := colSet{}
	var items []plan.Item
	for _, it := range r.Items {
		if need[it.Col] {
			items = append(items, it)
			used.refs(it.Expr)
		}
	}
	r.Items = items
	for _, e := range r.Where {
		used.refs(e)
	}
	var folds []*plan.GraphFold
	for i := len(r.Folds) - 1; i >= 0; i-- { // a fold may read those before it
		if f := r.Folds[i]; used[f.Col] {
			folds = append(folds, f)
			used.refs(f.Expr)
		}
	}
	slices.Reverse(folds)
	r.Folds = folds
	keep := func(cols []plan.GraphCol) []plan.GraphCol {
		var out []plan.GraphCol
		for _, c := range cols {
			if used[c.Col] {
				out = append(out, c)
			}
		}
		return out
	}
	for _, v := range r.Vars {
		v.Cols = keep(v.Cols)
	}
	for _, f := range r.Folds {
		f.Elem = keep(f.Elem)
	}
	in := p.of(r.Graph)
	for _, c := range r.Reads() {
		in[c] = true
	}
}

// makeGraph drops unread properties of nodes and edges; ids stay.
func (p *pruner) makeGraph(r *plan.MakeGraph, need colSet) {
	edges := p.of(r.Edges)
	for c := range need {
		edges[c] = true // the edges lack the properties of nodes, and ignore them
	}
	edges[r.Source], edges[r.Target] = true, true
	if r.By != nil {
		edges[r.By] = true
	}
	var cols, ids []*plan.Col
	from := make([][]*plan.Col, len(r.Nodes))
	for i, c := range r.NodeCols {
		if !need[c] {
			continue
		}
		cols = append(cols, c)
		for k, n := range r.Nodes {
			from[k] = append(from[k], n.From[i])
		}
	}
	for _, c := range r.IDs {
		if need[c] {
			ids = append(ids, c)
		}
	}
	r.NodeCols, r.IDs = cols, ids
	for k := range r.Nodes {
		n := &r.Nodes[k]
		n.From = from[k]
		in := p.of(n.Rel)
		in[n.ID] = true
		for _, c := range n.From {
			if c != nil {
				in[c] = true
			}
		}
	}
}
