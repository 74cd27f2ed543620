// Package parser turns the text of a KQL query into a syntax tree.
//
// It reads the whole language, accepts what Kusto's own parser accepts and
// goes on after a mistake, so that one pass names several. Meaning is not its
// business: names are not looked up, types not checked.
package parser

import (
	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// Bounds that keep hostile input harmless.
const (
	maxSize        = 4 << 20
	maxDepth       = 500
	maxChain       = 10_000
	maxDiagnostics = 100
)

type parser struct {
	text *source.Text
	src  string
	toks []token
	// i is the current token.
	i     int
	diags source.Diagnostics
	// failed says that something was reported, or left out as a consequence.
	failed bool
	// lastErr is the token at which something was last reported, or -1.
	lastErr int
	depth   int
	// height is that of the expression last read: operator chains make trees
	// deep without nesting.
	height   int
	comments []token
}

func newParser(text *source.Text) *parser {
	p := &parser{text: text, src: text.Src, lastErr: -1}
	if len(p.src) > maxSize {
		p.add(msgSize(len(p.src)), source.Span{})
		p.src = ""
	}
	l := newLexer(p.src)
	l.run()
	p.toks, p.comments = l.toks, l.comments
	p.lexical()
	return p
}

// Parse reads a query: statements between semicolons. The tree is whole even
// when there are errors.
func Parse(text *source.Text) (*ast.Query, source.Diagnostics) {
	p := newParser(text)
	q := &ast.Query{Pos: ast.At(0, len(text.Src))}
	for p.tok().kind == Directive {
		at := p.span()
		q.Directives = append(q.Directives, ast.Comment{Pos: ast.At(at.Start, at.End), Text: text.Src[at.Start:at.End]})
		p.i++
	}
	if p.is(".") {
		p.diags = nil
		p.report(msgCommand(), p.span())
		p.i = len(p.toks) - 1
	}
	q.Stmts = p.statements()
	q.Comments = p.commentNodes()
	return q, p.finish(q)
}

// ParseExpr reads one expression, scalar or tabular.
func ParseExpr(text *source.Text) (ast.Expr, source.Diagnostics) {
	p := newParser(text)
	x := p.pipe()
	p.end()
	return x, p.finish(x)
}

// ParseBody reads the body of a stored function: statements and a result,
// with or without the braces around them.
func ParseBody(text *source.Text) (*ast.Body, source.Diagnostics) {
	p := newParser(text)
	var b *ast.Body
	if p.is("{") && p.closesAtEnd() {
		b = p.body()
	} else {
		b = p.bareBody()
	}
	p.end()
	return b, p.finish(b)
}

// ParseParams reads the parameters of a stored function, with or without the
// parentheses around them.
func ParseParams(text *source.Text) ([]*ast.FuncParam, source.Diagnostics) {
	p := newParser(text)
	var params []*ast.FuncParam
	if p.is("(") {
		params = p.funcParams()
	} else {
		params = p.paramList()
	}
	p.end()
	return params, p.finish(nil)
}

// finish sorts what was found and makes every node cover its parts, which
// placeholders for missing text can hurt.
func (p *parser) finish(n ast.Node) source.Diagnostics {
	if p.failed && n != nil {
		ast.Cover(n)
	}
	return p.diags.Sort()
}

// closesAtEnd says whether the brace at the current token is closed by the
// last one.
func (p *parser) closesAtEnd() bool {
	depth := 0
	for i := p.i; i < len(p.toks); i++ {
		switch p.textOf(i) {
		case "{":
			depth++
		case "}":
			if depth--; depth == 0 {
				return p.toks[i+1].kind == EOF
			}
		}
	}
	return true
}

func (p *parser) commentNodes() []ast.Comment {
	if len(p.comments) == 0 {
		return nil
	}
	out := make([]ast.Comment, len(p.comments))
	for i, c := range p.comments {
		out[i] = ast.Comment{
			Pos: ast.At(int(c.start), int(c.end)), Text: p.src[c.start:c.end], Trailing: p.trails(int(c.start)),
		}
	}
	return out
}

// trails says whether something other than blanks stands between the
// beginning of the line and i.
func (p *parser) trails(i int) bool {
	for i--; i >= 0 && !isNewline(p.src[i]); i-- {
		if p.src[i] != ' ' && p.src[i] != '\t' {
			return true
		}
	}
	return false
}

// tok is the current token.
func (p *parser) tok() *token { return &p.toks[p.i] }

// peek is the token n further on; behind the end it is the last one.
func (p *parser) peek(n int) *token { return &p.toks[min(p.i+n, len(p.toks)-1)] }

func (p *parser) textOf(i int) string {
	t := &p.toks[min(i, len(p.toks)-1)]
	return p.src[t.start:t.end]
}

func (p *parser) word() string { return p.textOf(p.i) }

// start is where the current token begins.
func (p *parser) start() int { return int(p.tok().start) }

// prevEnd is where the token before the current one ends.
func (p *parser) prevEnd() int {
	if p.i == 0 {
		return 0
	}
	return int(p.toks[p.i-1].end)
}

// pos is the place from start to the last token read.
func (p *parser) pos(start int) ast.Pos { return ast.At(start, max(start, p.prevEnd())) }

// span is the place of the current token.
func (p *parser) span() source.Span {
	t := p.tok()
	return source.Span{Start: int(t.start), End: int(t.end)}
}

// isAt says whether token i is this word or sign.
func (p *parser) isAt(i int, s string) bool {
	t := &p.toks[min(i, len(p.toks)-1)]
	return int(t.end-t.start) == len(s) && t.kind != String && p.src[t.start:t.end] == s
}

func (p *parser) is(s string) bool { return p.isAt(p.i, s) }

func (p *parser) atEOF() bool { return p.tok().kind == EOF }

// next reads the current token; the end of the text is never passed.
func (p *parser) next() *token {
	t := p.tok()
	if t.kind != EOF {
		p.i++
	}
	return t
}

func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.i++
		return true
	}
	return false
}

