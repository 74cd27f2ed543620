package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// sample binds `sample`.
func (b *binder) sample(in plan.Rel, st *state, op *ast.Sample) plan.Rel {
	st.sorted = nil
	return &plan.Sample{Input: in, Count: b.rowCount(in, st, op.N)}
}

// plainColumn is the column that e names; other expressions are reported.
func (b *binder) plainColumn(in plan.Rel, st *state, e ast.Expr) (*plan.Col, bool) {
	x := b.scalar(b.rowScope(in, st), e)
	if _, named := unparen(e).(*ast.Name); named {
		if r, ok := x.(*plan.ColRef); ok {
			return r.Col, true
		}
	}
	if !isBad(x) {
		b.errorf(codeArgument, e.Span(), "the name of a column is expected here; compute it with extend first")
	}
	return nil, false
}

// sampleDistinct binds `sample-distinct`: the first different values do.
func (b *binder) sampleDistinct(in plan.Rel, st *state, op *ast.SampleDistinct) plan.Rel {
	n := b.rowCount(in, st, op.N)
	c, ok := b.plainColumn(in, st, op.Of)
	st.open = false
	st.reordered()
	if !ok {
		return b.unnamedColumns(st, in, op.Of)
	}
	b.grouped(op.Of, ref(c), "compared")
	return &plan.SampleDistinct{Input: &plan.Project{Input: in, Items: []plan.Item{pass(c)}}, Count: n}
}

// unnamedColumns stands for the result of an operator whose column is wrong.
func (b *binder) unnamedColumns(st *state, in plan.Rel, e ast.Expr) plan.Rel {
	var name string
	var x plan.Expr
	b.quiet(func() { name, x = b.namedValue(b.rowScope(in, st), e) })
	rel := emptyOf([]*plan.Col{newCol(name, x.Type())})
	st.open = isBad(x)
	return rel
}

// topHitters binds `top-hitters`. The service estimates; here the numbers are
// exact: the rows, or the sum of a number, by value.
func (b *binder) topHitters(in plan.Rel, st *state, op *ast.TopHitters) plan.Rel {
	n := b.rowCount(in, st, op.N)
	s := b.rowScope(in, st)
	name, x := b.namedValue(s, op.Of)
	if _, named := unparen(op.Of).(*ast.Name); !named && !isBad(x) {
		b.errorf(codeArgument, op.Of.Span(), "the name of a column is expected here; compute it with extend first")
	}
	st.open = false
	st.reordered()
	agg, label, t := "count", "approximate_count_"+name, types.Long
	var args []ast.Expr
	if op.By != nil {
		value := op.By
		if as, ok := value.(*ast.Assign); ok {
			value = as.Value
		}
		y := b.scalar(s, value)
		agg, label, t = "sum", "approximate_sum_"+b.autoName(s, op.By), y.Type()
		args = []ast.Expr{value}
		if !isBad(y) && !t.Numeric() {
			b.errorf(codeType, op.By.Span(), "a number is expected, not %s", one(t))
		}
		if !t.Numeric() || !computable(y) {
			return emptyOf([]*plan.Col{newCol(name, x.Type()), newCol(label, t)})
		}
	}
	at := ast.Pos{At: op.Keyword()}
	var aggs []plan.Agg
	s.aggs = &aggs
	a, ok := b.aggregate(s, &ast.Call{Pos: at, Name: &ast.Name{Pos: at, Text: agg}, Args: args}, []string{label})
	key := plan.Item{Col: newCol(name, x.Type()), Expr: x}
	if !ok || !computable(x) || !computable(n) {
		return emptyOf([]*plan.Col{key.Col, newCol(label, t)})
	}
	sum := &plan.Summarize{Input: in, Keys: []plan.Item{key}, Aggs: []plan.Agg{a}}
	sum.Columns = []*plan.Col{key.Col, a.Cols[0]}
	var out plan.Rel = &plan.Sort{Input: sum, Keys: []plan.Key{{Expr: ref(a.Cols[0]), Desc: true}}, Limit: n}
	if a.Cols[0].Type != t { // the sum of ints is a long, what is shown is an int
		total := plan.Item{Col: newCol(label, t), Expr: b.cast(ref(a.Cols[0]), t)}
		out = &plan.Project{Input: out, Items: []plan.Item{pass(key.Col), total}}
	}
	return out
}
