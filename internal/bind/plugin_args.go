package bind

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/plugin"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// pluginArguments binds the arguments of a plugin into p; it is false when
// one has a diagnostic.
func (b *binder) pluginArguments(p *plan.Plugin, st *state, call *ast.Call) bool {
	params, ok := b.pluginParams(p, st, call)
	if !ok {
		return false
	}
	for i, e := range call.Args {
		a := &plugin.Arg{Index: i, Param: params[i].Name, Col: -1}
		if as, named := e.(*ast.Assign); named && len(as.Names) == 1 {
			a.Name, e = as.Names[0].Text, as.Value
		}
		p.Use.Args, p.Args = append(p.Use.Args, a), append(p.Args, nil)
		if isTilde(e) && p.Row.Tilde {
			a.Param = "" // not given
			continue
		}
		ok = b.pluginArgument(p, st, a, params[i], e) && ok
	}
	if p.Row.Prepare == plugin.Grouped {
		ok = b.grouping(p, st, call, ok) && ok
	}
	return ok
}

func isTilde(e ast.Expr) bool {
	s, ok := unparen(e).(*ast.String)
	return ok && s.Value == "~"
}

// pluginParams says which parameter each argument stands for.
func (b *binder) pluginParams(p *plan.Plugin, st *state, call *ast.Call) ([]*fn.Param, bool) {
	sigs := pluginSigs(p.Row)
	n := len(call.Args)
	lo, hi := sigs[0].MinArgs, sigs[0].MaxArgs
	var sig *fn.Sig
	for i := range sigs {
		s := &sigs[i]
		lo, hi = min(lo, s.MinArgs), max(hi, s.MaxArgs)
		if sig == nil && n >= s.MinArgs && n <= s.MaxArgs {
			sig = s
		}
	}
	if sig == nil {
		b.arityError(p.Row.Name, call.Span(), call.Args, lo, hi)
		return nil, false
	}
	out := make([]*fn.Param, n)
	at, used := 0, 0 // the parameter at hand, and how often it has been used
	for i, e := range call.Args {
		if named := namedParam(sig, e); named != nil {
			out[i] = named
			continue
		}
		for at < len(sig.Params) && (used >= sig.Params[at].Max || used >= sig.Params[at].Min && !b.stands(p, st, &sig.Params[at], e, at+1 < len(sig.Params))) {
			at, used = at+1, 0
		}
		if at == len(sig.Params) {
			b.arityError(p.Row.Name, call.Span(), call.Args, lo, i)
			return nil, false
		}
		out[i] = &sig.Params[at]
		used++
	}
	return out, true
}

// pluginSigs are the ways to call a plugin.
func pluginSigs(row *plugin.Plugin) []fn.Sig {
	if row.Params != nil {
		s := fn.Sig{Params: row.Params}
		for _, p := range row.Params {
			s.MinArgs, s.MaxArgs = s.MinArgs+p.Min, s.MaxArgs+p.Max
		}
		return []fn.Sig{s}
	}
	if e := fn.Find(fn.Plugins, row.Name); e != nil && len(e.Sigs) > 0 {
		return e.Sigs
	}
	return []fn.Sig{{}}
}

// namedParam is the parameter that an argument names.
func namedParam(sig *fn.Sig, e ast.Expr) *fn.Param {
	as, ok := e.(*ast.Assign)
	if !ok || len(as.Names) != 1 {
		return nil
	}
	for i := range sig.Params {
		if p := &sig.Params[i]; strings.EqualFold(p.Name, as.Names[0].Text) {
			return p
		}
	}
	return nil
}

// stands says whether an argument can stand for an optional or repeated
// parameter, as far as its form tells. When no parameter follows, it must.
func (b *binder) stands(p *plan.Plugin, st *state, param *fn.Param, e ast.Expr, more bool) bool {
	if !more {
		return true
	}
	_, named := e.(*ast.Assign)
	name, isName := unparen(e).(*ast.Name)
	column := isName && findCol(p.Input.Cols(), name.Text) != nil
	switch {
	case p.Row.Tilde:
		return true
	case param.Kind == "Tabular":
		return b.tabular(b.rowScope(p.Input, st), e)
	case strings.HasPrefix(param.Arg, "Column"):
		return isName && !(param.Arg == "Column" && !column && b.tabular(b.rowScope(p.Input, st), e)) || !isName && !b.literalForm(e) && !b.tabular(b.rowScope(p.Input, st), e)
	case len(param.Types) == 1 && param.Types[0] == types.Bool && param.Arg == "":
		return named || !isName || column && findCol(p.Input.Cols(), name.Text).Type == types.Bool
	case param.Arg == "Constant":
		return !column
	}
	return true
}

// literalForm says whether an expression is written as a literal.
func (b *binder) literalForm(e ast.Expr) bool {
	switch n := unparen(e).(type) {
	case *ast.Literal, *ast.String, *ast.Dynamic:
		return true
	case *ast.Unary:
		return b.literalForm(n.X)
	}
	return false
}

