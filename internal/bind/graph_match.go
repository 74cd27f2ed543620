package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// matching is a graph-match or graph-shortest-paths as it is written.
type matching struct {
	patterns []*ast.GraphPattern
	where    ast.Expr
	project  []ast.Expr
	params   []*ast.Param
	shortest bool
}

// graphScope is what the expressions of a match can see: the elements of the
// pattern by name.
type graphScope struct {
	m     *plan.GraphMatch
	vars  map[string]int
	nodes []*plan.Col
	edges []*plan.Col
	id    *plan.Col
	open  bool
	// direct is the path whose edges the expression names by their properties
	// outside map() and the like, -1 without; elem is what it reads of them.
	direct int
	elem   []plan.GraphCol
	// in is the element that map(), all() or any() is at; nil outside.
	in *graphElement
}

// graphElement is the edge or node that an expression inside map() looks at.
type graphElement struct {
	edge bool
	cols []plan.GraphCol
}

// graphMatch binds `graph-match` and `graph-shortest-paths`.
func (b *binder) graphMatch(in plan.Rel, st *state, at source.Span, op *matching) plan.Rel {
	if !plan.IsGraph(in) {
		if !b.open[in] || len(in.Cols()) > 0 {
			b.errorf(codeTabular, at, "%s needs a graph before it: make one with make-graph", b.word(at))
		}
		st.open = true
		return b.badRel()
	}
	m := &plan.GraphMatch{Graph: in, Shortest: op.shortest, Cycles: "unique_edges"}
	g := &graphScope{m: m, vars: map[string]int{}, nodes: plan.GraphNodes(in), edges: plan.GraphEdges(in), id: plan.GraphID(in), open: b.open[in], direct: -1}
	b.matchParameters(m, op)
	for _, p := range op.patterns {
		b.graphPattern(g, st, p)
	}
	b.connected(m, op)
	s := &scope{env: st.env, graph: g, open: g.open}
	for _, e := range conjunction(op.where) {
		if x := b.graphCondition(s, e); x != nil {
			m.Where = append(m.Where, x)
		}
	}
	l := newColumnList(b)
	for _, e := range op.project {
		b.graphItem(s, l, e)
	}
	m.Items = l.items
	if len(op.project) == 0 && !b.o.CheckOnly {
		b.errorf(codeArgument, at, "%s needs `project` and what each match should show", b.word(at))
	}
	st.open = false
	st.reordered()
	return m
}

// matchParameters reads cycles= and output=.
func (b *binder) matchParameters(m *plan.GraphMatch, op *matching) {
	for _, p := range op.params {
		v := wordOf(p)
		switch {
		case p.Name.Text == "cycles" && (v == "all" || v == "none" || v == "unique_edges"):
			m.Cycles = v
		case p.Name.Text == "output" && (v == "any" || v == "all"):
			m.AllShortest = v == "all"
		case !b.o.CheckOnly && (p.Name.Text == "cycles" || p.Name.Text == "output"):
			b.errorf(codeParameter, p.Span(), "%s cannot be %q", p.Name.Text, v)
		}
	}
}

// graphPattern reads a sequence of nodes and edges.
func (b *binder) graphPattern(g *graphScope, st *state, p *ast.GraphPattern) {
	left, edge := -1, -1
	for i, e := range p.Elements {
		if e.Edge != (i%2 == 1) {
			want := "a node such as (n)"
			if i%2 == 1 {
				want = "an edge such as -->"
			}
			b.errorf(codeArgument, e.Span(), "%s is expected here: nodes and edges take turns", want)
			return
		}
		at := b.graphVar(g, st, e)
		if e.Edge {
			edge = at
			continue
		}
		if edge >= 0 && left >= 0 && at >= 0 {
			el := p.Elements[i-1]
			any := el.Left == el.Right
			g.m.Hops = append(g.m.Hops, plan.GraphHop{Edge: edge, Left: left, Right: at, Forward: el.Right || any, Backward: el.Left || any})
		}
		left = at
	}
	if n := len(p.Elements); n > 0 && n%2 == 0 {
		b.errorf(codeArgument, p.Elements[n-1].Span(), "a node such as (n) is expected behind an edge")
	}
}

