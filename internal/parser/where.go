package parser

import "goshawk/internal/ast"

func (p *parser) where() ast.Operator {
	return &ast.Where{Params: p.params(nil), Cond: p.condition()}
}

// condition reads a condition. The grammar lets it have a name; since that is
// nearly always a slip for `==`, the tree keeps the name for the binder.
func (p *parser) condition() ast.Expr { return p.named() }
