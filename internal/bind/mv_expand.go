package bind

import (
	"math"
	"slices"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// mvExpand binds `mv-expand`.
func (b *binder) mvExpand(in plan.Rel, st *state, op *ast.MvExpand) plan.Rel {
	m := &plan.MvExpand{Input: in, Limit: math.MaxInt32}
	l := extending(b, in.Cols())
	b.mvItems(m, l, in, st, op.Items)
	b.mvParams(m, l, op.Params)
	if op.Limit != nil {
		if d, ok := b.mvLimit(in, st, op.Limit); ok {
			if n, ok := d.V.(int64); ok {
				m.Limit = n
			} else {
				b.errorf(codeType, op.Limit.Span(), "a limit is a long, not a %s", d.T)
			}
		}
	}
	m.Columns = l.cols()
	return m
}

// mvItems binds the expanded columns.
func (b *binder) mvItems(m *plan.MvExpand, l *columnList, in plan.Rel, st *state, items []*ast.MvItem) {
	s := b.rowScope(in, st)
	for _, it := range items {
		e, name := it.X, (*ast.Name)(nil)
		if as, ok := it.X.(*ast.Assign); ok && len(as.Names) > 0 {
			e, name = as.Value, as.Names[0]
		}
		x := b.scalar(s, e)
		to := types.Dynamic
		if it.To != nil {
			to = b.typeOf(it.To, to)
		}
		if t := x.Type(); t != types.Dynamic && !isBad(x) {
			b.errorf(codeType, e.Span(), "only a dynamic value can be expanded, not a %s", t)
			x = badExpr
		}
		marker := null(to)
		var as string
		plain, isName := unparen(e).(*ast.Name)
		switch {
		case name != nil:
			as = l.written(name.Text, name.Span(), marker)
		case isName:
			as = l.written(plain.Text, plain.Span(), marker)
		default:
			as = l.derived(b.autoName(s, e), marker)
		}
		col := l.items[l.index[as]].Col
		m.Items = slices.DeleteFunc(m.Items, func(it plan.MvItem) bool { return it.Col.Name == as })
		m.Items = append(m.Items, plan.MvItem{Col: col, Expr: x, To: to})
	}
}

// typeOf is the type of a `to typeof(...)`.
func (b *binder) typeOf(t *ast.TypeOf, otherwise types.Type) types.Type {
	for _, i := range t.Items {
		if i.Type == nil {
			continue
		}
		if k, ok := types.Parse(i.Type.Text); ok {
			return k
		}
		b.errorf(codeType, i.Type.Span(), "there is no type %q", i.Type.Text)
	}
	return otherwise
}

// mvParams reads with_itemindex and bagexpansion.
func (b *binder) mvParams(m *plan.MvExpand, l *columnList, params []*ast.Param) {
	for _, p := range params {
		switch w := wordOf(p); p.Name.Text {
		case "with_itemindex":
			m.Index = l.put(l.unique(w), null(types.Long))
		case "bagexpansion", "kind":
			m.BagArray = w == "array"
		}
	}
}

// mvApply binds `mv-apply`: for each row the subquery runs over what the
// row's values expand to.
func (b *binder) mvApply(in plan.Rel, st *state, op *ast.MvApply) plan.Rel {
	given := &plan.Given{Input: in}
	m := &plan.MvExpand{Input: given, Limit: math.MaxInt32}
	l := extending(b, in.Cols())
	b.mvItems(m, l, in, st, op.Items)
	b.mvParams(m, l, op.Params)
	if op.Limit != nil {
		if d, ok := b.mvLimit(in, st, op.Limit); ok {
			if n, ok := d.V.(int64); ok {
				m.Limit = n
			} else {
				b.errorf(codeType, op.Limit.Span(), "a limit is a long, not a %s", d.T)
			}
		}
	}
	if op.ID != nil && !b.o.CheckOnly {
		b.refuse(codeUnsupported, op.ID.Span(), "mv-apply with id is not supported")
	}
	m.Columns = l.cols()
	expanded := map[string]bool{}
	for _, it := range op.Items {
		if n, ok := unparen(it.X).(*ast.Name); ok {
			expanded[n.Text] = true
		}
	}
	inner := &state{env: st.env, open: st.open, serialized: true}
	sub, sst := b.subpipe(inner, m, op.Sub)
	// Outer columns come first, without those expanded under their own name; a
	// column of the subquery takes the place of an outer one of its name.
	a := &plan.Apply{Input: in, Given: given, Sub: sub}
	outer := newColumnList(b)
	add := func(c *plan.Col) {
		outer.put(outer.unique(c.Name), null(c.Type))
		a.From = append(a.From, c)
	}
	for _, c := range in.Cols() {
		if expanded[c.Name] {
			continue
		}
		if own := findCol(sub.Cols(), c.Name); own != nil {
			c = own
		}
		add(c)
	}
	for _, c := range sub.Cols() {
		if _, there := outer.index[c.Name]; !there {
			add(c)
		}
	}
	if sst != nil {
		st.open = st.open || sst.open
	}
	st.reordered()
	a.Columns = fresh(outer.cols())
	return a
}

// mvLimit is the constant number of rows that each row may expand to.
func (b *binder) mvLimit(in plan.Rel, st *state, e ast.Expr) (vector.Datum, bool) {
	x := b.rowCount(in, st, e)
	c, ok := x.(*plan.Const)
	if !ok && !isBad(x) && !b.o.CheckOnly {
		b.errorf(codeConstant, e.Span(), "a constant is expected here")
	}
	if !ok {
		return vector.Datum{}, false
	}
	return c.Datum, true
}
