package exec

import (
	"context"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// consume reads its input to the end and gives nothing.
type consume struct{ in Operator }

func (b *builder) buildConsume(r *plan.Consume) (Operator, error) {
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	return &consume{in}, nil
}

// Next reads everything.
func (c *consume) Next(ctx context.Context) (*vector.Batch, error) {
	for {
		in, err := c.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if in == nil {
			return nil, c.in.Close()
		}
	}
}

// Close closes the input.
func (c *consume) Close() error { return c.in.Close() }

// Describe names the operator.
func (c *consume) Describe() string { return "consume" }