// expect reads a sign or word that must stand here, or reports it missing.
func (p *parser) expect(s string) bool {
	if p.accept(s) {
		return true
	}
	p.missing(s)
	return false
}

// missing reports that s was expected at the current token.
func (p *parser) missing(s string) { p.wanted(quoted(s)) }

// wanted reports that something, in words, was expected at the current token.
func (p *parser) wanted(what string) { p.report(msgExpected(what, p.found()), p.span()) }

// found describes the current token for a message.
func (p *parser) found() string {
	t := p.tok()
	if t.kind == EOF {
		return "the end of the query"
	}
	s := p.src[t.start:t.end]
	if len(s) > 40 {
		s = s[:37] + "..."
	}
	return quoted(s)
}

func quoted(s string) string { return `"` + s + `"` }

// end reports what is left behind an expression or body.
func (p *parser) end() {
	if !p.atEOF() {
		p.unexpected()
	}
}

// unexpected reports the current token as out of place, with a hint for the
// usual slips.
func (p *parser) unexpected() {
	switch w := p.word(); {
	case p.tok().kind == Directive:
		p.report(msgDirective(), p.span())
	case p.tok().problem != noProblem:
		p.lastErr, p.failed = p.i, true
	case p.is("="):
		p.report(msgAssignment(), p.span())
	default:
		p.report(msgUnexpected(p.found(), slipHint(w)), p.span())
	}
}

// slipHint is what to write instead of a common slip.
func slipHint(w string) string {
	switch w {
	case "AND", "And", "&&", "&":
		return "write and"
	case "OR", "Or", "||":
		return "write or"
	case "NOT", "Not", "not":
		return "write not(...), or an operator such as !contains or !in"
	case "!":
		return "write the negated operator as one word, such as !contains or !in"
	case "CONTAINS", "HAS", "IN", "BETWEEN", "STARTSWITH", "ENDSWITH", "BY", "ON", "ASC", "DESC":
		return "keywords are written in small letters"
	case "LIKE", "Like":
		return "write contains, startswith, endswith or matches regex"
	case "===":
		return "write =="
	case "'", `"`:
		return "close the string on its line"
	}
	return ""
}

// enter guards nesting; each true answer must be paired with leave.
func (p *parser) enter() bool {
	if p.depth >= maxDepth {
		p.tooDeep()
		return false
	}
	p.depth++
	return true
}

func (p *parser) leave() { p.depth-- }

// tooDeep reports the depth once and gives up on the rest of the text.
func (p *parser) tooDeep() {
	p.report(msgDepth(), p.span())
	p.i = len(p.toks) - 1
	p.lastErr = p.i
}

// bad is a placeholder for something missing before the current token.
func (p *parser) bad() *ast.Bad {
	at := p.prevEnd()
	return &ast.Bad{Pos: ast.At(at, at)}
}

// skipTo moves to the next of the given signs outside brackets, or to the
// closing bracket of what is around, or to the end.
func (p *parser) skipTo(signs ...string) {
	depth := 0
	for !p.atEOF() {
		if p.tok().kind == Punct {
			w := p.word()
			if depth == 0 {
				for _, s := range signs {
					if w == s {
						return
					}
				}
			}
			switch w {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				if depth == 0 {
					return
				}
				depth--
			}
		}
		p.i++
	}
}
