package parser

import "goshawk/internal/ast"

// statements reads a whole query.
func (p *parser) statements() []ast.Stmt {
	var out []ast.Stmt
	for !p.atEOF() {
		if p.is(";") {
			p.unexpected()
			p.i++
			continue
		}
		s := p.statement()
		if s != nil {
			out = append(out, s)
		}
		if p.accept(";") || p.atEOF() {
			continue
		}
		p.statementEnd(s)
	}
	return out
}

// statementEnd deals with what stands behind a statement instead of a
// semicolon: it goes on behind the next pipe or semicolon, or takes the rest
// as a new statement.
func (p *parser) statementEnd(s ast.Stmt) {
	for !p.atEOF() && !p.is(";") {
		if p.beginsStatement() {
			p.report(msgMissingSemicolon(p.found()), p.span())
			return
		}
		p.unexpected()
		p.next()
		p.skipTo("|", ";")
		x, ok := s.(*ast.ExprStmt)
		if !ok || !p.is("|") {
			continue
		}
		x.X = p.pipeTail(x.X, x.X.Span().Start)
		x.Pos = p.pos(x.At.Start)
	}
	p.accept(";")
}

// beginsStatement says whether the current token looks like the beginning of
// a statement whose predecessor lacks its semicolon.
func (p *parser) beginsStatement() bool {
	switch p.word() {
	case "let", "set", "declare", "restrict", "alias":
		return p.peek(1).kind == Ident || p.peek(1).kind == Keyword || p.isAt(p.i+1, "[")
	}
	t := p.tok()
	if t.flags&isHead != 0 {
		return true
	}
	if t.kind != Ident && t.kind != Keyword {
		return false
	}
	return p.firstOnLine() && (p.isAt(p.i+1, "|") || p.peek(1).kind == EOF || p.isAt(p.i+1, "("))
}

// firstOnLine says whether nothing stands before the current token on its
// line.
func (p *parser) firstOnLine() bool {
	for i := p.start() - 1; i >= p.prevEnd(); i-- {
		if isNewline(p.src[i]) {
			return true
		}
	}
	return p.i == 0
}

// statement reads one statement; nil means that nothing could be read.
func (p *parser) statement() ast.Stmt {
	start := p.start()
	follows := p.nameAt(p.i + 1)
	switch p.word() {
	case "let":
		if follows {
			return p.let()
		}
	case "set":
		p.i++
		s := &ast.Set{Name: p.name(nameAnywhere, "the name of an option")}
		if p.accept("=") {
			s.Value = p.expr()
		}
		s.Pos = p.pos(start)
		return s
	case "declare":
		if p.isAt(p.i+1, "query_parameters") {
			return p.queryParameters()
		}
		if p.isAt(p.i+1, "pattern") {
			return p.pattern()
		}
	case "restrict":
		if p.isAt(p.i+1, "access") {
			return p.restrict()
		}
	case "alias":
		if p.isAt(p.i+1, "database") {
			p.i += 2
			s := &ast.AliasDatabase{Name: p.name(nameAnywhere, "a name for the database")}
			p.expect("=")
			s.Value = p.expr()
			s.Pos = p.pos(start)
			return s
		}
	}
	if p.accept("|") {
		p.i--
		p.report(msgUnexpected(p.found(), "a query begins with a table"), p.span())
		x := p.pipeTail(nil, start)
		return &ast.ExprStmt{Pos: p.pos(start), X: x}
	}
	before := p.i
	x := p.pipe()
	if p.i == before {
		p.next()
		p.skipTo("|", ";")
		if p.is("|") {
			x = p.pipeTail(x, start)
		}
		if p.is(")") || p.is("]") || p.is("}") {
			p.i++
		}
	}
	return &ast.ExprStmt{Pos: p.pos(start), X: x}
}

// let reads `let name = value`.
func (p *parser) let() ast.Stmt {
	start := p.start()
	p.i++
	s := &ast.Let{Name: p.name(nameAnywhere, "a name")}
	p.expect("=")
	s.Value = p.letValue()
	s.Pos = p.pos(start)
	return s
}

// letValue reads what a let may name.
func (p *parser) letValue() ast.Expr {
	start := p.start()
	switch {
	case p.is("materialize") && p.isAt(p.i+1, "("):
		p.i += 2
		m := &ast.Materialize{X: p.pipe()}
		p.expect(")")
		m.Pos = p.pos(start)
		return m
	case p.is("entity_group"):
		return p.entityGroup()
	case p.is("view") && p.isAt(p.i+1, "("):
		p.i++
		return p.function(start, true)
	case p.isFunction():
		return p.function(start, false)
	}
	return p.pipe()
}

// isFunction tells `(a:long) {` and `() {` from an expression in parentheses.
func (p *parser) isFunction() bool {
	if !p.is("(") {
		return false
	}
	if p.isAt(p.i+1, ")") {
		return true
	}
	end := p.nameEnd(p.i + 1)
	if end == 0 || !p.isAt(end, ":") {
		return false
	}
	if p.isAt(end+1, "(") {
		return true
	}
	t := &p.toks[min(end+1, len(p.toks)-1)]
	return t.kind == Keyword && t.flags&nameAsReference == 0 || t.flags&isType != 0 ||
		t.kind == Punct || p.isAt(end+2, ",") || p.isAt(end+2, "=")
}

// entityGroup reads `entity_group [a, b]`.
func (p *parser) entityGroup() ast.Expr {
	start := p.start()
	p.i++
	g := &ast.EntityGroup{}
	if p.expect("[") {
		g.Items = p.list(func() ast.Expr { return p.entity(false) })
		p.expect("]")
	}
	g.Pos = p.pos(start)
	return g
}

// queryParameters reads `declare query_parameters(...)`.
func (p *parser) queryParameters() ast.Stmt {
	start := p.start()
	p.i += 2
	s := &ast.DeclareQueryParameters{}
	if p.is("(") && p.isAt(p.i+1, ")") {
		p.i++
		p.report(msgName("a parameter", p.found()), p.span())
		p.i++
	} else {
		s.Params = p.funcParams()
	}
	s.Pos = p.pos(start)
	return s
}

// restrict reads `restrict access to (...)`.
func (p *parser) restrict() ast.Stmt {
	start := p.start()
	p.i += 2
	s := &ast.Restrict{}
	p.expect("to")
	if p.expect("(") {
		s.Targets = p.list(func() ast.Expr { return p.entity(true) })
		p.expect(")")
	}
	if p.is("with") && p.isAt(p.i+1, "(") {
		p.i += 2
		s.With = p.properties(anyProperty)
		p.expect(")")
	}
	s.Pos = p.pos(start)
	return s
}
