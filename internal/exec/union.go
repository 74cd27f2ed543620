package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// buildUnion gives the rows of the inputs one after the other.
func (b *builder) buildUnion(r *plan.Union) (Operator, error) {
	if len(r.Maps) != len(r.Inputs) {
		return nil, fmt.Errorf("bug: union of %d inputs with %d maps", len(r.Inputs), len(r.Maps))
	}
	u := &union{}
	for k, input := range r.Inputs {
		op, err := b.build(input)
		if err != nil {
			return nil, err
		}
		u.ins = append(u.ins, op)
		var row []evaluator
		for _, x := range r.Maps[k] {
			e, err := b.compile(input.Cols(), x)
			if err != nil {
				return nil, err
			}
			row = append(row, e)
		}
		u.maps = append(u.maps, row)
	}
	return u, nil
}

type union struct {
	ins  []Operator
	maps [][]evaluator
	at   int
}

// Next gives the next batch of the input whose turn it is.
func (u *union) Next(ctx context.Context) (*vector.Batch, error) {
	for u.at < len(u.ins) {
		in, err := u.ins[u.at].Next(ctx)
		if err != nil {
			return nil, err
		}
		if in == nil {
			if err := u.ins[u.at].Close(); err != nil {
				return nil, err
			}
			u.at++
			continue
		}
		if in.N == 0 {
			continue
		}
		out := &vector.Batch{N: in.N, Cols: make([]*vector.Vector, len(u.maps[u.at]))}
		for i, e := range u.maps[u.at] {
			if out.Cols[i], err = e.Eval(ctx, in); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, nil
}

// Close closes all inputs.
func (u *union) Close() error {
	u.at = len(u.ins)
	var first error
	for _, in := range u.ins {
		if err := in.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Describe names the operator.
func (u *union) Describe() string { return "union" }
