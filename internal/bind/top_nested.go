package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// topNested binds `top-nested`: for each level the value and its aggregate.
// What the levels and aggregates look at is computed by a projection below.
func (b *binder) topNested(in plan.Rel, st *state, op *ast.TopNested) plan.Rel {
	out := newColumnList(b)
	t := &plan.TopNested{}
	var below []plan.Item
	column := func(x plan.Expr) *plan.Col {
		c := newCol("", x.Type())
		below = append(below, plan.Item{Col: c, Expr: x})
		return c
	}
	failed := false
	for _, lv := range op.Levels {
		l, ok := b.nestedLevel(in, st, lv, out, column)
		if failed = failed || !ok; ok {
			t.Levels = append(t.Levels, l)
		}
	}
	st.open = false
	st.reordered()
	if failed || len(t.Levels) == 0 {
		return emptyOf(fresh(out.cols()))
	}
	t.Input = &plan.Project{Input: in, Items: below}
	t.Columns = out.cols()
	return t
}

// nestedLevel binds one level; ok is false after a diagnostic or when it
// cannot be computed.
func (b *binder) nestedLevel(in plan.Rel, st *state, lv *ast.TopNestedLevel, out *columnList, column func(plan.Expr) *plan.Col) (l plan.NestedLevel, ok bool) {
	ok = true
	if lv.N != nil {
		l.Count = b.rowCount(nil, st, lv.N)
		ok = computable(l.Count)
	}
	name, x := b.namedValue(b.rowScope(in, st), lv.Of)
	if name == "" {
		name = out.unnamed()
	}
	name = out.unique(name)
	l.KeyCol = out.put(name, null(x.Type()))
	if ok = ok && computable(x); ok {
		l.Key = column(x)
	}
	if lv.WithOthers != nil {
		if d, isConst := b.constant(b.rowScope(in, st), lv.WithOthers); isConst {
			if k, isConst := b.cast(constOf(d), x.Type()).(*plan.Const); isConst {
				l.Others = &k.Datum
			}
		}
		ok = ok && l.Others != nil
	}
	if lv.By == nil {
		return l, false
	}
	s := b.rowScope(in, st)
	s.aggs = &l.Aggs
	one := newColumnList(b)
	b.aggItem(s, one, lv.By.X)
	if len(one.items) == 0 {
		return l, false
	}
	by := one.items[0]
	if len(one.items) > 1 && !b.o.CheckOnly {
		b.errorf(codeSchema, lv.By.X.Span(), "top-nested ranks by one value, and this gives %d", len(one.items))
		ok = false
	}
	byName := "aggregated_" + name
	if as, named := lv.By.X.(*ast.Assign); named && len(as.Names) > 0 {
		byName = as.Names[0].Text
	}
	l.By, l.Desc = by.Expr, lv.By.Dir != "asc"
	l.ByCol = out.put(out.unique(byName), null(by.Expr.Type()))
	for i := range l.Aggs {
		args := l.Aggs[i].Call.Args
		for k, a := range args {
			if ok = ok && computable(a); !ok {
				return l, false
			}
			if _, isConst := a.(*plan.Const); !isConst {
				args[k] = ref(column(a))
			}
		}
	}
	return l, ok && computable(l.By)
}

// computable says whether an expression can be run: it has no diagnostic and
// is not there for its type only.
func computable(e plan.Expr) bool {
	if isBad(e) {
		return false
	}
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) {
		if _, typed := e.(typedOnly); typed {
			ok = false
		}
	})
	return ok
}

// namedValue is the value of an expression and the name of its column, "" when
// it has none.
func (b *binder) namedValue(s *scope, e ast.Expr) (string, plan.Expr) {
	if as, ok := e.(*ast.Assign); ok && len(as.Names) > 0 {
		return as.Names[0].Text, b.scalar(s, as.Value)
	}
	x := b.scalar(s, e)
	return b.autoName(s, e), x
}
