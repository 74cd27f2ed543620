package parser

import "goshawk/internal/ast"

func (p *parser) project() ast.Operator {
	o := &ast.Project{}
	if !p.atOperatorEnd() {
		o.Items = p.list(p.named)
	}
	return o
}

func (p *parser) projectAway() ast.Operator {
	o := &ast.ProjectAway{}
	if !p.atOperatorEnd() {
		o.Items = p.list(p.columnPattern)
	}
	return o
}

func (p *parser) projectKeep() ast.Operator {
	o := &ast.ProjectKeep{}
	if !p.atOperatorEnd() {
		o.Items = p.list(p.columnPattern)
	}
	return o
}

func (p *parser) projectRename() ast.Operator {
	o := &ast.ProjectRename{}
	if !p.atOperatorEnd() {
		o.Items = p.list(p.named)
	}
	return o
}

func (p *parser) projectByNames() ast.Operator {
	o := &ast.ProjectByNames{}
	if !p.atOperatorEnd() {
		o.Items = p.list(p.expr)
	}
	return o
}

func (p *parser) projectReorder() ast.Operator {
	o := &ast.ProjectReorder{}
	if !p.atOperatorEnd() {
		o.Items = p.orders(p.columnPattern)
	}
	return o
}
