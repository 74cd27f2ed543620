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
	known := 0 // up to here the tokens are known to be a pattern
	for {
		start := p.start()
		part := &ast.ParsePart{}
		switch {
		case p.accept("*"):
			part.Star = true
		case p.tok().kind == String:
			part.Text = p.stringLiteral()
		case p.nameFlags(p.i)&nameInList != 0 || p.isBracketedName() || p.is("{") && p.nameEnd(p.i) != 0:
			if p.i >= known && p.missesPipe() && p.firstOnLine() {
				if known = p.patternEnd(); known == 0 {
					return out
				}
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

// patternEnd is the token behind the pattern that the current token goes on
// with, or 0 when what follows is no pattern: then an operator's word at the
// beginning of a line is an operator whose pipe is missing, not a column.
func (p *parser) patternEnd() int {
	for i := p.i; ; i++ {
		switch p.textOf(i) {
		case "|", ";", ")", "}", "":
			return i
		case "*", ":":
			continue
		}
		if k := p.kindAt(i); k != String && k != Ident && k != Keyword {
			return 0
		}
	}
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
