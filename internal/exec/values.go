package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// buildValues gives rows written in the query.
func (b *builder) buildValues(r *plan.Values) (Operator, error) {
	h := &held{name: "datatable", size: b.cfg.BatchSize}
	if r.Rows != nil && r.Rows.N > 0 {
		h.batches = []*vector.Batch{r.Rows}
	}
	return h, nil
}

// rangeOp counts from one value to another.
type rangeOp struct {
	b              *builder
	r              *plan.Range
	evs            [3]evaluator
	started, ended bool
	at, to, step   int64
	n              int64
	from           float64
	rto, rstep     float64
}

// buildRange makes the rows of range.
func (b *builder) buildRange(r *plan.Range) (Operator, error) {
	op := &rangeOp{b: b, r: r}
	for i, e := range []plan.Expr{r.From, r.To, r.Step} {
		ev, err := b.compile(nil, e)
		if err != nil {
			return nil, err
		}
		op.evs[i] = ev
	}
	return op, nil
}

// Next gives the next run of values.
func (o *rangeOp) Next(ctx context.Context) (*vector.Batch, error) {
	if err := ctx.Err(); err != nil || o.ended {
		return nil, err
	}
	t := o.r.Cols()[0].Type
	if !o.started {
		o.started = true
		var d [3]vector.Datum
		for i, ev := range o.evs {
			var err error
			if d[i], err = single(ctx, ev); err != nil {
				return nil, err
			}
			if d[i].Null() {
				o.ended = true
				return nil, nil
			}
		}
		if t == types.Real {
			o.from, o.rto, o.rstep = asReal(d[0]), asReal(d[1]), asReal(d[2])
			o.ended = o.rstep == 0 && o.from != o.rto
		} else {
			o.at, o.to, o.step = asInt(d[0]), asInt(d[1]), asInt(d[2])
			o.ended = o.step == 0
		}
		if o.ended {
			return nil, fmt.Errorf("range: the step is zero")
		}
	}
	if t == types.Real {
		var out []float64
		for len(out) < o.b.cfg.BatchSize {
			v := o.from + float64(o.n)*o.rstep
			if !(o.rstep > 0 && v <= o.rto || o.rstep < 0 && v >= o.rto) {
				o.ended = true
				break
			}
			out = append(out, v)
			o.n++
		}
		return rangeBatch(vector.Of(t, out, nil)), nil
	}
	var out []int64
	for len(out) < o.b.cfg.BatchSize {
		if o.step > 0 && o.at > o.to || o.step < 0 && o.at < o.to {
			o.ended = true
			break
		}
		out = append(out, o.at)
		next := o.at + o.step
		if (next > o.at) != (o.step > 0) { // the end of the number range
			o.ended = true
			break
		}
		o.at = next
	}
	return rangeBatch(vector.Of(t, out, nil)), nil
}

func rangeBatch(v *vector.Vector) *vector.Batch {
	if v.N == 0 {
		return nil
	}
	return &vector.Batch{N: v.N, Cols: []*vector.Vector{v}}
}

func asInt(d vector.Datum) int64 {
	switch v := d.V.(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

func asReal(d vector.Datum) float64 {
	switch v := d.V.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// Close ends the rows.
func (o *rangeOp) Close() error {
	o.ended = true
	return nil
}

// Describe names the operator.
func (o *rangeOp) Describe() string { return "range" }
