package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// applyName is what errors and explain call an Apply.
const applyName = "mv-apply"

// buildApply runs a subquery once for each input row.
func (b *builder) buildApply(r *plan.Apply) (Operator, error) {
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	a := &apply{b: b, node: r, in: in, sub: b.newGiven(r.Given, r.Sub, applyName)}
	plan.Walk(r.Sub, func(rel plan.Rel) {
		if m, ok := rel.(*plan.MvExpand); ok && m.Input == plan.Rel(r.Given) {
			a.sub.elements = m
		}
	})
	outer, inner := r.Input.Cols(), r.Sub.Cols()
	for _, c := range r.From {
		from := mvColumn{item: columnIndex(inner, c), input: columnIndex(outer, c)}
		if from.input >= 0 {
			from.item = -1
		} else if from.item < 0 {
			return nil, fmt.Errorf("bug: mv-apply has no column %q", c.Name)
		}
		a.from = append(a.from, from)
	}
	return a, nil
}

type apply struct {
	b    *builder
	node *plan.Apply
	in   Operator
	from []mvColumn
	sub  *given

	batch *vector.Batch
	row   int
}

// Next gives the rows of the subquery for the next input rows.
func (a *apply) Next(ctx context.Context) (*vector.Batch, error) {
	for {
		if a.batch == nil {
			in, err := a.in.Next(ctx)
			if in == nil || err != nil {
				return nil, err
			}
			a.batch, a.row = in, 0
		}
		out, err := a.piece(ctx)
		if err != nil {
			return nil, err
		}
		if a.row >= a.batch.N {
			a.batch = nil
		}
		if out != nil {
			return out, nil
		}
	}
}

// piece runs the subquery for rows of the batch until a batch size of results
// is there or the batch ends.
func (a *apply) piece(ctx context.Context) (*vector.Batch, error) {
	var outer []int32
	var results []*vector.Batch
	for ; a.row < a.batch.N && len(outer) < a.b.cfg.BatchSize; a.row++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found, err := a.sub.run(ctx, a.batch.Slice(a.row, a.row+1))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			a.b.cfg.Memory.Release(f.Bytes())
			for i := 0; i < f.N; i++ {
				outer = append(outer, int32(a.row))
			}
		}
		results = append(results, found...)
	}
	if len(outer) == 0 {
		return nil, nil
	}
	left, right := a.batch.Gather(outer), glue(a.node.Sub.Cols(), results)
	out := &vector.Batch{N: len(outer), Cols: make([]*vector.Vector, len(a.from))}
	for i, from := range a.from {
		if from.input >= 0 {
			out.Cols[i] = left.Cols[from.input]
		} else {
			out.Cols[i] = right.Cols[from.item]
		}
	}
	return out, nil
}

// Close closes the input.
func (a *apply) Close() error {
	a.batch = nil
	return a.in.Close()
}

// Describe names the operator.
func (a *apply) Describe() string { return applyName }
