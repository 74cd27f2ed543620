package plugin

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// narrow gives a row for each cell, row by row; rows are numbered from 0.
var _ = plugin(Plugin{
	Name:    "narrow",
	Summary: "Turns each row into as many rows as there are columns: row number, column name, value as text.",
	Columns: func(*Use) ([]Column, error) {
		return []Column{Made("Row", types.Long), Made("Column", types.String), Made("Value", types.String)}, nil
	},
	Whole: true,
	All:   narrow,
})

func narrow(r *Run, in *Rows) (*Result, error) {
	wide := len(in.Cols)
	n := in.N * wide
	names := vector.Make(types.String, wide)
	for k, c := range r.Use.In {
		names.Strs[k] = c.Name
	}
	const cell = 8 + 4 + 16 // a row number, a code and a text's head
	if err := r.Charge(int64(n) * cell); err != nil {
		return nil, err
	}
	rows, codes, values := make([]int64, n), make([]int32, n), make([]string, n)
	for k, c := range in.Cols {
		text, err := convert(r.Env, c, types.String)
		if err != nil {
			return nil, err
		}
		for i := range in.N {
			at := i*wide + k
			rows[at], codes[at], values[at] = int64(i), int32(k), text.Str(i)
		}
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
	}
	return &Result{N: n, Made: []*vector.Vector{
		vector.Of(types.Long, rows, nil), vector.NewDict(names, codes), vector.Of(types.String, values, nil),
	}}, nil
}
