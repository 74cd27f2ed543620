package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// partition holds all rows, sorts them into the values of the key in the
// order these are first seen, and runs the subquery over each.
type partition struct {
	b    *builder
	r    *plan.Partition
	in   Operator
	sub  *given
	key  int
	from []int

	all    *vector.Batch
	rows   [][]int32 // of each value
	at     int
	took   int64
	opened bool
}

func (b *builder) buildPartition(r *plan.Partition) (Operator, error) {
	p := &partition{b: b, r: r, key: columnIndex(r.Input.Cols(), r.Key)}
	for _, c := range r.From {
		i := columnIndex(r.Sub.Cols(), c)
		if i < 0 {
			return nil, fmt.Errorf("bug: partition has no column %q", c.Name)
		}
		p.from = append(p.from, i)
	}
	var err error
	if p.in, err = b.build(r.Input); err != nil {
		return nil, err
	}
	p.sub = b.newGiven(r.Given, r.Sub, p.Describe())
	return p, nil
}

// read takes in all rows and numbers their values.
func (p *partition) read(ctx context.Context) error {
	groups := newGrouper([]types.Type{p.r.Key.Type})
	var batches []*vector.Batch
	seen := int32(0)
	for {
		in, err := p.in.Next(ctx)
		if err != nil {
			return err
		}
		if in == nil {
			break
		}
		if err := p.charge(in.Bytes() + int64(in.N)*4); err != nil {
			return err
		}
		batches = append(batches, in)
		known := groups.bytes
		for _, id := range groups.ids([]*vector.Vector{in.Cols[p.key]}, in.N) {
			if int(id) == len(p.rows) {
				p.rows = append(p.rows, nil)
			}
			p.rows[id] = append(p.rows[id], seen)
			seen++
		}
		if err := p.charge(groups.bytes - known); err != nil {
			return err
		}
		if p.r.Most > 0 && len(p.rows) > p.r.Most {
			return fmt.Errorf("partition: the column %q has more than %d values, the bound of the legacy strategy; write partition hint.strategy=native", p.r.Key.Name, p.r.Most)
		}
	}
	if len(batches) > 0 {
		p.all = glue(p.r.Input.Cols(), batches)
	}
	return p.in.Close()
}

// Next gives the rows of the next values whose subquery gives any.
func (p *partition) Next(ctx context.Context) (*vector.Batch, error) {
	if !p.opened {
		p.opened = true
		if err := p.read(ctx); err != nil {
			return nil, err
		}
	}
	var results []*vector.Batch
	n := 0
	for ; p.at < len(p.rows) && n < p.b.cfg.BatchSize; p.at++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found, err := p.sub.run(ctx, p.all.Gather(p.rows[p.at]))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			p.b.cfg.Memory.Release(f.Bytes())
			n += f.N
		}
		results = append(results, found...)
	}
	if n == 0 {
		return nil, nil
	}
	whole := glue(p.r.Sub.Cols(), results)
	out := &vector.Batch{N: n}
	for _, i := range p.from {
		out.Cols = append(out.Cols, whole.Cols[i])
	}
	return out, nil
}

func (p *partition) charge(n int64) error {
	if err := p.b.cfg.Memory.Charge(p.Describe(), n); err != nil {
		return err
	}
	p.took += max(n, 0)
	return nil
}

// Close drops the rows.
func (p *partition) Close() error {
	p.b.cfg.Memory.Release(p.took)
	p.took, p.all, p.rows, p.opened = 0, nil, nil, true
	return p.in.Close()
}

// Describe names the operator.
func (p *partition) Describe() string { return "partition" }
