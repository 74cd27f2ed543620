package bind

import (
	"errors"
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/plugin"
	"goshawk/internal/types"
)

// evaluate binds `evaluate`: what a plugin makes of the rows. Where the
// columns depend on the rows, they are observed before the rest is bound: see
// observed.
func (b *binder) evaluate(in plan.Rel, st *state, op *ast.Evaluate) plan.Rel {
	call, ok := unparen(op.Call).(*ast.Call)
	if !ok || call.Name == nil {
		return b.refused(st, op)
	}
	row := plugin.Named(call.Name.Text)
	if row == nil {
		b.unknown(codeUnknownFunction, call.Name.Span(), "plugin", call.Name.Text, plugin.Names())
		st.open = true
		return b.badRel()
	}
	if in == nil {
		in = emptyOf(nil)
	}
	before := len(b.diags)
	p := &plan.Plugin{Row: row, Use: &plugin.Use{}, Input: in}
	wasOpen := st.open
	ok = b.pluginArguments(p, st, call)
	if row.Status == fn.Planned && !b.o.CheckOnly {
		b.refuse(codeUnsupported, call.Span(), "the plugin %s is not supported: %s", row.Name, row.Reason)
	}
	for _, c := range p.Input.Cols() {
		p.Use.In = append(p.Use.In, types.Column{Name: c.Name, Type: c.Type})
	}
	cols, known := b.pluginColumns(p, st, call, op, ok)
	b.pluginResult(p, cols)
	if op.Schema != nil {
		b.pluginSchema(p, call, op)
	}
	st.open = !known || wasOpen && op.Schema == nil && handsOn(p)
	st.reordered()
	if !ok || len(b.diags) > before && b.failed() {
		return emptyOf(p.Columns)
	}
	if !b.o.CheckOnly && row.Prepare == plugin.Previewed {
		return b.preview(p, st, op)
	}
	if !b.o.CheckOnly && len(row.More) > 0 {
		return b.tablesOfPlugin(p, st, op)
	}
	return namedApart(p)
}

// preview is the first rows, and the number of all.
func (b *binder) preview(p *plan.Plugin, st *state, op *ast.Evaluate) plan.Rel {
	shared := b.split(p.Input)
	take := &plan.Take{Input: shared(), Count: b.cast(p.Args[0], types.Long)}
	from := shared()
	at := ast.Pos{At: op.Keyword()}
	count, ok := b.aggregate(&scope{cols: from.Cols(), env: st.env, aggs: &[]plan.Agg{}}, &ast.Call{Pos: at, Name: &ast.Name{Pos: at, Text: "count"}}, []string{"Count"})
	if !ok {
		return b.badRel()
	}
	sum := &plan.Summarize{Input: from, Aggs: []plan.Agg{count}, Scalar: true}
	sum.Columns = count.Cols
	return b.several(st, op, []plan.Result{{Name: "PrimaryResult", Rel: take}, {Name: "Count", Rel: sum}})
}

// tablesOfPlugin are all tables of a plugin that gives several.
func (b *binder) tablesOfPlugin(p *plan.Plugin, st *state, op *ast.Evaluate) plan.Rel {
	shared := b.split(p.Input)
	in := p.Input.Cols()
	p.Input = shared()
	results := []plan.Result{{Name: "PrimaryResult", Rel: namedApart(p)}}
	for i, row := range p.Row.More {
		q := &plan.Plugin{Row: row, Use: &plugin.Use{}, Input: shared()}
		*q.Use = *p.Use
		at := map[*plan.Col]plan.Expr{}
		for k, c := range in {
			at[c] = ref(q.Input.Cols()[k])
		}
		for _, a := range p.Args {
			q.Args = append(q.Args, substitute(a, at))
		}
		cols, err := row.Columns(q.Use)
		if err != nil {
			b.errorf(codeArgument, op.Keyword(), "%v", err)
		}
		b.pluginResult(q, cols)
		results = append(results, plan.Result{Name: "Table" + strconv.Itoa(i+2), Rel: namedApart(q)})
	}
	return b.several(st, op, results)
}

// namedApart numbers the names that a relation has more than once: a column of
// the input may be called as one that a plugin makes.
func namedApart(r plan.Rel) plan.Rel {
	out := newColumnList(nil)
	twice := false
	for _, c := range r.Cols() {
		name := out.unique(c.Name)
		twice = twice || name != c.Name
		out.put(name, ref(c))
	}
	if !twice {
		return r
	}
	return &plan.Project{Input: r, Items: out.items}
}

// handsOn says whether the plugin gives columns of its input.
func handsOn(p *plan.Plugin) bool {
	return len(p.Use.In) == 0 || len(p.Made) < len(p.Columns) || p.Row.Whole && len(p.Columns) > len(p.Use.In)
}

// required is how many arguments a plugin needs.
func required(row *plugin.Plugin) (n int) {
	for _, p := range row.Params {
		n += p.Min
	}
	return n
}

// pluginColumns are the result columns, and whether they are all.
func (b *binder) pluginColumns(p *plan.Plugin, st *state, call *ast.Call, op *ast.Evaluate, ok bool) ([]plugin.Column, bool) {
	var cols []plugin.Column
	if least := required(p.Row); ok || len(p.Use.Args) >= least {
		var err error
		if cols, err = p.Row.Columns(p.Use); err != nil {
			b.pluginError(err, call)
			ok = false
		}
	}
	if op.Schema != nil {
		want := b.wanted(op)
		if p.Row.Declare == nil || b.failed() {
			return cols, true // pluginSchema chooses among them
		}
		declared, err := p.Row.Declare(p.Use, want, op.Schema.Star)
		if err == nil {
			return declared, true
		}
		if !b.o.CheckOnly {
			b.errorf(codeSchema, op.Schema.Span(), "%v", err)
		}
		return cols, true
	}
	if p.Row.Observe == nil || !ok {
		return cols, !p.Row.Open && p.Row.Observe == nil
	}
	if seen := b.observed(p, st, call); seen != nil {
		return seen.Columns, true
	}
	return cols, false
}

