package parser

import "goshawk/internal/ast"

// externaldata reads `externaldata(schema) [uris] with (properties)`.
func (p *parser) externaldata() ast.Expr {
	start := p.start()
	p.i++
	e := &ast.ExternalData{Params: p.params(nil), Schema: p.rowSchema(false)}
	if p.expect("[") {
		e.URIs = p.list(p.expr)
		p.close("]")
	}
	e.With = p.withClause()
	e.Pos = p.pos(start)
	return e
}

func (p *parser) withClause() []*ast.Param {
	if !p.is("with") || !p.isAt(p.i+1, "(") {
		return nil
	}
	p.i += 2
	with := p.properties(anyProperty)
	p.close(")")
	return with
}

// inlineExternalTable reads `inline_external_table(schema) kind=... partition
// by (...) pathformat=(...) dataformat=... (uris) with (...)`.
func (p *parser) inlineExternalTable() ast.Expr {
	start := p.start()
	p.i++
	t := &ast.InlineExternalTable{}
	if p.is("(") {
		t.Schema = p.rowSchema(false)
	}
	format := false
	for {
		switch {
		case (p.is("kind") || p.is("dataformat")) && p.isAt(p.i+1, "="):
			format = format || p.is("dataformat") || p.isAt(p.i+2, "delta")
			t.Params = append(t.Params, p.param())
			continue
		case p.is("partition") && p.isAt(p.i+1, "by"):
			p.i += 2
			t.Partitions = p.inlinePartitions()
			continue
		case p.is("pathformat") && p.isAt(p.i+1, "="):
			p.i += 2
			t.PathFormat = p.pathFormat()
			continue
		}
		break
	}
	if !format {
		p.wanted("dataformat=...")
	}
	if p.expect("(") {
		t.URIs = p.list(p.expr)
		p.close(")")
	}
	t.With = p.withClause()
	t.Pos = p.pos(start)
	return t
}

func (p *parser) inlinePartitions() []*ast.InlinePartition {
	var out []*ast.InlinePartition
	p.expect("(")
	for !p.is(")") && !p.atEOF() {
		start, before := p.start(), p.i
		c := &ast.InlinePartition{Column: p.column()}
		if p.accept("=") {
			c.Value = p.expr()
		}
		c.Pos = p.pos(start)
		out = append(out, c)
		if !p.accept(",") || p.i == before {
			break
		}
	}
	p.close(")")
	return out
}

// pathFormat reads names, calls and strings side by side.
func (p *parser) pathFormat() []ast.Expr {
	var out []ast.Expr
	p.expect("(")
	for !p.is(")") && !p.atEOF() {
		before := p.i
		out = append(out, p.operand())
		if p.i == before {
			break
		}
	}
	p.close(")")
	return out
}
