package parser

import "goshawk/internal/ast"

func (p *parser) topNested() ast.Operator {
	o := &ast.TopNested{}
	start := p.start()
	for {
		o.Levels = append(o.Levels, p.topNestedLevel(start))
		if !p.accept(",") {
			return o
		}
		start = p.start()
		if !p.expect("top-nested") {
			return o
		}
	}
}

// topNestedLevel reads a level behind its word.
func (p *parser) topNestedLevel(start int) *ast.TopNestedLevel {
	l := &ast.TopNestedLevel{}
	if !p.is("of") {
		l.N = p.expr()
	}
	if p.expect("of") {
		l.Of = p.named()
	} else {
		l.Of = p.bad()
	}
	if p.is("with") && p.isAt(p.i+1, "others") {
		p.i += 2
		p.expect("=")
		l.WithOthers = p.expr()
	}
	if p.expect("by") {
		l.By = p.order(p.named)
	}
	l.Pos = p.pos(start)
	return l
}

func (p *parser) topHitters() ast.Operator {
	o := &ast.TopHitters{N: p.expr()}
	p.expect("of")
	o.Of = p.named()
	if p.accept("by") {
		o.By = p.named()
	}
	return o
}