// pluginArgument binds one argument.
func (b *binder) pluginArgument(p *plan.Plugin, st *state, a *plugin.Arg, param *fn.Param, e ast.Expr) bool {
	i := a.Index
	switch {
	case param.Kind == "Tabular":
		rel, rst := b.pipeline(st.env, e)
		p.Table = rel
		for _, c := range rel.Cols() {
			p.Use.Table = append(p.Use.Table, types.Column{Name: c.Name, Type: c.Type})
		}
		if b.open[rel] || rst != nil && rst.open {
			p.Use.Open = true
		}
		return true
	case param.Arg == "Aggregate":
		return b.pluginAggregate(p, st, a, e)
	case strings.HasPrefix(param.Arg, "Column"):
		return b.pluginColumn(p, st, a, param, e)
	}
	if t, ok := e.(*ast.TypeOf); ok {
		for _, it := range t.Items {
			if it.Star {
				a.Star = true
			} else if it.Type != nil && it.Name != nil {
				k, _ := types.Parse(it.Type.Text)
				a.Schema = append(a.Schema, types.Column{Name: it.Name.Text, Type: k})
			}
		}
		return true
	}
	x := b.scalar(b.rowScope(p.Input, st), e)
	a.Type = x.Type()
	if isBad(x) {
		if st.open || b.pending != nil {
			return false
		}
		return !b.failed()
	}
	if fits(param, a.Type, nil) == 0 && !(a.Type == types.Dynamic && param.Kind != "Integer" && param.Kind != "Number" && len(param.Types) == 0) {
		b.errorf(codeType, e.Span(), "argument %d of %s must be %s, not %s", i+1, p.Row.Name, paramWords(param), a.Type)
		return false
	}
	if c, ok := x.(*plan.Const); ok {
		a.Constant, a.Const = true, &c.Datum
	} else if a.Constant = len(columnsIn(x)) == 0; !a.Constant && (param.Arg == "Constant" || strings.HasPrefix(param.Arg, "Literal")) {
		b.errorf(codeConstant, e.Span(), "argument %d of %s must be a constant", i+1, p.Row.Name)
		return false
	}
	if strings.HasPrefix(param.Arg, "Literal") {
		if _, isCall := unparen(e).(*ast.Call); isCall || a.Const == nil && !b.o.CheckOnly {
			b.errorf(codeConstant, e.Span(), "argument %d of %s must be a literal", i+1, p.Row.Name)
			return false
		}
		if s, ok := x.(*plan.Const); ok && param.Arg == "LiteralNotEmpty" && s.Datum.V == "" {
			b.errorf(codeArgument, e.Span(), "argument %d of %s must not be empty", i+1, p.Row.Name)
			return false
		}
	}
	if a.Name == "" {
		a.Name = b.autoName(b.rowScope(p.Input, st), e)
		if _, plain := unparen(e).(*ast.Name); !plain {
			a.Name = ""
		}
	}
	p.Args[i] = x
	return true
}

// paramWords describes what a parameter takes, for messages.
func paramWords(p *fn.Param) string {
	if w := paramWord(p); w != "" {
		return w
	}
	return "another value"
}

// pluginColumn binds an argument that names a column of the input, or of the
// table.
func (b *binder) pluginColumn(p *plan.Plugin, st *state, a *plugin.Arg, param *fn.Param, e ast.Expr) bool {
	n, ok := unparen(e).(*ast.Name)
	if !ok {
		x := b.scalar(b.rowScope(p.Input, st), e)
		if !isBad(x) || !b.failed() {
			b.errorf(codeArgument, e.Span(), "the name of a column is expected here")
		}
		return false
	}
	inTable := param.Arg == "Column_Parameter0"
	cols, open := p.Input.Cols(), st.open
	if inTable {
		cols, open = nil, p.Use.Open
		if p.Table != nil {
			cols = p.Table.Cols()
		}
	}
	a.Name = n.Text
	for i, c := range cols {
		if c.Name == n.Text {
			a.Col, a.Type = i, c.Type
			if !inTable {
				b.traceColumn(n, c)
				p.Args[a.Index] = ref(c)
			}
		}
	}
	if a.Col < 0 {
		if !open {
			b.unknown(codeUnknownColumn, n.Span(), "column", n.Text, colNames(cols))
			return false
		}
		return b.o.CheckOnly
	}
	if param.Arg == "Column_Parameter0_Common" && p.Table != nil {
		other := findCol(p.Table.Cols(), n.Text)
		if other == nil && !p.Use.Open {
			b.unknown(codeUnknownColumn, n.Span(), "column", n.Text, colNames(p.Table.Cols()))
			return false
		}
		if other != nil && other.Type != a.Type && a.Type != types.Unknown && other.Type != types.Unknown {
			b.errorf(codeType, n.Span(), "the column %q is %s here and %s in the table: convert one of them", n.Text, a.Type, other.Type)
			return false
		}
	}
	if fits(param, a.Type, nil) == 0 {
		b.errorf(codeType, n.Span(), "argument %d of %s must be %s, not %s", a.Index+1, p.Row.Name, paramWords(param), a.Type)
		return false
	}
	return true
}

