package printer

import "goshawk/internal/ast"

// data writes literals of data and the tables made of them.
func (p *printer) data(x ast.Expr) {
	switch x := x.(type) {
	case *ast.Dynamic:
		p.write("dynamic(")
		p.expr(x.Value)
		p.write(")")
	case *ast.Array:
		p.write("[")
		p.exprs(x.Items)
		p.write("]")
	case *ast.Bag:
		p.write("{")
		list(p, x.Pairs, func(p *printer, b *ast.BagPair) {
			p.expr(b.Key)
			p.write(": ")
			p.expr(b.Value)
		})
		p.write("}")
	case *ast.TypeOf:
		p.typeOf(x)
	case *ast.DataTable:
		p.datatable(x)
	case *ast.ExternalData:
		p.write("externaldata")
		p.schemaWith(x.Params, x.Schema)
		p.write(" [")
		p.exprs(x.URIs)
		p.write("]")
		if x.With != nil {
			p.props(x.With)
		}
	case *ast.InlineExternalTable:
		p.inlineTable(x)
	case *ast.ContextualDataTable:
		p.write("__contextual_datatable ")
		p.expr(x.ID)
		p.write(" ")
		p.schema(x.Schema)
	case *ast.MaterializedViewCombine:
		p.write("materialized-view-combine (")
		p.expr(x.View)
		p.write(")")
		p.block(" base (", x.Base, ")", x.Base)
		p.block(" delta (", x.Delta, ")", x.Delta)
		p.block(" aggregations (", x.Aggs, ")", x)
	}
}

func (p *printer) schemaWith(params []*ast.Param, s *ast.Schema) {
	p.params(params)
	if len(params) > 0 {
		p.write(" ")
	}
	p.schema(s)
}

func (p *printer) typeOf(x *ast.TypeOf) {
	p.write("typeof(")
	list(p, x.Items, func(p *printer, it *ast.TypeOfItem) {
		switch {
		case it.Star:
			p.write("*")
		case it.Name != nil:
			p.name(it.Name)
			p.write(":")
		}
		if it.Schema != nil {
			p.schema(it.Schema)
		}
		p.typeName(it.Type)
	})
	p.write(")")
}

// datatable writes the values one row a line, as many as there are columns.
func (p *printer) datatable(x *ast.DataTable) {
	p.write("datatable")
	p.schemaWith(x.Params, x.Schema)
	cols := 1
	if x.Schema != nil {
		cols = max(1, len(x.Schema.Columns))
	}
	flat := func(m *printer) { m.exprs(x.Values) }
	if p.inline || len(x.Values) == 0 || !p.notesBefore(x.Values[len(x.Values)-1].Span().Start) &&
		(len(x.Values) <= cols || p.fits(60, flat)) {
		p.write(" [")
		flat(p)
		p.write("]")
		return
	}
	p.newline()
	p.write("[")
	p.indent += step
	for i, v := range x.Values {
		if i > 0 {
			p.write(",")
		}
		if i%cols == 0 || p.notesBefore(v.Span().Start) {
			p.notes(v.Span().Start, true)
			p.newline()
		} else {
			p.write(" ")
		}
		p.expr(v)
	}
	p.indent -= step
	p.newline()
	p.write("]")
}

func (p *printer) inlineTable(x *ast.InlineExternalTable) {
	p.write("inline_external_table")
	if x.Schema != nil {
		p.schema(x.Schema)
	}
	p.params(x.Params)
	if x.Partitions != nil {
		p.write(" partition by (")
		list(p, x.Partitions, func(p *printer, c *ast.InlinePartition) {
			p.column(c.Column)
			if c.Value != nil {
				p.write(" = ")
				p.expr(c.Value)
			}
		})
		p.write(")")
	}
	if x.PathFormat != nil {
		p.write(" pathformat = (")
		for i, part := range x.PathFormat {
			if i > 0 {
				p.write(" ")
			}
			p.expr(part)
		}
		p.write(")")
	}
	p.write(" (")
	p.exprs(x.URIs)
	p.write(")")
	if x.With != nil {
		p.props(x.With)
	}
}