// graphVar is the place of an element; a name that stands again is the same
// element.
func (b *binder) graphVar(g *graphScope, st *state, e *ast.GraphElement) int {
	v := &plan.GraphVar{Edge: e.Edge, Ranged: e.Ranged, Min: 1, Max: 1}
	if e.Name != nil {
		v.Name = e.Name.Text
		if i, ok := g.vars[v.Name]; ok {
			old := g.m.Vars[i]
			switch {
			case old.Edge != e.Edge:
				b.errorf(codeDuplicate, e.Name.Span(), "%q is a node in one place and an edge in another", v.Name)
			case e.Edge && !b.o.CheckOnly:
				b.refuse(codeUnsupported, e.Name.Span(), "the edge %q stands twice in the pattern, which is not supported", v.Name)
			}
			return i
		}
		g.vars[v.Name] = len(g.m.Vars)
	}
	if e.Ranged {
		v.Min, v.Max = b.rangeBound(st, e.From), b.rangeBound(st, e.To)
		if (v.Min < 0 || v.Max < v.Min) && !b.o.CheckOnly {
			b.errorf(codeArgument, e.Span(), "a path has from %d to %d edges here: the first number must not be larger, nor negative", v.Min, v.Max)
		}
	}
	g.m.Vars = append(g.m.Vars, v)
	return len(g.m.Vars) - 1
}

func (b *binder) rangeBound(st *state, e ast.Expr) int64 {
	d, ok := b.constant(&scope{env: st.env}, e)
	if !ok {
		return 0
	}
	n, isInt := d.V.(int64)
	if !isInt {
		b.errorf(codeType, e.Span(), "the length of a path is a long, not a %s", d.T)
	}
	return n
}

// connected reports patterns that fall apart, and patterns that have no
// shortest path.
func (b *binder) connected(m *plan.GraphMatch, op *matching) {
	if b.o.CheckOnly || len(op.patterns) == 0 {
		return
	}
	part := make([]int, len(m.Vars))
	for i := range part {
		part[i] = i
	}
	join := func(x, y int) {
		from, to := part[x], part[y]
		for i := range part {
			if part[i] == from {
				part[i] = to
			}
		}
	}
	ranged := false
	for _, h := range m.Hops {
		join(h.Left, h.Edge)
		join(h.Right, h.Edge)
		ranged = ranged || m.Vars[h.Edge].Ranged
	}
	for i := range part {
		if part[i] != part[0] {
			b.errorf(codeArgument, op.patterns[len(op.patterns)-1].Span(), "the pattern falls apart: its sequences must share a node")
			return
		}
	}
	if m.Shortest && (len(op.patterns) > 1 || !ranged) {
		b.errorf(codeArgument, op.patterns[0].Span(), "a shortest path is one sequence with a path such as -[e*1..5]->")
	}
}

// conjunction takes `a and b and c` apart.
func conjunction(e ast.Expr) []ast.Expr {
	if e == nil {
		return nil
	}
	if x, ok := unparen(e).(*ast.Binary); ok && x.Op == ast.OpAnd {
		return append(conjunction(x.Left), conjunction(x.Right)...)
	}
	return []ast.Expr{e}
}

// graphCondition binds a condition. One that names properties of a path's
// edges must hold for each of them.
func (b *binder) graphCondition(s *scope, e ast.Expr) plan.Expr {
	x := b.graphExpr(s, e, plan.FoldAll)
	if isBad(x) {
		return nil
	}
	if t := x.Type(); t != types.Bool && t != types.Dynamic {
		b.errorf(codeType, e.Span(), "a condition is a bool, not a %s", t)
		return nil
	}
	return b.cast(x, types.Bool)
}

// graphExpr binds an expression that may name properties of a path's edges: it
// is computed for each of them and folded.
func (b *binder) graphExpr(s *scope, e ast.Expr, kind plan.FoldKind) plan.Expr {
	g := s.graph
	g.direct, g.elem = -1, nil
	x := b.scalar(s, e)
	if g.direct < 0 || isBad(x) {
		return x
	}
	f := &plan.GraphFold{Kind: kind, Var: g.direct, Elem: g.elem}
	if kind == plan.FoldAll {
		if t := x.Type(); t != types.Bool && t != types.Dynamic {
			return x // reported by the caller
		}
		x = b.cast(x, types.Bool)
	}
	return b.fold1(g, f, x)
}

// fold1 adds a fold and gives its column.
func (b *binder) fold1(g *graphScope, f *plan.GraphFold, x plan.Expr) plan.Expr {
	t := types.Bool
	if f.Kind == plan.FoldMap {
		t = types.Dynamic
	}
	f.Expr, f.Col = x, newCol("", t)
	if _, ok := x.(typedOnly); ok {
		return typedOnly{t}
	}
	g.m.Folds = append(g.m.Folds, f)
	return ref(f.Col)
}

