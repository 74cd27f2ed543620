package parser

import "goshawk/internal/ast"

func (p *parser) extend() ast.Operator {
	return &ast.Extend{Items: p.list(p.named)}
}

func (p *parser) print() ast.Operator {
	return &ast.Print{Items: p.list(p.named)}
}

func (p *parser) serialize() ast.Operator {
	s := &ast.Serialize{Params: p.params(nil)}
	if !p.atOperatorEnd() {
		s.Items = p.list(p.named)
	}
	return s
}

// atOperatorEnd says whether an operator without anything ends here.
func (p *parser) atOperatorEnd() bool {
	switch p.word() {
	case "|", ";", ")", "]", "}", "":
		return true
	}
	return false
}
