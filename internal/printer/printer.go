// Package printer writes a syntax tree as canonical KQL: one operator a line,
// subqueries indented, long lists one item a line.
//
// What it writes parses to the same tree. All comments are kept; those that
// stood in the middle of an operator move behind it.
package printer

import (
	"strings"

	"goshawk/internal/ast"
)

// width is the length of line that lists and conditions are broken at.
const width = 100

// step is how far subqueries and broken lists are indented.
const step = 4

// maxIndent keeps hostile nesting from blowing up the output.
const maxIndent = 80

type printer struct {
	b      strings.Builder
	indent int
	// inline says that everything is to stand on one line.
	inline bool
	// room is how much may still be written when only measuring; over says
	// that it was not enough.
	measuring bool
	room      int
	over      bool

	comments []ast.Comment
	nextNote int
}

// Query writes a whole query, with a line break at its end.
func Query(q *ast.Query) string {
	p := &printer{comments: q.Comments}
	for _, d := range q.Directives {
		p.notes(d.Span().Start, false)
		p.write(d.Text)
		p.newline()
	}
	for i, s := range q.Stmts {
		if i > 0 {
			p.write(";")
			p.notes(s.Span().Start, true)
			p.newline()
		} else {
			p.notes(s.Span().Start, false)
		}
		p.stmt(s)
	}
	end := int(^uint(0) >> 1)
	p.notes(end, len(q.Stmts) > 0)
	if p.b.Len() > 0 && !strings.HasSuffix(p.b.String(), "\n") {
		p.b.WriteByte('\n')
	}
	return p.b.String()
}

// Expr writes one expression.
func Expr(x ast.Expr) string {
	p := &printer{}
	p.expr(x)
	return p.b.String()
}

// Body writes the body of a function without its braces.
func Body(b *ast.Body) string {
	p := &printer{}
	p.bodyLines(b)
	return p.b.String()
}

func (p *printer) write(parts ...string) {
	for _, s := range parts {
		if p.measuring {
			if p.room -= len(s); p.room < 0 || strings.Contains(s, "\n") {
				p.over = true
			}
			continue
		}
		p.b.WriteString(s)
	}
}

// newline begins a line; on one line it is a blank.
func (p *printer) newline() {
	if p.measuring || p.inline {
		p.write(" ")
		return
	}
	p.b.WriteByte('\n')
	for range min(p.indent, maxIndent) {
		p.b.WriteByte(' ')
	}
}

// notes writes the comments that stand before offset at. The first may end
// the current line when it did so in the source and text stands there.
func (p *printer) notes(at int, onLine bool) {
	if p.measuring || p.inline {
		return
	}
	for first := true; p.notesBefore(at); first = false {
		c := p.comments[p.nextNote]
		p.nextNote++
		text := strings.TrimRight(c.Text, " \t\f")
		switch {
		case !onLine:
			p.b.WriteString(text)
			p.newline()
			continue
		case first && c.Trailing:
			p.b.WriteByte(' ')
		default:
			p.newline()
		}
		p.b.WriteString(text)
	}
}

// notesBefore says whether a comment stands before at and is not yet written.
func (p *printer) notesBefore(at int) bool {
	return !p.measuring && !p.inline && p.nextNote < len(p.comments) && p.comments[p.nextNote].At.Start < at
}

// fits says whether f writes at most n characters and no line break.
func (p *printer) fits(n int, f func(*printer)) bool {
	m := &printer{measuring: true, inline: true, room: n}
	f(m)
	return !m.over
}

// list writes items between commas, on one line if they fit.
func list[T ast.Node](p *printer, items []T, one func(*printer, T)) {
	flat := func(m *printer) {
		for i, it := range items {
			if m.over {
				return
			}
			if i > 0 {
				m.write(", ")
			}
			one(m, it)
		}
	}
	if !breaks(p, items, flat) {
		flat(p)
		return
	}
	p.indent += step
	for i, it := range items {
		if i > 0 {
			p.write(",")
		}
		p.notes(it.Span().Start, true)
		p.newline()
		one(p, it)
	}
	p.indent -= step
}

// breaks says whether a list must be broken: it is too long, or a comment
// stands in it.
func breaks[T ast.Node](p *printer, items []T, flat func(*printer)) bool {
	if p.inline || len(items) == 0 {
		return false
	}
	if p.notesBefore(items[len(items)-1].Span().Start) {
		return true
	}
	return len(items) > 1 && !p.fits(width-p.indent-12, flat)
}

func (p *printer) exprs(items []ast.Expr) { list(p, items, (*printer).expr) }

func (p *printer) name(n *ast.Name) {
	if n == nil {
		return
	}
	switch n.Quote {
	case ast.Bracketed:
		p.write("['", escape(n.Text), "']")
	case ast.Braced:
		p.write("{", n.Text, "}")
	default:
		p.write(n.Text)
	}
}

// escape writes a text for single quotes.
func escape(s string) string {
	if !strings.ContainsAny(s, "'\\\n\r\t\x00") {
		return s
	}
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\x00`)

// params writes ` name=value` for each parameter.
func (p *printer) params(ps []*ast.Param) {
	for _, a := range ps {
		p.write(" ")
		p.param(a)
	}
}

func (p *printer) param(a *ast.Param) {
	p.name(a.Name)
	if l, ok := a.Value.(*ast.List); ok && a.Name.Text == "by" {
		p.write(" ")
		p.expr(l)
		return
	}
	p.write("=")
	p.expr(a.Value)
}

// props writes `with (a=1, b=2)`.
func (p *printer) props(ps []*ast.Param) {
	p.write(" with (")
	list(p, ps, (*printer).param)
	p.write(")")
}

func (p *printer) typeName(t *ast.TypeName) {
	if t != nil {
		p.write(t.Text)
	}
}

func (p *printer) schema(s *ast.Schema) {
	p.write("(")
	if s == nil {
		p.write(")")
		return
	}
	if s.Star {
		p.write("*")
		if len(s.Columns) > 0 {
			p.write(", ")
		}
	}
	list(p, s.Columns, (*printer).column)
	p.write(")")
}

func (p *printer) column(c *ast.ColumnDecl) {
	p.name(c.Name)
	p.write(":")
	if c.Schema != nil {
		p.schema(c.Schema)
	}
	p.typeName(c.Type)
}

func (p *printer) funcParam(f *ast.FuncParam) {
	p.name(f.Name)
	p.write(":")
	if f.Schema != nil {
		p.schema(f.Schema)
	}
	p.typeName(f.Type)
	if f.Default != nil {
		p.write(" = ")
		p.expr(f.Default)
	}
}

func (p *printer) order(o *ast.Order) {
	if o == nil {
		return
	}
	p.expr(o.X)
	if o.Dir != "" {
		p.write(" ", o.Dir)
	}
	if o.Nulls != "" {
		p.write(" nulls ", o.Nulls)
	}
}
