package exec

import (
	"fmt"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// conversions are the functions that bring a value to a type.
var conversions = map[types.Type]string{
	types.Bool: "tobool", types.Datetime: "todatetime", types.Decimal: "todecimal", types.Guid: "toguid",
	types.Int: "toint", types.Long: "tolong", types.Real: "toreal", types.String: "tostring", types.Timespan: "totimespan",
	types.Dynamic: "todynamic",
}

// converter brings vectors of type from to type to; what does not convert
// becomes null.
func (b *builder) converter(from, to types.Type) (func(*vector.Vector) (*vector.Vector, error), error) {
	if from == to {
		return func(v *vector.Vector) (*vector.Vector, error) { return v, nil }, nil
	}
	s := fn.ScalarNamed(conversions[to])
	if s == nil && to == types.Real {
		s = fn.ScalarNamed("todouble")
	}
	if s == nil {
		return nil, fmt.Errorf("a conversion of %s to %s is not supported", from, to)
	}
	k := s.KernelFor([]types.Type{from}, to)
	if k == nil {
		return nil, fmt.Errorf("a conversion of %s to %s is not supported", from, to)
	}
	return func(v *vector.Vector) (*vector.Vector, error) {
		return fn.Apply(s, k, &fn.Call{Env: b.cfg.Env, N: v.N, Ret: to}, []*vector.Vector{v})
	}, nil
}
