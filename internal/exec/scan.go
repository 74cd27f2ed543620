package exec

import (
	"context"
	"fmt"
	"sync"
	"time"

	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/vector"
)

// buildScan starts a pipe that reads a table.
func (b *builder) buildScan(r *plan.Scan) (Operator, error) {
	b.stack[len(b.stack)-1].name = "scan " + r.Name
	conds, err := b.testedConds(r)
	if err != nil {
		return nil, err
	}
	return &pipe{
		name:    "scan " + r.Name,
		table:   r.Table,
		req:     scan.Request{Columns: r.Sources, Conds: conds, Limit: r.Limit},
		threads: b.cfg.Threads,
		few:     r.Limit > 0 && r.Limit <= defaultBatch,
		stat:    b.stack[len(b.stack)-1],
	}, nil
}

// testedConds is the conditions of a scan, each with a function that computes
// it.
func (b *builder) testedConds(r *plan.Scan) ([]scan.Cond, error) {
	out := append([]scan.Cond(nil), r.Conds...)
	for i, e := range r.Tests {
		if e == nil {
			continue
		}
		var cols []*plan.Col
		for k, c := range r.Columns {
			if len(usedColumns(r.Columns[k:k+1], e)) > 0 {
				cols = append(cols, c)
			}
		}
		ev, err := b.compile(cols, e)
		if err != nil {
			return nil, err
		}
		out[i].Test = func(ctx context.Context, v *vector.Vector) (*vector.Vector, error) {
			return ev.Eval(ctx, &vector.Batch{N: v.N, Cols: []*vector.Vector{v}})
		}
	}
	return out, nil
}

// pipeStep is a step behind a scan. exact takes its place for parts that have
// tested the conditions of the scan; nil there passes the rows on.
type pipeStep struct {
	f, exact step
	stat     *opStat
}

// pipe reads the parts of a table in several goroutines, each of which also
// runs the steps behind the scan, and gives the batches in the order of the
// parts. Parts are taken in order and at most aheadParts parts per goroutine ahead of the one
// given out, so what waits is bounded.
type pipe struct {
	name    string
	table   scan.Table
	req     scan.Request
	threads int
	few     bool // few rows are wanted: the first part mostly has them, so it is read alone
	stat    *opStat
	steps   []pipeStep

	// wraps put operators with a state of their own behind the steps so far;
	// steps are those behind the last of them.
	wraps []pipeWrap

	opened bool
	parts  []scan.Part
	at     int // the part being given out
	out    []chan piece
	cancel context.CancelFunc
	wg     sync.WaitGroup
	err    error
}

// pipeWrap is an operator that runs once for each part, and the steps before
// it.
type pipeWrap struct {
	steps []pipeStep
	make  func(in Operator) Operator
	stat  *opStat
}

// behind puts an operator behind the steps. make makes one for each part.
func (p *pipe) behind(stat *opStat, name string, make func(in Operator) Operator) {
	stat.name = name
	p.wraps = append(p.wraps, pipeWrap{p.steps, make, stat})
	p.steps = nil
}

// wrapped is a part with an operator behind it: a scan.Part again.
type wrapped struct {
	op   Operator
	stat *opStat
}

// partOperator is a part with steps as the input of an operator.
type partOperator struct {
	p     *pipe
	part  scan.Part
	steps []pipeStep
	first bool // the part is the table's own
}

// Next gives the next batch behind the steps.
func (o *partOperator) Next(ctx context.Context) (*vector.Batch, error) {
	return o.p.run(ctx, o.part, o.steps, o.first)
}

// Close closes the part.
func (o *partOperator) Close() error { return o.part.Close() }

// Describe names the table.
func (o *partOperator) Describe() string { return o.p.name }

// Next gives the next batch of the operator.
func (w *wrapped) Next(ctx context.Context) (*vector.Batch, error) {
	b, err := w.op.Next(ctx)
	if b != nil {
		w.stat.rows.Add(int64(b.N))
	}
	return b, err
}

// Close closes the operator and what is below it.
func (w *wrapped) Close() error { return w.op.Close() }

// piece is a batch or the error that ended the part.
type piece struct {
	batch *vector.Batch
	err   error
}

// queued is how many batches of one part may wait.
const queued = 8

// aheadParts is how many parts per goroutine may be begun ahead.
const aheadParts = 2

