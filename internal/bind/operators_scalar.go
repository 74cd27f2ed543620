package bind

import (
	"slices"

	"fmt"

	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// binaryNames are the catalogue's names of the binary operators.
var binaryNames = map[ast.BinaryOp]string{
	ast.OpAnd: "And", ast.OpOr: "Or", ast.OpAdd: "Add", ast.OpSub: "Subtract", ast.OpMul: "Multiply", ast.OpDiv: "Divide", ast.OpMod: "Modulo",
	ast.OpEq: "Equal", ast.OpNe: "NotEqual", ast.OpLt: "LessThan", ast.OpLe: "LessThanOrEqual", ast.OpGt: "GreaterThan",
	ast.OpGe: "GreaterThanOrEqual", ast.OpEqTilde: "EqualTilde", ast.OpNeTilde: "BangTilde",
	ast.OpHas: "Has", ast.OpNotHas: "NotHas", ast.OpHasCS: "HasCs", ast.OpNotHasCS: "NotHasCs",
	ast.OpHasPrefix: "HasPrefix", ast.OpNotHasPrefix: "NotHasPrefix", ast.OpHasPrefixCS: "HasPrefixCs", ast.OpNotHasPrefixCS: "NotHasPrefixCs",
	ast.OpHasSuffix: "HasSuffix", ast.OpNotHasSuffix: "NotHasSuffix", ast.OpHasSuffixCS: "HasSuffixCs", ast.OpNotHasSuffixCS: "NotHasSuffixCs",
	ast.OpContains: "Contains", ast.OpNotContains: "NotContains", ast.OpContainsCS: "ContainsCs", ast.OpNotContainsCS: "NotContainsCs",
	ast.OpStartsWith: "StartsWith", ast.OpNotStartsWith: "NotStartsWith", ast.OpStartsWithCS: "StartsWithCs", ast.OpNotStartsWithCS: "NotStartsWithCs",
	ast.OpEndsWith: "EndsWith", ast.OpNotEndsWith: "NotEndsWith", ast.OpEndsWithCS: "EndsWithCs", ast.OpNotEndsWithCS: "NotEndsWithCs",
	ast.OpMatchesRegex: "MatchRegex", ast.OpLike: "Like", ast.OpNotLike: "NotLike", ast.OpLikeCS: "LikeCs", ast.OpNotLikeCS: "NotLikeCs",
	ast.OpSearch: "Search",
}

// binary binds left op right.
func (b *binder) binary(s *scope, n *ast.Binary) plan.Expr {
	name := binaryNames[n.Op]
	if s.search != nil {
		name = sensitive(name, s.search.cs)
	}
	if _, star := n.Left.(*ast.Star); star {
		return b.anyColumn(s, n, name)
	}
	l, r := b.scalar(s, n.Left), b.scalar(s, n.Right)
	if n.Op == ast.OpSearch {
		return b.colon(s, n, l, r)
	}
	return b.operatorCall(name, string(n.Op), n.OpAt, []plan.Expr{l, r})
}

// anyColumn binds `* op x`: true when it is for any column, as text.
func (b *binder) anyColumn(s *scope, n *ast.Binary, name string) plan.Expr {
	r := b.scalar(s, n.Right)
	if isBad(r) {
		return badExpr
	}
	if b.o.CheckOnly {
		return typedOnly{types.Bool}
	}
	r = b.cast(r, types.String)
	cols := b.solid(s.cols)
	if s.search != nil {
		cols = s.search.cols
	}
	var out plan.Expr
	for _, c := range cols {
		text := b.cast(ref(c), types.String)
		var x plan.Expr
		if n.Op == ast.OpSearch {
			x = b.colon(s, n, text, r)
		} else {
			x = b.operatorCall(name, string(n.Op), n.Span(), []plan.Expr{text, r})
		}
		if isBad(x) {
			return badExpr
		}
		if out == nil {
			out = x
		} else {
			out = b.operatorCall("Or", "or", n.Span(), []plan.Expr{out, x})
		}
	}
	if out == nil {
		return boolConst(false)
	}
	return out
}

// operatorCall applies an operator of the catalogue to bound operands.
func (b *binder) operatorCall(name, sign string, at source.Span, args []plan.Expr) plan.Expr {
	ts := typesOf(args)
	for _, t := range ts {
		if t == types.Unknown {
			return b.unknownOperand(name, ts)
		}
	}
	entry := fn.Find(fn.Operators, name)
	if entry == nil {
		b.refuse(codeUnsupported, at, "the operator %q is not supported", sign)
		return badExpr
	}
	m, _, ok := resolve(entry.Sigs, ts, nil)
	if !ok {
		if len(ts) == 1 {
			b.errorf(codeOperands, at, "%q does not take a value of type %s", sign, ts[0])
		} else {
			b.errorf(codeOperands, at, "%q does not take values of types %s and %s", sign, ts[0], ts[len(ts)-1])
		}
		return badExpr
	}
	row := fn.ScalarNamed(name)
	ret := b.returns(m, ts, nil, row, nil)
	if ts = operandTypes(name, m, ts, ret); ts == nil {
		if b.o.CheckOnly {
			return typedOnly{ret}
		}
		b.errorf(codeOperands, at, "%q does not take values of types %s and %s: convert one of them", sign, args[0].Type(), args[len(args)-1].Type())
		return badExpr
	}
	if ret == types.Bool && args[0].Type() == types.Dynamic && slices.ContainsFunc(args[1:], inexact) {
		ts = slices.Repeat([]types.Type{types.Long}, len(ts)) // a real cannot hold the number
	}
	return b.apply(row, name, at, args, ts, ret)
}

// inexact says whether a value is a whole number too large for a real.
func inexact(e plan.Expr) bool {
	c, ok := e.(*plan.Const)
	if !ok || !c.Datum.T.Integer() || c.Datum.Null() {
		return false
	}
	n := c.Datum.V.(int64)
	return n >= 1<<53 || n <= -1<<53
}

// unknownOperand is the result when an operand has an error already: the type
// is still known for operators that always give bool.
func (b *binder) unknownOperand(name string, ts []types.Type) plan.Expr {
	switch name {
	case "Add", "Subtract", "Multiply", "Divide", "Modulo", "UnaryMinus", "UnaryPlus":
		return badExpr
	}
	if b.o.CheckOnly {
		return typedOnly{types.Bool}
	}
	return badExpr
}

func typesOf(args []plan.Expr) []types.Type {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type()
	}
	return ts
}

