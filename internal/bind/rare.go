package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// projectByNames types `project-by-names`: the names are computed.
func (b *binder) projectByNames(in plan.Rel, st *state, op *ast.ProjectByNames) plan.Rel {
	var items []plan.Item
	for _, e := range op.Items {
		d, ok := b.constant(&scope{env: st.env}, e)
		name, isText := d.V.(string)
		if !ok || !isText {
			return b.refused(st, op)
		}
		for _, c := range in.Cols() {
			if wild(name, c.Name) {
				items = append(items, pass(c))
			}
		}
	}
	return &plan.Project{Input: in, Items: items}
}

// reduce types `reduce`.
func (b *binder) reduce(in plan.Rel, st *state, op *ast.Reduce) plan.Rel {
	b.scalar(b.rowScope(in, st), op.By)
	l := newColumnList(b)
	if wordOf(paramNamed(op.Params, "kind")) == "source" {
		for _, c := range in.Cols() {
			l.put(c.Name, null(c.Type))
		}
	} else {
		st.open = false
	}
	l.put(l.unique("Pattern"), null(types.String))
	l.put(l.unique("Count"), null(types.Long))
	l.put(l.unique("Representative"), null(types.String))
	st.reordered()
	return b.unsupported(in, st, op, "reduce", l.cols())
}

// search types `search`: the table's name and the columns of what is searched.
func (b *binder) search(in plan.Rel, st *state, op *ast.Search) plan.Rel {
	var inputs []unionInput
	open := st.open
	if in != nil {
		inputs = append(inputs, unionInput{rel: in})
		if len(op.In) > 0 {
			b.errorf(codeTabular, op.Keyword(), "search in (...) begins a query and cannot stand after a pipe")
		}
	}
	list := op.In
	if in == nil && len(list) == 0 {
		list = []ast.Expr{&ast.Wildcard{Pos: ast.Pos{At: op.Keyword()}, Pattern: "*"}}
	}
	sources, more := b.sources(st, list)
	inputs = append(inputs, sources...)
	open = open || more || len(inputs) == 0
	u := &plan.Union{}
	b.unionColumns(u, inputs, false, "$table", op.Keyword())
	st.open = open
	st.reordered()
	return b.unsupported(in, st, op, "search", u.Columns)
}

// sources binds the tables that search and find look into.
func (b *binder) sources(st *state, list []ast.Expr) ([]unionInput, bool) {
	var out []unionInput
	open := false
	for _, e := range list {
		if w, ok := unparen(e).(*ast.Wildcard); ok {
			// Tables found by pattern give a column many types; which name it
			// gets then depends on the workspace.
			open = true
			for _, t := range b.o.Schema.TableNames() {
				if wild(w.Pattern, t) {
					out = append(out, unionInput{rel: b.pipe(st.env, &ast.Name{Pos: w.Pos, Text: t}), name: t})
				}
			}
			continue
		}
		r, rst := b.pipeline(st.env, e)
		open = open || b.open[r] || rst != nil && rst.open
		out = append(out, unionInput{rel: r})
	}
	return out, open
}

// find types `find`.
func (b *binder) find(st *state, op *ast.Find) plan.Rel {
	list := op.In
	if len(list) == 0 {
		list = []ast.Expr{&ast.Wildcard{Pos: ast.Pos{At: op.Keyword()}, Pattern: "*"}}
	}
	inputs, open := b.sources(st, list)
	source := wordOf(paramNamed(op.Params, "withsource"))
	if source == "" {
		source = "source_"
	}
	l := newColumnList(b)
	l.put(source, null(types.String))
	for _, fc := range op.Columns {
		n, ok := fc.X.(*ast.Name)
		if !ok || op.Output == "project-away" {
			open = true
			continue
		}
		t := types.Unknown
		for _, i := range inputs {
			if c := findCol(i.rel.Cols(), n.Text); c != nil {
				t = c.Type
				break
			}
		}
		if fc.Type != nil {
			t, _ = types.Parse(fc.Type.Text)
		}
		l.put(l.unique(n.Text), null(t))
	}
	if len(op.Columns) == 0 {
		open = true
	}
	st.open = open
	st.reordered()
	return b.unsupported(nil, st, op, "find", l.cols())
}

// facet checks `facet`, which has a result for each column.
func (b *binder) facet(in plan.Rel, st *state, op *ast.Facet) plan.Rel {
	for _, e := range op.By {
		b.named(in, st, e)
	}
	if op.With != nil {
		b.subpipe(st, in, op.With)
	}
	return b.refused(st, op)
}

// fork checks `fork`, which has a result for each branch.
func (b *binder) fork(in plan.Rel, st *state, op *ast.Fork) plan.Rel {
	for _, br := range op.Branches {
		b.subpipe(&state{env: st.env, open: st.open, serialized: st.serialized}, in, br.Sub)
	}
	return b.refused(st, op)
}

// partition types `partition`: the columns of its subquery.
func (b *binder) partition(in plan.Rel, st *state, op *ast.Partition) plan.Rel {
	b.named(in, st, op.By)
	sub, sst := b.subpipe(&state{env: st.env, open: st.open}, in, op.Sub)
	if sst != nil {
		st.open = sst.open
	}
	st.reordered()
	return b.unsupported(in, st, op, "partition", fresh(sub.Cols()))
}

// scan types `scan`: the input, what is declared, and the match's number.
func (b *binder) scan(in plan.Rel, st *state, op *ast.Scan) plan.Rel {
	l := extending(b, fresh(in.Cols()))
	for _, d := range op.Declare {
		if d.Name == nil || d.Type == nil {
			continue
		}
		t, ok := types.Parse(d.Type.Text)
		if !ok {
			b.errorf(codeType, d.Type.Span(), "there is no type %q", d.Type.Text)
		}
		l.put(d.Name.Text, null(t))
	}
	if p := paramNamed(op.Params, "with_match_id"); p != nil {
		l.put(l.unique(wordOf(p)), null(types.Long))
	}
	return b.unsupported(in, st, op, "scan", l.cols())
}
