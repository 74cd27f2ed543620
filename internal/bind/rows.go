package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// where binds `where`.
func (b *binder) where(in plan.Rel, st *state, op *ast.Where) plan.Rel {
	s := b.rowScope(in, st)
	x := b.scalar(s, op.Cond)
	if isBad(x) {
		return in
	}
	if x.Type() != types.Bool {
		d := source.Diagnostic{Severity: source.Error, Code: codeType, Span: op.Cond.Span(), Message: "a condition is a bool, not " + one(x.Type())}
		if _, named := op.Cond.(*ast.Assign); named {
			d.Hint = "write == to compare"
		}
		b.report(d)
		return in
	}
	if s.window {
		// The window function sees all rows; the condition then drops some.
		cond := newCol("", types.Bool)
		items := make([]plan.Item, 0, len(in.Cols())+1)
		for _, c := range in.Cols() {
			items = append(items, pass(c))
		}
		all := &plan.Project{Input: in, Items: append(items, plan.Item{Col: cond, Expr: x}), Window: true}
		return &plan.Project{Input: &plan.Filter{Input: all, Cond: ref(cond)}, Items: items}
	}
	if x = b.intoLeft(st, in, x); x == nil {
		return in
	}
	return &plan.Filter{Input: in, Cond: x}
}

// take binds `take` and `limit`.
func (b *binder) take(in plan.Rel, st *state, op *ast.Take) plan.Rel {
	return &plan.Take{Input: in, Count: b.rowCount(in, st, op.N)}
}

// count binds `count`.
func (b *binder) count(in plan.Rel, st *state, op *ast.Count) plan.Rel {
	name := "Count"
	if op.As != nil {
		name = op.As.Text
	}
	st.reordered()
	st.open = false
	var aggs []plan.Agg
	s := &scope{cols: in.Cols(), env: st.env, aggs: &aggs}
	agg, ok := b.aggregate(s, &ast.Call{Pos: ast.Pos{At: op.Keyword()}, Name: &ast.Name{Pos: ast.Pos{At: op.Keyword()}, Text: "count"}}, []string{name})
	if !ok {
		return emptyOf([]*plan.Col{newCol(name, types.Long)})
	}
	return &plan.Summarize{Out: plan.Out{Columns: agg.Cols}, Input: in, Aggs: []plan.Agg{agg}, Scalar: true}
}

// distinct binds `distinct`.
func (b *binder) distinct(in plan.Rel, st *state, op *ast.Distinct) plan.Rel {
	s := b.rowScope(in, st)
	l := newColumnList(b)
	open := false
	for _, e := range op.Items {
		if _, star := e.(*ast.Star); star {
			open = st.open
			for _, c := range in.Cols() {
				if c.Type == types.Dynamic {
					b.errorf(codeType, e.Span(), "column %q is dynamic and cannot be compared; convert it first", c.Name)
				}
				l.written(c.Name, e.Span(), ref(c))
			}
			continue
		}
		n := len(l.items)
		b.item(s, l, e)
		if len(l.items) > n {
			b.grouped(e, l.items[n].Expr, "compared")
		}
	}
	st.reordered()
	st.open = open
	return &plan.Summarize{Out: plan.Out{Columns: l.cols()}, Input: in, Keys: l.items}
}

// keysOf binds sort keys; unordered speaks about a dynamic one.
func (b *binder) keysOf(in plan.Rel, st *state, orders []*ast.Order, unordered func(e ast.Expr, x plan.Expr, what string)) []plan.Key {
	s := b.rowScope(in, st)
	var keys []plan.Key
	for _, o := range orders {
		x := b.scalar(s, o.X)
		if isBad(x) || x.Type() == types.Dynamic {
			unordered(o.X, x, "sorted by")
			continue
		}
		desc := o.Dir != "asc" && o.Dir != "granny-asc"
		first := !desc
		switch o.Nulls {
		case "first":
			first = true
		case "last":
			first = false
		}
		keys = append(keys, plan.Key{Expr: x, Desc: desc, NullsFirst: first})
	}
	return keys
}

// sort binds `sort by`.
func (b *binder) sort(in plan.Rel, st *state, op *ast.Sort) plan.Rel {
	keys := b.keysOf(in, st, op.By, b.grouped)
	st.serialized, st.sorted = true, keys
	return &plan.Sort{Input: in, Keys: keys}
}

// top binds `top`.
func (b *binder) top(in plan.Rel, st *state, op *ast.Top) plan.Rel {
	n := b.rowCount(in, st, op.N)
	keys := b.keysOf(in, st, []*ast.Order{op.By}, b.ranked)
	st.serialized, st.sorted = true, keys
	return &plan.Sort{Input: in, Keys: keys, Limit: n}
}

// serialize binds `serialize`.
func (b *binder) serialize(in plan.Rel, st *state, op *ast.Serialize) plan.Rel {
	st.serialized = true
	var out plan.Rel = &plan.Serialize{Input: in}
	if len(op.Items) > 0 {
		// Unlike extend, serialize replaces no column of its input.
		s := b.rowScope(out, st)
		l := extending(b, out.Cols())
		l.extend = false
		for _, it := range op.Items {
			if n, plain := unparen(it).(*ast.Name); plain && s.column(n.Text) != nil {
				continue
			}
			b.item(s, l, it)
		}
		out = &plan.Project{Input: out, Items: l.items, Window: s.window}
	}
	return out
}
