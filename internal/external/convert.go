package external

import (
	"fmt"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// conversions are the functions that read each type.
var conversions = map[types.Type]string{
	types.Bool: "tobool", types.Datetime: "todatetime", types.Decimal: "todecimal", types.Dynamic: "parse_json", types.Guid: "toguid",
	types.Int: "toint", types.Long: "tolong", types.Real: "toreal", types.String: "tostring", types.Timespan: "totimespan",
}

// convert reads a column of text or JSON values as a type, as the language's
// own functions do.
func convert(v *vector.Vector, to types.Type) (*vector.Vector, error) {
	if v.Type == to || v.N == 0 {
		if v.N == 0 {
			return vector.Make(to, 0), nil
		}
		return v, nil
	}
	row := fn.ScalarNamed(conversions[to])
	if row == nil {
		return nil, fmt.Errorf("columns of type %s cannot be read", to)
	}
	k := row.KernelFor([]types.Type{v.Type}, to)
	if k == nil {
		return nil, fmt.Errorf("columns of type %s cannot be read", to)
	}
	out, err := fn.Apply(row, k, &fn.Call{Env: &fn.Env{}, N: v.N, Ret: to}, []*vector.Vector{v})
	if err != nil {
		return nil, err
	}
	return out.Flatten(), nil
}
