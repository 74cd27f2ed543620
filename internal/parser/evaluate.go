package parser

import "goshawk/internal/ast"

func (p *parser) evaluate() ast.Operator {
	o := &ast.Evaluate{Params: p.params(nil)}
	start := p.start()
	c := &ast.Call{Name: p.name(nameAnywhere, "the name of a plugin")}
	if p.is("(") {
		c.Args = p.args()
	} else {
		p.missing("(")
	}
	c.Pos = p.pos(start)
	o.Call = c
	if p.accept(":") {
		o.Schema = p.rowSchema(true)
	}
	return o
}

func (p *parser) invoke() ast.Operator {
	x := p.entity(false)
	last := x
	if path, ok := x.(*ast.Path); ok {
		last = path.Sel
	}
	switch last.(type) {
	case *ast.Call, *ast.Bad:
	default:
		p.missing("(")
	}
	return &ast.Invoke{Call: x}
}
