package exec

import (
	"context"
	"fmt"
	"sync"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// summarizeOp groups rows and aggregates them. Straight from a table, runs of
// parts are aggregated apart and put together in their order; the runs depend
// on the number of parts only, so results do not depend on the threads.
type summarizeOp struct {
	b     *builder
	r     *plan.Summarize
	in    Operator
	keys  []evaluator
	args  [][]evaluator
	types []types.Type
	out   *held
	mu    sync.Mutex
	took  int64
}

// runs is how many partial results there are at most.
const runs = 64

func (b *builder) buildSummarize(r *plan.Summarize) (Operator, error) {
	s := &summarizeOp{b: b, r: r}
	cols := r.Input.Cols()
	for _, k := range r.Keys {
		ev, err := b.compile(cols, k.Expr)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, ev)
		s.types = append(s.types, k.Expr.Type())
	}
	for _, a := range r.Aggs {
		evs, err := b.compileAll(cols, a.Call.Args)
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, evs)
	}
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	s.in = in
	return s, nil
}

// partial is the groups and states of some rows.
type partial struct {
	groups *grouper
	states []fn.State
	bytes  int64
}

func (s *summarizeOp) newPartial() (*partial, error) {
	p := &partial{groups: newGrouper(s.types)}
	for _, a := range s.r.Aggs {
		st, err := a.Call.Fn.New(a.Call.Use)
		if err != nil {
			return nil, err
		}
		p.states = append(p.states, st)
	}
	return p, nil
}

// add feeds one batch.
func (s *summarizeOp) add(ctx context.Context, p *partial, in *vector.Batch) error {
	keys := make([]*vector.Vector, len(s.keys))
	for i, ev := range s.keys {
		v, err := ev.Eval(ctx, in)
		if err != nil {
			return err
		}
		keys[i] = v
	}
	ids := p.groups.ids(keys, in.N)
	call := &fn.Call{Env: s.b.cfg.Env, N: in.N}
	for k, st := range p.states {
		args := make([]*vector.Vector, len(s.args[k]))
		for i, ev := range s.args[k] {
			v, err := ev.Eval(ctx, in)
			if err != nil {
				return err
			}
			args[i] = v
		}
		st.Grow(p.groups.n)
		if err := st.Add(call, ids, args); err != nil {
			return err
		}
	}
	return s.account(p)
}

// account charges what p has grown by.
func (s *summarizeOp) account(p *partial) error {
	now := p.groups.bytes
	for _, st := range p.states {
		now += st.Bytes()
	}
	grown := now - p.bytes
	if grown <= 0 {
		return nil
	}
	if err := s.b.cfg.Memory.Charge(s.Describe(), grown); err != nil {
		return err
	}
	p.bytes = now
	s.mu.Lock()
	s.took += grown
	s.mu.Unlock()
	return nil
}

// release gives back what p was charged with.
func (s *summarizeOp) release(p *partial) {
	s.b.cfg.Memory.Release(p.bytes)
	s.mu.Lock()
	s.took -= p.bytes
	s.mu.Unlock()
	p.bytes = 0
}

// merge adds later rows to p.
func (s *summarizeOp) merge(p, later *partial) error {
	to := p.groups.ids(later.groups.columns(), later.groups.n)
	for k, st := range p.states {
		st.Grow(p.groups.n)
		if err := st.Merge(later.states[k], to); err != nil {
			return err
		}
	}
	s.release(later)
	return s.account(p)
}

// Next aggregates at the first call.
func (s *summarizeOp) Next(ctx context.Context) (*vector.Batch, error) {
	if s.out == nil {
		p, err := s.aggregate(ctx)
		if err != nil {
			return nil, err
		}
		if err := s.finish(p); err != nil {
			return nil, err
		}
	}
	return s.out.Next(ctx)
}

func (s *summarizeOp) aggregate(ctx context.Context) (*partial, error) {
	if in, ok := s.in.(*pipe); ok {
		return s.fromPipe(ctx, in)
	}
	p, err := s.newPartial()
	if err != nil {
		return nil, err
	}
	for {
		in, err := s.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if in == nil {
			return p, s.in.Close()
		}
		if err := s.add(ctx, p, in); err != nil {
			return nil, err
		}
	}
}

