package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// tuple is a call of a function with several results. Its kernel gives them
// as one array; each becomes a column, named after the function and its first
// argument unless the query names it.
type tuple struct {
	call *ast.Call
	// parts are the columns with their full names.
	parts []types.Column
	// one says that the value is the only part and no array of parts.
	one bool
}

// tupleOf is the call e is when it has several results, else nil.
func (b *binder) tupleOf(s *scope, e ast.Expr) *tuple {
	call, ok := unparen(e).(*ast.Call)
	if !ok {
		return nil
	}
	name := call.Name.Text
	parts, sort := partsOf(name), name == "array_sort_asc" || name == "array_sort_desc"
	if parts == nil && !sort || s.env.lookup(name) != nil {
		return nil
	}
	t := &tuple{call: call}
	if sort {
		return b.sorted(s, t)
	}
	prefix := name + "_"
	if len(call.Args) > 0 {
		if arg := b.autoName(s, call.Args[0]); arg != "" {
			prefix += arg + "_"
		}
	}
	for _, p := range parts {
		t.parts = append(t.parts, types.Column{Name: prefix + p.Name, Type: p.Type})
	}
	return t
}

// sorted names the arrays that array_sort_asc() and array_sort_desc() give.
func (b *binder) sorted(s *scope, t *tuple) *tuple {
	args := t.call.Args
	if n := len(args); n > 1 {
		var last types.Type
		b.quiet(func() { last = b.scalar(s, args[n-1]).Type() })
		if last == types.Bool {
			args = args[:n-1]
		}
	}
	for i, a := range args {
		name := b.autoName(s, a)
		if name == "" {
			name = "array" + strconv.Itoa(i)
		}
		t.parts = append(t.parts, types.Column{Name: name + "_sorted", Type: types.Dynamic})
	}
	if t.one = len(t.parts) == 1; len(t.parts) == 0 {
		return nil
	}
	return t
}

// tuple adds the columns of a function with several results.
func (b *binder) tuple(s *scope, l *columnList, t *tuple, names []*ast.Name) {
	values := b.tupleValues(s, l, t)
	if len(names) > len(values) {
		b.errorf(codeSchema, t.call.Span(), "%s() has %d values, not %d", t.call.Name.Text, len(values), len(names))
		names = names[:len(values)]
	}
	for i, x := range values {
		switch {
		case i < len(names):
			l.written(names[i].Text, names[i].Span(), x)
		case l.first && len(names) == 1:
		default:
			l.derived(t.parts[i].Name, x)
		}
	}
}

// tupleValues are the results of a call, one for each part.
func (b *binder) tupleValues(s *scope, l *columnList, t *tuple) []plan.Expr {
	outer := b.taking
	b.taking = t.call
	x := b.scalar(s, t.call)
	b.taking = outer
	values := make([]plan.Expr, len(t.parts))
	_, typed := x.(typedOnly)
	switch {
	case isBad(x) || typed:
		for i, p := range t.parts {
			values[i] = typedOnly{p.Type}
		}
		return values
	case t.one:
		return []plan.Expr{x}
	}
	if _, constant := x.(*plan.Const); !constant && l.shared != nil {
		col := newCol("", types.Dynamic)
		*l.shared = append(*l.shared, plan.Item{Col: col, Expr: x})
		x = ref(col)
	}
	for i, p := range t.parts {
		part := &plan.Element{X: x, Index: longConst(int64(i))}
		values[i] = b.cast(b.foldElement(part), p.Type)
	}
	return values
}

// foldElement computes an element of a constant.
func (b *binder) foldElement(e *plan.Element) plan.Expr {
	c, ok := e.X.(*plan.Const)
	i, isConst := e.Index.(*plan.Const)
	if !ok || !isConst {
		return e
	}
	if c.Datum.Null() {
		return null(types.Dynamic)
	}
	return boxed(c.Datum.V.(dynamic.Value).At(i.Datum.V.(int64)))
}

// boxed is a dynamic constant.
func boxed(v dynamic.Value) plan.Expr {
	if v.IsNull() {
		return null(types.Dynamic)
	}
	return constOf(vector.Datum{T: types.Dynamic, V: v})
}

// below puts what l shares under in.
func (l *columnList) below(in plan.Rel, window bool) plan.Rel {
	if l.shared == nil || len(*l.shared) == 0 {
		return in
	}
	var items []plan.Item
	for _, c := range in.Cols() {
		items = append(items, pass(c))
	}
	return &plan.Project{Input: in, Items: append(items, *l.shared...), Window: window}
}

// partsOf are the columns of a function with several results, nil for others.
func partsOf(name string) []types.Column {
	if row := fn.ScalarNamed(name); row != nil {
		return row.Parts
	}
	return nil
}
