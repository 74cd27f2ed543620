package parser

import "goshawk/internal/ast"

func (p *parser) search() ast.Operator {
	o := &ast.Search{Params: p.params(nil)}
	o.In = p.inTables()
	if p.is("*") && !p.isStringOpAt(p.i+1) && !p.isAt(p.i+1, "==") {
		o.Cond = p.searchAll()
		return o
	}
	o.Cond = p.expr()
	return o
}

// inTables reads `in (tables)` if it stands here.
func (p *parser) inTables() []ast.Expr {
	if !p.is("in") || !p.isAt(p.i+1, "(") {
		return nil
	}
	p.i += 2
	out := p.list(func() ast.Expr { return p.entity(true) })
	p.close(")")
	return out
}

// searchAll reads a condition that begins with a lone star, which means
// everything.
func (p *parser) searchAll() ast.Expr {
	left := p.star()
	for p.is("and") {
		at := p.span()
		p.i++
		left = p.binary(ast.OpAnd, at, left, p.equality(), 0)
	}
	for p.is("or") {
		at, lh := p.span(), p.height
		p.i++
		left = p.binary(ast.OpOr, at, left, p.and(), lh)
	}
	return left
}
