package parser

import "goshawk/internal/ast"

func (p *parser) summarize() ast.Operator {
	o := &ast.Summarize{Params: p.params(nil)}
	if !p.is("by") && !p.atOperatorEnd() {
		o.Aggs = p.list(p.aggregate)
	}
	if p.accept("by") {
		o.By = p.list(p.named)
		if p.is("bin") && p.isAt(p.i+1, "=") {
			p.i += 2
			o.Bin = p.expr()
		}
	}
	return o
}

// aggregate reads an aggregate; `by` is never the name of one.
func (p *parser) aggregate() ast.Expr {
	if p.is("by") {
		p.expressionMissing()
		return p.bad()
	}
	return p.named()
}

func (p *parser) distinct() ast.Operator {
	return &ast.Distinct{Params: p.params(nil), Items: p.list(p.distinctItem)}
}

func (p *parser) distinctItem() ast.Expr {
	if p.is("*") && !p.isStringOpAt(p.i+1) && !p.isAt(p.i+1, "==") {
		return p.star()
	}
	return p.named()
}

func (p *parser) count() ast.Operator {
	o := &ast.Count{}
	if p.accept("as") {
		o.As = p.name(nameAnywhere, "a name")
	}
	return o
}
