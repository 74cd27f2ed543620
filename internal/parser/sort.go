package parser

import "goshawk/internal/ast"

func (p *parser) sort() ast.Operator {
	o := &ast.Sort{Params: p.params(nil)}
	p.expect("by")
	o.By = p.orders(p.named)
	return o
}

func (p *parser) top() ast.Operator {
	o := &ast.Top{Params: p.params(nil), N: p.expr()}
	p.expect("by")
	o.By = p.order(p.named)
	return o
}

// orders reads sort keys between commas.
func (p *parser) orders(item func() ast.Expr) []*ast.Order {
	var out []*ast.Order
	for {
		before := p.i
		out = append(out, p.order(item))
		if p.accept(",") {
			continue
		}
		if p.i != before && p.beginsItem() {
			p.missing(",")
			continue
		}
		return out
	}
}

// order reads one sort key: `x desc nulls first`.
func (p *parser) order(item func() ast.Expr) *ast.Order {
	start := p.start()
	o := &ast.Order{X: item()}
	switch w := p.word(); w {
	case "asc", "desc", "granny-asc", "granny-desc":
		p.i++
		o.Dir = w
	}
	if p.accept("nulls") {
		switch w := p.word(); w {
		case "first", "last":
			p.i++
			o.Nulls = w
		default:
			p.report(msgExpected("first or last", p.found()), p.span())
		}
	}
	o.Pos = p.pos(start)
	if s := o.X.Span().Start; s < o.At.Start {
		o.At.Start = s
	}
	return o
}
