package bind

import (
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// substitute is e with its columns replaced by what at gives for them, and
// what has become constant computed.
func (b *binder) substitute(e plan.Expr, at func(*plan.Col) plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.ColRef:
		if x := at(e.Col); x != nil {
			return x
		}
	case *plan.Call:
		out := *e
		out.Args = make([]plan.Expr, len(e.Args))
		for i, a := range e.Args {
			out.Args[i] = b.substitute(a, at)
		}
		if len(out.Args) == 2 && out.Args[0].Type() == types.Bool && out.Args[1].Type() == types.Bool {
			if x, ok := decided(e.Fn.Name, out.Args[0], out.Args[1]); ok {
				return x
			}
		}
		return b.fold(&out)
	case *plan.Path:
		x := b.substitute(e.X, at)
		if c, ok := x.(*plan.Const); ok && c.Datum.Null() {
			return null(types.Dynamic)
		}
		return &plan.Path{X: x, Key: e.Key}
	case *plan.Element:
		x := b.substitute(e.X, at)
		if c, ok := x.(*plan.Const); ok && c.Datum.Null() {
			return null(types.Dynamic)
		}
		return &plan.Element{X: x, Index: b.substitute(e.Index, at)}
	case *plan.In:
		out := *e
		out.X = b.substitute(e.X, at)
		out.List = make([]plan.Expr, len(e.List))
		for i, a := range e.List {
			out.List[i] = b.substitute(a, at)
		}
		return &out
	}
	return e
}

// decided is what `and` and `or` come to when one side is known.
func decided(op string, l, r plan.Expr) (plan.Expr, bool) {
	if op != "And" && op != "Or" {
		return nil, false
	}
	for i, x := range []plan.Expr{l, r} {
		c, ok := x.(*plan.Const)
		if !ok || c.Datum.Null() {
			continue
		}
		if c.Datum.V == (op == "Or") {
			return x, true
		}
		return []plan.Expr{r, l}[i], true
	}
	return nil, false
}
