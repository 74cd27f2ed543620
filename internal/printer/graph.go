package printer

import "goshawk/internal/ast"

func (p *printer) graph(op ast.Operator) {
	switch o := op.(type) {
	case *ast.MakeGraph:
		p.makeGraph(o)
	case *ast.GraphMatch:
		p.match("graph-match", o.Params, o.Patterns, o.Where, o.Project)
	case *ast.GraphShortestPaths:
		p.match("graph-shortest-paths", o.Params, o.Patterns, o.Where, o.Project)
	case *ast.GraphMarkComponents:
		p.write("graph-mark-components")
		p.params(o.Params)
	case *ast.GraphToTable:
		p.write("graph-to-table ")
		list(p, o.Outputs, func(p *printer, g *ast.GraphOutput) {
			p.write(g.What)
			if g.As != nil {
				p.write(" as ")
				p.name(g.As)
			}
			p.params(g.Params)
		})
	case *ast.GraphWhereNodes:
		p.write("graph-where-nodes ")
		p.expr(o.Cond)
	case *ast.GraphWhereEdges:
		p.write("graph-where-edges ")
		p.expr(o.Cond)
	}
}

func (p *printer) makeGraph(o *ast.MakeGraph) {
	p.write("make-graph")
	p.params(o.Params)
	p.write(" ")
	p.expr(o.Source)
	p.write(" ", o.Arrow, " ")
	p.expr(o.Target)
	if len(o.With) > 0 {
		p.write(" with ")
		list(p, o.With, func(p *printer, n *ast.GraphNodes) {
			p.expr(n.Table)
			p.clause("on", n.On)
		})
	}
	if o.WithNodeID != nil {
		p.write(" with_node_id=")
		p.name(o.WithNodeID)
	}
	if o.Sub != nil {
		p.clause("partitioned-by", o.PartitionedBy)
		p.block(" (", o.Sub, ")", o)
	}
}

func (p *printer) match(word string, params []*ast.Param, patterns []*ast.GraphPattern, where ast.Expr, project []ast.Expr) {
	p.write(word)
	p.params(params)
	p.write(" ")
	list(p, patterns, func(p *printer, g *ast.GraphPattern) {
		for _, e := range g.Elements {
			p.element(e)
		}
	})
	p.indent += step
	if where != nil {
		p.newline()
		p.write("where ")
		p.expr(where)
	}
	if len(project) > 0 {
		p.newline()
		p.write("project")
		p.spaced(project)
	}
	p.indent -= step
}

func (p *printer) element(e *ast.GraphElement) {
	if !e.Edge {
		p.write("(")
		p.name(e.Name)
		p.write(")")
		return
	}
	if !e.Brackets {
		switch {
		case e.Left:
			p.write("<--")
		case e.Right:
			p.write("-->")
		default:
			p.write("--")
		}
		return
	}
	if e.Left {
		p.write("<")
	}
	p.write("-[")
	p.name(e.Name)
	if e.Ranged {
		p.write("*")
		p.expr(e.From)
		p.write(" .. ")
		p.expr(e.To)
	}
	p.write("]-")
	if e.Right {
		p.write(">")
	}
}