// fromPipe aggregates runs of parts in several goroutines.
func (s *summarizeOp) fromPipe(ctx context.Context, in *pipe) (*partial, error) {
	if err := in.open(ctx); err != nil {
		return nil, err
	}
	defer in.Close()
	if len(in.parts) == 0 {
		return s.newPartial()
	}
	per := (len(in.parts) + runs - 1) / runs
	n := (len(in.parts) + per - 1) / per
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Results are merged in the order of the runs as soon as they are there,
	// and a worker does not run further ahead than that many runs.
	done := make([]chan *partial, n)
	errs := make(chan error, n)
	for i := range done {
		done[i] = make(chan *partial, 1)
	}
	ahead := make(chan struct{}, in.threads*aheadParts)
	work := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(work)
		for i := range n {
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case work <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range min(in.threads, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range work {
				p, err := s.oneRun(ctx, in, i*per, min(len(in.parts), (i+1)*per))
				if err != nil {
					errs <- err
					cancel()
					return
				}
				done[i] <- p
			}
		}()
	}
	defer wg.Wait()
	defer cancel()
	var total *partial
	for i := range done {
		select {
		case p := <-done[i]:
			<-ahead
			if total == nil {
				total = p
			} else if err := s.merge(total, p); err != nil {
				return nil, err
			}
		case err := <-errs:
			return nil, err
		case <-ctx.Done():
			select {
			case err := <-errs:
				return nil, err
			default:
				return nil, ctx.Err()
			}
		}
	}
	return total, nil
}

func (s *summarizeOp) oneRun(ctx context.Context, in *pipe, lo, hi int) (p *partial, err error) {
	defer recovered(s.Describe(), &err)
	p, err = s.newPartial()
	if err != nil {
		return nil, err
	}
	for _, part := range in.parts[lo:hi] {
		for {
			batch, err := in.next(ctx, part)
			if err != nil {
				return nil, err
			}
			if batch == nil {
				break
			}
			if err := s.add(ctx, p, batch); err != nil {
				return nil, err
			}
		}
		part.Close()
	}
	return p, nil
}

// finish makes the result rows.
func (s *summarizeOp) finish(p *partial) error {
	n := p.groups.n
	if s.r.Scalar && n == 0 {
		n = 1
	}
	out := &vector.Batch{N: n, Cols: p.groups.columns()}
	for k, st := range p.states {
		st.Grow(n)
		cols, err := st.Results(n)
		if err != nil {
			return err
		}
		if len(cols) != len(s.r.Aggs[k].Cols) {
			return fmt.Errorf("bug: aggregate %s gives %d columns, not %d", s.r.Aggs[k].Call.Fn.Name, len(cols), len(s.r.Aggs[k].Cols))
		}
		out.Cols = append(out.Cols, cols...)
	}
	s.out = &held{name: s.Describe(), size: s.b.cfg.BatchSize}
	if n > 0 {
		s.out.batches = []*vector.Batch{s.arrange(out)}
	}
	return nil
}

// arrange puts the columns in the order of the node's result.
func (s *summarizeOp) arrange(in *vector.Batch) *vector.Batch {
	at := map[*plan.Col]*vector.Vector{}
	i := 0
	for _, k := range s.r.Keys {
		at[k.Col] = in.Cols[i]
		i++
	}
	for _, a := range s.r.Aggs {
		for _, c := range a.Cols {
			at[c] = in.Cols[i]
			i++
		}
	}
	out := &vector.Batch{N: in.N}
	for _, c := range s.r.Cols() {
		out.Cols = append(out.Cols, at[c])
	}
	return out
}

// Close drops the groups.
func (s *summarizeOp) Close() error {
	s.mu.Lock()
	s.b.cfg.Memory.Release(s.took)
	s.took = 0
	s.mu.Unlock()
	s.out = &held{}
	return s.in.Close()
}

// Describe names the operator.
func (s *summarizeOp) Describe() string {
	if len(s.r.Aggs) == 0 {
		return "distinct"
	}
	return "summarize"
}
