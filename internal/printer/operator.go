package printer

import "goshawk/internal/ast"

// items writes an operator of a word and a list.
func (p *printer) items(word string, items []ast.Expr) {
	p.write(word)
	if len(items) > 0 {
		p.spaced(items)
	}
}

// spaced writes a list behind a word: on the line, or broken below it.
func (p *printer) spaced(items []ast.Expr) {
	listAfter(p, items, (*printer).expr)
}

// listAfter is list with a blank before it when it stays on the line.
func listAfter[T ast.Node](p *printer, items []T, one func(*printer, T)) {
	if !breaks(p, items, func(m *printer) { list(m, items, one) }) {
		p.write(" ")
	}
	list(p, items, one)
}

// clause writes ` word expr` if there is an expression.
func (p *printer) clause(word string, x ast.Expr) {
	if x != nil {
		p.write(" ", word, " ")
		p.expr(x)
	}
}

func (p *printer) operator(op ast.Operator) {
	switch o := op.(type) {
	case *ast.Where:
		p.write("where")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.Cond)
	case *ast.Extend:
		p.items("extend", o.Items)
	case *ast.Project:
		p.items("project", o.Items)
	case *ast.ProjectAway:
		p.items("project-away", o.Items)
	case *ast.ProjectKeep:
		p.items("project-keep", o.Items)
	case *ast.ProjectRename:
		p.items("project-rename", o.Items)
	case *ast.ProjectByNames:
		p.items("project-by-names", o.Items)
	case *ast.ProjectReorder:
		p.write("project-reorder")
		if len(o.Items) > 0 {
			listAfter(p, o.Items, (*printer).order)
		}
	case *ast.Print:
		p.items("print", o.Items)
	case *ast.Serialize:
		p.write("serialize")
		p.params(o.Params)
		if len(o.Items) > 0 {
			p.spaced(o.Items)
		}
	case *ast.Summarize:
		p.summarize(o)
	case *ast.Distinct:
		p.write("distinct")
		p.params(o.Params)
		p.spaced(o.Items)
	case *ast.Count:
		p.write("count")
		p.params(o.Params)
		if o.As != nil {
			p.write(" as ")
			p.name(o.As)
		}
	case *ast.Sort:
		p.write("sort")
		p.params(o.Params)
		p.write(" by")
		listAfter(p, o.By, (*printer).order)
	case *ast.Top:
		p.write("top")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.N)
		p.write(" by ")
		p.order(o.By)
	case *ast.Take:
		p.write("take")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.N)
	case *ast.Sample:
		p.write("sample")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.N)
	case *ast.SampleDistinct:
		p.write("sample-distinct")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.N)
		p.clause("of", o.Of)
	case *ast.Join:
		p.join("join", o.Params, o.Right, o.On, o.Where)
	case *ast.Lookup:
		p.join("lookup", o.Params, o.Right, o.On, nil)
	case *ast.Union:
		p.write("union")
		p.params(o.Params)
		p.spaced(o.Sources)
	case *ast.As:
		p.write("as")
		p.params(o.Params)
		p.write(" ")
		p.name(o.Name)
	case *ast.Range:
		p.write("range ")
		p.name(o.Name)
		p.clause("from", o.From)
		p.clause("to", o.To)
		p.clause("step", o.Step)
	case *ast.MvExpand, *ast.MvApply:
		p.mv(o)
	case *ast.Parse:
		p.parse("parse", o.Params, o.X, o.Pattern)
	case *ast.ParseWhere:
		p.parse("parse-where", o.Params, o.X, o.Pattern)
	case *ast.ParseKv:
		p.write("parse-kv ")
		p.expr(o.X)
		p.write(" as ")
		p.schema(o.Keys)
		if o.With != nil {
			p.props(o.With)
		}
	case *ast.Render:
		p.render(o)
	case *ast.Invoke:
		p.write("invoke ")
		p.expr(o.Call)
	case *ast.Evaluate:
		p.write("evaluate")
		p.params(o.Params)
		p.write(" ")
		p.expr(o.Call)
		if o.Schema != nil {
			p.write(" : ")
			p.schema(o.Schema)
		}
	default:
		p.rare(op)
	}
}

func (p *printer) summarize(o *ast.Summarize) {
	p.write("summarize")
	p.params(o.Params)
	if len(o.Aggs) > 0 {
		p.spaced(o.Aggs)
	}
	if len(o.By) > 0 {
		if len(o.Aggs) > 1 && !p.fits(width-p.indent-12, func(m *printer) { m.exprs(o.Aggs); m.exprs(o.By) }) {
			p.indent += step
			p.newline()
			p.write("by")
			p.spaced(o.By)
			p.indent -= step
		} else {
			p.write(" by")
			p.spaced(o.By)
		}
	}
	if o.Bin != nil {
		p.write(" bin=")
		p.expr(o.Bin)
	}
}

func (p *printer) join(word string, params []*ast.Param, right ast.Expr, on []ast.Expr, where ast.Expr) {
	p.write(word)
	p.params(params)
	p.write(" ")
	p.expr(right)
	if len(on) > 0 {
		p.write(" on")
		p.spaced(on)
	}
	p.clause("where", where)
}

func (p *printer) mv(op ast.Operator) {
	item := func(p *printer, m *ast.MvItem) {
		p.expr(m.X)
		if m.To != nil {
			p.write(" to ")
			p.typeOf(m.To)
		}
	}
	switch o := op.(type) {
	case *ast.MvExpand:
		p.write("mv-expand")
		p.params(o.Params)
		listAfter(p, o.Items, item)
		p.clause("limit", o.Limit)
	case *ast.MvApply:
		p.write("mv-apply")
		p.params(o.Params)
		listAfter(p, o.Items, item)
		p.clause("limit", o.Limit)
		p.clause("id", o.ID)
		p.block(" on (", o.Sub, ")", o)
	}
}

func (p *printer) parse(word string, params []*ast.Param, x ast.Expr, pattern []*ast.ParsePart) {
	p.write(word)
	p.params(params)
	p.write(" ")
	p.expr(x)
	p.write(" with")
	for _, part := range pattern {
		p.write(" ")
		switch {
		case part.Star:
			p.write("*")
		case part.Text != nil:
			p.expr(part.Text)
		default:
			p.name(part.Column)
			if part.Type != nil {
				p.write(":")
				p.typeName(part.Type)
			}
		}
	}
}

func (p *printer) render(o *ast.Render) {
	p.write("render ")
	p.name(o.Chart)
	p.params(o.Params)
	if o.With != nil {
		p.props(o.With)
	}
}
