package parser

import "goshawk/internal/ast"

func (p *parser) as() ast.Operator {
	return &ast.As{Params: p.params(nil), Name: p.name(nameAnywhere, "a name")}
}

func (p *parser) getschema() ast.Operator {
	o := &ast.GetSchema{}
	if p.is("kind") && p.isAt(p.i+1, "=") {
		o.Params = append(o.Params, p.param())
	}
	return o
}

func (p *parser) consume() ast.Operator {
	return &ast.Consume{Params: p.params(nil)}
}

func (p *parser) assertSchema() ast.Operator {
	return &ast.AssertSchema{Schema: p.rowSchema(false)}
}

func (p *parser) executeAndCache() ast.Operator { return &ast.ExecuteAndCache{} }
