package bind

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// isAggregate says whether e is a call of an aggregate.
func (b *binder) isAggregate(e ast.Expr) (*ast.Call, bool) {
	for {
		switch n := e.(type) {
		case *ast.Paren:
			e = n.X
		case *ast.Call:
			return n, fn.Find(fn.Aggregates, n.Name.Text) != nil
		default:
			return nil, false
		}
	}
}

// aggregateValue binds an aggregate inside an expression: it is computed with
// the others, and its result is used like a column.
func (b *binder) aggregateValue(s *scope, c *ast.Call) plan.Expr {
	if s.aggs == nil {
		b.errorf(codeAggregate, c.Span(), "%s() is an aggregate: it can only stand in summarize and its like", c.Name.Text)
		return badExpr
	}
	a, ok := b.aggregate(s, c, nil)
	if ok && len(a.Cols) == 0 {
		b.errorf(codeSchema, c.Span(), "%s() has no column to take a value from", c.Name.Text)
	}
	if !ok || len(a.Cols) == 0 {
		return badExpr
	}
	*s.aggs = append(*s.aggs, a)
	return ref(a.Cols[0])
}

// aggregate binds one aggregate call. names are the given names of its
// result columns; missing ones are made from the call.
func (b *binder) aggregate(s *scope, c *ast.Call, names []string) (plan.Agg, bool) {
	name := c.Name.Text
	entry := fn.Find(fn.Aggregates, name)
	row := fn.AggregateNamed(name)
	if entry == nil {
		b.unknownFunction(s, c)
		return plan.Agg{}, false
	}
	if entry.Obsolete && entry.Alternative != "" {
		b.hint(codeObsolete, c.Name.Span(), "%s() is an old name: write %s", name, entry.Alternative)
	}
	inner := *s
	inner.aggs, inner.keys = nil, nil
	args, star, _ := b.arguments(&inner, c)
	if !b.arity(entry, c) {
		return plan.Agg{}, false
	}
	ts := typesOf(args)
	m, at, ok := resolve(entry.Sigs, ts, star)
	if !ok && name == "count" && len(args) == 1 && !star[0] {
		// The engine takes any argument and counts all rows.
		args, ts = nil, nil
		m, at, ok = resolve(entry.Sigs, ts, nil)
	}
	if !ok {
		b.argumentError(entry, c, at, ts)
		return plan.Agg{}, false
	}
	if (row == nil || row.Status == fn.Planned) && !b.o.CheckOnly {
		reason := ""
		if row != nil && row.Reason != "" {
			reason = ": " + row.Reason
		}
		b.refuse(codeUnsupported, c.Span(), "%s() is not supported%s", name, reason)
		return plan.Agg{}, false
	}
	if columnAggregates[name] != "" {
		return b.columnAggregate(s, c, row, args, star, names)
	}
	for i := range args {
		args[i] = b.cast(args[i], m.want[i])
	}
	ret := b.aggregateType(m, ts, row)
	out := plan.Agg{Call: plan.AggCall{Fn: row, Args: args, Use: b.use(args, ret), At: c.Span()}}
	if row != nil && row.New != nil && !b.o.CheckOnly {
		if _, err := row.New(out.Call.Use); err != nil {
			b.errorf(codeArgument, c.Span(), "%v", err)
			return plan.Agg{}, false
		}
	}
	if perc := percentNames(name, c, args, b.autoNameOf(s, c)); perc != nil {
		for i, n := range perc {
			out.Cols = append(out.Cols, &plan.Col{Name: given(names, i, n), Type: ret})
		}
		return out, true
	}
	out.Cols = []*plan.Col{{Name: given(names, 0, b.aggName(s, entry, c)), Type: ret}}
	return out, true
}

// given is the name written for result i, or else the one made up.
func given(names []string, i int, made string) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return made
}

// use describes the call to the state's maker.
func (b *binder) use(args []plan.Expr, ret types.Type) fn.AggArgs {
	return fn.AggArgs{Types: typesOf(args), Consts: literals(args), Ret: ret}
}

// aggregateType is the type of the result column.
func (b *binder) aggregateType(m match, ts []types.Type, row *fn.Aggregate) types.Type {
	if m.sig.Returns == "Custom" {
		if row != nil && row.Type != nil {
			return row.Type(ts)
		}
		if len(ts) > 0 {
			return ts[0]
		}
	}
	return b.returns(m, ts, nil, nil, nil)
}

func (b *binder) autoNameOf(s *scope, c *ast.Call) string {
	if len(c.Args) == 0 {
		return ""
	}
	return b.autoName(s, c.Args[0])
}