// operandTypes are the types that operands are converted to; nil when the
// language has no meaning for the pair.
func operandTypes(name string, m match, ts []types.Type, ret types.Type) []types.Type {
	switch name {
	case "And", "Or":
		return []types.Type{types.Bool, types.Bool}
	case "Equal", "NotEqual", "LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual":
		t := comparedAs(ts[0], ts[1])
		if t == types.Unknown {
			return nil
		}
		return []types.Type{t, t}
	case "Between", "NotBetween":
		if ts[0] == types.Datetime && ts[2] == types.Timespan {
			return ts
		}
		t := comparedAs(comparedAs(ts[0], ts[1]), ts[2])
		return []types.Type{t, t, t}
	case "Add", "Subtract", "Multiply", "Divide", "Modulo":
		return arithmeticTypes(name, m, ts, ret)
	case "UnaryMinus", "UnaryPlus":
		return []types.Type{ret}
	}
	return []types.Type{types.String, types.String}
}

// arithmeticTypes: numbers take the type of the result; a dynamic takes the
// type of the other side.
func arithmeticTypes(name string, m match, ts []types.Type, ret types.Type) []types.Type {
	if m.sig.Returns == "Widest" {
		return []types.Type{ret, ret}
	}
	l, r := ts[0], ts[1]
	switch {
	case l == types.Dynamic && r == types.Dynamic:
		return nil
	case l == types.Dynamic && r.Numeric(), r == types.Dynamic && l.Numeric():
		return []types.Type{ret, ret}
	case l == types.Dynamic:
		return []types.Type{r, r}
	case r == types.Dynamic:
		if l == types.Datetime && name == "Add" {
			return []types.Type{l, types.Timespan}
		}
		return []types.Type{l, l}
	}
	out := []types.Type{l, r}
	for i, t := range out {
		if t == types.Int {
			out[i] = types.Long
		}
	}
	return out
}

