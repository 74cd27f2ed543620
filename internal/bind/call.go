package bind

import (
	"math"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// call binds a call that gives a value.
func (b *binder) call(s *scope, c *ast.Call) plan.Expr {
	name := c.Name.Text
	if v := s.env.lookup(name); v != nil && v.fn != nil {
		b.traceName(c.Name, v)
		return b.scalarResult(c, b.callFunction(s, v.fn, c))
	}
	if s.graph != nil {
		if x, ok := b.graphCall(s, c); ok {
			return x
		}
	}
	entry := fn.Find(fn.Functions, name)
	agg := fn.Find(fn.Aggregates, name)
	if graphFunctions[name] {
		b.errorf(codeUnknownFunction, c.Name.Span(), "%s() is a function of graph-match and graph-shortest-paths only", name)
		return badExpr
	}
	if agg != nil && (s.aggs != nil || entry == nil || name == "any") {
		return b.aggregateValue(s, c)
	}
	if f, ok := b.stored(name); ok && entry == nil {
		return b.scalarResult(c, b.callFunction(s, f, c))
	}
	if entry == nil {
		row := fn.ScalarNamed(name)
		if row == nil {
			return b.unknownFunction(s, c)
		}
	}
	if entry != nil && entry.Obsolete && entry.Alternative != "" {
		b.hint(codeObsolete, c.Name.Span(), "%s() is an old name: write %s", name, entry.Alternative)
	}
	if special := specials[strings.ToLower(name)]; special != nil {
		return special(b, s, c)
	}
	return b.builtin(s, c, entry)
}

// unknownFunction reports a name that is no function.
func (b *binder) unknownFunction(s *scope, c *ast.Call) plan.Expr {
	for _, a := range c.Args {
		b.quiet(func() { b.scalar(s, a) })
	}
	if p := fn.Find(fn.Plugins, c.Name.Text); p != nil {
		b.errorf(codeTabular, c.Name.Span(), "%s is a plugin: write `evaluate %s(...)`", c.Name.Text, c.Name.Text)
		return badExpr
	}
	var names []string
	for _, list := range [][]fn.Entry{fn.Functions, fn.Aggregates} {
		for i := range list {
			if !list[i].Hidden {
				names = append(names, list[i].Name)
			}
		}
	}
	names = append(append(names, s.env.known()...), b.o.Schema.FunctionNames()...)
	b.unknown(codeUnknownFunction, c.Name.Span(), "function", c.Name.Text, names)
	return badExpr
}

// quiet runs f without diagnostics.
func (b *binder) quiet(f func()) {
	b.silent++
	defer func() { b.silent-- }()
	f()
}

// builtin binds a call of a function of the catalogue.
func (b *binder) builtin(s *scope, c *ast.Call, entry *fn.Entry) plan.Expr {
	name := c.Name.Text
	if entry == nil {
		entry = &fn.Entry{Name: name}
	}
	args, star, ok := b.arguments(s, c)
	if !ok {
		return badExpr
	}
	if !b.arity(entry, c) {
		return badExpr
	}
	ts := typesOf(args)
	m, at, ok := resolve(entry.Sigs, ts, star)
	if !ok {
		if m, _, ok = resolve(fn.Wider(name), ts, star); !ok {
			b.argumentError(entry, c, at, ts)
			return badExpr
		}
	}
	row := fn.ScalarNamed(name)
	lits := literals(args)
	ret := b.returns(m, ts, lits, row, c.Args)
	if t := fn.Served(name, lits); t != types.Unknown && !b.o.CheckOnly {
		ret = t
	}
	if parts := partsOf(name); parts != nil {
		if ret = types.Dynamic; b.taking != c {
			b.errorf(codeTabular, c.Span(), "%s() has %d values: take them with extend or project", name, len(parts))
			return badExpr
		}
	}
	if m.sig.Returns == "Common" {
		mixed, ok := b.commonType(c, m, ts)
		if !ok {
			return badExpr
		}
		if mixed {
			ret = types.Dynamic
			for i, x := range args {
				if x.Type() == types.String { // an empty text counts as missing
					args[i] = b.function("iff", c.Args[i].Span(), b.function("isempty", c.Args[i].Span(), x), null(types.Dynamic), b.cast(x, types.Dynamic))
				}
			}
			ts, m = typesOf(args), match{sig: m.sig, want: typesOf(args)}
		}
	}
	if !b.oneType(c, name, ts) {
		return badExpr
	}
	for _, t := range ts {
		if t == types.Unknown {
			if b.o.CheckOnly && ret != types.Unknown {
				return typedOnly{ret}
			}
			return badExpr
		}
	}
	for i := range args {
		p := paramFor(m.sig, i, ts)
		if (p.Arg == "Constant" || p.Arg == "Literal") && lits[i] == nil && (!b.o.CheckOnly || perRow(args[i])) && !star[i] {
			if _, isType := c.Args[i].(*ast.TypeOf); !isType {
				b.errorf(codeConstant, c.Args[i].Span(), "argument %d of %s() must be a constant", i+1, name)
				return badExpr
			}
		}
		if b.official && p.Arg == "Literal" && !isLiteral(c.Args[i]) && !star[i] {
			b.errorf(codeConstant, c.Args[i].Span(), "argument %d of %s() must be a literal", i+1, name)
			return badExpr
		}
		if !b.allowed(p, c, i, lits[i]) {
			return badExpr
		}
	}
	if row != nil && row.Window {
		if !s.serialized && !b.o.CheckOnly {
			b.errorf(codeWindow, c.Span(), "%s() needs rows in an order: put `serialize` or `sort` before it", name)
			return badExpr
		}
		s.window = true
		if (name == "prev" || name == "next") && len(lits) > 1 && lits[1] != nil && lits[1].V == int64(0) {
			b.strict(codeArgument, c.Args[1].Span(), "%s() needs an offset other than 0", name)
			return badExpr
		}
	}
	want := m.want
	if m.sig.Returns == "Widest" || isCommon(m.sig.Returns) {
		want = append([]types.Type(nil), want...)
		for i := range want {
			p := paramAt(m.sig, i, len(args))
			if len(p.Types) == 0 && (m.sig.Returns != "Widest" || p.Kind == "Number") {
				want[i] = ret
			}
		}
	}
	return b.apply(row, name, c.Span(), args, want, ret)
}

// isLiteral says whether an expression is written as a value. Kusto also takes
// names of constants where the language service asks for this.
func isLiteral(e ast.Expr) bool {
	switch e := unparen(e).(type) {
	case *ast.Literal, *ast.String, *ast.Dynamic, *ast.TypeOf:
		return true
	case *ast.Unary:
		return isLiteral(e.X)
	}
	return false
}

// commonType checks that the arguments of coalesce(), max_of() and their like
// have a common type. Dynamic values only go with others, except that Kusto
// takes them in coalesce(), as published functions show; the value is dynamic
// then.
func (b *binder) commonType(c *ast.Call, m match, ts []types.Type) (mixed, ok bool) {
	var first types.Type
	for i, t := range ts {
		if p := paramAt(m.sig, i, len(ts)); t == types.Unknown || !strings.HasPrefix(p.Kind, "Common") {
			continue
		}
		if first == types.Unknown {
			first = t
		}
		if (t == types.Dynamic) != (first == types.Dynamic) && c.Name.Text == "coalesce" && !b.official {
			mixed = true
			continue
		}
		if both, ok := common([]types.Type{first, t}); !ok || (t == types.Dynamic) != (first == types.Dynamic) {
			b.errorf(codeType, c.Args[i].Span(), "the arguments of %s() must have a common type: this is %s, another is %s", c.Name.Text, t, first)
			return false, false
		} else if both.Numeric() {
			first = both
		}
	}
	return mixed, true
}

// oneType checks what Kusto asks of the branches of iff(), case() and
// coalesce(): one type, where an int may stand for a long and a dynamic value
// for any. The language service finds a common type for others too.
func (b *binder) oneType(c *ast.Call, name string, ts []types.Type) bool {
	var branch func(i int) bool
	switch name {
	case "iff", "iif":
		branch = func(i int) bool { return i > 0 }
	case "case":
		branch = func(i int) bool { return i%2 == 1 || i == len(ts)-1 }
	case "coalesce":
		branch = func(int) bool { return true }
	default:
		return true
	}
	var first types.Type
	for i, t := range ts {
		if t == types.Int {
			t = types.Long
		}
		if !branch(i) || t == types.Unknown || t == types.Dynamic {
			continue
		}
		if first == types.Unknown {
			first = t
		} else if t != first {
			b.strict(codeType, c.Args[i].Span(), "the values of %s() must have one type: this is %s, another is %s; convert one of them", name, ts[i], first)
			return b.o.CheckOnly
		}
	}
	return true
}

func isCommon(rule string) bool { return rule == "Common" || rule == "CommonNonDynamic" }

// allowed checks a literal against the words a parameter takes.
func (b *binder) allowed(p *fn.Param, c *ast.Call, i int, lit *vector.Datum) bool {
	if len(p.Values) == 0 || lit == nil {
		return true
	}
	text, ok := lit.V.(string)
	if !ok {
		return true
	}
	for _, v := range p.Values {
		if strings.EqualFold(v, text) {
			return true
		}
	}
	b.errorf(codeArgument, c.Args[i].Span(), "%q is not one of %s", text, strings.Join(p.Values, ", "))
	return false
}

// arguments binds the arguments of a call; a star is marked, and typeof()
// stands as a null of its type. ok is false when the call makes no sense.
func (b *binder) arguments(s *scope, c *ast.Call) (args []plan.Expr, star []bool, ok bool) {
	inner := *s
	inner.aggs = s.aggs
	args, star = make([]plan.Expr, len(c.Args)), make([]bool, len(c.Args))
	for i, a := range c.Args {
		switch n := a.(type) {
		case *ast.Star:
			star[i], args[i] = true, badExpr
		case *ast.TypeOf:
			t := types.Unknown
			if len(n.Items) == 1 && n.Items[0].Type != nil {
				t, _ = types.Parse(n.Items[0].Type.Text)
			}
			args[i] = constOf(vector.Datum{T: t})
		default:
			args[i] = b.scalar(&inner, a)
		}
	}
	s.window = s.window || inner.window
	return args, star, true
}

// literals are the constants among arguments.
func literals(args []plan.Expr) []*vector.Datum {
	out := make([]*vector.Datum, len(args))
	for i, a := range args {
		if c, ok := a.(*plan.Const); ok {
			out[i] = &c.Datum
		}
	}
	return out
}

// arity reports a wrong number of arguments.
func (b *binder) arity(entry *fn.Entry, c *ast.Call) bool {
	if len(entry.Sigs) == 0 {
		return true
	}
	lo, hi, n := entry.Sigs[0].MinArgs, entry.Sigs[0].MaxArgs, len(c.Args)
	if entry.Name == "case" && n >= lo && n%2 == 0 {
		b.errorf(codeArity, c.Name.Span(), "case() takes pairs of a condition and a value, and a last value for the rest; these are %d arguments", n)
		return false
	}
	for i := range entry.Sigs {
		s := &entry.Sigs[i]
		if n >= s.MinArgs && n <= s.MaxArgs {
			return true
		}
		lo, hi = min(lo, s.MinArgs), max(hi, s.MaxArgs)
	}
	b.arityError(c.Name.Text, c.Span(), c.Args, lo, hi)
	return false
}

// arityError says how many arguments are right; it points at the name of the
// call.
func (b *binder) arityError(name string, at source.Span, args []ast.Expr, lo, hi int) {
	at.End = at.Start + len(name)
	switch {
	case lo == hi:
		b.errorf(codeArity, at, "%s() takes %d argument%s, not %d", name, lo, plural(lo), len(args))
	case len(args) < lo:
		b.errorf(codeArity, at, "%s() takes at least %d argument%s, not %d", name, lo, plural(lo), len(args))
	default:
		b.errorf(codeArity, at, "%s() takes at most %d argument%s, not %d", name, hi, plural(hi), len(args))
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// argumentError says which argument does not fit.
func (b *binder) argumentError(entry *fn.Entry, c *ast.Call, at int, ts []types.Type) {
	if at >= len(c.Args) {
		at = 0
	}
	if len(c.Args) == 0 {
		b.errorf(codeType, c.Span(), "%s() cannot be called like this", entry.Name)
		return
	}
	want := ""
	for i := range entry.Sigs {
		if p := paramAt(&entry.Sigs[i], at, len(c.Args)); p != nil {
			if w := paramWord(p); w != "" && !strings.Contains(want, w) {
				if want != "" {
					want += " or "
				}
				want += w
			}
		}
	}
	if want == "" {
		want = "another value"
	}
	b.errorf(codeType, c.Args[at].Span(), "argument %d of %s() must be %s, not %s", at+1, entry.Name, want, ts[at])
}

// paramWord describes what a parameter takes.
func paramWord(p *fn.Param) string {
	if len(p.Types) > 0 {
		words := make([]string, len(p.Types))
		for i, t := range p.Types {
			words[i] = t.String()
		}
		return strings.Join(words, " or ")
	}
	switch p.Kind {
	case "Number":
		return "a number"
	case "Integer":
		return "an integer"
	case "Summable":
		return "a number or a time"
	case "DynamicArray", "DynamicBag":
		return "dynamic"
	case "StringOrDynamic", "StringOrArray":
		return "string or dynamic"
	case "IntegerOrArray":
		return "an integer or dynamic"
	case "Orderable", "CommonOrderable":
		return "a value with an order"
	}
	return ""
}

// returns is the result type of a matched call.
func (b *binder) returns(m match, ts []types.Type, lits []*vector.Datum, row *fn.Scalar, exprs []ast.Expr) types.Type {
	switch rule := m.sig.Returns; rule {
	case "Parameter0", "Parameter1":
		i := int(rule[len(rule)-1] - '0')
		if i < len(ts) {
			return ts[i]
		}
	case "Parameter0Promoted":
		if ts[0] == types.Int {
			return types.Long
		}
		return ts[0]
	case "Parameter0Array", "dynamic":
		return types.Dynamic
	case "Widest":
		return widest(ts)
	case "Common", "CommonNonDynamic":
		return commonOf(m, ts)
	case "Parameter0Literal", "Parameter1Literal":
		return ts[int(rule[len("Parameter")]-'0')]
	case "ParameterNLiteral":
		return ts[len(ts)-1]
	case "Custom":
		if row != nil && row.Type != nil {
			return row.Type(ts, lits)
		}
		if len(ts) == 1 && (m.sig.Params[0].Name == "operand" || m.sig.Params[0].Kind == "Summable") {
			if ts[0] == types.Int {
				return types.Long
			}
			return ts[0]
		}
		return types.Dynamic
	default:
		if t, ok := types.Parse(rule); ok {
			return t
		}
	}
	return types.Unknown
}

// commonOf is the common type of the arguments whose parameters ask for one.
func commonOf(m match, ts []types.Type) types.Type {
	var some []types.Type
	for i, t := range ts {
		if p := paramAt(m.sig, i, len(ts)); strings.HasPrefix(p.Kind, "Common") {
			some = append(some, t)
		}
	}
	t, _ := common(some)
	return t
}

// function applies a function by name to bound arguments.
func (b *binder) function(name string, at source.Span, args ...plan.Expr) plan.Expr {
	for _, a := range args {
		if isBad(a) {
			return badExpr
		}
	}
	entry := fn.Find(fn.Functions, name)
	if entry == nil {
		b.refuse(codeUnsupported, at, "%s() is not supported", name)
		return badExpr
	}
	ts := typesOf(args)
	m, _, ok := resolve(entry.Sigs, ts, nil)
	if !ok {
		b.errorf(codeType, at, "%s() does not take these types", name)
		return badExpr
	}
	row := fn.ScalarNamed(name)
	return b.apply(row, name, at, args, m.want, b.returns(m, ts, literals(args), row, nil))
}

// specials are functions that names or the query decide, not values.
var specials map[string]func(b *binder, s *scope, c *ast.Call) plan.Expr

func init() {
	specials = map[string]func(b *binder, s *scope, c *ast.Call) plan.Expr{
		"column_names_of": columnNamesOf, "estimate_data_size": estimateSize,
		"column_ifexists": columnIfExists, "columnifexists": columnIfExists, "pack_all": packAll, "now": now, "ago": ago, "bin_auto": binAuto,
		"ingestion_time": ingestionTime, geoInfo: geoInfoCall, "bag_pack_columns": packColumns,
	}
}

// columnIfExists is the column, or else the second argument, whose type the
// result has in both cases.
func columnIfExists(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) != 2 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 2, 2)
		return badExpr
	}
	other := b.scalar(s, c.Args[1])
	d, ok := b.constant(s, c.Args[0])
	if !ok {
		if b.o.CheckOnly && !isBad(other) {
			return typedOnly{other.Type()}
		}
		return badExpr
	}
	name, ok := d.V.(string)
	if !ok {
		b.errorf(codeType, c.Args[0].Span(), "the name of the column must be a string")
		return badExpr
	}
	col := s.column(name)
	if col == nil {
		return other
	}
	if col.Type != other.Type() && !isBad(other) {
		b.hint(codeConverted, c.Span(), "the column %q is %s and becomes %s, the type of the second argument", name, col.Type, other.Type())
	}
	return b.cast(ref(col), other.Type())
}

