package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// reduceOp groups texts by the words they share. It counts how often each
// text comes, and looks at each different text once.
type reduceOp struct {
	b    *builder
	r    *plan.Reduce
	in   Operator
	key  int
	out  *held
	took int64
}

func (b *builder) buildReduce(r *plan.Reduce) (Operator, error) {
	o := &reduceOp{b: b, r: r, key: columnIndex(r.Input.Cols(), r.Key)}
	if o.key < 0 {
		return nil, fmt.Errorf("bug: reduce has no column %q", r.Key.Name)
	}
	var err error
	o.in, err = b.build(r.Input)
	return o, err
}

// Next groups at the first call.
func (o *reduceOp) Next(ctx context.Context) (*vector.Batch, error) {
	if o.out == nil {
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	return o.out.Next(ctx)
}

func (o *reduceOp) run(ctx context.Context) error {
	texts := newGrouper([]types.Type{types.String})
	var counts []int64
	var batches []*vector.Batch
	var ids [][]int32
	rows := int64(0)
	for {
		in, err := o.in.Next(ctx)
		if err != nil {
			return err
		}
		if in == nil {
			break
		}
		known := texts.bytes
		of := texts.ids([]*vector.Vector{in.Cols[o.key]}, in.N)
		for len(counts) < texts.n {
			counts = append(counts, 0)
		}
		for _, id := range of {
			counts[id]++
		}
		rows += int64(in.N)
		cost := (texts.bytes - known) * 2 // the words are kept beside the text
		if o.r.Source {
			cost += in.Bytes() + int64(in.N)*4
			batches, ids = append(batches, in), append(ids, of)
		}
		if err := o.charge(cost); err != nil {
			return err
		}
	}
	c := clustering{words: o.r, need: max(o.r.Threshold*float64(rows), 1), texts: texts.columns()[0], counts: counts}
	if err := c.find(ctx); err != nil {
		return err
	}
	o.out = &held{name: o.Describe(), size: o.b.cfg.BatchSize}
	if !o.r.Source {
		if b := c.table(o.r); b.N > 0 {
			o.out.batches = []*vector.Batch{b}
		}
		return o.in.Close()
	}
	pattern, count, example := c.columns()
	for k, in := range batches {
		codes := make([]int32, in.N)
		for i, id := range ids[k] {
			codes[i] = c.group[id]
		}
		out := &vector.Batch{N: in.N}
		for i, v := range in.Cols {
			if i != o.key {
				out.Cols = append(out.Cols, v)
			}
		}
		for _, v := range []*vector.Vector{pattern, count, example} {
			out.Cols = append(out.Cols, vector.NewDict(v, codes))
		}
		o.out.batches = append(o.out.batches, out)
	}
	return o.in.Close()
}

func (o *reduceOp) charge(n int64) error {
	if err := o.b.cfg.Memory.Charge(o.Describe(), n); err != nil {
		return err
	}
	o.took += max(n, 0)
	return nil
}

// Close drops the texts.
func (o *reduceOp) Close() error {
	o.b.cfg.Memory.Release(o.took)
	o.took = 0
	o.out = &held{}
	return o.in.Close()
}

// Describe names the operator.
func (o *reduceOp) Describe() string { return "reduce" }
