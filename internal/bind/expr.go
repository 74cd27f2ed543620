package bind

import (
	"math"
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// scalar binds an expression to a value. It never gives nil: after a
// diagnostic the result has the type Unknown, which stops further ones.
func (b *binder) scalar(s *scope, e ast.Expr) plan.Expr {
	if e == nil || !b.enter(e.Span()) {
		return badExpr
	}
	defer b.leave()
	switch n := e.(type) {
	case *ast.Name:
		return b.name(s, n)
	case *ast.Literal:
		return b.literal(n)
	case *ast.String:
		return stringConst(b.filled(n))
	case *ast.Dynamic:
		return b.dynamicLiteral(n)
	case *ast.Paren:
		return b.scalar(s, n.X)
	case *ast.Assign:
		return b.scalar(s, n.Value)
	case *ast.Unary:
		return b.unary(s, n)
	case *ast.Binary:
		return b.binary(s, n)
	case *ast.Between:
		return b.between(s, n)
	case *ast.In:
		return b.in(s, n)
	case *ast.Path:
		return b.path(s, n)
	case *ast.Element:
		return b.element(b.scalar(s, n.X), s, n.X, n.Index, n.Span().End)
	case *ast.Call:
		return b.call(s, n)
	case *ast.ToScalar:
		return b.toScalar(s, n)
	case *ast.Pipe:
		if len(n.Ops) == 0 && n.Source != nil {
			return b.scalar(s, n.Source)
		}
		b.errorf(codeTabular, e.Span(), "a value is expected here, not a table: write toscalar(...) to take its first value")
		return badExpr
	case *ast.Bad:
		return badExpr
	case *ast.Star:
		b.errorf(codeArgument, e.Span(), "* cannot stand here")
		return badExpr
	case *ast.TypeOf:
		b.errorf(codeArgument, e.Span(), "typeof() can only be an argument of a function that asks for a type")
		return badExpr
	}
	b.errorf(codeTabular, e.Span(), "a value is expected here")
	return badExpr
}

// typed binds an expression that must have the type want, converting it if
// the language does.
func (b *binder) typed(s *scope, e ast.Expr, want types.Type) plan.Expr {
	x := b.scalar(s, e)
	t := x.Type()
	if t == want || t == types.Unknown || want == types.Unknown {
		return x
	}
	if !b.converts(t, want) {
		b.errorf(codeType, e.Span(), "a value of type %s is expected, not %s", want, t)
		return badExpr
	}
	return b.cast(x, want)
}

// converts says whether a value of type t can stand where want is expected.
func (b *binder) converts(t, want types.Type) bool {
	return fitsType(want, t) > 0 || want == types.Bool && t == types.Dynamic || want == types.Int && t == types.Long
}

// constant computes an expression that must be constant; it reports and gives
// false when it is not.
func (b *binder) constant(s *scope, e ast.Expr) (vector.Datum, bool) {
	x := b.scalar(s, e)
	if c, ok := x.(*plan.Const); ok {
		return c.Datum, true
	}
	if !isBad(x) {
		if _, ok := x.(typedOnly); !ok && !b.o.CheckOnly || perRow(x) {
			b.errorf(codeConstant, e.Span(), "a constant is expected here")
		}
	}
	return vector.Datum{}, false
}

// perRow says whether an expression reads columns, and so is no constant.
func perRow(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(x plan.Expr) {
		if _, ok := x.(*plan.ColRef); ok {
			found = true
		}
	})
	return found
}

// toScalar binds toscalar(x).
func (b *binder) toScalar(s *scope, n *ast.ToScalar) plan.Expr {
	if !b.tabular(s, n.X) {
		return b.scalar(&scope{env: s.env}, n.X)
	}
	rel := b.pipe(s.env, n.X)
	cols := rel.Cols()
	if len(cols) == 0 {
		if !b.open[rel] {
			b.errorf(codeTabular, n.Span(), "toscalar() needs a table with a column")
		}
		return badExpr
	}
	return &plan.Scalar{Rel: rel, T: cols[0].Type}
}

