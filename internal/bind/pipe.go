package bind

import (
	"errors"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// pipe binds a tabular expression; after a diagnostic it gives badRel.
func (b *binder) pipe(en *env, e ast.Expr) plan.Rel {
	rel, _ := b.pipeline(en, e)
	return rel
}

// pipeline is pipe with what is known about the rows afterwards.
func (b *binder) pipeline(en *env, e ast.Expr) (plan.Rel, *state) {
	fail := func() (plan.Rel, *state) { return b.badRel(), &state{env: en, open: true} }
	if e == nil || !b.enter(e.Span()) {
		return fail()
	}
	defer b.leave()
	switch n := e.(type) {
	case *ast.Paren:
		return b.pipeline(en, n.X)
	case *ast.Pipe:
		var rel plan.Rel
		st := &state{env: en}
		if n.Source == nil {
			if en.input == nil {
				if len(n.Ops) > 0 {
					b.errorf(codeTabular, n.Ops[0].Keyword(), "this operator needs a table before it")
				}
				return fail()
			}
			rel = en.input
			st.open = b.open[rel]
		} else {
			rel, st = b.pipeline(en, n.Source)
		}
		st.env = en
		st.top = e == b.topExpr
		return b.operators(rel, st, n.Ops)
	case *ast.Head:
		return b.operators(nil, &state{env: en}, []ast.Operator{n.Op})
	case *ast.Name:
		return b.tableNamed(en, n)
	case *ast.Call:
		return b.tabularCall(en, n)
	case *ast.Path:
		return b.qualified(en, n)
	case *ast.DataTable:
		return b.datatable(en, n), &state{env: en}
	case *ast.ExternalData:
		return b.external(en, n), &state{env: en}
	case *ast.Materialize:
		return b.materialize(en, n)
	case *ast.ToTable:
		return b.pipeline(en, n.X)
	case *ast.Bad:
		return fail()
	case *ast.Assign:
		return b.pipeline(en, n.Value)
	case *ast.InlineExternalTable, *ast.ContextualDataTable, *ast.MaterializedViewCombine:
		b.refuse(codeUnsupported, e.Span(), "this kind of table is not supported")
		return fail()
	}
	b.errorf(codeTabular, e.Span(), "a table is expected here")
	return fail()
}

// operators applies operators one after the other.
func (b *binder) operators(rel plan.Rel, st *state, ops []ast.Operator) (plan.Rel, *state) {
	for _, op := range ops {
		if len(st.extra) > 0 && !b.afterSeveral(st, op) {
			continue
		}
		rel = b.operator(rel, st, op)
	}
	if st.open {
		b.open[rel] = true
	}
	return rel, st
}

// subpipe binds a subquery whose source is in (mv-apply, partition, fork).
func (b *binder) subpipe(st *state, in plan.Rel, e ast.Expr) (plan.Rel, *state) {
	en := newEnv(st.env)
	en.input = in
	if st.open {
		b.open[in] = true
	}
	return b.pipeline(en, e)
}

// tableNamed is the table, tabular let or stored function of a name.
func (b *binder) tableNamed(en *env, n *ast.Name) (plan.Rel, *state) {
	st := &state{env: en}
	if v := en.lookup(n.Text); v != nil {
		b.traceName(n, v)
		switch {
		case v.fn != nil && len(v.fn.params) == 0 || v.fn != nil && allDefault(v.fn):
			r := b.callFunction(&scope{env: en}, v.fn, &ast.Call{Pos: n.Pos, Name: n})
			return b.relResult(n, r)
		case v.rel != nil || v.expr != nil:
			rel := b.useRel(v)
			st.open = b.open[rel]
			return rel, st
		case v.scalar != nil && isBad(v.scalar):
			st.open = true
			return b.badRel(), st
		}
		b.errorf(codeTabular, n.Span(), "%q is not a table", n.Text)
		st.open = true
		return b.badRel(), st
	}
	if rel, ok := b.readAt("", n.Text, n.Span()); ok || b.calling(n.Text, &rel) {
		b.traceTable(n, rel)
		return rel, st
	}
	if f, ok := b.stored(n.Text); ok {
		return b.relResult(n, b.callFunction(&scope{env: en}, f, &ast.Call{Pos: n.Pos, Name: n}))
	}
	if n.Text != "" {
		b.unknown(codeUnknownTable, n.Span(), "table", n.Text, append(b.o.Schema.TableNames(), en.known()...))
	}
	st.open = true
	return b.badRel(), st
}

// calling says whether name is a function being called, inside which the name
// stands for the table of that name, if there is one.
func (b *binder) calling(name string, rel *plan.Rel) bool {
	c, ok := b.o.Schema.(interface {
		TableBehind(name string) (scan.Table, types.Schema, bool)
	})
	if !ok {
		return false
	}
	f, stored := b.stored(name)
	for _, up := range b.calls {
		if stored && f.body != nil && up.body == f.body {
			if t, schema, found := c.TableBehind(name); found {
				*rel = b.scanOf(name, t, schema)
				return true
			}
		}
	}
	return false
}

func allDefault(f *function) bool {
	for _, p := range f.params {
		if p.Default == nil {
			return false
		}
	}
	return true
}

// table scans a table of the workspace.
func (b *binder) table(name string) (plan.Rel, bool) {
	t, schema, ok := b.o.Schema.Table(name)
	if !ok {
		return nil, false
	}
	return b.scanOf(name, t, schema), true
}

// scanOf reads a table, and notes that it is read.
func (b *binder) scanOf(name string, t scan.Table, schema types.Schema) plan.Rel {
	if !b.tables[name] {
		b.tables[name] = true
		b.tableList = append(b.tableList, name)
	}
	out := &plan.Scan{Name: name, Table: t}
	for _, c := range schema {
		out.Columns = append(out.Columns, &plan.Col{Name: c.Name, Type: c.Type})
		out.Sources = append(out.Sources, scan.Column{Name: c.Name, Type: c.Type})
	}
	return b.withHidden(out)
}

// relResult is the relation a call gives, or an error when it gives a value.
func (b *binder) relResult(at ast.Expr, r called) (plan.Rel, *state) {
	if r.rel != nil {
		st := r.st
		if st == nil {
			st = &state{}
		}
		return r.rel, &state{open: st.open || b.open[r.rel], serialized: st.serialized, sorted: st.sorted}
	}
	if !isBad(r.scalar) {
		b.errorf(codeTabular, at.Span(), "a table is expected here, not a value of type %s", r.scalar.Type())
	}
	return b.badRel(), &state{open: true}
}

// tabularCall binds a call that gives a table.
func (b *binder) tabularCall(en *env, c *ast.Call) (plan.Rel, *state) {
	s := &scope{env: en}
	name := c.Name.Text
	if call, p := b.patternNamed(en, c); p != nil {
		return b.callPattern(en, call, p, nil)
	}
	if v := en.lookup(name); v != nil && v.fn != nil {
		b.traceName(c.Name, v)
		return b.relResult(c, b.callFunction(s, v.fn, c))
	}
	switch name {
	case "graph":
		b.refuse(codeUnsupported, c.Span(), "stored graph models are not supported; make a graph with make-graph")
		return b.badRel(), &state{env: en, open: true}
	case "table", "external_table", "materialized_view":
		if len(c.Args) == 0 {
			b.arityError(name, c.Span(), c.Args, 1, 2)
			return b.badRel(), &state{env: en, open: true}
		}
		d, ok := b.constant(s, c.Args[0])
		text, isText := d.V.(string)
		if !ok || !isText {
			return b.badRel(), &state{env: en, open: true}
		}
		if name == "external_table" {
			b.refuse(codeUnsupported, c.Span(), "external tables are not supported")
			return b.badRel(), &state{env: en, open: true}
		}
		return b.tableNamed(newEnv(nil), &ast.Name{Pos: ast.Pos{At: c.Args[0].Span()}, Text: text})
	}
	if f, ok := b.stored(name); ok {
		return b.relResult(c, b.callFunction(s, f, c))
	}
	x := b.call(s, c)
	if !isBad(x) {
		b.errorf(codeTabular, c.Span(), "a table is expected here, not a value of type %s", x.Type())
	}
	return b.badRel(), &state{env: en, open: true}
}

// materialize binds materialize(x): all uses of one let share the result.
func (b *binder) materialize(en *env, n *ast.Materialize) (plan.Rel, *state) {
	key := sharedKey{n, en}
	if m := b.shared[key]; m != nil {
		out := &plan.Alias{Out: plan.Out{Columns: fresh(m.Cols())}, Input: m}
		if b.open[m] {
			b.open[out] = true
		}
		return out, &state{env: en, open: b.open[m]}
	}
	rel, st := b.pipeline(en, n.X)
	m := &plan.Materialize{Input: rel}
	b.shared[key] = m
	if st.open {
		b.open[m] = true
	}
	return m, &state{env: en, open: st.open, serialized: st.serialized}
}

// datatable binds rows written in the query.
func (b *binder) datatable(en *env, n *ast.DataTable) plan.Rel {
	out := &plan.Values{}
	for _, c := range n.Schema.Columns {
		out.Columns = append(out.Columns, b.declared(c))
	}
	for i, c := range n.Schema.Columns {
		if findCol(out.Columns[:i], c.Name.Text) != nil {
			b.errorf(codeDuplicate, c.Name.Span(), "a column called %q is there already", c.Name.Text)
		}
	}
	width := len(out.Columns)
	if width == 0 {
		out.Rows = &vector.Batch{}
		return out
	}
	if len(n.Values)%width != 0 {
		at := n.ValueAt
		at.Start, at.End = n.Values[0].Span().Start, n.Values[len(n.Values)-1].Span().End
		b.errorf(codeSchema, at, "%d values do not fill rows of %d columns", len(n.Values), width)
		return out
	}
	builders := make([]*vector.Builder, width)
	for i, c := range out.Columns {
		builders[i] = vector.NewBuilder(c.Type, len(n.Values)/width)
	}
	s := &scope{env: en, cell: true}
	for i, e := range n.Values {
		c := out.Columns[i%width]
		builders[i%width].Append(vector.Datum{T: c.Type, V: b.cell(s, e, c.Type)})
	}
	out.Rows = &vector.Batch{N: len(n.Values) / width}
	for _, bd := range builders {
		out.Rows.Cols = append(out.Rows.Cols, bd.Done())
	}
	return out
}

// cell is a value of a datatable, nil for null or when it is wrong.
func (b *binder) cell(s *scope, e ast.Expr, t types.Type) any {
	x := b.scalar(s, e)
	c, ok := x.(*plan.Const)
	if !ok {
		if !isBad(x) && !b.o.CheckOnly {
			b.errorf(codeConstant, e.Span(), "a literal is expected here")
		}
		return nil
	}
	if t == types.String && c.Datum.Null() && c.Datum.T == types.Dynamic {
		return ""
	}
	k, ok := b.cast(c, t).(*plan.Const)
	if !ok {
		return nil
	}
	return k.Datum.V
}

// declared is a column of a written schema.
func (b *binder) declared(c *ast.ColumnDecl) *plan.Col {
	col := &plan.Col{Name: c.Name.Text}
	if c.Type != nil {
		t, ok := types.Parse(c.Type.Text)
		if !ok {
			b.errorf(codeSchema, c.Type.Span(), "unknown type %q", c.Type.Text)
		}
		col.Type = t
	}
	return col
}

// external binds externaldata.
func (b *binder) external(en *env, n *ast.ExternalData) plan.Rel {
	out := &plan.External{Props: map[string]string{}, At: n.Span()}
	for _, c := range n.Schema.Columns {
		out.Columns = append(out.Columns, b.declared(c))
	}
	for _, p := range append(append([]*ast.Param(nil), n.Params...), n.With...) {
		text := ""
		switch v := p.Value.(type) {
		case *ast.String:
			text = v.Value
		case *ast.Name:
			text = v.Text
		case *ast.Literal:
			text = v.Text
		}
		if strings.EqualFold(p.Name.Text, "format") {
			out.Format = text
		}
		out.Props[p.Name.Text] = text
	}
	s := &scope{env: en}
	for _, e := range n.URIs {
		d, ok := b.constant(s, e)
		uri, isText := d.V.(string)
		if ok && !isText {
			b.errorf(codeType, e.Span(), "the name of a source must be a string, not %s", d.T)
		}
		if !ok || !isText {
			continue
		}
		b.mayRead(e, uri, out)
		out.URIs = append(out.URIs, uri)
	}
	return out
}

// mayRead reports a source that may not be read here.
func (b *binder) mayRead(at ast.Expr, uri string, node *plan.External) {
	if b.o.CheckOnly {
		return
	}
	if b.o.External == nil {
		b.refuse(codeExternal, at.Span(), "reading external data is not allowed here")
		return
	}
	err := b.o.External(uri, node)
	if err == nil {
		return
	}
	d := source.Diagnostic{Severity: source.Error, Code: codeExternal, Span: at.Span(), Refusal: true, Message: "external data: " + err.Error()}
	var advice interface{ Hint() string }
	if errors.As(err, &advice) {
		d.Hint = advice.Hint()
	}
	b.report(d)
}

// tabular says whether an expression gives a table, as far as names tell.
func (b *binder) tabular(s *scope, e ast.Expr) bool {
	switch n := e.(type) {
	case *ast.Paren:
		return b.tabular(s, n.X)
	case *ast.Assign:
		return b.tabular(s, n.Value)
	case *ast.Pipe:
		return len(n.Ops) > 0 || n.Source == nil || b.tabular(s, n.Source)
	case *ast.Head, *ast.DataTable, *ast.ExternalData, *ast.Materialize, *ast.ToTable, *ast.InlineExternalTable,
		*ast.ContextualDataTable, *ast.MaterializedViewCombine:
		return true
	case *ast.Name:
		if s.column(n.Text) != nil {
			return false
		}
		if v := s.env.lookup(n.Text); v != nil {
			if v.fn != nil {
				return b.bodyTabular(v.fn)
			}
			return v.scalar == nil
		}
		if _, _, ok := b.o.Schema.Table(n.Text); ok {
			return true
		}
		f, ok := b.stored(n.Text)
		return ok && b.bodyTabular(f)
	case *ast.Call:
		if _, p := b.patternNamed(s.env, n); p != nil {
			return true
		}
		if v := s.env.lookup(n.Name.Text); v != nil && v.fn != nil {
			return b.bodyTabular(v.fn)
		}
		switch n.Name.Text {
		case "table", "external_table", "materialized_view":
			return true
		}
		f, ok := b.stored(n.Name.Text)
		return ok && b.bodyTabular(f)
	case *ast.Path:
		if c, ok := n.X.(*ast.Call); ok && scopes[c.Name.Text] {
			return true
		}
		if sel, ok := n.Sel.(*ast.Name); s.env.entityNamed(n.X) != nil && !(ok && strings.HasPrefix(sel.Text, "$current_")) {
			return true
		}
		if _, p := b.patternNamed(s.env, n.X); p != nil {
			return true
		}
		if p, ok := n.X.(*ast.Path); ok {
			return b.tabular(s, p)
		}
	}
	return false
}