// pluginAggregate binds an argument that is an aggregate: its columns are
// what the plugin must know, the call itself is bound by grouping.
func (b *binder) pluginAggregate(p *plan.Plugin, st *state, a *plugin.Arg, e ast.Expr) bool {
	call, ok := b.isAggregate(unparen(e))
	if !ok {
		if c, isCall := unparen(e).(*ast.Call); isCall && fn.Find(fn.Functions, c.Name.Text) != nil && b.o.CheckOnly {
			a.Agg = c.Name.Text
			return true
		}
		b.errorf(codeAggregate, e.Span(), "an aggregate such as count() is expected here")
		return false
	}
	a.Agg = call.Name.Text
	s := b.rowScope(p.Input, st)
	for _, x := range call.Args {
		var v plan.Expr
		b.quiet(func() { v = b.scalar(s, x) })
		for _, c := range columnsIn(v) {
			for i, have := range p.Input.Cols() {
				if have == c {
					a.AggCols = append(a.AggCols, i)
				}
			}
		}
	}
	return true
}

// grouping puts a summarize under a plugin that works on groups (pivot): by
// the columns that stay and the pivot's, with the aggregate it names.
func (b *binder) grouping(p *plan.Plugin, st *state, call *ast.Call, ok bool) bool {
	if !ok {
		return false
	}
	var agg ast.Expr = &ast.Call{Pos: call.Pos, Name: &ast.Name{Pos: call.Name.Pos, Text: "count"}}
	var keys []*plan.Col
	cols := p.Input.Cols()
	pivot := p.Use.Args[0]
	if pivot.Col < 0 { // its column is unknown, which is said already
		return false
	}
	skip := map[int]bool{pivot.Col: true}
	var aggArg *plugin.Arg
	for i, a := range p.Use.Args {
		if a.Agg != "" {
			agg, aggArg = unparen(call.Args[i]), a
			for _, c := range a.AggCols {
				skip[c] = true
			}
		}
	}
	listed := p.Use.All("columnName")
	for _, a := range listed {
		if a.Col >= 0 && a.Col != pivot.Col {
			keys = append(keys, cols[a.Col])
		}
	}
	for i, c := range cols {
		if len(listed) == 0 && !skip[i] {
			keys = append(keys, c)
		}
	}
	s := b.rowScope(p.Input, st)
	aggs := []plan.Agg{}
	s.aggs = &aggs
	c, _ := agg.(*ast.Call)
	if fn.Find(fn.Aggregates, c.Name.Text) == nil {
		c = &ast.Call{Pos: call.Pos, Name: &ast.Name{Pos: call.Name.Pos, Text: "count"}} // only typed
	}
	made, fine := b.aggregate(s, c, []string{""})
	if !fine {
		return false
	}
	if len(made.Cols) == 0 || len(made.Cols) > 1 && !b.o.CheckOnly {
		b.errorf(codeAggregate, agg.Span(), "pivot takes an aggregate with one result, and %s() has %d", c.Name.Text, len(made.Cols))
		return false
	}
	sum := &plan.Summarize{Input: p.Input, Aggs: []plan.Agg{made}}
	add := func(k *plan.Col) *plan.Col {
		col := newCol(k.Name, k.Type)
		sum.Keys = append(sum.Keys, plan.Item{Col: col, Expr: ref(k)})
		sum.Columns = append(sum.Columns, col)
		return col
	}
	for _, k := range keys {
		add(k)
	}
	at := add(cols[pivot.Col])
	made.Cols[0].Name = "value"
	sum.Columns = append(sum.Columns, made.Cols[0])
	p.Input = sum
	pivot.Col = len(keys)
	p.Args[0] = ref(at)
	if !b.o.CheckOnly {
		p.Use.Empty = emptyAggregate(made)
	}
	for i, a := range p.Use.Args {
		if i > 0 {
			a.Col, p.Args[i] = -1, nil
		}
	}
	if aggArg == nil {
		aggArg = &plugin.Arg{Index: len(p.Use.Args), Param: "aggregateFunction"}
		p.Use.Args, p.Args = append(p.Use.Args, aggArg), append(p.Args, nil)
	}
	aggArg.Col, aggArg.Type = len(keys)+1, made.Cols[0].Type
	p.Args[aggArg.Index] = ref(made.Cols[0])
	return true
}

// emptyAggregate is what an aggregate gives for no rows.
func emptyAggregate(a plan.Agg) vector.Datum {
	null := vector.Datum{T: a.Cols[0].Type}
	if a.Call.Fn == nil || a.Call.Fn.New == nil {
		return null
	}
	s, err := a.Call.Fn.New(a.Call.Use)
	if err != nil {
		return null
	}
	s.Grow(1)
	vs, err := s.Results(1)
	if err != nil || len(vs) == 0 || vs[0].N < 1 {
		return null
	}
	return vs[0].Datum(0)
}
