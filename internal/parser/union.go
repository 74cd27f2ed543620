package parser

import "goshawk/internal/ast"

func (p *parser) union() ast.Operator {
	return &ast.Union{Params: p.params([]string{"best_effort"}), Sources: p.list(p.unionSource)}
}

// unionSource reads a table of a union: a name with or without stars, a call,
// or a query in parentheses.
func (p *parser) unionSource() ast.Expr {
	if p.is("(") {
		return p.paren()
	}
	return p.entity(true)
}
