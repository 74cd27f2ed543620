package parser

import "goshawk/internal/ast"

func (p *parser) facet() ast.Operator {
	o := &ast.Facet{}
	p.expect("by")
	o.By = p.list(func() ast.Expr {
		if p.is("with") {
			p.expressionMissing()
			return p.bad()
		}
		return p.columnName()
	})
	if !p.accept("with") {
		return o
	}
	if p.is("(") {
		o.With = p.subPipe()
		return o
	}
	start := p.start()
	op := p.pipedOperator()
	o.With = &ast.Pipe{Pos: p.pos(start), Ops: []ast.Operator{op}}
	return o
}

func (p *parser) fork() ast.Operator {
	o := &ast.Fork{}
	for {
		start := p.start()
		b := &ast.ForkBranch{}
		if end := p.nameEnd(p.i); end != 0 && p.isAt(end, "=") {
			b.Name = p.name(nameAnywhere, "a name")
			p.i++
		} else if !p.is("(") {
			if len(o.Branches) == 0 {
				p.missing("(")
			}
			return o
		}
		if p.expect("(") {
			b.Sub = p.forkQuery()
			p.close(")")
		} else {
			b.Sub = p.bad()
		}
		b.Pos = p.pos(start)
		o.Branches = append(o.Branches, b)
		if b.Sub.Span().Len() == 0 {
			return o
		}
	}
}

// forkQuery reads the operators of a branch, or a query of its own.
func (p *parser) forkQuery() ast.Expr {
	if p.tok().flags&isOperator != 0 && !(p.is("range") && p.isAt(p.i+1, "(")) {
		return p.bareSubPipe()
	}
	return p.pipe()
}
