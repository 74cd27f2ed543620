package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// reduceThreshold is the documented default.
const reduceThreshold = 0.1

// reduce binds `reduce`.
func (b *binder) reduce(in plan.Rel, st *state, op *ast.Reduce) plan.Rel {
	x := b.scalar(b.rowScope(in, st), op.By)
	ok := computable(x)
	if t := x.Type(); t != types.String && !isBad(x) {
		b.errorf(codeType, op.By.Span(), "a text is expected, not %s", one(t))
		ok = false
	}
	r := &plan.Reduce{Threshold: reduceThreshold, Plain: true, Source: wordOf(paramNamed(op.Params, "kind")) == "source"}
	b.reduceParams(r, st, append(append([]*ast.Param(nil), op.Params...), op.With...))
	out := newColumnList(b)
	key := newCol("", types.String)
	below := []plan.Item{{Col: key, Expr: x}}
	if r.Source {
		below = below[:0]
		for _, c := range in.Cols() {
			out.put(c.Name, ref(c))
			below = append(below, pass(c))
		}
		below = append(below, plan.Item{Col: key, Expr: x})
	} else {
		st.open = false
	}
	for _, c := range []*plan.Col{newCol("Pattern", types.String), newCol("Count", types.Long), newCol("Representative", types.String)} {
		out.put(out.unique(c.Name), null(c.Type))
	}
	st.reordered()
	if r.Columns = out.cols(); !ok {
		return emptyOf(fresh(r.Columns))
	}
	r.Key = key
	r.Input = &plan.Project{Input: in, Items: below}
	return r
}

// reduceParams reads threshold and characters.
func (b *binder) reduceParams(r *plan.Reduce, st *state, params []*ast.Param) {
	for _, p := range params {
		switch p.Name.Text {
		case "threshold":
			d, ok := b.constant(&scope{env: st.env}, p.Value)
			if !ok {
				continue
			}
			switch v := d.V.(type) {
			case float64:
				r.Threshold = v
			case int64:
				r.Threshold = float64(v)
			}
			if (r.Threshold < 0 || r.Threshold > 1) && !b.o.CheckOnly {
				b.errorf(codeParameter, p.Value.Span(), "a threshold is a share between 0 and 1")
			}
		case "characters":
			if d, ok := b.constant(&scope{env: st.env}, p.Value); ok {
				if s, isText := d.V.(string); isText {
					r.Characters, r.Plain = s, false
				}
			}
		}
	}
}
