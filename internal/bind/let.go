package bind

import (
	"fmt"

	"maps"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// statements binds statements in order and gives the names in force after
// them. At the top the tabular ones are results.
func (b *binder) statements(en *env, stmts []ast.Stmt, top bool) *env {
	named := map[string]bool{}
	for _, st := range stmts {
		b.traceScope(st.Span(), nil, nil, false, en)
		switch n := st.(type) {
		case *ast.Let:
			if named[n.Name.Text] && n.Name.Text != "" {
				b.errorf(codeDuplicate, n.Name.Span(), "a let statement has named %q already", n.Name.Text)
			}
			named[n.Name.Text] = true
			en = b.let(en, n)
		case *ast.DeclareQueryParameters:
			en = b.queryParameters(en, n)
		case *ast.ExprStmt:
			if top {
				b.result(en, n.X)
			}
		case *ast.DeclarePattern:
			en = b.declarePattern(en, n)
		case *ast.Restrict:
			b.refuse(codeUnsupported, n.Span(), "restrict statements are not supported")
		}
	}
	return en
}

// result binds a statement that gives a result.
func (b *binder) result(en *env, e ast.Expr) {
	if _, ok := e.(*ast.Bad); ok {
		return
	}
	s := &scope{env: en}
	if !b.tabular(s, e) && !b.looksTabular(s, e) {
		x := b.scalar(s, e)
		one := &plan.Values{Rows: &vector.Batch{N: 1}}
		item := plan.Item{Col: &plan.Col{Name: "Result", Type: x.Type()}, Expr: x}
		b.results = append(b.results, plan.Result{Name: "PrimaryResult", Rel: &plan.Project{Input: one, Items: []plan.Item{item}}})
		return
	}
	b.topExpr = unparen(e)
	rel, st := b.pipeline(en, e)
	rel = b.limited(b.exorcised(rel))
	name := st.name
	if name == "" {
		name = "PrimaryResult"
	}
	if plan.IsGraph(rel) && !b.o.CheckOnly {
		b.errorf(codeTabular, e.Span(), "the result is a graph: end with graph-match, graph-shortest-paths or graph-to-table")
	}
	if len(st.extra) > 0 && !b.o.CheckOnly {
		b.results = append(b.results, st.extra...)
		return
	}
	b.results = append(b.results, plan.Result{Name: name, Rel: rel, Render: st.render, Sorted: st.sorted})
}

// looksTabular says whether an expression that is no known value should be
// taken for a table, which gives the better message.
func (b *binder) looksTabular(s *scope, e ast.Expr) bool {
	switch n := e.(type) {
	case *ast.Name:
		v := s.env.lookup(n.Text)
		return v == nil
	case *ast.Pipe, *ast.Head, *ast.Path:
		return true
	case *ast.Paren:
		return b.looksTabular(s, n.X)
	}
	return false
}

// let binds a let statement into a new list of names.
func (b *binder) let(en *env, n *ast.Let) *env {
	next := newEnv(en)
	next.input = en.input
	v := &binding{name: n.Name.Text, at: n.Name.Span(), in: b.text}
	next.names[n.Name.Text] = v
	switch x := n.Value.(type) {
	case *ast.Function:
		v.fn = &function{name: n.Name.Text, params: x.Params, body: x.Body, env: en, text: b.text, view: x.View}
		b.checkFunction(v.fn)
		return next
	case *ast.EntityGroup:
		v.group, v.scalar = x.Items, badExpr
		return next
	}
	s := &scope{env: en}
	if f := b.functionNamed(s, n.Value); f != nil {
		v.fn = f
		return next
	}
	if !b.tabular(s, n.Value) && !b.looksTabular(s, n.Value) {
		v.scalar = b.scalar(s, n.Value)
		return next
	}
	v.expr, v.env, v.text, v.made = n.Value, en, b.text, maps.Clone(b.made)
	v.rel = b.pipe(en, n.Value)
	return next
}

// functionNamed is the function that a let gives a second name.
func (b *binder) functionNamed(s *scope, e ast.Expr) *function {
	if n, ok := e.(*ast.Name); ok {
		if v := s.env.lookup(n.Text); v != nil && v.fn != nil && len(v.fn.params) > 0 {
			return v.fn
		}
	}
	return nil
}

// use gives the relation a name stands for, with columns of its own.
func (b *binder) useRel(v *binding) plan.Rel {
	if v.rel != nil && !v.used {
		v.used = true
		return v.rel
	}
	if v.expr != nil {
		var rel plan.Rel
		b.quiet(func() {
			text, made := b.text, b.made
			b.text, b.made = v.text, maps.Clone(v.made)
			if b.made == nil {
				b.made = map[string]bool{}
			}
			rel = b.pipe(v.env, v.expr)
			b.text, b.made = text, made
		})
		return rel
	}
	out := &plan.Alias{Out: plan.Out{Columns: fresh(v.rel.Cols())}, Input: v.rel}
	if b.open[v.rel] {
		b.open[out] = true
	}
	return out
}

// given is the value of a query parameter written as text.
func (b *binder) given(p *ast.FuncParam, text string, t types.Type) plan.Expr {
	x := stringConst(text)
	if t == types.Dynamic {
		return b.function("parse_json", p.Span(), x)
	}
	v := b.cast(x, t)
	if k, ok := v.(*plan.Const); ok && k.Datum.Null() && text != "" && t != types.String {
		b.errorf(codeLiteral, p.Span(), "the value %q of the query parameter %q is no %s", text, p.Name.Text, t)
		return badExpr
	}
	return v
}

// queryParameters binds declare query_parameters.
func (b *binder) queryParameters(en *env, n *ast.DeclareQueryParameters) *env {
	next := newEnv(en)
	for _, p := range n.Params {
		v := &binding{name: p.Name.Text, at: p.Span(), in: b.text}
		next.names[p.Name.Text] = v
		if p.Type == nil {
			b.refuse(codeUnsupported, p.Span(), "query parameters that are tables are not supported")
			v.scalar = badExpr
			continue
		}
		t, _ := types.Parse(p.Type.Text)
		d, ok := b.o.Params[p.Name.Text]
		switch {
		case ok:
			v.scalar = b.given(p, d, t)
		case p.Default != nil:
			v.scalar = b.typed(&scope{env: en}, p.Default, t)
		case b.o.CheckOnly:
			v.scalar = typedOnly{t}
		default:
			b.report(source.Diagnostic{
				Severity: source.Error, Code: codeConstant, Span: p.Span(), Message: fmt.Sprintf("the query parameter %q has no value", p.Name.Text),
				Hint: fmt.Sprintf("give it with --param %s=VALUE", p.Name.Text),
			})
			v.scalar = badExpr
		}
	}
	return next
}
