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
