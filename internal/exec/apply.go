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
	a := &apply{b: b, node: r, in: in, subs: map[any]*subquery{}, own: map[*plan.Materialize]bool{}}
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
	plan.Walk(r.Sub, func(rel plan.Rel) {
		m, ok := rel.(*plan.Materialize)
		if !ok {
			return
		}
		plan.Walk(m, func(rel plan.Rel) { a.own[m] = a.own[m] || rel == plan.Rel(r.Given) })
	})
	return a, nil
}

// buildGiven gives the row that the surrounding Apply is at.
func (b *builder) buildGiven(r *plan.Given) (Operator, error) {
	row := b.given[r]
	if row == nil {
		return nil, fmt.Errorf("bug: a row outside of its mv-apply")
	}
	return &held{name: "row", batches: []*vector.Batch{row}, size: 1}, nil
}

type apply struct {
	b    *builder
	node *plan.Apply
	in   Operator
	from []mvColumn
	// subs are the subqueries of Sub, computed once for all rows; own are the
	// materialized relations that depend on the row and are not.
	subs map[any]*subquery
	own  map[*plan.Materialize]bool

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
		found, err := a.run(ctx, a.batch.Slice(a.row, a.row+1))
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

// run computes the subquery for one row.
func (a *apply) run(ctx context.Context, row *vector.Batch) ([]*vector.Batch, error) {
	cfg := a.b.cfg
	cfg.Threads = 1
	in := &builder{cfg: cfg, ctx: a.b.ctx, kept: map[*plan.Materialize]*kept{}, subs: a.subs, given: map[*plan.Given]*vector.Batch{a.node.Given: row}}
	for g, batch := range a.b.given {
		in.given[g] = batch
	}
	keptLock.Lock()
	for m, k := range a.b.kept {
		in.kept[m] = k
	}
	keptLock.Unlock()
	op, err := in.build(a.node.Sub)
	if err != nil {
		return nil, err
	}
	keptLock.Lock()
	for m, k := range in.kept {
		if !a.own[m] {
			a.b.kept[m] = k
		}
	}
	keptLock.Unlock()
	return in.drain(ctx, op, applyName)
}

// Close closes the input.
func (a *apply) Close() error {
	a.batch = nil
	return a.in.Close()
}

// Describe names the operator.
func (a *apply) Describe() string { return applyName }
