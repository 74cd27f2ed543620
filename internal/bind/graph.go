package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// graphOperator binds the operators that take or give a graph. A graph is a
// relation without columns; what is no graph operator must not follow one.
func (b *binder) graphOperator(in plan.Rel, st *state, op ast.Operator) (plan.Rel, bool) {
	switch op := op.(type) {
	case *ast.MakeGraph:
		return b.makeGraph(in, st, op), true
	case *ast.GraphMatch:
		return b.graphMatch(in, st, op.Keyword(), &matching{patterns: op.Patterns, where: op.Where, project: op.Project, params: op.Params}), true
	case *ast.GraphShortestPaths:
		m := &matching{patterns: op.Patterns, where: op.Where, project: op.Project, params: op.Params, shortest: true}
		return b.graphMatch(in, st, op.Keyword(), m), true
	case *ast.GraphMarkComponents:
		return b.markComponents(in, st, op), true
	case *ast.GraphToTable:
		return b.graphToTable(in, st, op), true
	case *ast.GraphWhereNodes, *ast.GraphWhereEdges:
		b.refuse(codeUnsupported, op.Keyword(), "operator %s is not supported: no documentation says how its condition names properties", b.word(op.Keyword()))
		return in, true
	case *ast.BadOp:
		return nil, false
	}
	if plan.IsGraph(in) && !b.o.CheckOnly {
		b.errorf(codeTabular, op.Keyword(), "what stands before is a graph: graph-match, graph-shortest-paths, graph-mark-components or graph-to-table may follow it")
		st.open = true
		return b.badRel(), true
	}
	return nil, false
}

// makeGraph binds `make-graph`.
func (b *binder) makeGraph(in plan.Rel, st *state, op *ast.MakeGraph) plan.Rel {
	g := &plan.MakeGraph{Edges: in}
	g.Source, g.Target = b.nodeID(in, st, op.Source), b.nodeID(in, st, op.Target)
	l := newColumnList(b)
	for _, n := range op.With {
		rel, rst := b.pipeline(st.env, n.Table)
		nst := &state{env: st.env, open: b.open[rel] || rst != nil && rst.open}
		id := b.nodeID(rel, nst, n.On)
		st.open = st.open || nst.open
		for _, c := range rel.Cols() {
			t := c.Type
			if i, ok := l.index[c.Name]; ok {
				t = nodeType(l.items[i].Col.Type, c.Type)
			}
			l.put(c.Name, null(t))
		}
		g.Nodes = append(g.Nodes, plan.NodeTable{Rel: rel, ID: id})
	}
	if n := op.WithNodeID; n != nil && g.Source != nil {
		l.put(n.Text, null(g.Source.Type))
	}
	g.NodeCols = l.cols()
	for _, c := range g.NodeCols {
		isID := op.WithNodeID != nil && c.Name == op.WithNodeID.Text
		for k := range g.Nodes {
			n := &g.Nodes[k]
			from := findCol(n.Rel.Cols(), c.Name)
			n.From = append(n.From, from)
			isID = isID || from != nil && from == n.ID
		}
		if isID {
			g.IDs = append(g.IDs, c)
		}
	}
	st.reordered()
	if g.Source == nil || g.Target == nil {
		st.open = true
		if !b.o.CheckOnly {
			return b.badRel()
		}
		g.Source, g.Target = newCol("", types.String), newCol("", types.String)
	}
	for _, n := range g.Nodes {
		if n.ID == nil && !b.o.CheckOnly {
			return b.badRel()
		}
	}
	if st.open {
		b.open[g] = true
	}
	if op.PartitionedBy != nil {
		return b.graphParts(g, st, op)
	}
	return g
}

// nodeID is the column that holds ids of nodes.
func (b *binder) nodeID(in plan.Rel, st *state, e ast.Expr) *plan.Col {
	cols := b.named(in, st, e)
	if len(cols) != 1 {
		return nil
	}
	if cols[0].Type == types.Dynamic {
		b.errorf(codeType, e.Span(), "the id of a node must not be dynamic; convert it first, for example with tostring()")
		return nil
	}
	return cols[0]
}

// nodeType is the type of a property that two tables of nodes have.
func nodeType(a, c types.Type) types.Type {
	switch {
	case a == c:
		return a
	case a.Numeric() && c.Numeric():
		return wider(a, c)
	}
	return types.Dynamic
}

