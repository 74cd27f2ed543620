package exec

import (
	"context"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// buildWindow computes a projection with window functions: they look at other
// rows, so the whole ordered input becomes one batch.
func (b *builder) buildWindow(r *plan.Project) (Operator, error) {
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	w := &window{b: b, in: in, cols: r.Input.Cols()}
	for _, item := range r.Items {
		e, err := b.compile(w.cols, item.Expr)
		if err != nil {
			return nil, err
		}
		w.items = append(w.items, e)
	}
	return w, nil
}

type window struct {
	b     *builder
	in    Operator
	cols  []*plan.Col
	items []evaluator
	out   *held
}

// Next computes everything at the first call and gives out pieces.
func (w *window) Next(ctx context.Context) (*vector.Batch, error) {
	if w.out == nil {
		batches, err := w.b.drain(ctx, w.in, w.Describe())
		if err != nil {
			return nil, err
		}
		w.out = &held{name: w.Describe(), size: w.b.cfg.BatchSize}
		if len(batches) > 0 {
			all := glue(w.cols, batches)
			out := &vector.Batch{N: all.N}
			for _, e := range w.items {
				v, err := e.Eval(ctx, all)
				if err != nil {
					return nil, err
				}
				out.Cols = append(out.Cols, v)
			}
			if err := w.b.cfg.Memory.Charge(w.Describe(), out.Bytes()); err != nil {
				return nil, err
			}
			w.out.batches = []*vector.Batch{out}
		}
	}
	return w.out.Next(ctx)
}

// Close closes the input and drops the rows.
func (w *window) Close() error {
	w.out = &held{name: w.Describe()}
	return w.in.Close()
}

// Describe names the operator.
func (w *window) Describe() string { return "window" }
