package exec

import (
	"context"
	"sync"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// kept is the result of a materialize: computed by whoever reads first,
// replayed to all others.
type kept struct {
	once    sync.Once
	b       *builder
	op      Operator
	batches []*vector.Batch
	err     error
}

func (k *kept) rows(ctx context.Context) ([]*vector.Batch, error) {
	k.once.Do(func() { k.batches, k.err = k.b.drain(ctx, k.op, "materialize") })
	return k.batches, k.err
}

// keptLock guards the maps of shared results: subqueries are built while
// workers run. It is held while plans are built, never while rows flow.
var keptLock sync.Mutex

// buildMaterialize builds the input at the first use of r and shares it with
// every later one.
func (b *builder) buildMaterialize(r *plan.Materialize) (Operator, error) {
	if k := b.keptFor(r); k != nil {
		return &replay{k: k, size: b.cfg.BatchSize}, nil
	}
	op, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	keptLock.Lock()
	defer keptLock.Unlock()
	k := b.kept[r]
	if k == nil {
		k = &kept{b: b, op: op}
		b.kept[r] = k
	}
	return &replay{k: k, size: b.cfg.BatchSize}, nil
}

func (b *builder) keptFor(r *plan.Materialize) *kept {
	keptLock.Lock()
	defer keptLock.Unlock()
	return b.kept[r]
}

// replay reads a shared result.
type replay struct {
	k    *kept
	size int
	held *held
}

// Next computes the shared result when nobody has, and gives its next piece.
func (r *replay) Next(ctx context.Context) (*vector.Batch, error) {
	if r.held == nil {
		batches, err := r.k.rows(ctx)
		if err != nil {
			return nil, err
		}
		r.held = &held{name: r.Describe(), batches: batches, size: r.size}
	}
	return r.held.Next(ctx)
}

// Close drops this reader's place; the shared rows stay for the others.
func (r *replay) Close() error {
	r.held = &held{name: r.Describe()}
	return nil
}

// Describe names the operator.
func (r *replay) Describe() string { return "materialize" }
