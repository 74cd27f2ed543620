package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// summarize binds `summarize`. The aggregate calls, wherever they stand in
// the items, become columns of plan.Summarize; what is computed from them
// stands in a projection on top.
func (b *binder) summarize(in plan.Rel, st *state, op *ast.Summarize) plan.Rel {
	out := newColumnList(b)
	sum := &plan.Summarize{Input: in, Scalar: len(op.By) == 0}
	sum.Keys = b.groupKeys(in, st, out, binned(op))
	s := b.rowScope(in, st)
	s.aggs, s.keys = &sum.Aggs, sum.Keys
	for _, e := range op.Aggs {
		b.aggItem(s, out, e)
	}
	for _, k := range sum.Keys {
		sum.Columns = append(sum.Columns, k.Col)
	}
	for _, a := range sum.Aggs {
		sum.Columns = append(sum.Columns, a.Cols...)
	}
	st.open = st.open && hasStar(op.Aggs)
	st.reordered()
	return shaped(sum, out.items)
}

// binned are the keys with the old form `by key bin=size` written out.
func binned(op *ast.Summarize) []ast.Expr {
	if op.Bin == nil || len(op.By) == 0 {
		return op.By
	}
	by := append([]ast.Expr(nil), op.By...)
	last := by[len(by)-1]
	at := ast.Pos{At: op.Bin.Span()}
	call := func(e ast.Expr) ast.Expr {
		return &ast.Call{Pos: at, Name: &ast.Name{Pos: at, Text: "bin"}, Args: []ast.Expr{e, op.Bin}}
	}
	if as, ok := last.(*ast.Assign); ok {
		named := *as
		named.Value = call(as.Value)
		by[len(by)-1] = &named
	} else {
		by[len(by)-1] = call(last)
	}
	return by
}

// shaped puts a projection over a summarize unless its columns are the result
// already; columns that are handed on take their final name.
func shaped(sum *plan.Summarize, items []plan.Item) plan.Rel {
	direct := len(items) == len(sum.Columns)
	for i, it := range items {
		r, ok := it.Expr.(*plan.ColRef)
		if direct = direct && ok && r.Col == sum.Columns[i] && r.Col.Name == it.Col.Name; !direct {
			break
		}
	}
	if direct {
		return sum
	}
	return &plan.Project{Input: sum, Items: items}
}

// groupKeys binds the `by` expressions, which are the first result columns.
func (b *binder) groupKeys(in plan.Rel, st *state, out *columnList, by []ast.Expr) []plan.Item {
	s := b.rowScope(in, st)
	for _, e := range by {
		n := len(out.items)
		b.item(s, out, e)
		if len(out.items) > n {
			v := e
			if as, ok := e.(*ast.Assign); ok {
				v = as.Value
			}
			b.grouped(v, out.items[n].Expr, "grouped by")
		}
	}
	if s.window {
		b.errorf(codeWindow, by[0].Span(), "a window function cannot be grouped by; compute it with extend first")
	}
	keys := append([]plan.Item(nil), out.items...)
	for i := range out.items {
		out.items[i].Expr = ref(out.items[i].Col)
	}
	return keys
}

// aggItem binds one item of summarize into the result columns.
func (b *binder) aggItem(s *scope, out *columnList, e ast.Expr) {
	value, names := e, []*ast.Name(nil)
	if as, ok := e.(*ast.Assign); ok {
		value, names = as.Value, as.Names
	}
	if call, ok := b.isAggregate(unparen(value)); ok {
		given := make([]string, len(names))
		for i, n := range names {
			given[i] = n.Text
		}
		agg, ok := b.aggregate(s, call, given)
		if !ok {
			b.failedItem(s, out, value, names)
			return
		}
		if len(agg.Cols) == 0 {
			return
		}
		*s.aggs = append(*s.aggs, agg)
		if len(agg.Cols) == 1 && len(names) > 1 {
			b.severalNames(e.(*ast.Assign))
			return
		}
		for i, c := range agg.Cols {
			if i < len(names) {
				c.Name = out.written(names[i].Text, names[i].Span(), ref(c))
				continue
			}
			c.Name = out.derived(c.Name, ref(c))
		}
		if len(names) > len(agg.Cols) {
			b.errorf(codeSchema, value.Span(), "the expression has %d values, not %d", len(agg.Cols), len(names))
		}
		return
	}
	if t := b.tupleOf(s, value); t != nil {
		b.tuple(s, out, t, names)
		return
	}
	before := len(b.diags)
	x := b.scalar(s, value)
	if isBad(x) && len(b.diags) > before {
		b.failedItem(s, out, value, names)
		return
	}
	made := map[*plan.Col]bool{}
	for _, a := range *s.aggs {
		for _, c := range a.Cols {
			made[c] = true
		}
	}
	for _, c := range columnsIn(x) {
		if !made[c] {
			b.errorf(codeAggregate, nameIn(value, c.Name), "column %q must stand inside an aggregate or after by", c.Name)
			x = badExpr
			break
		}
	}
	switch {
	case len(names) > 1:
		b.severalNames(e.(*ast.Assign))
	case len(names) == 1:
		out.written(names[0].Text, names[0].Span(), x)
	default:
		out.derived(b.autoName(s, value), x)
	}
}

// nameIn is the place of a name inside an expression, else the expression's.
func nameIn(e ast.Expr, name string) source.Span {
	at := e.Span()
	ast.Walk(e, func(n ast.Node) bool {
		if x, ok := n.(*ast.Name); ok && x.Text == name && at == e.Span() {
			at = x.Span()
		}
		c, call := n.(*ast.Call)
		return !call || fn.Find(fn.Aggregates, c.Name.Text) == nil
	})
	return at
}

