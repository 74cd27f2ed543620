package plugin

import (
	"fmt"

	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// rolling_percentile takes, for each bin, the values of that bin and of those
// before it. A bin without values is there when its window has some, up to the
// last bin with values.
var _ = plugin(Plugin{
	Name:    "rolling_percentile",
	Summary: "A percentile of the values in a window of bins that ends with each bin.",
	Columns: func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("IndexColumn"); a != nil {
			out = append(out, columnOf(a))
		}
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		if a := u.Arg("ValueColumn"); a != nil {
			name := fmt.Sprintf("rolling_%s_percentile_%s_%s", u.word("BinsPerWindow"), a.Name, u.word("Percentile"))
			out = append(out, Made(name, a.Type))
		}
		return out, nil
	},
	All: rollingPercentile,
})

// word is a constant as it stands in a column's name.
func (u *Use) word(param string) string {
	switch v := u.constant(param).V.(type) {
	case float64:
		return string(dynamic.AppendReal(nil, v, false))
	case int64:
		return fmt.Sprint(v)
	case vector.Decimal:
		return vector.DecimalText(v)
	}
	return ""
}

func rollingPercentile(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	x, err := newAxis(u, "BinSize", 0)
	if err != nil {
		return nil, err
	}
	if x.calendar != "" {
		return nil, argErrorf(u.Arg("BinSize"), "BinSize is a step")
	}
	wide, err := u.size("BinsPerWindow")
	if err != nil {
		return nil, err
	}
	e, err := loadEvents(r, in, "IndexColumn")
	if err != nil {
		return nil, err
	}
	value, rank := u.Arg("ValueColumn"), u.Arg("Percentile").Const
	last := int64(0)
	for i, t := range e.at {
		if b := x.floor(t); i == 0 || b > last {
			last = b
		}
	}
	agg, err := fn.AggregateNamed("percentile").New(fn.AggArgs{
		Types: []types.Type{value.Type, rank.T}, Consts: []*vector.Datum{nil, rank}, Ret: value.Type,
	})
	if err != nil {
		return nil, err
	}
	var cells []cell
	number := map[cell]int32{}
	values, ranks := in.Args[value.Index], vector.Constant(*rank, 1)
	for k := int64(0); k < wide && len(e.at) > 0; k++ {
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
		var rows, groups []int32
		for i, t := range e.at {
			c := cell{x.floor(t) + k*x.step, e.dim[i]}
			if c.at > last {
				continue
			}
			g, ok := number[c]
			if !ok {
				g = int32(len(cells))
				number[c] = g
				cells = append(cells, c)
			}
			rows, groups = append(rows, e.row[i]), append(groups, g)
		}
		if len(rows) == 0 {
			break
		}
		before := agg.Bytes()
		agg.Grow(len(cells))
		rank := *ranks
		rank.N = len(rows)
		if err := agg.Add(&fn.Call{Env: r.Env, N: len(rows)}, groups, []*vector.Vector{values.Gather(rows), &rank}); err != nil {
			return nil, err
		}
		if err := r.Charge(agg.Bytes() - before); err != nil {
			return nil, err
		}
	}
	out := &Result{N: len(cells)}
	at, dims := make([]int64, len(cells)), make([]int32, len(cells))
	for i, c := range cells {
		at[i] = c.at
		if len(e.dimCols) > 0 {
			dims[i] = e.dims.first[c.dim]
		}
	}
	out.Made = append(out.Made, vector.Of(u.Arg("IndexColumn").Type, at, nil))
	for _, d := range e.dimCols {
		out.Made = append(out.Made, d.Gather(dims))
	}
	res, err := agg.Results(len(cells))
	if err != nil {
		return nil, err
	}
	// The percentile of ints is a long, that of decimals a real.
	shown, err := convert(r.Env, res[0], value.Type)
	if err != nil {
		return nil, err
	}
	out.Made = append(out.Made, shown)
	return out, nil
}
