package exec

import (
	"context"
	"slices"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// conjunct is one condition of a filter with the columns it looks at.
type conjunct struct {
	ev   evaluator
	used []int
}

// buildFilter keeps the rows for which every part of the condition is true.
// The parts run one after the other, each on the rows that are left.
func (b *builder) buildFilter(r *plan.Filter) (Operator, error) {
	cols := r.Input.Cols()
	var conds, rest []conjunct
	for _, e := range conjuncts(r.Cond, nil) {
		ev, err := b.compile(cols, e)
		if err != nil {
			return nil, err
		}
		c := conjunct{ev, usedColumns(cols, e)}
		conds = append(conds, c)
		if !slices.Contains(r.Pushed, e) {
			rest = append(rest, c)
		}
	}
	var exact step
	if len(rest) > 0 {
		exact = filterStep(rest)
	}
	return b.addSteps(r.Input, "where", filterStep(conds), exact)
}

func filterStep(conds []conjunct) step {
	return func(ctx context.Context, in *vector.Batch) (*vector.Batch, error) {
		var rows []int32 // kept; nil for all
		for _, c := range conds {
			sub := in
			if rows != nil {
				sub = narrow(in, c.used, rows)
			}
			v, err := c.ev.Eval(ctx, sub)
			if err != nil {
				return nil, err
			}
			keep, all := trueRows(v)
			if all {
				continue
			}
			if rows != nil {
				for k, i := range keep {
					keep[k] = rows[i]
				}
			}
			if rows = keep; len(rows) == 0 {
				return nil, nil
			}
		}
		if rows == nil {
			return in, nil
		}
		return in.Gather(rows), nil
	}
}

// conjuncts takes `a and b` apart.
func conjuncts(e plan.Expr, out []plan.Expr) []plan.Expr {
	if c, ok := e.(*plan.Call); ok && c.Fn != nil && c.Fn.Name == "And" && len(c.Args) == 2 && c.Args[0].Type() == types.Bool && c.Args[1].Type() == types.Bool {
		return conjuncts(c.Args[1], conjuncts(c.Args[0], out))
	}
	return append(out, e)
}

// narrow is the rows of the used columns; the others are left out.
func narrow(in *vector.Batch, used []int, rows []int32) *vector.Batch {
	out := &vector.Batch{N: len(rows), Cols: make([]*vector.Vector, len(in.Cols))}
	for _, i := range used {
		out.Cols[i] = in.Cols[i].Gather(rows)
	}
	return out
}

// trueRows is the rows where v is true; all says that it is every row.
func trueRows(v *vector.Vector) (rows []int32, all bool) {
	switch v.Form {
	case vector.Const:
		if v.N == 0 || !v.IsNull(0) && v.Bools[0] {
			return nil, true
		}
		return []int32{}, false
	case vector.Dict:
		ok := make([]bool, v.Values.N)
		for i := range ok {
			ok[i] = v.Values.Bools[i] && !v.Values.IsNull(i)
		}
		rows = make([]int32, 0, 64)
		for i, c := range v.Codes {
			if ok[c] {
				rows = append(rows, int32(i))
			}
		}
	default:
		rows = make([]int32, 0, 64)
		for i, t := range v.Bools {
			if t && (v.Valid == nil || v.Valid.Get(i)) {
				rows = append(rows, int32(i))
			}
		}
	}
	if len(rows) == v.N {
		return nil, true
	}
	return rows, false
}
