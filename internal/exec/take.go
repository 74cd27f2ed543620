package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// takeOp gives the first rows and then closes its input, which stops the
// reading of tables.
type takeOp struct {
	in      Operator
	count   evaluator
	started bool
	left    int64
}

func (b *builder) buildTake(r *plan.Take) (Operator, error) {
	count, err := b.compile(nil, r.Count)
	if err != nil {
		return nil, err
	}
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	return &takeOp{in: in, count: count}, nil
}

// Next gives rows until there were enough.
func (t *takeOp) Next(ctx context.Context) (*vector.Batch, error) {
	if !t.started {
		t.started = true
		d, err := single(ctx, t.count)
		if err != nil {
			return nil, err
		}
		if t.left = asInt(d); t.left < 0 {
			return nil, fmt.Errorf("take: the number of rows is negative: %d", t.left)
		}
	}
	if t.left == 0 {
		return nil, t.in.Close()
	}
	b, err := t.in.Next(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	if int64(b.N) >= t.left {
		b = b.Slice(0, int(t.left))
	}
	t.left -= int64(b.N)
	return b, nil
}

// Close closes the input.
func (t *takeOp) Close() error {
	t.left, t.started = 0, true
	return t.in.Close()
}

// Describe names the operator.
func (t *takeOp) Describe() string { return "take" }