// aggName is the name of the only result of an aggregate.
func (b *binder) aggName(s *scope, e *fn.Entry, c *ast.Call) string {
	inner := *s
	inner.aggs = &[]plan.Agg{}
	name := b.callName(&inner, c)
	if strings.HasPrefix(c.Name.Text, "covariance") && len(c.Args) > 1 {
		if second := b.autoName(&inner, c.Args[1]); second != "" {
			name += "_" + second // named after both sides
		}
	}
	if strings.HasPrefix(c.Name.Text, "percentiles") && strings.HasSuffix(c.Name.Text, "_array") && len(c.Args) > 0 {
		name = "percentiles_" + b.autoName(&inner, c.Args[0])
	}
	return name
}

// columnAggregates give their arguments back; the value is what an argument
// without a name is called after.
var columnAggregates = map[string]string{
	"arg_max": "max", "arg_min": "min", "argmax": "max", "argmin": "min", "take_any": "any", "any": "any", "take_anyif": "any", "anyif": "any",
}

// columnAggregate binds an aggregate whose results are its arguments.
func (b *binder) columnAggregate(s *scope, c *ast.Call, row *fn.Aggregate, args []plan.Expr, star []bool, names []string) (plan.Agg, bool) {
	kind := columnAggregates[c.Name.Text]
	extreme := kind != "any"
	shown := c.Args
	pred := strings.HasSuffix(c.Name.Text, "if")
	if pred && len(args) > 1 {
		shown = shown[:1]
	}
	var exprs []plan.Expr
	var made []string
	taken := map[*plan.Col]bool{}
	for _, k := range s.keys {
		if r, ok := k.Expr.(*plan.ColRef); ok {
			taken[r.Col] = true
		}
	}
	for i, e := range shown {
		if !star[i] {
			if r, ok := args[i].(*plan.ColRef); ok {
				taken[r.Col] = true
			}
		}
		_ = e
	}
	first := ""
	for i, e := range shown {
		if star[i] {
			for _, col := range s.cols {
				if !taken[col] {
					n := col.Name
					if strings.HasPrefix(c.Name.Text, "argm") {
						n = kind + "_" + first + "_" + n
					}
					if kind == "any" && strings.HasPrefix(c.Name.Text, "any") {
						n = c.Name.Text + "_" + n
					}
					exprs, made = append(exprs, ref(col)), append(made, n)
				}
			}
			continue
		}
		n := b.autoName(s, e)
		switch {
		case i == 0 && extreme:
			first = n
			if n == "" || strings.HasPrefix(c.Name.Text, "argm") {
				n = kind + "_" + n
			}
		case extreme && n == "":
			n = argName(kind+"_"+first, "", i)
		case extreme && strings.HasPrefix(c.Name.Text, "argm"):
			n = kind + "_" + first + "_" + n
		case n == "" && c.Name.Text == "take_anyif":
		case n == "" && strings.HasPrefix(c.Name.Text, "any") && len(shown) == 1:
			n = c.Name.Text + "_"
		case n == "":
			n = argName("any", "", i)
		case strings.HasPrefix(c.Name.Text, "any"):
			n = c.Name.Text + "_" + n
		}
		exprs, made = append(exprs, args[i]), append(made, n)
	}
	out := plan.Agg{}
	for i, x := range exprs {
		out.Cols = append(out.Cols, &plan.Col{Name: given(names, i, made[i]), Type: x.Type()})
	}
	if pred && len(args) > 1 {
		exprs = append(exprs, args[1:]...)
	}
	ret := types.Unknown
	if len(exprs) > 0 {
		ret = exprs[0].Type()
	}
	out.Call = plan.AggCall{Fn: row, Args: exprs, Use: b.use(exprs, ret), At: c.Span()}
	return out, true // without columns when a star stands for none
}

// percentNames are the result names of percentile() and percentiles(), nil
// for other aggregates: one for each percentile.
func percentNames(name string, c *ast.Call, args []plan.Expr, first string) []string {
	skip := 1
	switch name {
	case "percentile", "percentiles", "percentileif":
	case "percentilew", "percentilesw":
		skip = 2
	default:
		return nil
	}
	var out []string
	for i := skip; i < len(args); i++ {
		text := ""
		switch unparen(c.Args[i]).(type) {
		case *ast.Literal, *ast.Name, *ast.Dynamic:
			if k, ok := args[i].(*plan.Const); ok && !k.Datum.Null() {
				text = strings.TrimSuffix(vector.Constant(k.Datum, 1).ToDynamic(0).String(), ".0")
			}
		}
		text = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return '_'
		}, text)
		out = append(out, "percentile_"+first+"_"+text)
		if name != "percentiles" && name != "percentilesw" {
			break
		}
	}
	return out
}
