package parser

import "goshawk/internal/ast"

func (p *parser) partition() ast.Operator {
	o := &ast.Partition{Params: p.params(nil)}
	p.expect("by")
	o.By = p.columnName()
	if p.accept("in") {
		o.In = p.entity(false)
	}
	if !p.is("{") {
		o.Sub = p.subPipe()
		return o
	}
	p.i++
	o.Braces = true
	o.Sub = p.pipe()
	p.close("}")
	return o
}

func (p *parser) partitionBy() ast.Operator {
	o := &ast.PartitionBy{Params: p.params(nil), By: p.columnName()}
	if p.accept("id") {
		o.ID = p.expr()
	}
	o.Sub = p.subPipe()
	return o
}