// columnNamesOf is the array of the names of a table's columns.
func columnNamesOf(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) != 1 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 1, 1)
		return badExpr
	}
	a := c.Args[0]
	if !b.tabular(&scope{env: s.env}, a) {
		if x := b.scalar(s, a); !isBad(x) {
			b.errorf(codeTabular, a.Span(), "a table is expected here, not a value of type %s", x.Type())
		}
		return badExpr
	}
	rel, st := b.pipeline(s.env, a)
	if b.open[rel] || st != nil && st.open {
		if !b.o.CheckOnly && b.silent == 0 && !b.failed() {
			b.refuse(codeUnsupported, a.Span(), "the columns of this table are known only when the data is read, which is not supported")
		}
		return b.missing(c.Name.Text, c.Span(), types.Dynamic)
	}
	var names []dynamic.Value
	for _, col := range rel.Cols() {
		names = append(names, dynamic.FromString(col.Name))
	}
	return boxed(dynamic.FromArray(names))
}

// estimateSize measures some columns, or all of them for a star.
func estimateSize(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) == 0 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 1, math.MaxInt16)
		return badExpr
	}
	var args []plan.Expr
	for _, a := range c.Args {
		if _, star := a.(*ast.Star); star && len(c.Args) == 1 {
			for _, col := range s.cols {
				args = append(args, ref(col))
			}
			continue
		}
		x := b.scalar(s, a)
		if _, ok := x.(*plan.ColRef); !ok {
			if !isBad(x) {
				b.errorf(codeArgument, a.Span(), "the name of a column is expected here")
			}
			return badExpr
		}
		args = append(args, x)
	}
	return b.apply(fn.ScalarNamed(c.Name.Text), c.Name.Text, c.Span(), args, typesOf(args), types.Long)
}

