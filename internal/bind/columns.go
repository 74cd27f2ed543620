package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// columnList gathers the result columns of an operator and keeps their names
// apart. A name written twice is an error. Otherwise a name that is there
// already gets a number, or, when the operator extends its input, replaces the
// column.
type columnList struct {
	b     *binder
	items []plan.Item
	index map[string]int
	// fixed holds the names made by the operator itself; the others come from
	// the input. explicit are those that stand in the query.
	fixed, explicit map[string]bool
	// extend says that columns of the same name are replaced.
	extend bool
	// nameless counts the columns that had no name.
	nameless int
	// first says that a function with several results gives only its first one
	// when a single name is written for it, as print has it.
	first bool
	// shared holds the values of functions with several results, which are
	// computed once below the list; nil where that cannot be done.
	shared *[]plan.Item
}

func newColumnList(b *binder) *columnList {
	return &columnList{b: b, index: map[string]int{}, fixed: map[string]bool{}, explicit: map[string]bool{}}
}

// extending starts with the input's columns, which may be replaced.
func extending(b *binder, in []*plan.Col) *columnList {
	l := newColumnList(b)
	l.extend = true
	for _, c := range in {
		l.index[c.Name] = len(l.items)
		l.items = append(l.items, pass(c))
	}
	return l
}

// pass is the item that hands a column on unchanged.
func pass(c *plan.Col) plan.Item { return plan.Item{Col: c, Expr: &plan.ColRef{Col: c}} }

// unique is name, or name with the first number that makes it new.
func (l *columnList) unique(name string) string {
	if _, used := l.index[name]; !used {
		return name
	}
	for i := 1; ; i++ {
		n := name + strconv.Itoa(i)
		if _, used := l.index[n]; !used {
			return n
		}
	}
}

// unnamed is the name of a column without one: Column and the first number
// that no such column of the query has yet. When columns are added to the
// input, names of the input are left out too.
func (l *columnList) unnamed() string {
	for {
		l.nameless++
		n := "Column" + strconv.Itoa(l.nameless)
		_, used := l.index[n]
		switch {
		case l.b.made[n]:
		case !l.extend:
			n = l.unique(n)
			l.b.made[n] = true
			return n
		case !used || l.fixed[n]:
			l.b.made[n] = true
			return n
		}
	}
}

// put adds a column, or replaces the column of that name.
func (l *columnList) put(name string, e plan.Expr) *plan.Col {
	col := &plan.Col{Name: name, Type: e.Type()}
	if r, ok := e.(*plan.ColRef); ok && r.Col.Name == name {
		col = r.Col
	}
	l.fixed[name] = true
	it := plan.Item{Col: col, Expr: e}
	if i, ok := l.index[name]; ok {
		l.items[i] = it
		return col
	}
	l.index[name] = len(l.items)
	l.items = append(l.items, it)
	return col
}

// written adds a column whose name stands in the query and gives the name it
// got.
func (l *columnList) written(name string, at source.Span, e plan.Expr) string {
	if l.explicit[name] {
		l.b.errorf(codeDuplicate, at, "a column called %q is there already", name)
		return name
	}
	name = l.add(name, e)
	l.explicit[name] = true
	return name
}

// derived adds a column whose name comes from the expression; "" has none.
func (l *columnList) derived(name string, e plan.Expr) string {
	if name == "" {
		name = l.unnamed()
	}
	return l.add(name, e)
}

func (l *columnList) add(name string, e plan.Expr) string {
	if !l.extend {
		name = l.unique(name)
	}
	l.put(name, e)
	return name
}

// cols are the columns so far.
func (l *columnList) cols() []*plan.Col {
	out := make([]*plan.Col, len(l.items))
	for i := range l.items {
		out[i] = l.items[i].Col
	}
	return out
}

// unparen takes parentheses off.
func unparen(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

// null is a null of type t.
func null(t types.Type) plan.Expr { return &plan.Const{Datum: vector.Datum{T: t}} }

// item binds one item of project, extend, serialize or print into l.
func (b *binder) item(s *scope, l *columnList, e ast.Expr) {
	value, names, multi := e, []*ast.Name(nil), false
	as, named := e.(*ast.Assign)
	if named {
		value, names, multi = as.Value, as.Names, as.Multi
	}
	if t := b.tupleOf(s, value); t != nil {
		b.tuple(s, l, t, names)
		return
	}
	x := b.scalar(s, value)
	if multi && len(names) > 1 {
		b.severalNames(as)
		return
	}
	if !named {
		if n, plain := unparen(e).(*ast.Name); plain {
			if _, isCol := x.(*plan.ColRef); isCol || isBad(x) {
				l.reveal(l.written(n.Text, e.Span(), x))
				return
			}
		}
		l.derived(b.autoName(s, e), x)
		return
	}
	if len(names) == 0 {
		return
	}
	l.written(names[0].Text, names[0].Span(), x)
}

// severalNames reports several names for a single value.
func (b *binder) severalNames(as *ast.Assign) {
	at := as.Names[0].Span()
	at.Start, at.End = as.Span().Start, as.Names[len(as.Names)-1].Span().End
	b.errorf(codeSchema, at, "the expression has one value, not %d", len(as.Names))
}
