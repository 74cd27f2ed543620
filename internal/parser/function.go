package parser

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// function reads `(params) { body }`; start is where `view` or the
// parenthesis stands.
func (p *parser) function(start int, view bool) ast.Expr {
	f := &ast.Function{View: view}
	f.Params = p.funcParams()
	f.Body = p.body()
	f.Pos = p.pos(start)
	return f
}

// funcParams reads parameters in parentheses.
func (p *parser) funcParams() []*ast.FuncParam {
	if !p.expect("(") {
		return nil
	}
	params := p.paramList()
	if !p.expect(")") {
		p.skipTo(";", "|")
		p.accept(")")
	}
	return params
}

// paramList reads parameters up to a closing parenthesis, which stays.
func (p *parser) paramList() []*ast.FuncParam {
	var out []*ast.FuncParam
	for !p.is(")") && !p.atEOF() {
		before := p.i
		out = append(out, p.funcParam())
		if !p.accept(",") || p.i == before {
			break
		}
		if p.is(")") {
			p.report(msgName("a parameter", p.found()), p.span())
		}
	}
	return out
}

// funcParam reads `name:type = default`.
func (p *parser) funcParam() *ast.FuncParam {
	start := p.start()
	f := &ast.FuncParam{Name: p.name(nameInList, "the name of a parameter")}
	if p.expect(":") {
		if p.is("(") {
			f.Schema = p.schema()
		} else {
			f.Type = p.typeName()
		}
	}
	if p.accept("=") {
		f.Default = p.constant("a constant", false)
	}
	f.Pos = p.pos(start)
	return f
}

// constant reads what may stand as a default or parameter value: a literal,
// with a sign if it is a number, or a word; brackets allows ['name'] too.
func (p *parser) constant(what string, brackets bool) ast.Expr {
	start := p.start()
	if (p.is("-") || p.is("+")) && isNumber(p.peek(1).kind) && p.peek(1).start == p.tok().end {
		p.i++
		lit := p.literal().(*ast.Literal)
		lit.Text = p.src[start:start+1] + lit.Text
		lit.Pos = p.pos(start)
		lit.TextAt.Start = start
		return lit
	}
	if x := p.literal(); x != nil {
		return x
	}
	if p.nameFlags(p.i)&nameAnywhere != 0 || p.is("{") || brackets && p.is("[") {
		if n := p.tryName(nameAnywhere); n != nil {
			return n
		}
	}
	p.report(msgName(what, p.found()), p.span())
	return p.bad()
}

func isNumber(k Kind) bool { return k == Long || k == Real || k == Timespan }

// body reads `{ statements; result }`.
func (p *parser) body() *ast.Body {
	start := p.start()
	if !p.enter() {
		return &ast.Body{Pos: p.pos(start)}
	}
	defer p.leave()
	if !p.expect("{") {
		return &ast.Body{Pos: p.pos(start)}
	}
	b := p.bareBody()
	if !p.is("}") {
		p.missing("}")
		p.skipTo(";")
		for p.is(";") && !p.atEOF() {
			p.i++
			p.skipTo(";")
		}
	}
	p.accept("}")
	b.Pos = p.pos(start)
	return b
}

// bareBody reads what stands between the braces of a function.
func (p *parser) bareBody() *ast.Body {
	start := p.start()
	b := &ast.Body{}
	for !p.is("}") && !p.atEOF() {
		if b.Result != nil {
			break
		}
		before := p.i
		switch s := p.bodyStatement().(type) {
		case *ast.ExprStmt:
			b.Result = s.X
			p.accept(";")
		case nil:
		default:
			b.Stmts = append(b.Stmts, s)
			if p.accept(";") {
				continue
			}
			if p.is("}") || p.atEOF() || p.beginsStatement() {
				p.report(msgMissingSemicolon(p.found()), p.span())
				continue
			}
			p.unexpected()
			p.skipTo(";")
			p.accept(";")
		}
		if p.i == before {
			break
		}
	}
	b.Pos = p.pos(start)
	return b
}

func (p *parser) bodyStatement() ast.Stmt {
	if p.is("set") || p.is("restrict") || p.is("alias") {
		if p.nameAt(p.i + 1) {
			p.report(msgUnexpected(p.found(), "a function body holds let statements and one expression"), p.span())
			return p.statement()
		}
	}
	switch {
	case p.is("let"):
		return p.let()
	case p.is("declare"):
		if !p.nextIs("query_parameters", "pattern") {
			p.i++
			p.missing("query_parameters")
			p.i--
		}
		return p.statement()
	}
	start := p.start()
	x := p.pipe()
	for !p.is("}") && !p.is(";") && !p.atEOF() {
		p.unexpected()
		before := p.i
		p.skipTo("|", ";")
		if p.is("|") {
			x = p.pipeTail(x, start)
		}
		if p.i == before {
			break
		}
	}
	return &ast.ExprStmt{Pos: p.pos(start), X: x}
}