// comparedAs is the type in which two values are compared, Unknown when they
// cannot be. Text is compared with numbers, booleans and guids as text and
// with times as times.
func comparedAs(l, r types.Type) types.Type {
	switch {
	case l == r && l != types.Dynamic:
		return l
	case l == types.Dynamic && r == types.Dynamic:
		return types.Unknown
	case l.Numeric() && r.Numeric():
		return wider(l, r)
	case l == types.Dynamic:
		if r.Integer() {
			return types.Real // the dynamic value may have a fraction
		}
		return r
	case r == types.Dynamic:
		return comparedAs(r, l)
	case l == types.Bool && r.Numeric():
		return wider(r, types.Long)
	case r == types.Bool && l.Numeric():
		return wider(l, types.Long)
	case l == types.String && (r == types.Datetime || r == types.Timespan):
		return r
	case r == types.String && (l == types.Datetime || l == types.Timespan):
		return l
	case l == types.String || r == types.String:
		return types.String
	}
	return types.Unknown
}

// between binds x between (low .. high).
func (b *binder) between(s *scope, n *ast.Between) plan.Expr {
	args := []plan.Expr{b.scalar(s, n.X), b.scalar(s, n.Low), b.scalar(s, n.High)}
	name := "Between"
	if n.Not {
		name = "NotBetween"
	}
	if !isBad(args[0]) && args[0].Type() == types.Datetime && args[2].Type() == types.Timespan && args[1].Type() == types.Datetime {
		args[2] = b.operatorCall("Add", "+", n.Span(), []plan.Expr{args[1], args[2]})
	}
	if entry := fn.Find(fn.Operators, name); entry != nil {
		if _, at, ok := resolve(entry.Sigs, typesOf(args), nil); !ok && at > 0 {
			e := []ast.Expr{n.X, n.Low, n.High}[at]
			b.errorf(codeOperands, e.Span(), "a value of type %s cannot be a bound for one of type %s", args[at].Type(), args[0].Type())
			return badExpr
		}
	}
	return b.operatorCall(name, "between", n.OpAt, args)
}

// apply makes the call of a row with its arguments converted to ts.
func (b *binder) apply(row *fn.Scalar, name string, at source.Span, args []plan.Expr, ts []types.Type, ret types.Type) plan.Expr {
	if row == nil || row.Status == fn.Planned {
		if b.o.CheckOnly {
			return typedOnly{ret}
		}
		reason := ""
		if row != nil && row.Reason != "" {
			reason = ": " + row.Reason
		}
		b.refuse(codeUnsupported, at, "%s is not supported%s", spoken(name, args), reason)
		return badExpr
	}
	if row.Coerce != nil {
		if want := row.Coerce(ts, ret); len(want) == len(ts) {
			ts = want
		}
	}
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		if out[i] = b.cast(a, ts[i]); isBad(out[i]) {
			return badExpr
		}
		if _, ok := out[i].(typedOnly); ok {
			return typedOnly{ret}
		}
	}
	k := row.KernelFor(ts, ret)
	if k == nil {
		return b.missing(name, at, ret)
	}
	return b.fold(&plan.Call{Fn: row, Kernel: k, Args: out, Ret: ret, At: at})
}

// spoken is how a function or an operator is named in a message; an operator
// says what it was tried on, since it is there for other types.
func spoken(name string, args []plan.Expr) string {
	for _, s := range fn.Signs {
		if s.Name == name && len(args) > 0 {
			return fmt.Sprintf("%q on %s", s.Sign, one(args[0].Type()))
		}
	}
	return name + "()"
}
