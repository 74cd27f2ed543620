package exec

import (
	"context"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// buildProject computes the items.
func (b *builder) buildProject(r *plan.Project) (Operator, error) {
	f, err := b.projection(r.Input.Cols(), itemExprs(r.Items))
	if err != nil {
		return nil, err
	}
	return b.addStep(r.Input, "project", f)
}

func itemExprs(items []plan.Item) []plan.Expr {
	out := make([]plan.Expr, len(items))
	for i := range items {
		out[i] = items[i].Expr
	}
	return out
}

// projection is the step that computes exprs over the columns cols.
func (b *builder) projection(cols []*plan.Col, exprs []plan.Expr) (step, error) {
	evs, err := b.compileAll(cols, exprs)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, in *vector.Batch) (*vector.Batch, error) {
		out := &vector.Batch{N: in.N, Cols: make([]*vector.Vector, len(evs))}
		for i, ev := range evs {
			v, err := ev.Eval(ctx, in)
			if err != nil {
				return nil, err
			}
			out.Cols[i] = v
		}
		return out, nil
	}, nil
}
