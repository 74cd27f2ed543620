package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// buildExternal reads externaldata through the reader of the configuration,
// which knows what may be read; without one the operator is refused.
func (b *builder) buildExternal(r *plan.External) (Operator, error) {
	if b.cfg.External == nil {
		return nil, fmt.Errorf("externaldata is not allowed here: %s is not read", nameURIs(r.URIs))
	}
	return &external{b: b, node: r}, nil
}

func nameURIs(uris []string) string {
	switch len(uris) {
	case 0:
		return "nothing"
	case 1:
		return fmt.Sprintf("%q", uris[0])
	}
	return fmt.Sprintf("%q and %d more", uris[0], len(uris)-1)
}

type external struct {
	b    *builder
	node *plan.External
	out  *held
}

// Next reads everything at the first call and gives out pieces.
func (x *external) Next(ctx context.Context) (*vector.Batch, error) {
	if x.out == nil {
		batches, err := x.b.cfg.External(ctx, x.node)
		if err != nil {
			return nil, err
		}
		for _, batch := range batches {
			if err := x.b.cfg.Memory.Charge(x.Describe(), batch.Bytes()); err != nil {
				return nil, err
			}
		}
		x.out = &held{name: x.Describe(), batches: batches, size: x.b.cfg.BatchSize}
	}
	return x.out.Next(ctx)
}

// Close drops the rows.
func (x *external) Close() error {
	x.out = &held{name: x.Describe()}
	return nil
}

// Describe names the operator.
func (x *external) Describe() string { return "externaldata" }
