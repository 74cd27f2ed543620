package parser

import (
	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// datatable reads `datatable(schema) [values]`.
func (p *parser) datatable() ast.Expr {
	start := p.start()
	p.i++
	d := &ast.DataTable{Params: p.params(nil), Schema: p.rowSchema(false)}
	from := p.start()
	if p.expect("[") {
		p.accept(",")
		for !p.is("]") && !p.atEOF() {
			before := p.i
			d.Values = append(d.Values, p.datum())
			if !p.accept(",") || p.i == before {
				break
			}
		}
		p.close("]")
	}
	d.Pos = p.pos(start)
	d.ValueAt = source.Span{Start: from, End: max(from, p.prevEnd())}
	return d
}

// datum reads one value of a datatable: a literal.
func (p *parser) datum() ast.Expr {
	if p.nameFlags(p.i) == 0 || p.tok().kind == Keyword && p.isAt(p.i+1, "(") {
		return p.constant("a literal", false)
	}
	p.report(msgName("a literal", p.found()), p.span())
	p.i++
	p.skipTo(",", ";", "|")
	return p.bad()
}

// contextualDataTable reads the internal `__contextual_datatable id (schema)`.
func (p *parser) contextualDataTable() ast.Expr {
	start := p.start()
	p.i++
	c := &ast.ContextualDataTable{ID: p.expr(), Schema: p.rowSchema(false)}
	c.Pos = p.pos(start)
	return c
}

// viewCombine reads the internal `materialized-view-combine (view) base (...)
// delta (...) aggregations (...)`.
func (p *parser) viewCombine() ast.Expr {
	start := p.start()
	p.i++
	part := func(word string, sub func() ast.Expr) ast.Expr {
		if word != "" && !p.expect(word) || !p.expect("(") {
			return p.bad()
		}
		x := sub()
		p.close(")")
		return x
	}
	c := &ast.MaterializedViewCombine{View: part("", p.expr)}
	c.Base = part("base", p.pipe)
	c.Delta = part("delta", p.pipe)
	c.Aggs = part("aggregations", p.bareSubPipe)
	c.Pos = p.pos(start)
	return c
}