// schema reads `(a:long, b:string)`, or `(*)`, for a tabular parameter.
func (p *parser) schema() *ast.Schema {
	start := p.start()
	s := &ast.Schema{}
	if !p.expect("(") {
		s.Pos = p.pos(start)
		return s
	}
	if p.accept("*") {
		s.Star = true
	} else {
		s.Columns = p.columns()
	}
	p.closeSchema()
	s.Pos = p.pos(start)
	return s
}

// rowSchema reads the columns of a datatable and the like; star allows `*`
// before them.
func (p *parser) rowSchema(star bool) *ast.Schema {
	start := p.start()
	s := &ast.Schema{}
	if p.expect("(") {
		if star && p.accept("*") {
			s.Star = true
			p.accept(",")
			s.Columns = p.columns()
		} else {
			s.Columns = p.columns()
		}
		p.closeSchema()
	}
	s.Pos = p.pos(start)
	return s
}

func (p *parser) closeSchema() {
	if !p.expect(")") {
		p.skipTo(";", "|")
		p.accept(")")
	}
}

// columns reads `a:long, b:string`; a comma may stand at the end.
func (p *parser) columns() []*ast.ColumnDecl {
	var out []*ast.ColumnDecl
	for !p.is(")") && !p.atEOF() && !p.is("*") {
		before := p.i
		out = append(out, p.column())
		if !p.accept(",") || p.i == before {
			break
		}
	}
	return out
}

func (p *parser) column() *ast.ColumnDecl {
	start := p.start()
	c := &ast.ColumnDecl{Name: p.name(nameInList, "the name of a column")}
	if p.expect(":") {
		if p.is("(") {
			c.Schema = p.schema()
		} else {
			c.Type = p.typeName()
		}
	}
	c.Pos = p.pos(start)
	return c
}

// typeName reads the name of a type that a column or parameter may have.
func (p *parser) typeName() *ast.TypeName {
	start := p.start()
	t := p.tok()
	if t.flags&isType != 0 {
		p.i++
		return &ast.TypeName{Pos: p.pos(start), Text: p.src[start:t.end]}
	}
	if t.kind == Ident || t.kind == Keyword {
		w := p.word()
		p.report(msgType(quoted(w), source.Nearest(w, strings.Fields(types))), p.span())
		p.i++
		return &ast.TypeName{Pos: p.pos(start), Text: w}
	}
	p.report(msgName("a type", p.found()), p.span())
	return &ast.TypeName{Pos: ast.At(p.prevEnd(), p.prevEnd())}
}

// anyType reads the name of a type inside typeof(), where more words do.
func (p *parser) anyType() *ast.TypeName {
	t := p.tok()
	if t.kind == Ident || t.kind == Keyword && t.flags&(nameAsReference|nameInList|isOperator) == 0 && p.nextIs(",", ")") {
		start := p.start()
		p.i++
		return &ast.TypeName{Pos: p.pos(start), Text: p.src[start:t.end]}
	}
	return p.typeName()
}

// nextIs says whether the token after the current one is one of signs.
func (p *parser) nextIs(signs ...string) bool {
	for _, s := range signs {
		if p.isAt(p.i+1, s) {
			return true
		}
	}
	return false
}

// pattern reads `declare pattern name = (params)[path] { cases }`.
func (p *parser) pattern() ast.Stmt {
	start := p.start()
	p.i += 2
	s := &ast.DeclarePattern{Name: p.name(nameAnywhere, "the name of a pattern")}
	if p.accept("=") {
		s.Params = p.funcParams()
		if p.accept("[") {
			s.Path = p.funcParam()
			p.expect("]")
		}
		if p.expect("{") {
			if !p.is("(") {
				p.report(msgExpected("a case such as (\"a\") = { ... };", p.found()), p.span())
			}
			for p.is("(") {
				s.Cases = append(s.Cases, p.patternCase())
			}
			p.expect("}")
		}
	}
	s.Pos = p.pos(start)
	return s
}

// patternCase reads `("a").["b"] = { body };`.
func (p *parser) patternCase() *ast.PatternCase {
	start := p.start()
	c := &ast.PatternCase{}
	p.expect("(")
	c.Args = p.list(p.expr)
	p.expect(")")
	if p.accept(".") {
		if p.expect("[") {
			c.Path = p.expr()
			p.expect("]")
		}
	}
	p.expect("=")
	c.Body = p.body()
	c.Pos = p.pos(start)
	p.expect(";")
	return c
}