// graphItem binds an item of project; a name that is taken gets a number.
func (b *binder) graphItem(s *scope, l *columnList, e ast.Expr) {
	name, value := "", e
	if as, ok := e.(*ast.Assign); ok && len(as.Names) > 0 {
		name, value = as.Names[0].Text, as.Value
	}
	x := b.graphExpr(s, value, plan.FoldMap)
	if !isBad(x) && x.Type() != types.Dynamic && s.graph.ofPath(x) {
		x = b.cast(x, types.Dynamic) // what is made of a path is dynamic
	}
	if name == "" {
		b.quiet(func() { name = b.autoName(s, value) })
	}
	if name == "" {
		name = l.unnamed()
	} else {
		name = l.unique(name)
	}
	col := newCol(name, x.Type())
	l.index[name] = len(l.items)
	l.items = append(l.items, plan.Item{Col: col, Expr: x})
}

// ofPath says whether an expression looks at a path.
func (g *graphScope) ofPath(x plan.Expr) bool {
	for _, c := range columnsIn(x) {
		for _, f := range g.m.Folds {
			if f.Col == c && g.m.Vars[f.Var].Ranged {
				return true
			}
		}
	}
	return false
}

// graphName is what a bare name stands for in a match: inside map() and the
// like a property of the element, else an element of the pattern, which is the
// bag of its properties. ok is false for other names.
func (b *binder) graphName(s *scope, n *ast.Name) (plan.Expr, bool) {
	g := s.graph
	if g.in != nil {
		for _, c := range g.in.cols {
			if c.Col.Name == n.Text && c.Special == "" {
				return ref(c.Col), true
			}
		}
	}
	i, ok := g.vars[n.Text]
	if !ok {
		return nil, false
	}
	var cols []*plan.Col
	for _, c := range g.props(g.m.Vars[i].Edge) {
		x := b.graphColumn(s, i, c, "", n.Span())
		r, isRef := x.(*plan.ColRef)
		if !isRef {
			return badExpr, true
		}
		cols = append(cols, r.Col)
	}
	return b.packCols("bag_pack", cols, false, n.Span()), true
}

// props are the properties of an edge or node.
func (g *graphScope) props(edge bool) []*plan.Col {
	if edge {
		return g.edges
	}
	return g.nodes
}

// graphProperty is the property of an element of the pattern; ok is false when
// the path is something else.
func (b *binder) graphProperty(s *scope, n *ast.Path) (plan.Expr, bool) {
	x, ok := n.X.(*ast.Name)
	if !ok {
		return nil, false
	}
	i, ok := s.graph.vars[x.Text]
	if !ok {
		return nil, false
	}
	name := ""
	switch sel := n.Sel.(type) {
	case *ast.Name:
		name = sel.Text
	case *ast.Brackets:
		if t, isText := sel.X.(*ast.String); isText {
			name = t.Value
		}
	case *ast.String:
		name = sel.Value
	}
	if name == "" {
		return nil, false
	}
	v := s.graph.m.Vars[i]
	c := findCol(s.graph.props(v.Edge), name)
	if c == nil {
		if !s.graph.open {
			what := "node"
			if v.Edge {
				what = "edge"
			}
			b.unknown(codeUnknownColumn, n.Sel.Span(), "property of the "+what, name, colNames(s.graph.props(v.Edge)))
		}
		return badExpr, true
	}
	return b.graphColumn(s, i, c, "", n.Span()), true
}

// graphColumn is a column that shows a property, or something special, of an
// element.
func (b *binder) graphColumn(s *scope, i int, from *plan.Col, special string, at source.Span) plan.Expr {
	g := s.graph
	v := g.m.Vars[i]
	t, name := types.Long, special
	switch {
	case from != nil:
		t, name = from.Type, from.Name
	case special == plan.NodeID:
		t = types.String
	}
	list := &v.Cols
	if v.Ranged {
		if g.in != nil {
			b.refuse(codeUnsupported, at, "a path inside map(), all() or any() of a path is not supported")
			return badExpr
		}
		if g.direct >= 0 && g.direct != i {
			b.refuse(codeUnsupported, at, "properties of two paths in one expression are not supported; use map() for them")
			return badExpr
		}
		g.direct, list = i, &g.elem
	}
	for _, c := range *list {
		if c.From == from && c.Special == special {
			return ref(c.Col)
		}
	}
	c := plan.GraphCol{Col: newCol(name, t), From: from, Special: special}
	*list = append(*list, c)
	return ref(c.Col)
}

// graphFunctions are known inside a match only; any() is an aggregate
// elsewhere.
var graphFunctions = map[string]bool{
	"all": true, "map": true, "inner_nodes": true, "labels": true, plan.NodeID: true, plan.DegreeIn: true, plan.DegreeOut: true,
}

