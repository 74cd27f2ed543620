package printer

import "goshawk/internal/ast"

func (p *printer) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.Let:
		p.write("let ")
		p.name(s.Name)
		p.write(" = ")
		p.indented(s.Value)
	case *ast.ExprStmt:
		p.query(s.X)
	case *ast.Set:
		p.write("set ")
		p.name(s.Name)
		if s.Value != nil {
			p.write(" = ")
			p.indented(s.Value)
		}
	case *ast.DeclareQueryParameters:
		p.write("declare query_parameters(")
		list(p, s.Params, (*printer).funcParam)
		p.write(")")
	case *ast.DeclarePattern:
		p.pattern(s)
	case *ast.Restrict:
		p.write("restrict access to (")
		p.exprs(s.Targets)
		p.write(")")
		if s.With != nil {
			p.props(s.With)
		}
	case *ast.AliasDatabase:
		p.write("alias database ")
		p.name(s.Name)
		p.write(" = ")
		p.indented(s.Value)
	}
}

// indented writes an expression whose further lines are indented.
func (p *printer) indented(x ast.Expr) {
	if _, ok := x.(*ast.Pipe); !ok {
		p.expr(x)
		return
	}
	p.indent += step
	p.query(x)
	p.indent -= step
}

func (p *printer) pattern(s *ast.DeclarePattern) {
	p.write("declare pattern ")
	p.name(s.Name)
	if s.Cases == nil && s.Params == nil {
		return
	}
	p.write(" = (")
	list(p, s.Params, (*printer).funcParam)
	p.write(")")
	if s.Path != nil {
		p.write("[")
		p.funcParam(s.Path)
		p.write("]")
	}
	p.write(" {")
	p.indent += step
	for _, c := range s.Cases {
		p.newline()
		p.write("(")
		p.exprs(c.Args)
		p.write(")")
		if c.Path != nil {
			p.write(".[")
			p.expr(c.Path)
			p.write("]")
		}
		p.write(" = ")
		p.body(c.Body)
		p.write(";")
	}
	p.indent -= step
	p.newline()
	p.write("}")
}

// body writes a function body with its braces.
func (p *printer) body(b *ast.Body) {
	if b == nil || len(b.Stmts) == 0 && b.Result == nil {
		p.write("{ }")
		return
	}
	p.write("{")
	p.indent += step
	p.notes(bodyStart(b), true)
	p.newline()
	p.bodyLines(b)
	p.indent -= step
	p.notes(b.At.End, true)
	p.newline()
	p.write("}")
}

func bodyStart(b *ast.Body) int {
	if len(b.Stmts) > 0 {
		return b.Stmts[0].Span().Start
	}
	return b.Result.Span().Start
}

// bodyLines writes what stands between the braces.
func (p *printer) bodyLines(b *ast.Body) {
	for i, s := range b.Stmts {
		if i > 0 {
			p.notes(s.Span().Start, true)
			p.newline()
		}
		p.stmt(s)
		p.write(";")
	}
	if b.Result != nil {
		if len(b.Stmts) > 0 {
			p.notes(b.Result.Span().Start, true)
			p.newline()
		}
		p.query(b.Result)
	}
}

// query writes an expression with its operators one a line.
func (p *printer) query(x ast.Expr) {
	pipe, ok := x.(*ast.Pipe)
	if !ok {
		p.expr(x)
		return
	}
	for i, op := range pipe.Ops {
		switch {
		case i == 0 && pipe.Source != nil:
			p.expr(pipe.Source)
			fallthrough
		case i > 0:
			p.notes(op.Span().Start, true)
			p.newline()
			p.write("| ")
		}
		p.operator(op)
		if p.over {
			return
		}
	}
}

// block writes a subquery between brackets: on one line when it is short,
// else indented on lines of its own. Comments up to the end of outer, which
// holds the brackets, belong into it.
func (p *printer) block(open string, x ast.Expr, end string, outer ast.Node) {
	p.write(open)
	pipe, piped := x.(*ast.Pipe)
	if !piped {
		p.expr(x)
		p.write(end)
		return
	}
	small := len(pipe.Ops) < 3 && !p.notesBefore(outer.Span().End) && p.fits(60, func(m *printer) { m.query(x) })
	if p.inline || small {
		was := p.inline
		p.inline = true
		p.query(x)
		p.inline = was
		p.write(end)
		return
	}
	p.indent += step
	p.notes(x.Span().Start, true)
	p.newline()
	p.query(x)
	p.indent -= step
	p.notes(outer.Span().End, true)
	p.newline()
	p.write(end)
}