// wanted are the columns that a schema written in the query names.
func (b *binder) wanted(op *ast.Evaluate) []types.Column {
	var out []types.Column
	for _, c := range b.schema(op.Schema) {
		out = append(out, types.Column{Name: c.Name, Type: c.Type})
	}
	return out
}

// pluginSchema chooses the columns that the query promises; a star stands for
// those that it does not name.
func (b *binder) pluginSchema(p *plan.Plugin, call *ast.Call, op *ast.Evaluate) {
	var want []types.Column
	b.quiet(func() { want = b.wanted(op) })
	var out []*plan.Col
	if op.Schema.Star {
		for _, c := range p.Columns {
			named := false
			for _, w := range want {
				named = named || w.Name == c.Name
			}
			if !named {
				out = append(out, c)
			}
		}
	}
	for _, w := range want {
		c := findCol(p.Columns, w.Name)
		if c == nil || c.Type != w.Type {
			if !b.o.CheckOnly && p.Row.Status != fn.Planned {
				b.errorf(codeSchema, op.Schema.Span(), "%s gives no column %q of type %s", call.Name.Text, w.Name, w.Type)
			}
			c = newCol(w.Name, w.Type)
		}
		out = append(out, c)
	}
	p.Columns = out
}

// pluginResult makes the columns of the plan.
func (b *binder) pluginResult(p *plan.Plugin, cols []plugin.Column) {
	p.Use.Out = cols
	in := p.Input.Cols()
	for _, c := range cols {
		if c.From >= 0 && c.From < len(in) {
			p.Columns = append(p.Columns, in[c.From])
			continue
		}
		col := newCol(c.Name, c.Type)
		p.Columns, p.Made = append(p.Columns, col), append(p.Made, col)
	}
}

// pluginError reports what a row says about its arguments.
func (b *binder) pluginError(err error, call *ast.Call) {
	at := call.Span()
	var ae *plugin.ArgError
	if errors.As(err, &ae) && ae.Arg < len(call.Args) {
		at = call.Args[ae.Arg].Span()
	}
	b.errorf(codeArgument, at, "%v", err)
}

// observed is what the input of p was seen to hold, nil while that is not
// known. The query is bound in stages: the first stage is bound up to here and
// runs p's input; the next one knows what that gave and goes on. Binding does
// the same things in the same order each time, so observations are told apart
// by their number.
func (b *binder) observed(p *plan.Plugin, st *state, call *ast.Call) *plan.Observation {
	if b.o.CheckOnly || b.pending != nil || b.failed() {
		return nil
	}
	key := observeKey{call, st.env}
	n, ok := b.observedAt[key]
	if !ok {
		n = b.asked
		b.observedAt[key] = n
		b.asked++
	}
	if n >= len(b.seen) {
		perRow := false
		plan.Walk(p.Input, func(r plan.Rel) {
			_, given := r.(*plan.Given)
			perRow = perRow || given
		})
		if perRow {
			b.refuse(codeUnsupported, call.Span(), "%s inside a subquery over each row needs its columns written after it, as : (name:type, ...)", p.Row.Name)
			return nil
		}
		b.pending = &plan.Observe{Row: p.Row, Use: p.Use, Input: p.Input, Args: p.Args, Hold: !rowByRow(p.Input)}
		return nil
	}
	seen := b.seen[n]
	if seen.Held {
		held := &plan.Held{Batches: seen.Batches}
		held.Columns = fresh(p.Input.Cols())
		at := map[*plan.Col]plan.Expr{}
		for i, c := range p.Input.Cols() {
			at[c] = ref(held.Columns[i])
		}
		for i, a := range p.Args {
			p.Args[i] = substitute(a, at)
		}
		p.Input = held
	}
	return seen
}

// observeKey is one plugin call in one surrounding.
type observeKey struct {
	call *ast.Call
	env  *env
}

// substitute replaces a column reference; arguments of plugins that observe
// are columns or constants.
func substitute(e plan.Expr, at map[*plan.Col]plan.Expr) plan.Expr {
	if r, ok := e.(*plan.ColRef); ok && at[r.Col] != nil {
		return at[r.Col]
	}
	return e
}

// rowByRow says whether computing r twice is cheap and gives the same rows:
// it reads a table and computes each row on its own.
func rowByRow(r plan.Rel) bool {
	pure := true
	for _, e := range plan.Exprs(r) {
		plan.WalkExpr(e, func(e plan.Expr) {
			c, ok := e.(*plan.Call)
			pure = pure && !(ok && c.Fn != nil && c.Fn.Impure) && plan.SubRel(e) == nil
		})
	}
	switch r := r.(type) {
	case *plan.Scan, *plan.Values, *plan.Held:
		return true
	case *plan.Filter:
		return pure && rowByRow(r.Input)
	case *plan.Project:
		return pure && !r.Window && rowByRow(r.Input)
	case *plan.Parse:
		return pure && rowByRow(r.Input)
	}
	return false
}
