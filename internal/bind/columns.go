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
// apart: a name that was written twice is an error, a name that was made up
// gets a number.
type columnList struct {
	b     *binder
	items []plan.Item
	index map[string]int
	// fixed holds the names made by the operator itself; the others come from
	// the input and may be replaced (extend).
	fixed map[string]bool
	// seen holds the input's names, which Column1 and the like keep clear of.
	seen map[string]bool
}

func newColumnList(b *binder) *columnList {
	return &columnList{b: b, index: map[string]int{}, fixed: map[string]bool{}}
}

// extending starts with the input's columns, which may be replaced.
func extending(b *binder, in []*plan.Col) *columnList {
	l := newColumnList(b)
	for _, c := range in {
		l.index[c.Name] = len(l.items)
		l.items = append(l.items, pass(c))
	}
	return l
}

// clearOf keeps made-up names clear of the input's.
func (l *columnList) clearOf(in []*plan.Col) *columnList {
	l.seen = map[string]bool{}
	for _, c := range in {
		l.seen[c.Name] = true
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

// unnamed is the next free Column1, Column2, ...
func (l *columnList) unnamed() string {
	for i := 1; ; i++ {
		n := "Column" + strconv.Itoa(i)
		if _, used := l.index[n]; !used && !l.seen[n] {
			return n
		}
	}
}

// put adds a column, or replaces an input column of that name.
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

// written adds a column whose name stands in the query.
func (l *columnList) written(name string, at source.Span, e plan.Expr) {
	if l.fixed[name] {
		l.b.errorf(codeDuplicate, at, "a column called %q is there already", name)
		return
	}
	l.put(name, e)
}

// derived adds a column whose name comes from the expression; "" has none.
func (l *columnList) derived(name string, e plan.Expr) {
	switch {
	case name == "":
		name = l.unnamed()
	case l.fixed[name]:
		name = l.unique(name)
	}
	l.put(name, e)
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
	as, ok := e.(*ast.Assign)
	if !ok {
		x := b.scalar(s, e)
		if _, plain := unparen(e).(*ast.Name); plain {
			if r, ok := x.(*plan.ColRef); ok {
				l.written(r.Col.Name, e.Span(), x)
				return
			}
		}
		if rest := tupleColumns(e); rest != nil {
			b.tuple(l, e, rest, b.autoName(s, tupleArg(e)), nil, x)
			return
		}
		l.derived(b.autoName(s, e), x)
		return
	}
	x := b.scalar(s, as.Value)
	if rest := tupleColumns(as.Value); rest != nil {
		b.tuple(l, as.Value, rest, b.autoName(s, tupleArg(as.Value)), as.Names, x)
		return
	}
	if len(as.Names) == 0 {
		return
	}
	if as.Multi && len(as.Names) > 1 {
		b.errorf(codeSchema, as.Value.Span(), "the expression has one value, not %d", len(as.Names))
	}
	l.written(as.Names[0].Text, as.Names[0].Span(), x)
}

// tuple adds the columns of a function with several results.
func (b *binder) tuple(l *columnList, e ast.Expr, parts []types.Column, arg string, names []*ast.Name, first plan.Expr) {
	call := unparen(e).(*ast.Call)
	if first.Type() != parts[0].Type {
		first = null(parts[0].Type)
	}
	if len(names) > len(parts) {
		b.errorf(codeSchema, e.Span(), "%s() has %d values, not %d", call.Name.Text, len(parts), len(names))
		names = names[:len(parts)]
	}
	for i, p := range parts {
		x := first
		if i > 0 {
			x = null(p.Type)
		}
		if i < len(names) {
			l.written(names[i].Text, names[i].Span(), x)
			continue
		}
		prefix := call.Name.Text + "_"
		if arg != "" {
			prefix += arg + "_"
		}
		l.derived(prefix+p.Name, x)
	}
}

// tupleArg is the first argument of a call.
func tupleArg(e ast.Expr) ast.Expr {
	call := unparen(e).(*ast.Call)
	if len(call.Args) == 0 {
		return &ast.Bad{Pos: call.Pos}
	}
	return call.Args[0]
}

// tupleColumns names the results of a function that has several; nil for
// others.
func tupleColumns(e ast.Expr) []types.Column {
	call, ok := unparen(e).(*ast.Call)
	if !ok {
		return nil
	}
	return tuples[call.Name.Text]
}

func reals(names ...string) []types.Column { return colsOf(types.Real, names...) }

func dynamics(names ...string) []types.Column { return colsOf(types.Dynamic, names...) }

func colsOf(t types.Type, names ...string) []types.Column {
	out := make([]types.Column, len(names))
	for i, n := range names {
		out[i] = types.Column{Name: n, Type: t}
	}
	return out
}

func columns(parts ...[]types.Column) []types.Column {
	var out []types.Column
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// tuples are the functions with several results.
var tuples = map[string][]types.Column{
	"series_stats": columns(reals("min"), colsOf(types.Long, "min_idx"), reals("max"), colsOf(types.Long, "max_idx"),
		reals("avg", "stdev", "variance")),
	"series_fft":  dynamics("real", "imag"),
	"series_ifft": dynamics("real", "imag"),
	"series_fit_line": columns(reals("rsquare", "slope", "variance", "rvariance", "interception"),
		dynamics("line_fit")),
	"series_fit_2lines": columns(reals("rsquare"), colsOf(types.Long, "split_idx"), reals("variance", "rvariance"),
		dynamics("line_fit"), reals("right_rsquare", "right_slope", "right_interception", "right_variance", "right_rvariance",
			"left_rsquare", "left_slope", "left_interception", "left_variance", "left_rvariance")),
	"series_fit_poly":            columns(reals("rsquare"), dynamics("coefficients"), reals("variance", "rvariance"), dynamics("poly_fit")),
	"series_decompose":           dynamics("baseline", "seasonal", "trend", "residual"),
	"series_decompose_anomalies": dynamics("ad_flag", "ad_score", "baseline"),
	"series_decompose_forecast":  nil,
	"series_periods_detect":      dynamics("periods", "scores"),
	"series_periods_validate":    dynamics("periods", "scores"),
}