// graphCall binds the functions that only a match has; ok is false for others.
func (b *binder) graphCall(s *scope, c *ast.Call) (plan.Expr, bool) {
	switch c.Name.Text {
	case "map", "all", "any":
		return b.graphFold(s, c), true
	case "inner_nodes":
		b.errorf(codeArgument, c.Span(), "inner_nodes() stands as the first argument of map(), all() or any()")
		return badExpr, true
	case "labels":
		b.graphSubject(s, c)
		empty := vector.Datum{T: types.Dynamic, V: dynamic.FromArray(nil)}
		return constOf(empty), true // only graph models have labels
	case plan.NodeID, plan.DegreeIn, plan.DegreeOut:
		return b.graphSpecial(s, c), true
	}
	return nil, false
}

// graphSubject is the element that a call names; -1 inside map() and the like,
// where the element at hand is meant, and -2 after a diagnostic.
func (b *binder) graphSubject(s *scope, c *ast.Call) int {
	if len(c.Args) == 0 {
		if s.graph.in == nil {
			b.errorf(codeArity, c.Span(), "%s() needs an element of the pattern here", c.Name.Text)
			return -2
		}
		return -1
	}
	if n, ok := unparen(c.Args[0]).(*ast.Name); ok && len(c.Args) == 1 {
		if i, ok := s.graph.vars[n.Text]; ok {
			return i
		}
	}
	b.errorf(codeArgument, c.Args[0].Span(), "the name of an element of the pattern is expected here")
	return -2
}

// graphSpecial is node_id(), node_degree_in() or node_degree_out().
func (b *binder) graphSpecial(s *scope, c *ast.Call) plan.Expr {
	i := b.graphSubject(s, c)
	edge := false
	switch {
	case i == -2:
		return badExpr
	case i == -1:
		edge = s.graph.in.edge
	default:
		edge = s.graph.m.Vars[i].Edge
	}
	if edge {
		if b.o.CheckOnly {
			t := types.Long
			if c.Name.Text == plan.NodeID {
				t = types.String
			}
			return typedOnly{t}
		}
		b.errorf(codeArgument, c.Span(), "%s() is about a node, and this is an edge", c.Name.Text)
		return badExpr
	}
	if i >= 0 {
		return b.graphColumn(s, i, nil, c.Name.Text, c.Span())
	}
	for _, col := range s.graph.in.cols {
		if col.Special == c.Name.Text {
			return ref(col.Col)
		}
	}
	return badExpr
}

// graphFold binds map(), all() and any(): the second argument is computed for
// each edge, or inner node, of the path that the first one names.
func (b *binder) graphFold(s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) != 2 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 2, 2)
		return badExpr
	}
	g := s.graph
	if g.in != nil {
		b.refuse(codeUnsupported, c.Span(), "%s() inside another is not supported", c.Name.Text)
		return badExpr
	}
	subject, inner := unparen(c.Args[0]), false
	if call, ok := subject.(*ast.Call); ok && call.Name.Text == "inner_nodes" && len(call.Args) == 1 {
		subject, inner = unparen(call.Args[0]), true
	}
	n, ok := subject.(*ast.Name)
	i, known := 0, false
	if ok {
		i, known = g.vars[n.Text]
	}
	if !known {
		b.errorf(codeArgument, c.Args[0].Span(), "the name of an edge of the pattern, or inner_nodes() of one, is expected here")
		return badExpr
	}
	v := g.m.Vars[i]
	f := &plan.GraphFold{Kind: plan.FoldKind(c.Name.Text), Var: i, Inner: inner}
	el := &graphElement{edge: v.Edge && !inner}
	for _, p := range g.props(el.edge) {
		el.cols = append(el.cols, plan.GraphCol{Col: newCol(p.Name, p.Type), From: p})
	}
	if !el.edge {
		for _, special := range []string{plan.NodeID, plan.DegreeIn, plan.DegreeOut} {
			t := types.Long
			if special == plan.NodeID {
				t = types.String
			}
			el.cols = append(el.cols, plan.GraphCol{Col: newCol(special, t), Special: special})
		}
	}
	g.in = el
	x := b.scalar(s, c.Args[1])
	g.in = nil
	t := types.Dynamic
	if f.Kind != plan.FoldMap {
		t = types.Bool
		if xt := x.Type(); xt != types.Bool && xt != types.Dynamic && xt != types.Unknown {
			b.errorf(codeType, c.Args[1].Span(), "argument 2 of %s() must be bool, not %s", c.Name.Text, xt)
			return badExpr
		}
		x = b.cast(x, types.Bool)
	}
	if isBad(x) {
		if b.o.CheckOnly {
			return typedOnly{t}
		}
		return badExpr
	}
	used := map[*plan.Col]bool{}
	for _, col := range columnsIn(x) {
		used[col] = true
	}
	for _, col := range el.cols {
		if used[col.Col] {
			f.Elem = append(f.Elem, col)
		}
	}
	return b.fold1(g, f, x)
}
