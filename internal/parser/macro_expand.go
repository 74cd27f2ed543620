package parser

import "goshawk/internal/ast"

func (p *parser) macroExpand() ast.Operator {
	o := &ast.MacroExpand{Params: p.params([]string{"best_effort"})}
	if p.is("entity_group") && p.isAt(p.i+1, "[") {
		o.Group = p.entityGroup()
	} else {
		o.Group = p.macroGroup()
	}
	if p.accept("as") {
		o.As = p.name(nameAnywhere, "a name")
	}
	start := p.start()
	body := &ast.Body{}
	if p.expect("(") {
		for !p.is(")") && !p.atEOF() {
			before := p.i
			s := p.statement()
			if x, ok := s.(*ast.ExprStmt); ok && body.Result == nil && (p.is(")") || p.is(";") && p.isAt(p.i+1, ")")) {
				body.Result = x.X
			} else if s != nil {
				body.Stmts = append(body.Stmts, s)
			}
			if !p.accept(";") || p.i == before {
				break
			}
		}
		p.close(")")
	}
	body.Pos = p.pos(start)
	o.Body = body
	return o
}

// macroGroup reads the name of an entity group; the parentheses behind it
// are not its arguments.
func (p *parser) macroGroup() ast.Expr {
	start := p.start()
	var x ast.Expr = p.name(nameAsReference, "an entity group")
	for p.accept(".") {
		x = &ast.Path{X: x, Sel: p.selector()}
		x.(*ast.Path).Pos = p.pos(start)
	}
	return x
}
