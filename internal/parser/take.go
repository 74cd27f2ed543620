package parser

import "goshawk/internal/ast"

func (p *parser) take() ast.Operator {
	return &ast.Take{Params: p.params(nil), N: p.expr()}
}

func (p *parser) sample() ast.Operator {
	return &ast.Sample{Params: p.params(nil), N: p.expr()}
}

func (p *parser) sampleDistinct() ast.Operator {
	o := &ast.SampleDistinct{Params: p.params(nil), N: p.expr()}
	p.expect("of")
	o.Of = p.expr()
	return o
}
