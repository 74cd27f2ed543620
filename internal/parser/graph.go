package parser

import "goshawk/internal/ast"

func (p *parser) makeGraph() ast.Operator {
	o := &ast.MakeGraph{Params: p.params(nil), Source: p.columnName()}
	switch {
	case p.acceptSign("-->"):
		o.Arrow = "-->"
	case p.acceptSign("--"):
		o.Arrow = "--"
	default:
		p.missing("-->")
	}
	o.Target = p.columnName()
	switch {
	case p.is("with_node_id") && p.isAt(p.i+1, "="):
		p.i += 2
		o.WithNodeID = p.name(nameAnywhere, "a name")
	case p.accept("with"):
		o.With = p.graphNodes()
	}
	if p.accept("partitioned-by") {
		o.PartitionedBy = p.columnName()
		o.Sub = p.subPipe()
	}
	return o
}

func (p *parser) graphNodes() []*ast.GraphNodes {
	var out []*ast.GraphNodes
	for {
		start := p.start()
		n := &ast.GraphNodes{Table: p.unionSource()}
		if p.expect("on") {
			n.On = p.columnName()
		} else {
			n.On = p.bad()
		}
		n.Pos = p.pos(start)
		out = append(out, n)
		if !p.accept(",") {
			return out
		}
	}
}

func (p *parser) graphMatch() ast.Operator {
	o := &ast.GraphMatch{Params: p.params(nil), Patterns: p.graphPatterns()}
	o.Where, o.Project = p.graphClauses()
	return o
}

func (p *parser) graphShortestPaths() ast.Operator {
	o := &ast.GraphShortestPaths{Params: p.params([]string{"output"}), Patterns: p.graphPatterns()}
	o.Where, o.Project = p.graphClauses()
	return o
}

// graphClauses reads `where cond project items`, both optional.
func (p *parser) graphClauses() (where ast.Expr, project []ast.Expr) {
	if p.accept("where") {
		where = p.expr()
	}
	if p.accept("project") {
		project = p.list(p.named)
	}
	return where, project
}

func (p *parser) graphPatterns() []*ast.GraphPattern {
	var out []*ast.GraphPattern
	for {
		start := p.start()
		g := &ast.GraphPattern{}
		for {
			e := p.graphElement()
			if e == nil {
				break
			}
			g.Elements = append(g.Elements, e)
		}
		if len(g.Elements) == 0 {
			p.report(msgExpected("a node such as (n)", p.found()), p.span())
		}
		g.Pos = p.pos(start)
		out = append(out, g)
		if !p.accept(",") {
			return out
		}
	}
}

// graphElement reads a node or an edge, or gives nil.
func (p *parser) graphElement() *ast.GraphElement {
	start := p.start()
	e := &ast.GraphElement{}
	switch {
	case p.accept("("):
		if !p.is(")") {
			e.Name = p.name(nameAnywhere, "the name of a node")
		}
		p.close(")")
	case p.acceptSign("-->"):
		e.Edge, e.Right = true, true
	case p.acceptSign("--"):
		e.Edge = true
	case p.acceptSign("<--"):
		e.Edge, e.Left = true, true
	case p.acceptSign("-["):
		p.graphEdge(e)
	case p.acceptSign("<-["):
		e.Left = true
		p.graphEdge(e)
	default:
		return nil
	}
	e.Pos = p.pos(start)
	return e
}

// graphEdge reads `name*1..3]->` behind the opening of an edge.
func (p *parser) graphEdge(e *ast.GraphElement) {
	e.Edge, e.Brackets = true, true
	if !p.is("*") && !p.is("]") {
		e.Name = p.name(nameAnywhere, "the name of an edge")
	}
	if p.accept("*") {
		e.Ranged = true
		e.From = p.rangeBound()
		p.expect("..")
		e.To = p.rangeBound()
	}
	switch {
	case p.acceptSign("]->"):
		e.Right = true
	case p.acceptSign("]-"):
	default:
		p.missing("]->")
	}
}

// rangeBound reads one end of the range of an edge.
func (p *parser) rangeBound() ast.Expr {
	if p.is("..") || p.is("]") {
		p.report(msgExpression(p.found()), p.span())
		return p.bad()
	}
	return p.operand()
}

func (p *parser) graphMarkComponents() ast.Operator {
	return &ast.GraphMarkComponents{Params: p.params([]string{"with_component_id"})}
}

var graphOutputParams = []string{"with_node_id", "with_source_id", "with_target_id"}

func (p *parser) graphToTable() ast.Operator {
	o := &ast.GraphToTable{}
	for {
		start := p.start()
		g := &ast.GraphOutput{}
		switch w := p.word(); w {
		case "nodes", "edges":
			p.i++
			g.What = w
		default:
			p.wanted(`"nodes" or "edges"`)
			return o
		}
		if p.accept("as") {
			g.As = p.name(nameAnywhere, "a name")
		}
		g.Params = p.params(graphOutputParams)
		g.Pos = p.pos(start)
		o.Outputs = append(o.Outputs, g)
		if !p.accept(",") {
			return o
		}
	}
}

func (p *parser) graphWhereNodes() ast.Operator { return &ast.GraphWhereNodes{Cond: p.expr()} }

func (p *parser) graphWhereEdges() ast.Operator { return &ast.GraphWhereEdges{Cond: p.expr()} }

// acceptSign reads a sign of graphs, such as `-->`. Elsewhere these
// characters are signs of their own (`x[0]-1`), so the lexer leaves them apart.
func (p *parser) acceptSign(s string) bool {
	end := p.start() + len(s)
	if end > len(p.src) || p.src[p.start():end] != s {
		return false
	}
	i := p.i
	for i < len(p.toks)-1 && int(p.toks[i].end) <= end {
		i++
	}
	if int(p.toks[i-1].end) != end {
		return false
	}
	p.i = i
	return true
}
