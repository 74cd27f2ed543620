package parser

import (
	"strings"
	"unicode/utf8"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// literal reads a literal, or gives nil when none stands here.
func (p *parser) literal() ast.Expr {
	t := p.tok()
	start := int(t.start)
	switch t.kind {
	case Long:
		return p.plainLiteral(ast.LongLit)
	case Real:
		return p.plainLiteral(ast.RealLit)
	case Timespan:
		return p.plainLiteral(ast.TimespanLit)
	case Bool:
		return p.plainLiteral(ast.BoolLit)
	case Typed:
		p.i++
		return p.typedLiteral(start, p.src[start:t.end])
	case String:
		return p.stringLiteral()
	case Keyword:
		if !p.isAt(p.i+1, "(") {
			return nil
		}
		switch p.word() {
		case "dynamic":
			return p.dynamic()
		case "typeof":
			return p.typeOf()
		}
	}
	return nil
}

func (p *parser) plainLiteral(k ast.LiteralKind) ast.Expr {
	start, sp := p.start(), p.span()
	p.i++
	return &ast.Literal{Pos: p.pos(start), Kind: k, Text: p.src[sp.Start:sp.End], TextAt: sp}
}

var typedKinds = map[string]ast.LiteralKind{
	"bool": ast.BoolLit, "int": ast.IntLit, "int32": ast.IntLit, "long": ast.LongLit, "int64": ast.LongLit,
	"real": ast.RealLit, "double": ast.RealLit, "decimal": ast.DecimalLit, "datetime": ast.DatetimeLit,
	"date": ast.DatetimeLit, "time": ast.TimespanLit, "timespan": ast.TimespanLit, "guid": ast.GuidLit,
}

// typedLiteral takes a token such as datetime(2020-01-01) apart.
func (p *parser) typedLiteral(start int, s string) ast.Expr {
	open := strings.IndexByte(s, '(')
	inner := strings.TrimSuffix(s[open+1:], ")")
	text := strings.TrimSpace(inner)
	at := start + open + 1 + (len(inner) - len(strings.TrimLeft(inner, " \t")))
	return &ast.Literal{
		Pos: p.pos(start), Kind: typedKinds[s[:open]], Type: s[:open], Text: text,
		Null:   text == "" || text == "null",
		TextAt: source.Span{Start: at, End: max(at, min(at+len(text), start+len(s)))},
	}
}

// stringLiteral reads one string, or several that stand side by side.
func (p *parser) stringLiteral() ast.Expr {
	start := p.start()
	s := &ast.String{}
	var b strings.Builder
	for p.tok().kind == String {
		from := p.start()
		raw := p.word()
		p.i++
		value, hidden := decodeString(raw)
		s.Parts = append(s.Parts, ast.StringPart{Pos: p.pos(from), Raw: raw, Value: value, Hidden: hidden})
		s.Value = value
		if len(s.Parts) > 1 || p.tok().kind == String {
			b.WriteString(value)
		}
	}
	if len(s.Parts) > 1 {
		s.Value = b.String()
	}
	s.Pos = p.pos(start)
	return s
}

// decodeString gives the text of a string token, and whether it is hidden.
// A token with a mistake in it is decoded as far as that goes.
func decodeString(raw string) (string, bool) {
	s, hidden := raw, false
	if s != "" && (s[0] == 'h' || s[0] == 'H') {
		s, hidden = s[1:], true
	}
	verbatim := strings.HasPrefix(s, "@")
	s = strings.TrimPrefix(s, "@")
	switch {
	case strings.HasPrefix(s, "```"), strings.HasPrefix(s, "~~~"):
		return strings.TrimSuffix(s[3:], s[:3]), hidden
	case s == "" || s[0] != '"' && s[0] != '\'':
		return strings.TrimFunc(s, isSmartQuote), hidden
	}
	q := s[:1]
	s = strings.TrimSuffix(s[1:], q)
	if verbatim {
		return strings.ReplaceAll(s, q+q, q), hidden
	}
	if !strings.Contains(s, `\`) {
		return s, hidden
	}
	return unescape(s), hidden
}

// unescape resolves the escapes of a string; unknown ones stay as they are.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := escapeLen(s[i:])
		if n == 0 {
			b.WriteByte('\\')
			i++
			continue
		}
		b.WriteRune(escapeRune(s[i+1 : i+n]))
		i += n
	}
	return b.String()
}

// escapeRune is the character an escape stands for, without its backslash.
func escapeRune(s string) rune {
	switch s[0] {
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return '\v'
	case 'x', 'u', 'U':
		return codePoint(s[1:], 16)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return codePoint(s, 8)
	}
	return rune(s[0])
}

func codePoint(digits string, base rune) rune {
	r := rune(0)
	for _, c := range digits {
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		if r = r*base + c; r > utf8.MaxRune {
			return utf8.RuneError
		}
	}
	return r
}

// dynamic reads dynamic(value).
func (p *parser) dynamic() ast.Expr {
	start := p.start()
	p.i += 2
	d := &ast.Dynamic{Value: p.json()}
	p.close(")")
	d.Pos = p.pos(start)
	return d
}

// json reads a value inside dynamic(): JSON, with KQL's literals as scalars.
func (p *parser) json() ast.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	start := p.start()
	switch {
	case p.is("["):
		p.i++
		a := &ast.Array{}
		for !p.is("]") || len(a.Items) > 0 {
			before := p.i
			a.Items = append(a.Items, p.json())
			if !p.accept(",") || p.i == before {
				break
			}
		}
		p.close("]")
		a.Pos = p.pos(start)
		return a
	case p.is("{") && p.nameEnd(p.i) != 0:
		return p.tryName(nameAsReference)
	case p.is("{"):
		p.i++
		b := &ast.Bag{}
		for !p.is("}") || len(b.Pairs) > 0 {
			before := p.i
			b.Pairs = append(b.Pairs, p.jsonPair())
			if !p.accept(",") || p.i == before {
				break
			}
		}
		p.close("}")
		b.Pos = p.pos(start)
		return b
	case p.is("null"):
		sp := p.span()
		p.i++
		return &ast.Literal{Pos: p.pos(start), Kind: ast.NullLit, Text: "null", Null: true, TextAt: sp}
	case p.is("-") && (p.kindAt(p.i+1) == Long || p.kindAt(p.i+1) == Real):
		p.i++
		lit := p.literal().(*ast.Literal)
		lit.Text, lit.Pos = "-"+lit.Text, p.pos(start)
		lit.TextAt.Start = start
		return lit
	case p.is("typeof"):
	default:
		if x := p.literal(); x != nil {
			return x
		}
	}
	p.report(msgJSON("a JSON value", p.found()), p.span())
	return p.bad()
}

func (p *parser) jsonPair() *ast.BagPair {
	start := p.start()
	if p.tok().kind != String {
		p.report(msgJSON(`a pair "name": value`, p.found()), p.span())
		at := p.prevEnd()
		return &ast.BagPair{Pos: ast.At(at, at), Key: &ast.String{Pos: ast.At(at, at)}, Value: p.bad()}
	}
	raw := p.word()
	p.i++
	value, hidden := decodeString(raw)
	key := &ast.String{Pos: p.pos(start), Value: value}
	key.Parts = []ast.StringPart{{Pos: key.Pos, Raw: raw, Value: value, Hidden: hidden}}
	pair := &ast.BagPair{Key: key}
	if p.expect(":") {
		pair.Value = p.json()
	} else {
		pair.Value = p.bad()
	}
	pair.Pos = p.pos(start)
	return pair
}

// typeOf reads typeof(...).
func (p *parser) typeOf() *ast.TypeOf {
	start := p.start()
	p.i += 2
	t := &ast.TypeOf{}
	for !p.is(")") && !p.atEOF() {
		before := p.i
		t.Items = append(t.Items, p.typeOfItem())
		if !p.accept(",") || p.i == before {
			break
		}
	}
	p.close(")")
	t.Pos = p.pos(start)
	return t
}

func (p *parser) typeOfItem() *ast.TypeOfItem {
	start := p.start()
	item := &ast.TypeOfItem{}
	switch end := p.nameEnd(p.i); {
	case p.accept("*"):
		item.Star = true
	case end != 0 && p.isAt(end, ":"):
		item.Name = p.name(nameInList, "the name of a column")
		p.i++
		if p.is("(") {
			item.Schema = p.schema()
		} else {
			item.Type = p.typeName()
		}
	default:
		item.Type = p.anyType()
	}
	item.Pos = p.pos(start)
	return item
}