// graphParts binds `partitioned-by`: the subquery sees the graph of one value.
func (b *binder) graphParts(g *plan.MakeGraph, st *state, op *ast.MakeGraph) plan.Rel {
	by := b.named(g.Edges, st, op.PartitionedBy)
	if len(by) != 1 {
		st.open = true
		return b.badRel()
	}
	g.By = by[0]
	part := &plan.PartGraph{Graph: g}
	sub, sst := b.subpipe(&state{env: st.env, open: st.open}, part, op.Sub)
	if sst != nil {
		st.open = sst.open
	}
	if plan.IsGraph(sub) && !b.o.CheckOnly {
		b.errorf(codeTabular, op.Sub.Span(), "the subquery must end in a table: graph-match, graph-shortest-paths or graph-to-table")
		return b.badRel()
	}
	return &plan.GraphParts{Graph: g, Part: part, Sub: sub}
}

// graphOf is in as a graph; anything else has a diagnostic.
func (b *binder) graphOf(in plan.Rel, st *state, op ast.Operator) bool {
	if plan.IsGraph(in) {
		return true
	}
	if !b.open[in] || len(in.Cols()) > 0 {
		b.errorf(codeTabular, op.Keyword(), "%s needs a graph before it: make one with make-graph", b.word(op.Keyword()))
	}
	st.open = true
	return false
}

// markComponents binds `graph-mark-components`.
func (b *binder) markComponents(in plan.Rel, st *state, op *ast.GraphMarkComponents) plan.Rel {
	if !b.graphOf(in, st, op) {
		return b.badRel()
	}
	name := wordOf(paramNamed(op.Params, "with_component_id"))
	if name == "" {
		name = "ComponentId"
	}
	m := &plan.MarkComponents{Graph: in, Strong: wordOf(paramNamed(op.Params, "kind")) == "strong", Col: newCol(name, types.Long)}
	if b.open[in] {
		b.open[m] = true
	}
	return m
}

// graphToTable binds `graph-to-table`. With two outputs, or a name, later
// statements may use them.
func (b *binder) graphToTable(in plan.Rel, st *state, op *ast.GraphToTable) plan.Rel {
	if !b.graphOf(in, st, op) {
		return b.badRel()
	}
	var last plan.Rel
	for _, o := range op.Outputs {
		rel := b.graphOutput(in, o)
		if b.open[in] {
			b.open[rel] = true
		}
		last = rel
		if o.As == nil {
			if len(op.Outputs) > 1 {
				b.errorf(codeArgument, o.Span(), "with several tables each needs a name: nodes as N, edges as E")
			}
			continue
		}
		m := &plan.Materialize{Input: rel, Name: o.As.Text}
		if b.open[rel] {
			b.open[m] = true
		}
		last = m
		st.name = o.As.Text
		st.env.names[o.As.Text] = &binding{name: o.As.Text, rel: m, used: true, env: st.env, text: b.text, at: o.As.Span(), in: b.text}
		if len(op.Outputs) > 1 {
			st.extra = append(st.extra, plan.Result{Name: o.As.Text, Rel: m})
			if b.tablesOf == nil {
				b.tablesOf = map[plan.Rel]bool{}
			}
			b.tablesOf[m] = true
		}
	}
	if len(op.Outputs) == 0 {
		return b.badRel()
	}
	st.open = b.open[in]
	if len(op.Outputs) > 1 && b.o.CheckOnly {
		return emptyOf(nil)
	}
	return last
}

// graphOutput is the nodes or the edges as a table.
func (b *binder) graphOutput(in plan.Rel, o *ast.GraphOutput) plan.Rel {
	t := &plan.GraphTable{Graph: in, Edges: o.What == "edges"}
	add := func(c, from *plan.Col, target bool) {
		t.Columns, t.From, t.Target = append(t.Columns, c), append(t.From, from), append(t.Target, target)
	}
	for _, p := range []struct {
		name   string
		target bool
	}{{"with_node_id", false}, {"with_source_id", false}, {"with_target_id", true}} {
		if n := wordOf(paramNamed(o.Params, p.name)); n != "" {
			add(newCol(n, types.Long), nil, p.target)
		}
	}
	cols := plan.GraphNodes(in)
	if t.Edges {
		cols = plan.GraphEdges(in)
	}
	for _, c := range cols {
		add(newCol(c.Name, c.Type), c, false)
	}
	return t
}

// resultsShown are the results of the query: several tables of graph-to-table are
// among them only when no other statement gives one.
func (b *binder) resultsShown() []plan.Result {
	var out []plan.Result
	for _, r := range b.results {
		if !b.tablesOf[r.Rel] {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return b.results
	}
	return out
}