// unary binds a sign.
func (b *binder) unary(s *scope, n *ast.Unary) plan.Expr {
	if l, ok := n.X.(*ast.Literal); ok && n.Op == "-" && l.Kind == ast.LongLit && l.Type == "" && !l.Null {
		m := *l
		m.Text = "-" + l.Text
		x := b.literal(&m)
		if c, ok := x.(*plan.Const); ok && !s.cell && c.Datum.V == int64(math.MinInt64) {
			// The digits alone are no long; only a datatable takes them with the sign.
			b.strict(codeLiteral, n.Span(), "%q is not a long: write long(%s)", l.Text, m.Text)
			if !b.o.CheckOnly {
				return badExpr
			}
		}
		return x
	}
	x := b.scalar(s, n.X)
	name := "UnaryMinus"
	if n.Op == "+" {
		name = "UnaryPlus"
	}
	if c, ok := x.(*plan.Const); ok && !c.Datum.Null() {
		if v, ok := signed(c.Datum, n.Op == "-"); ok {
			return constOf(v)
		}
	}
	at := n.Span()
	at.End = at.Start + len(n.Op)
	return b.operatorCall(name, n.Op, at, []plan.Expr{x})
}

// signed is a constant with a sign.
func signed(d vector.Datum, minus bool) (vector.Datum, bool) {
	if d.T == types.Int {
		d.T = types.Long
	}
	switch v := d.V.(type) {
	case int64:
		if d.T == types.Datetime {
			return d, false
		}
		if minus {
			d.V = -v
		}
		return d, true
	case float64:
		if minus {
			d.V = -v
		}
		return d, true
	}
	return d, false
}

// path binds x.sel.
func (b *binder) path(s *scope, n *ast.Path) plan.Expr {
	if x := b.entityValue(s, n); x != nil {
		return x
	}
	if s.scan != nil {
		if x := b.stateColumn(s, n); x != nil {
			return x
		}
	}
	if s.graph != nil {
		if x, ok := b.graphProperty(s, n); ok {
			return x
		}
	}
	if side, ok := n.X.(*ast.Name); ok && s.join && (side.Text == "$left" || side.Text == "$right") {
		cols := s.left
		if side.Text == "$right" {
			cols = s.right
		}
		sel, ok := n.Sel.(*ast.Name)
		if !ok {
			b.errorf(codeArgument, n.Sel.Span(), "the name of a column is expected behind %s", side.Text)
			return badExpr
		}
		if c := findCol(cols, sel.Text); c != nil {
			return ref(c)
		}
		if !s.open {
			b.unknown(codeUnknownColumn, sel.Span(), "column", sel.Text, colNames(cols))
		}
		return badExpr
	}
	x := b.scalar(s, n.X)
	switch sel := n.Sel.(type) {
	case *ast.Name:
		if x = b.needDynamic(x, n.X, sel.Span()); isBad(x) {
			return badExpr
		}
		return &plan.Path{X: x, Key: sel.Text}
	case *ast.Brackets:
		return b.element(x, s, n.X, sel.X, sel.Span().End)
	case *ast.String:
		if x = b.needDynamic(x, n.X, sel.Span()); isBad(x) {
			return badExpr
		}
		return &plan.Path{X: x, Key: sel.Value}
	case *ast.Bad:
		return badExpr
	}
	if !isBad(x) {
		b.errorf(codeArgument, n.Sel.Span(), "the name of a property is expected here")
	}
	return badExpr
}

// needDynamic reports a property, at a place, of what has none.
func (b *binder) needDynamic(x plan.Expr, of ast.Expr, at source.Span) plan.Expr {
	if t := x.Type(); t != types.Dynamic && t != types.Unknown {
		b.errorf(codeType, at, "%s is %s and not dynamic: only dynamic values have properties and elements", b.shown(of.Span()), t)
		return badExpr
	}
	return x
}

// shown is the text at a place in quotes, when it is short.
func (b *binder) shown(at source.Span) string {
	if w := b.word(at); len(w) <= 40 {
		return strconv.Quote(w)
	}
	return "this value"
}

// element binds x[index], which ends at a place.
func (b *binder) element(x plan.Expr, s *scope, at, index ast.Expr, end int) plan.Expr {
	i := b.scalar(s, index)
	if x = b.needDynamic(x, at, source.Span{Start: at.Span().End, End: max(end, index.Span().End)}); isBad(x) || isBad(i) {
		return badExpr
	}
	switch i.Type() {
	case types.String:
		if c, ok := i.(*plan.Const); ok {
			return &plan.Path{X: x, Key: c.Datum.V.(string)}
		}
	case types.Int:
		i = b.cast(i, types.Long)
	case types.Dynamic:
		i = b.cast(i, types.String)
	case types.Long:
	default:
		b.errorf(codeType, index.Span(), "an index is a number or a name, not a %s", i.Type())
		return badExpr
	}
	return &plan.Element{X: x, Index: i}
}