// packAll is a bag of all columns.
func packAll(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) > 1 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 0, 1)
		return badExpr
	}
	skip := false
	if len(c.Args) == 1 {
		d, ok := b.constant(s, c.Args[0])
		if v, isBool := d.V.(bool); ok && isBool {
			skip = v
		}
	}
	if skip {
		if row := fn.ScalarNamed("pack_all"); row == nil || row.Kernel == nil && row.Pick == nil {
			return b.missing("pack_all", c.Span(), types.Dynamic)
		}
	}
	return b.packCols("pack_all", s.cols, skip, c.Span())
}

// packColumns is a bag of some columns.
func packColumns(b *binder, s *scope, c *ast.Call) plan.Expr {
	var cols []*plan.Col
	for _, a := range c.Args {
		x := b.scalar(s, a)
		r, ok := x.(*plan.ColRef)
		if !ok {
			if !isBad(x) {
				b.errorf(codeArgument, a.Span(), "the name of a column is expected here")
			}
			return badExpr
		}
		cols = append(cols, r.Col)
	}
	return b.packCols("bag_pack_columns", cols, false, c.Span())
}

// packCols is a bag of columns; the row called pack_all leaves out empty
// values when it gets them.
func (b *binder) packCols(name string, cols []*plan.Col, skip bool, at source.Span) plan.Expr {
	args := make([]plan.Expr, 0, 2*len(cols))
	for _, col := range cols {
		if col.Type == types.Unknown {
			return b.missing(name, at, types.Dynamic)
		}
		args = append(args, stringConst(col.Name), ref(col))
	}
	if !skip {
		if len(args) == 0 {
			return constOf(vector.Datum{T: types.Dynamic})
		}
		return b.function("bag_pack", at, args...)
	}
	row := fn.ScalarNamed("pack_all")
	return b.apply(row, "pack_all", at, args, typesOf(args), types.Dynamic)
}