// open asks the table for its parts, once.
func (p *pipe) open(ctx context.Context) error {
	if p.opened {
		return p.err
	}
	p.opened = true
	p.parts, p.err = p.table.Open(ctx, p.req)
	for k, w := range p.wraps {
		for i, part := range p.parts {
			p.parts[i] = &wrapped{w.make(&partOperator{p, part, w.steps, k == 0}), w.stat}
		}
	}
	return p.err
}

// Next gives the next batch in row order.
func (p *pipe) Next(ctx context.Context) (*vector.Batch, error) {
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	if p.threads > 1 && len(p.parts) > 1 && (!p.few || p.at > 0) {
		return p.parallel(ctx)
	}
	for p.at < len(p.parts) {
		batch, err := p.next(ctx, p.parts[p.at])
		if err != nil {
			return nil, err
		}
		if batch != nil {
			return batch, nil
		}
		p.parts[p.at].Close()
		p.at++
		if p.few && p.threads > 1 {
			return p.parallel(ctx)
		}
	}
	return nil, nil
}

// next is the next batch of a part that is not empty behind the steps. It
// runs in goroutines, where a panic would end the process and not the query.
func (p *pipe) next(ctx context.Context, part scan.Part) (out *vector.Batch, err error) {
	defer recovered(p.name, &err)
	return p.run(ctx, part, p.steps, len(p.wraps) == 0)
}

// run is the next batch of a part that is not empty behind steps. first says
// that the part is the table's own.
func (p *pipe) run(ctx context.Context, part scan.Part, steps []pipeStep, first bool) (*vector.Batch, error) {
	e, ok := part.(scan.ExactPart)
	exact := ok && e.Exact()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		batch, err := part.Next(ctx)
		if first {
			p.stat.nanos.Add(int64(time.Since(start)))
		}
		if batch == nil || err != nil {
			return nil, err
		}
		if first {
			p.stat.rows.Add(int64(batch.N))
		}
		for i := range steps {
			if batch.N == 0 {
				break
			}
			s := &steps[i]
			f := s.f
			if exact {
				f = s.exact
			}
			if f == nil {
				s.stat.rows.Add(int64(batch.N))
				continue
			}
			start := time.Now()
			batch, err = f(ctx, batch)
			s.stat.nanos.Add(int64(time.Since(start)))
			if err != nil {
				return nil, err
			}
			if batch == nil {
				break
			}
			s.stat.rows.Add(int64(batch.N))
		}
		if batch != nil && batch.N > 0 {
			return batch, nil
		}
	}
}

func (p *pipe) parallel(ctx context.Context) (*vector.Batch, error) {
	if p.out == nil {
		p.start(ctx)
	}
	for p.at < len(p.out) {
		select {
		case got, ok := <-p.out[p.at]:
			if !ok {
				p.out[p.at] = nil
				p.at++
				continue
			}
			return got.batch, got.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, nil
}

// start begins the goroutines. A token is a part that may be begun; a
// worker puts its token back when its part has been read to the end.
func (p *pipe) start(ctx context.Context) {
	ctx, p.cancel = context.WithCancel(ctx)
	p.out = make([]chan piece, len(p.parts))
	for i := range p.out {
		p.out[i] = make(chan piece, queued)
	}
	outs := append([]chan piece(nil), p.out...)
	work, first := make(chan int), p.at
	workers := min(p.threads*aheadParts, len(p.parts))
	// More goroutines than threads: those that are ahead wait on full queues,
	// and compute only within the bound that slots gives.
	slots := make(chan struct{}, p.threads)
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		defer close(work)
		for i := first; i < len(outs); i++ {
			select {
			case work <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range workers {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			for i := range work {
				p.readPart(ctx, i, outs[i], slots)
			}
		}()
	}
}

func (p *pipe) readPart(ctx context.Context, i int, out chan<- piece, slots chan struct{}) {
	defer close(out)
	part := p.parts[i]
	defer part.Close()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		batch, err := p.next(ctx, part)
		<-slots
		if batch == nil && err == nil {
			return
		}
		select {
		case out <- piece{batch, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// Close stops the goroutines and closes the parts.
func (p *pipe) Close() error {
	if p.cancel != nil {
		p.cancel()
		p.wg.Wait()
	}
	var err error
	for _, part := range p.parts {
		if e := part.Close(); err == nil {
			err = e
		}
	}
	p.at = len(p.parts)
	p.opened = true
	return err
}

// recovered makes an error of a panic.
func recovered(where string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("bug in Goshawk in %s: %v", where, r)
	}
}

// Describe names the table.
func (p *pipe) Describe() string { return p.name }
