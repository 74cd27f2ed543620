package parser

import "goshawk/internal/ast"

func (p *parser) find() ast.Operator {
	o := &ast.Find{}
	if p.is("datascope") && p.isAt(p.i+1, "=") {
		p.i += 2
		if !p.is("all") && !p.is("hotcache") {
			p.report(msgExpected("all or hotcache", p.found()), p.span())
		}
		o.DataScope = p.wordName()
	}
	o.Params = p.params(nil)
	o.In = p.inTables()
	if !p.accept("where") && o.In != nil {
		p.missing("where")
	}
	o.Cond = p.expr()
	switch w := p.word(); w {
	case "project-smart":
		p.i++
		o.Output = w
	case "project", "__projectAway":
		p.i++
		o.Output = w
		if w == "__projectAway" {
			o.Output = "project-away"
		}
		o.Columns = p.findColumns()
	}
	return o
}

func (p *parser) findColumns() []*ast.FindColumn {
	var out []*ast.FindColumn
	for {
		out = append(out, p.findColumn())
		if !p.accept(",") {
			return out
		}
	}
}

// findColumn reads `name`, `name:type`, `pack(*)`, which is also written
// `pack_all()`, or `*`.
func (p *parser) findColumn() *ast.FindColumn {
	start := p.start()
	c := &ast.FindColumn{}
	switch {
	case p.is("*"):
		c.X = p.star()
	case p.is("pack_all") && p.isAt(p.i+1, "("):
		call := &ast.Call{Name: p.wordName()}
		p.expect("(")
		p.close(")")
		call.Pos = p.pos(start)
		c.X = call
	case p.is("pack"):
		call := &ast.Call{Name: p.wordName()}
		p.expect("(")
		if p.is("*") {
			call.Args = []ast.Expr{p.star()}
		} else {
			p.missing("*")
		}
		p.close(")")
		call.Pos = p.pos(start)
		c.X = call
	default:
		c.X = p.name(nameAnywhere, "the name of a column")
		if p.accept(":") {
			c.Type = p.findType()
		}
	}
	c.Pos = p.pos(start)
	return c
}

// findType reads a type: here the old numeric types count too.
func (p *parser) findType() *ast.TypeName {
	if !hasWord(otherTypes, p.word()) {
		return p.typeName()
	}
	start := p.start()
	t := p.next()
	return &ast.TypeName{Pos: p.pos(start), Text: p.src[start:t.end]}
}
