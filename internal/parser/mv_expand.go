package parser

import "goshawk/internal/ast"

func (p *parser) mvExpand() ast.Operator {
	o := &ast.MvExpand{Params: p.params(nil), Items: p.mvItems()}
	if p.accept("limit") {
		o.Limit = p.expr()
	}
	return o
}

func (p *parser) mvApply() ast.Operator {
	o := &ast.MvApply{Params: p.params(nil), Items: p.mvItems()}
	if p.accept("limit") {
		o.Limit = p.expr()
	}
	if p.accept("id") {
		o.ID = p.expr()
	}
	if p.expect("on") {
		o.Sub = p.subPipe()
	} else {
		o.Sub = p.bad()
	}
	return o
}

func (p *parser) mvItems() []*ast.MvItem {
	var out []*ast.MvItem
	for {
		before := p.i
		out = append(out, p.mvItem())
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

// mvItem reads `name = expr to typeof(type)`.
func (p *parser) mvItem() *ast.MvItem {
	start := p.start()
	m := &ast.MvItem{}
	if p.is("limit") || p.is("to") || p.is("on") && p.isAt(p.i+1, "(") || p.is("on") && p.isAt(p.i+1, "on") {
		p.expressionMissing()
		m.X = p.bad()
		m.Pos = ast.Pos{At: m.X.Span()}
		return m
	}
	m.X = p.named()
	if p.accept("to") {
		if p.is("typeof") && p.isAt(p.i+1, "(") {
			m.To = p.typeOf()
		} else {
			p.report(msgExpected("typeof(...)", p.found()), p.span())
		}
	}
	m.Pos = p.pos(start)
	return m
}
