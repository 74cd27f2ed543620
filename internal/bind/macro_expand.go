package bind

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// entity is what the name of macro-expand stands for: a place, where the data
// at hand is, or a table.
type entity struct {
	place             bool
	database, cluster string
}

// macroExpand binds `macro-expand`: the query once for each entity, all
// results put together by name. All places stand for the data at hand, so for
// them the query is bound once, not once for each.
func (b *binder) macroExpand(st *state, op *ast.MacroExpand) plan.Rel {
	group := b.entityGroup(st, op.Group)
	if group == nil || op.As == nil || op.Body == nil {
		st.open = true
		return b.badRel()
	}
	var inputs []unionInput
	open, place := false, false
	for _, e := range group {
		v := &binding{name: op.As.Text, at: op.As.Span(), text: b.text, env: st.env}
		if where, ok := placeOf(e); ok {
			if place {
				continue
			}
			place = true
			v.entity = &where
		} else {
			v.rel, v.expr = b.pipe(st.env, e), e
		}
		en := newEnv(st.env)
		en.names[op.As.Text] = v
		en = b.statements(en, op.Body.Stmts, false)
		rel, rst := b.pipeline(en, op.Body.Result)
		inputs = append(inputs, unionInput{rel: rel})
		open = open || b.open[rel] || rst != nil && rst.open
	}
	st.reordered()
	st.open = open
	if len(inputs) == 1 {
		return inputs[0].rel
	}
	u := &plan.Union{}
	for _, in := range inputs {
		u.Inputs = append(u.Inputs, in.rel)
	}
	b.unionColumns(u, inputs, wordOf(paramNamed(op.Params, "kind")) == "inner", "", op.Keyword())
	return u
}

// entityGroup are the entities of a group written here or named by let; nil
// after a diagnostic.
func (b *binder) entityGroup(st *state, e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.EntityGroup:
		if len(e.Items) == 0 {
			b.errorf(codeArity, e.Span(), "an entity group needs at least one entity")
			return nil
		}
		return e.Items
	case *ast.Name:
		if v := st.env.lookup(e.Text); v != nil && v.group != nil {
			b.traceName(e, v)
			return v.group
		}
		b.unknown(codeUnknownTable, e.Span(), "entity group", e.Text, st.env.known())
	default:
		if e != nil {
			b.errorf(codeArgument, e.Span(), "the name of an entity group is expected here")
		}
	}
	return nil
}

// placeOf says whether e only names a place, such as cluster("a").database("b").
func placeOf(e ast.Expr) (entity, bool) {
	out := entity{place: true}
	for {
		var call *ast.Call
		switch x := unparen(e).(type) {
		case *ast.Path:
			c, ok := x.Sel.(*ast.Call)
			if !ok {
				return out, false
			}
			call, e = c, x.X
		case *ast.Call:
			call, e = x, nil
		default:
			return out, false
		}
		if !scopes[call.Name.Text] {
			return out, false
		}
		if len(call.Args) > 0 {
			if s, ok := call.Args[0].(*ast.String); ok {
				if call.Name.Text == "cluster" {
					out.cluster = s.Value
				} else if out.database == "" {
					out.database = s.Value
				}
			}
		}
		if e == nil {
			return out, true
		}
	}
}

// entityNamed is the place that a name stands for, nil for other names.
func (en *env) entityNamed(e ast.Expr) *entity {
	n, ok := unparen(e).(*ast.Name)
	if !ok {
		return nil
	}
	if v := en.lookup(n.Text); v != nil {
		return v.entity
	}
	return nil
}

// entityValue is X.$current_database or X.$current_cluster_endpoint, nil for
// other paths.
func (b *binder) entityValue(s *scope, n *ast.Path) plan.Expr {
	sel, ok := n.Sel.(*ast.Name)
	if !ok || !strings.HasPrefix(sel.Text, "$current_") {
		return nil
	}
	e := s.env.entityNamed(n.X)
	if e == nil {
		return nil
	}
	switch sel.Text {
	case "$current_database":
		return stringConst(e.database)
	case "$current_cluster_endpoint":
		return stringConst(e.cluster)
	}
	b.unknown(codeUnknownColumn, sel.Span(), "property", sel.Text, []string{"$current_database", "$current_cluster_endpoint"})
	return badExpr
}
