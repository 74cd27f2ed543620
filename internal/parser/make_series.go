package parser

import "goshawk/internal/ast"

func (p *parser) makeSeries() ast.Operator {
	o := &ast.MakeSeries{Params: p.params(nil)}
	for {
		start := p.start()
		a := &ast.SeriesAgg{}
		switch p.word() {
		case "from", "in", "on":
			p.expressionMissing()
			a.X = p.bad()
		default:
			a.X = p.named()
		}
		if p.is("default") && p.isAt(p.i+1, "=") {
			p.i += 2
			a.Default = p.expr()
		}
		a.Pos = p.pos(start)
		o.Aggs = append(o.Aggs, a)
		if !p.accept(",") {
			break
		}
	}
	o.On = p.onClause()
	p.seriesAxis(o)
	if p.accept("by") {
		o.By = p.list(p.named)
	}
	return o
}

func (p *parser) onClause() ast.Expr {
	if !p.expect("on") {
		return p.bad()
	}
	return p.named()
}

// seriesAxis reads `from a to b step c` or `in range(a, b, c)`.
func (p *parser) seriesAxis(o *ast.MakeSeries) {
	if p.accept("in") {
		o.InRange = true
		p.expect("range")
		if !p.is("(") {
			p.missing("(")
			return
		}
		args := p.args()
		for i, dst := range []*ast.Expr{&o.From, &o.To, &o.Step} {
			if i < len(args) {
				*dst = args[i]
			}
		}
		if len(args) > 3 {
			p.report(msgEmptyClause("range() in make-series takes a beginning, an end and a step"), p.span())
		}
		return
	}
	if p.accept("from") {
		o.From = p.expr()
	}
	if p.accept("to") {
		o.To = p.expr()
	}
	o.Step = p.clause("step")
}
