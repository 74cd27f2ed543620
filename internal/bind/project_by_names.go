package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// projectByNames binds `project-by-names`: columns whose names are computed.
// A name may have stars; names that no column has are left out.
func (b *binder) projectByNames(in plan.Rel, st *state, op *ast.ProjectByNames) plan.Rel {
	var items []plan.Item
	taken := map[*plan.Col]bool{}
	add := func(pattern string) {
		for _, c := range in.Cols() {
			if wild(pattern, c.Name) && !taken[c] {
				taken[c] = true
				items = append(items, pass(c))
			}
		}
	}
	known := true
	for _, e := range op.Items {
		x := b.scalar(&scope{env: st.env, open: b.o.CheckOnly}, e)
		c, ok := x.(*plan.Const)
		if !ok {
			known = false
			if computable(x) && !b.o.CheckOnly {
				b.errorf(codeConstant, e.Span(), "names of columns must be constants")
			}
			continue
		}
		switch v := c.Datum.V.(type) {
		case string:
			add(v)
		case dynamic.Value:
			for _, name := range namesIn(v) {
				add(name)
			}
		default:
			if c.Datum.T != types.String && c.Datum.T != types.Dynamic && !b.o.CheckOnly {
				b.errorf(codeType, e.Span(), "a name or an array of names is expected, not %s", one(c.Datum.T))
			}
		}
	}
	st.open = st.open && !known
	return &plan.Project{Input: in, Items: items}
}

// namesIn are the texts of an array, or a text alone.
func namesIn(v dynamic.Value) []string {
	if v.Kind() == dynamic.String {
		return []string{v.Text()}
	}
	var out []string
	if v.Kind() == dynamic.Array {
		for _, item := range v.Items() {
			out = append(out, namesIn(item)...)
		}
	}
	return out
}
