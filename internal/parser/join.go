package parser

import "goshawk/internal/ast"

func (p *parser) join() ast.Operator {
	o := &ast.Join{Params: p.params(nil), Right: p.expr()}
	switch {
	case p.accept("on"):
		o.On = p.list(p.joinCondition)
	case p.accept("where"):
		o.Where = p.expr()
	}
	return o
}

func (p *parser) lookup() ast.Operator {
	o := &ast.Lookup{Params: p.params(nil), Right: p.expr()}
	if !p.accept("on") {
		p.wanted(`"on" and the columns to match`)
		return o
	}
	o.On = p.list(p.joinCondition)
	return o
}

// joinCondition reads one condition; `=` for `==` is taken as what it means,
// after a message.
func (p *parser) joinCondition() ast.Expr {
	left := p.expr()
	if !p.is("=") {
		return left
	}
	p.unexpected()
	at, lh := p.span(), p.height
	p.i++
	return p.binary(ast.OpEq, at, left, p.expr(), lh)
}
