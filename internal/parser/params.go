package parser

import (
	"goshawk/internal/ast"
)

// params reads operator parameters, `name=value`, as long as they come. Some
// words are parameters for every operator; extra are those of this one.
func (p *parser) params(extra []string) []*ast.Param {
	var out []*ast.Param
	for p.isParam(extra) {
		out = append(out, p.param())
	}
	return out
}

// isParam says whether a parameter begins here.
func (p *parser) isParam(extra []string) bool {
	if !p.isAt(p.i+1, "=") {
		return false
	}
	if p.tok().flags&isParameter != 0 {
		return true
	}
	w := p.word()
	for _, e := range extra {
		if w == e {
			return true
		}
	}
	return false
}

// param reads one parameter; its name stands at the current token.
func (p *parser) param() *ast.Param {
	start := p.start()
	a := &ast.Param{Name: p.wordName()}
	p.expect("=")
	a.Value = p.paramValue()
	a.Pos = p.pos(start)
	return a
}

// wordName takes the current word as a name, whatever it means elsewhere.
func (p *parser) wordName() *ast.Name {
	start := p.start()
	t := p.next()
	return &ast.Name{Pos: p.pos(start), Text: p.src[start:t.end]}
}

// paramValue reads a word, a column or a literal.
func (p *parser) paramValue() ast.Expr {
	switch p.word() {
	case "simple", "relaxed", "nooptimization":
		return p.wordName()
	}
	return p.constant("a value", true)
}

// anyProperty allows every name in a list of properties.
const anyProperty = ""

// properties reads `name=value, name=value` as in `with (...)`, up to the
// closing parenthesis. Allowed names are given with spaces between them;
// anyProperty takes all.
func (p *parser) properties(allowed string, more ...func(name string) ast.Expr) []*ast.Param {
	var out []*ast.Param
	for !p.is(")") && !p.atEOF() {
		before := p.i
		a := p.property(allowed, more)
		if a == nil {
			break
		}
		out = append(out, a)
		if p.accept(",") {
			if p.is(")") {
				p.report(msgParameter(p.found(), ""), p.span())
			}
			continue
		}
		if p.i > before && p.nameEnd(p.i) != 0 && p.isAt(p.i+1, "=") {
			p.missing(",")
			continue
		}
		break
	}
	return out
}

func (p *parser) property(allowed string, more []func(string) ast.Expr) *ast.Param {
	start := p.start()
	end := p.nameEnd(p.i)
	if end == 0 || !p.isAt(end, "=") {
		p.report(msgParameter(p.found(), ""), p.span())
		return nil
	}
	a := &ast.Param{}
	switch {
	case allowed != anyProperty && !hasWord(allowed, p.word()):
		p.report(msgParameter(p.found(), "known are "+allowed), p.span())
		a.Name = p.wordName()
	case allowed == anyProperty:
		a.Name = p.name(nameInList, "the name of a property")
	default:
		a.Name = p.wordName()
	}
	p.expect("=")
	for _, f := range more {
		if a.Value = f(a.Name.Text); a.Value != nil {
			break
		}
	}
	if a.Value == nil {
		a.Value = p.propertyValue()
	}
	a.Pos = p.pos(start)
	return a
}

// propertyValue reads a literal or any word.
func (p *parser) propertyValue() ast.Expr {
	if t := p.tok(); t.kind == Keyword && isLetter(p.src[t.start]) && !p.isAt(p.i+1, "(") {
		return p.wordName()
	}
	return p.paramValue()
}

// hasWord says whether list, words with spaces between, holds w.
func hasWord(list, w string) bool {
	for len(list) > 0 {
		i := 0
		for i < len(list) && list[i] != ' ' {
			i++
		}
		if list[:i] == w {
			return true
		}
		if i == len(list) {
			return false
		}
		list = list[i+1:]
	}
	return false
}
