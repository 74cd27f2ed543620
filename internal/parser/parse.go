package parser

import "goshawk/internal/ast"

var parseParams = []string{"flags"}

func (p *parser) parse() ast.Operator {
	o := &ast.Parse{Params: p.params(parseParams), X: p.expr()}
	o.Pattern = p.parsePattern()
	return o
}

func (p *parser) parseWhere() ast.Operator {
	o := &ast.ParseWhere{Params: p.params(parseParams), X: p.expr()}
	o.Pattern = p.parsePattern()
	return o
}

// parsePattern reads `with * "text" name:type ...`.
func (p *parser) parsePattern() []*ast.ParsePart {
	if !p.expect("with") {
		return nil
	}
	var out []*ast.ParsePart
	for {
		start := p.start()
		part := &ast.ParsePart{}
		switch {
		case p.accept("*"):
			part.Star = true
		case p.tok().kind == String:
			part.Text = p.stringLiteral()
		case p.nameFlags(p.i)&nameInList != 0 || p.isBracketedName() || p.is("{") && p.nameEnd(p.i) != 0:
			if p.missesPipe() && p.firstOnLine() && !p.endsPattern(p.i+1) {
				return out
			}
			part.Column = p.name(nameInList, "the name of a column")
			if p.accept(":") {
				part.Type = p.typeName()
			}
		default:
			return out
		}
		part.Pos = p.pos(start)
		out = append(out, part)
	}
}

// endsPattern says whether token i can follow a column of a pattern: then the
// word before it is a column, even if it is the name of an operator.
func (p *parser) endsPattern(i int) bool {
	switch p.textOf(i) {
	case ":", "|", ";", ")", "}", "*", "":
		return true
	}
	return p.kindAt(i) == String
}

func (p *parser) parseKv() ast.Operator {
	o := &ast.ParseKv{X: p.expr()}
	if !p.expect("as") {
		return o
	}
	o.Keys = p.rowSchema(false)
	if p.is("with") {
		p.i++
		if p.expect("(") {
			o.With = p.properties("pair_delimiter kv_delimiter regex quote escape greedy")
			p.close(")")
		}
	}
	return o
}