// now is the one now of the query, moved by an offset.
func now(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) > 1 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 0, 1)
		return badExpr
	}
	at := constOf(vector.Datum{T: types.Datetime, V: b.o.Now})
	if len(c.Args) == 0 {
		return at
	}
	return b.moved(s, c, at, "Add", 1)
}

// ago is now less a timespan.
func ago(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) != 1 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 1, 1)
		return badExpr
	}
	return b.moved(s, c, constOf(vector.Datum{T: types.Datetime, V: b.o.Now}), "Subtract", -1)
}

// moved is a datetime moved by the first argument of a call.
func (b *binder) moved(s *scope, c *ast.Call, at plan.Expr, op string, sign int64) plan.Expr {
	x := b.scalar(s, c.Args[0])
	if t := x.Type(); t != types.Timespan && t != types.Unknown {
		b.errorf(codeType, c.Args[0].Span(), "argument 1 of %s() must be timespan, not %s", c.Name.Text, t)
		return badExpr
	}
	if k, ok := x.(*plan.Const); ok && b.o.Now != 0 {
		n, ok := k.Datum.V.(int64)
		to := b.o.Now + sign*n
		if !ok || !types.ValidDatetime(to) {
			return constOf(vector.Datum{T: types.Datetime})
		}
		return constOf(vector.Datum{T: types.Datetime, V: to})
	}
	if isBad(x) && b.o.CheckOnly {
		return typedOnly{types.Datetime}
	}
	return b.operatorCall(op, c.Name.Text, c.Span(), []plan.Expr{at, x})
}

// quietConst is the constant an expression is, without diagnostics.
func (b *binder) quietConst(s *scope, e ast.Expr) (d vector.Datum, ok bool) {
	b.quiet(func() { d, ok = b.constant(s, e) })
	return d, ok
}
