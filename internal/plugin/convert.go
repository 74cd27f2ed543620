package plugin

import (
	"fmt"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// conversions are the functions that bring a value to a type.
var conversions = map[types.Type]string{
	types.Bool: "tobool", types.Datetime: "todatetime", types.Decimal: "todecimal", types.Guid: "toguid",
	types.Int: "toint", types.Long: "tolong", types.Real: "todouble", types.String: "tostring", types.Timespan: "totimespan",
	types.Dynamic: "todynamic",
}

// convert brings v to type to; what does not convert becomes null.
func convert(env *fn.Env, v *vector.Vector, to types.Type) (*vector.Vector, error) {
	if v.Type == to {
		return v, nil
	}
	row := fn.ScalarNamed(conversions[to])
	if row != nil {
		if k := row.KernelFor([]types.Type{v.Type}, to); k != nil {
			return fn.Apply(row, k, &fn.Call{Env: env, N: v.N, Ret: to}, []*vector.Vector{v})
		}
	}
	return nil, fmt.Errorf("a conversion of %s to %s is not supported", v.Type, to)
}