// failedItem keeps the columns of an item that has a diagnostic, so that what
// uses them stays silent.
func (b *binder) failedItem(s *scope, out *columnList, value ast.Expr, names []*ast.Name) {
	for _, n := range names {
		out.written(n.Text, n.Span(), badExpr)
	}
	if len(names) == 0 {
		b.silent++
		name := b.autoName(s, value)
		b.silent--
		out.derived(name, badExpr)
	}
}

// hasStar says whether an aggregate takes all columns.
func hasStar(items []ast.Expr) bool {
	for _, e := range items {
		if as, ok := e.(*ast.Assign); ok {
			e = as.Value
		}
		if c, ok := unparen(e).(*ast.Call); ok {
			for _, a := range c.Args {
				if _, ok := a.(*ast.Star); ok {
					return true
				}
			}
		}
	}
	return false
}

// makeSeries binds `make-series`: a summarize by the keys and the step of the
// axis, whose rows then become arrays. Columns are the keys, one array for
// each aggregate, and the array of the axis.
func (b *binder) makeSeries(in plan.Rel, st *state, op *ast.MakeSeries) plan.Rel {
	m := &plan.MakeSeries{Closed: op.InRange}
	m.NonEmpty = wordOf(paramNamed(op.Params, "kind")) == "nonempty"
	on := op.On
	if as, ok := on.(*ast.Assign); ok {
		on = as.Value
	}
	axis := b.scalar(b.rowScope(in, st), on)
	t := axis.Type()
	size := t
	if t == types.Datetime {
		size = types.Timespan
	}
	bound := func(e ast.Expr, to types.Type) plan.Expr {
		if e == nil {
			return nil
		}
		x := b.scalar(&scope{env: st.env}, e)
		if !isBad(x) && x.Type() != to {
			x = b.cast(x, to)
		}
		return x
	}
	m.From, m.To, m.Step = bound(op.From, t), bound(op.To, t), bound(op.Step, size)
	switch {
	case isBad(axis) || t == types.Unknown:
	case t != types.Datetime && t != types.Timespan && t != types.Long && t != types.Int && t != types.Real:
		b.errorf(codeType, on.Span(), "an axis is a number, datetime or timespan, not a %s", t)
	case op.Step == nil:
		b.refuse(codeUnsupported, op.Keyword(), "make-series without step is not supported")
	default:
		in = b.seriesRange(in, st, op, on)
	}
	out := newColumnList(b)
	sum := &plan.Summarize{Input: in}
	sum.Keys = b.groupKeys(in, st, out, op.By)
	keys := len(out.items)
	s := b.rowScope(in, st)
	s.aggs, s.keys = &sum.Aggs, sum.Keys
	for _, a := range op.Aggs {
		n := len(out.items)
		b.aggItem(s, out, a.X)
		var d plan.Expr
		if a.Default != nil {
			d = b.scalar(&scope{env: st.env}, a.Default)
		}
		for range out.items[n:] {
			m.Defaults = append(m.Defaults, d)
		}
	}
	named := len(out.items)
	b.item(b.rowScope(in, st), out, op.On)
	if len(out.items) <= named || isBad(axis) || op.Step == nil {
		return b.emptySeries(st, out, keys)
	}
	step := plan.Item{Col: newCol("", t), Expr: b.scalar(b.rowScope(in, st), seriesBin(op, on))}
	sum.Keys = append(sum.Keys, step)
	out.items[named].Expr = ref(step.Col)
	for _, k := range sum.Keys {
		sum.Columns = append(sum.Columns, k.Col)
	}
	for _, a := range sum.Aggs {
		sum.Columns = append(sum.Columns, a.Cols...)
	}
	m.Input = shaped(sum, out.items)
	cols := m.Input.Cols()
	m.Keys, m.Aggs, m.Axis = cols[:keys:keys], cols[keys:named:named], cols[named]
	for i, c := range cols {
		if i >= keys {
			c = newCol(c.Name, types.Dynamic)
		}
		m.Columns = append(m.Columns, c)
	}
	st.open = false
	st.reordered()
	return m
}

// emptySeries stands for a make-series that has a diagnostic.
func (b *binder) emptySeries(st *state, out *columnList, keys int) plan.Rel {
	cols := fresh(out.cols())
	for i := keys; i < len(cols); i++ {
		cols[i].Type = types.Dynamic
	}
	st.open = false
	st.reordered()
	return emptyOf(cols)
}

// seriesRange keeps the rows within the bounds of the axis.
func (b *binder) seriesRange(in plan.Rel, st *state, op *ast.MakeSeries, on ast.Expr) plan.Rel {
	add := func(o ast.BinaryOp, limit ast.Expr) {
		if limit == nil {
			return
		}
		x := b.scalar(b.rowScope(in, st), &ast.Binary{Pos: ast.Pos{At: on.Span()}, Op: o, OpAt: limit.Span(), Left: on, Right: limit})
		if !isBad(x) {
			in = &plan.Filter{Input: in, Cond: x}
		}
	}
	add(ast.OpGe, op.From)
	if op.InRange {
		add(ast.OpLe, op.To)
	} else {
		add(ast.OpLt, op.To)
	}
	return in
}

// seriesBin is the step a row falls into, counted from the lower bound.
func seriesBin(op *ast.MakeSeries, on ast.Expr) ast.Expr {
	at := ast.Pos{At: op.Step.Span()}
	call := &ast.Call{Pos: at, Name: &ast.Name{Pos: at, Text: "bin"}, Args: []ast.Expr{on, op.Step}}
	if op.From != nil {
		call.Name.Text = "bin_at"
		call.Args = append(call.Args, op.From)
	}
	return call
}
