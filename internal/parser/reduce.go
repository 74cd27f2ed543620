package parser

import "goshawk/internal/ast"

var reduceParams = []string{"threshold", "characters"}

func (p *parser) reduce() ast.Operator {
	o := &ast.Reduce{Params: p.params(reduceParams)}
	p.expect("by")
	o.By = p.expr()
	if !p.accept("with") {
		return o
	}
	for {
		if !p.isParam(reduceParams) {
			p.report(msgParameter(p.found(), "known are threshold and characters"), p.span())
			return o
		}
		o.With = append(o.With, p.param())
		if p.accept(",") {
			continue
		}
		if p.isParam(reduceParams) {
			p.missing(",")
			continue
		}
		return o
	}
}
