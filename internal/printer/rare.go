package printer

import "goshawk/internal/ast"

// rare writes the operators that are seldom seen.
func (p *printer) rare(op ast.Operator) {
	switch o := op.(type) {
	case *ast.GetSchema:
		p.write("getschema")
		p.params(o.Params)
	case *ast.Consume:
		p.write("consume")
		p.params(o.Params)
	case *ast.AssertSchema:
		p.write("assert-schema ")
		p.schema(o.Schema)
	case *ast.ExecuteAndCache:
		p.write("__executeAndCache")
	case *ast.MakeSeries:
		p.makeSeries(o)
	case *ast.TopNested:
		p.topNested(o)
	case *ast.TopHitters:
		p.write("top-hitters ")
		p.expr(o.N)
		p.clause("of", o.Of)
		p.clause("by", o.By)
	case *ast.Search:
		p.write("search")
		p.params(o.Params)
		p.inTables(o.In)
		p.write(" ")
		p.expr(o.Cond)
	case *ast.Find:
		p.find(o)
	case *ast.Facet:
		p.write("facet by")
		p.spaced(o.By)
		if o.With != nil {
			p.block(" with (", o.With, ")", o)
		}
	case *ast.Fork:
		p.fork(o)
	case *ast.Reduce:
		p.write("reduce")
		p.params(o.Params)
		p.clause("by", o.By)
		if len(o.With) > 0 {
			p.write(" with ")
			list(p, o.With, (*printer).param)
		}
	case *ast.Partition:
		p.write("partition")
		p.params(o.Params)
		p.clause("by", o.By)
		p.clause("in", o.In)
		if o.Braces {
			p.block(" {", o.Sub, "}", o)
		} else {
			p.block(" (", o.Sub, ")", o)
		}
	case *ast.PartitionBy:
		p.write("__partitionby")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.By)
		p.clause("id", o.ID)
		p.block(" (", o.Sub, ")", o)
	case *ast.Scan:
		p.scan(o)
	case *ast.MacroExpand:
		p.macroExpand(o)
	default:
		p.graph(op)
	}
}

func (p *printer) makeSeries(o *ast.MakeSeries) {
	p.write("make-series")
	p.params(o.Params)
	listAfter(p, o.Aggs, func(p *printer, a *ast.SeriesAgg) {
		p.expr(a.X)
		if a.Default != nil {
			p.write(" default=")
			p.expr(a.Default)
		}
	})
	p.clause("on", o.On)
	if o.InRange {
		p.write(" in range(")
		var args []ast.Expr
		for _, x := range []ast.Expr{o.From, o.To, o.Step} {
			if x != nil {
				args = append(args, x)
			}
		}
		p.exprs(args)
		p.write(")")
	} else {
		p.clause("from", o.From)
		p.clause("to", o.To)
		p.clause("step", o.Step)
	}
	if len(o.By) > 0 {
		p.write(" by")
		p.spaced(o.By)
	}
}

// topNested writes one level a line.
func (p *printer) topNested(o *ast.TopNested) {
	p.indent += 2
	for i, l := range o.Levels {
		if i > 0 {
			p.write(",")
			p.notes(l.At.Start, true)
			p.newline()
		}
		p.topNestedLevel(l)
	}
	p.indent -= 2
}

func (p *printer) topNestedLevel(l *ast.TopNestedLevel) {
	p.write("top-nested")
	if l.N != nil {
		p.write(" ")
		p.expr(l.N)
	}
	p.clause("of", l.Of)
	if l.WithOthers != nil {
		p.write(" with others=")
		p.expr(l.WithOthers)
	}
	p.write(" by ")
	p.order(l.By)
}

func (p *printer) inTables(tables []ast.Expr) {
	if tables == nil {
		return
	}
	p.write(" in (")
	p.exprs(tables)
	p.write(")")
}

func (p *printer) find(o *ast.Find) {
	p.write("find")
	if o.DataScope != nil {
		p.write(" datascope=")
		p.name(o.DataScope)
	}
	p.params(o.Params)
	p.inTables(o.In)
	p.clause("where", o.Cond)
	if o.Output == "" {
		return
	}
	p.write(" ", o.Output)
	if len(o.Columns) > 0 {
		listAfter(p, o.Columns, func(p *printer, c *ast.FindColumn) {
			p.expr(c.X)
			if c.Type != nil {
				p.write(":")
				p.typeName(c.Type)
			}
		})
	}
}

func (p *printer) fork(o *ast.Fork) {
	p.write("fork")
	p.indent += step
	for _, b := range o.Branches {
		p.newline()
		if b.Name != nil {
			p.name(b.Name)
			p.write(" = ")
		}
		p.block("(", b.Sub, ")", b)
	}
	p.indent -= step
}

func (p *printer) scan(o *ast.Scan) {
	p.write("scan")
	p.params(o.Params)
	if len(o.OrderBy) > 0 {
		p.write(" order by")
		listAfter(p, o.OrderBy, (*printer).order)
	}
	if len(o.PartitionBy) > 0 {
		p.write(" partition by")
		p.spaced(o.PartitionBy)
	}
	if o.Declare != nil {
		p.write(" declare (")
		list(p, o.Declare, (*printer).funcParam)
		p.write(")")
	}
	p.write(" with (")
	p.indent += step
	for _, s := range o.Steps {
		p.notes(s.At.Start, true)
		p.newline()
		p.write("step ")
		p.name(s.Name)
		if s.Optional {
			p.write(" optional")
		}
		if s.Output != "" {
			p.write(" output=", s.Output)
		}
		p.write(": ")
		p.expr(s.Cond)
		if len(s.Assigns) > 0 {
			p.write(" =>")
			p.spaced(s.Assigns)
		}
		p.write(";")
	}
	p.indent -= step
	p.newline()
	p.write(")")
}

func (p *printer) macroExpand(o *ast.MacroExpand) {
	p.write("macro-expand")
	p.params(o.Params)
	p.write(" ")
	p.expr(o.Group)
	if o.As != nil {
		p.write(" as ")
		p.name(o.As)
	}
	p.write(" (")
	p.indent += step
	p.newline()
	p.bodyLines(o.Body)
	p.indent -= step
	p.newline()
	p.write(")")
}
