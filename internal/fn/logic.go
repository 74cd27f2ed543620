package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// connective is And or Or: the result is decided by a side that equals
// stop; two sides that do not decide and of which one is null give null.
func connective(stop bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		l, r := args[0], args[1]
		a, b := viewOf[bool](l), viewOf[bool](r)
		out := make([]bool, c.N)
		var valid vector.Bitmap
		for i := range out {
			ln, rn := l.Valid != nil && l.IsNull(i), r.Valid != nil && r.IsNull(i)
			switch {
			case !ln && a.at(i) == stop, !rn && b.at(i) == stop:
				out[i] = stop
			case ln || rn:
				if valid == nil {
					valid = vector.FullBitmap(c.N)
				}
				valid.Clear(i)
			default:
				out[i] = !stop
			}
		}
		return vector.Of(types.Bool, out, valid), nil
	}
}

// choose makes a vector of c.Ret whose entry i comes from args[from(i)], or
// is null when from gives -1.
func choose(c *Call, args []*vector.Vector, from func(i int) int) *vector.Vector {
	b := vector.NewBuilder(c.Ret, c.N)
	for i := range c.N {
		if k := from(i); k < 0 {
			b.AppendNull()
		} else {
			b.AppendFrom(args[k], i)
		}
	}
	return b.Done()
}

func holds(v *vector.Vector, i int) bool { return !v.IsNull(i) && v.Bool(i) }

func iffKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	return choose(c, args, func(i int) int {
		if holds(args[0], i) {
			return 1
		}
		return 2
	}), nil
}

// branchTypes are the types for iff: a condition and two values of the
// result's type.
func branchTypes(args []types.Type, ret types.Type) []types.Type {
	out := append([]types.Type(nil), args...)
	for i := range out {
		out[i] = ret
	}
	out[0] = types.Bool
	return out
}

// caseTypes are conditions and values in turn, and the value for the rest.
func caseTypes(args []types.Type, ret types.Type) []types.Type {
	out := append([]types.Type(nil), args...)
	for i := range out {
		if out[i] = ret; i%2 == 0 && i < len(out)-1 {
			out[i] = types.Bool
		}
	}
	return out
}

// allOf converts every argument to the type of the result.
func allOf(args []types.Type, ret types.Type) []types.Type {
	out := append([]types.Type(nil), args...)
	for i := range out {
		out[i] = ret
	}
	return out
}

func caseKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	last := len(args) - 1
	return choose(c, args, func(i int) int {
		for k := 0; k+1 <= last; k += 2 {
			if holds(args[k], i) {
				return k + 1
			}
		}
		return last
	}), nil
}

func coalesceKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	return choose(c, args, func(i int) int {
		for k, a := range args {
			if !a.IsNull(i) && (c.Ret != types.String || a.Str(i) != "") {
				return k
			}
		}
		return -1
	}), nil
}

// extreme finds the argument that is first in the order of better; nulls are
// skipped and a NaN wins.
func extreme(want int) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		return choose(c, args, func(i int) int {
			best := -1
			for k, a := range args {
				if !a.IsNull(i) && (best < 0 || compareEntries(c.Ret, a, args[best], i)*want > 0) {
					best = k
				}
				if c.Ret == types.Real && best == k && a.Real(i) != a.Real(i) {
					return k
				}
			}
			return best
		}), nil
	}
}

func compareEntries(t types.Type, a, b *vector.Vector, i int) int {
	switch t {
	case types.Bool:
		return boolOrder(a.Bool(i), b.Bool(i))
	case types.Real:
		x, y := a.Real(i), b.Real(i)
		switch {
		case x != x && y == y:
			return 0
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case types.Decimal:
		return a.Dec(i).Cmp(b.Dec(i))
	case types.String:
		switch x, y := a.Str(i), b.Str(i); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case types.Guid, types.Dynamic:
		return 0
	}
	switch x, y := a.Int(i), b.Int(i); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func init() {
	scalar(Scalar{Name: "And", Summary: "Says whether both sides are true.", Nulls: Handles, Kernel: connective(false)})
	scalar(Scalar{Name: "Or", Summary: "Says whether at least one side is true.", Nulls: Handles, Kernel: connective(true)})
	scalar(Scalar{Name: "not", Summary: "Turns true into false and false into true.", Nulls: NullIfAny, Kernel: lift1(func(b bool) bool { return !b }),
		Coerce: func([]types.Type, types.Type) []types.Type { return []types.Type{types.Bool} }})
	for _, name := range []string{"iff", "iif"} {
		scalar(Scalar{Name: name, Summary: "Gives the second argument where the first is true, else the third.", Nulls: Handles, Kernel: iffKernel, Coerce: branchTypes})
	}
	scalar(Scalar{Name: "case", Summary: "Gives the value behind the first condition that is true.", Nulls: Handles, Kernel: caseKernel, Coerce: caseTypes})
	scalar(Scalar{Name: "coalesce", Summary: "Gives the first argument that is not null or empty.", Nulls: Handles, Kernel: coalesceKernel, Coerce: allOf})
	scalar(Scalar{Name: "max_of", Summary: "Gives the largest argument.", Nulls: Handles, Kernel: extreme(1), Coerce: allOf})
	scalar(Scalar{Name: "min_of", Summary: "Gives the smallest argument.", Nulls: Handles, Kernel: extreme(-1), Coerce: allOf})
}
