package parser

import "goshawk/internal/ast"

func (p *parser) rangeOp() ast.Operator {
	o := &ast.Range{Name: p.name(nameAnywhere, "the name of a column")}
	o.From = p.clause("from")
	o.To = p.clause("to")
	o.Step = p.clause("step")
	return o
}

// clause reads a word and the expression behind it.
func (p *parser) clause(word string) ast.Expr {
	if !p.expect(word) {
		return p.bad()
	}
	return p.expr()
}
