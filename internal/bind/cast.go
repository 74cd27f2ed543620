package bind

import (
	"strings"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// casts are the functions that convert to each type.
var casts = map[types.Type]string{
	types.Bool: "tobool", types.Datetime: "todatetime", types.Decimal: "todecimal", types.Guid: "toguid", types.Int: "toint",
	types.Long: "tolong", types.Real: "toreal", types.String: "tostring", types.Timespan: "totimespan",
}

// boxing makes a dynamic of a value of any type.
var boxing = &fn.Scalar{
	Name: "dynamic", Summary: "Makes a dynamic value of a value of any type.", Nulls: fn.Handles,
	Kernel: func(c *fn.Call, args []*vector.Vector) (*vector.Vector, error) {
		b := vector.NewBuilder(types.Dynamic, c.N)
		for i := range c.N {
			v := args[0].ToDynamic(i)
			if v.IsNull() {
				b.AppendNull()
				continue
			}
			b.Append(vector.Datum{T: types.Dynamic, V: v})
		}
		return b.Done(), nil
	},
}

// cast converts e to a type. The conversion is a call of tolong() and its
// like; a value that cannot be converted becomes null.
func (b *binder) cast(e plan.Expr, to types.Type) plan.Expr {
	from := e.Type()
	if from == to || from == types.Unknown || to == types.Unknown {
		return e
	}
	if c, ok := e.(*plan.Const); ok && c.Datum.Null() && to != types.String {
		return constOf(vector.Datum{T: to})
	}
	if to == types.Dynamic {
		return b.fold(&plan.Call{Fn: boxing, Kernel: boxing.Kernel, Args: []plan.Expr{e}, Ret: types.Dynamic})
	}
	row := fn.ScalarNamed(casts[to])
	if row == nil {
		if to == types.Real {
			row = fn.ScalarNamed("todouble")
		}
		if row == nil {
			return b.missing(casts[to], spanOf(e), to)
		}
	}
	k := row.KernelFor([]types.Type{from}, to)
	if k == nil {
		return b.missing(casts[to], spanOf(e), to)
	}
	return b.fold(&plan.Call{Fn: row, Kernel: k, Args: []plan.Expr{e}, Ret: to, At: spanOf(e)})
}

// spanOf is where a call stands; other expressions do not know their place.
func spanOf(e plan.Expr) source.Span {
	if c, ok := e.(*plan.Call); ok {
		return c.At
	}
	return source.Span{}
}

// missing stands for a function that cannot be computed: it is refused, or
// only typed when nothing but the verdict is wanted.
func (b *binder) missing(name string, at source.Span, ret types.Type) plan.Expr {
	if b.o.CheckOnly {
		return typedOnly{ret}
	}
	b.refuse(codeUnsupported, at, "%s() is not supported", name)
	return badExpr
}

// typedOnly is a value of which only the type matters.
type typedOnly struct{ t types.Type }

// Type is the type.
func (t typedOnly) Type() types.Type { return t.t }

// fold computes a call whose arguments are all constant, if that can be done
// once for all rows.
func (b *binder) fold(c *plan.Call) plan.Expr {
	if c.Kernel == nil || c.Fn.Impure || c.Fn.Window || len(c.Args) == 0 && c.Fn.Name != "now" {
		return c
	}
	args := make([]*vector.Vector, len(c.Args))
	for i, a := range c.Args {
		k, ok := a.(*plan.Const)
		if !ok || k.Datum.T == types.Unknown {
			return c
		}
		args[i] = vector.Constant(k.Datum, 1)
	}
	v, err := fn.Apply(c.Fn, c.Kernel, &fn.Call{Env: &b.env, N: 1, Ret: c.Ret, Folding: true}, args)
	if err != nil {
		b.strict(codeArgument, c.At, "%s", said(c.Fn.Name, err))
		if b.o.CheckOnly {
			return typedOnly{c.Ret}
		}
		return badExpr
	}
	if v == nil || v.N < 1 || v.Type != c.Ret {
		return c
	}
	return constOf(v.Datum(0))
}

// said is what a function says about its arguments, with its name if the
// message lacks it. The names of operators are not words of the language.
func said(name string, err error) string {
	text := err.Error()
	if strings.Contains(text, name+"()") || fn.Find(fn.Functions, name) == nil {
		return text
	}
	return name + "(): " + text
}
