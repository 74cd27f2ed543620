package parser

import "goshawk/internal/ast"

func (p *parser) scan() ast.Operator {
	o := &ast.Scan{Params: p.params(nil)}
	if p.is("order") && p.isAt(p.i+1, "by") {
		p.i += 2
		o.OrderBy = p.orders(p.named)
	}
	if p.is("partition") && p.isAt(p.i+1, "by") {
		p.i += 2
		o.PartitionBy = p.list(p.expr)
	}
	if p.accept("declare") {
		o.Declare = p.funcParams()
	}
	p.expect("with")
	if p.expect("(") {
		for p.is("step") {
			o.Steps = append(o.Steps, p.scanStep())
		}
		p.close(")")
	}
	return o
}

// scanStep reads `step name optional output=all: cond => a = 1, b = 2;`.
func (p *parser) scanStep() *ast.ScanStep {
	start := p.start()
	p.i++
	s := &ast.ScanStep{Name: p.name(nameInList, "the name of a step")}
	s.Optional = p.accept("optional")
	if p.accept("output") {
		p.expect("=")
		switch w := p.word(); w {
		case "all", "last", "none":
			p.i++
			s.Output = w
		default:
			p.report(msgExpected("all, last or none", p.found()), p.span())
			p.next()
		}
	}
	p.expect(":")
	s.Cond = p.expr()
	if p.accept("=>") {
		s.Assigns = p.list(p.scanAssign)
	}
	s.Pos = p.pos(start)
	if !p.accept(";") {
		p.missing(";")
		p.skipTo(";")
		p.accept(";")
	}
	return s
}

// scanAssign reads `name = expr`.
func (p *parser) scanAssign() ast.Expr {
	start := p.start()
	a := &ast.Assign{Names: []*ast.Name{p.name(nameAsReference, "the name of a declared column")}}
	if p.expect("=") {
		a.Value = p.expr()
	} else {
		a.Value = p.bad()
	}
	a.Pos = p.pos(start)
	return a
}
