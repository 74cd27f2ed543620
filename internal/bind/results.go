package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// as binds `as`: the rows so far get a name that later statements and
// subqueries may use.
func (b *binder) as(in plan.Rel, st *state, op *ast.As) plan.Rel {
	if op.Name == nil {
		return in
	}
	m := &plan.Materialize{Input: in, Name: op.Name.Text}
	if st.open {
		b.open[m] = true
	}
	st.name = op.Name.Text
	st.env.names[op.Name.Text] = &binding{name: op.Name.Text, rel: m, used: true, env: st.env, text: b.text, at: op.Name.Span()}
	return m
}

// render keeps what the chart should be; the rows stay as they are.
func (b *binder) render(in plan.Rel, st *state, op *ast.Render) plan.Rel {
	st.render = map[string]string{}
	if op.Chart != nil {
		st.render["chart"] = op.Chart.Text
	}
	for _, p := range append(append([]*ast.Param(nil), op.Params...), op.With...) {
		if l, ok := p.Value.(*ast.List); ok {
			names := ""
			for i, it := range l.Items {
				if n, ok := it.(*ast.Name); ok {
					if i > 0 {
						names += ","
					}
					names += n.Text
				}
			}
			st.render[p.Name.Text] = names
			continue
		}
		st.render[p.Name.Text] = wordOf(p)
	}
	return in
}
