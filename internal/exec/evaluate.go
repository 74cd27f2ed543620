package exec

import (
	"context"
	"fmt"
	"sync"

	"goshawk/internal/plan"
	"goshawk/internal/plugin"
	"goshawk/internal/vector"
)

// evaluation runs a plugin.
type evaluation struct {
	b    *builder
	node *plan.Plugin
	args []evaluator // nil for tables and what is not given
	// parts are those of the plan, nil without.
	parts []evaluator
	// from says which input column a result column hands on; where it is
	// negative, made is the place among what the plugin makes.
	from, made []int
	table      Operator

	once  sync.Once
	run   *plugin.Run
	fault error
}

func (b *builder) evaluation(r *plan.Plugin) (*evaluation, error) {
	e := &evaluation{b: b, node: r}
	cols := r.Input.Cols()
	var err error
	if e.args, err = b.arguments(cols, r.Args); err != nil {
		return nil, err
	}
	if r.Parts != nil {
		if e.parts, err = b.arguments(cols, r.Parts); err != nil {
			return nil, err
		}
	}
	for _, c := range r.Columns {
		from, made := columnIndex(cols, c), -1
		if from < 0 {
			if made = columnIndex(r.Made, c); made < 0 {
				return nil, fmt.Errorf("bug: evaluate %s has no column %q", r.Row.Name, c.Name)
			}
		}
		e.from, e.made = append(e.from, from), append(e.made, made)
	}
	if r.Table != nil {
		if e.table, err = b.build(r.Table); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// arguments compiles those arguments that have an expression.
func (b *builder) arguments(cols []*plan.Col, exprs []plan.Expr) ([]evaluator, error) {
	out := make([]evaluator, len(exprs))
	for i, x := range exprs {
		if x == nil {
			continue
		}
		var err error
		if out[i], err = b.compile(cols, x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// start computes the constants, reads the table and prepares the plugin, at
// the first batch.
func (e *evaluation) start(ctx context.Context) (*plugin.Run, error) {
	e.once.Do(func() { e.fault = e.prepare(ctx) })
	return e.run, e.fault
}

func (e *evaluation) prepare(ctx context.Context) error {
	use, err := settled(ctx, e.node.Use, e.args)
	if err != nil {
		return err
	}
	name := "evaluate " + e.node.Row.Name
	r := &plugin.Run{Ctx: ctx, Env: e.b.cfg.Env, Use: use, Charge: func(n int64) error { return e.b.cfg.Memory.Charge(name, n) }}
	if e.table != nil {
		batches, err := e.b.drain(ctx, e.table, name)
		if err != nil {
			return err
		}
		r.Table = glue(e.node.Table.Cols(), batches)
	}
	e.run = r
	if e.node.Row.Start != nil {
		return e.node.Row.Start(r)
	}
	return nil
}

// settled is a use whose constants have their values: those that the binder
// could not compute, such as toscalar(), are computed here.
func settled(ctx context.Context, u *plugin.Use, args []evaluator) (*plugin.Use, error) {
	out := *u
	out.Args = append([]*plugin.Arg(nil), u.Args...)
	for i, a := range u.Args {
		if a.Const != nil || !a.Constant || args[i] == nil {
			continue
		}
		d, err := single(ctx, args[i])
		if err != nil {
			return nil, err
		}
		c := *a
		c.Const = &d
		out.Args[i] = &c
	}
	return &out, nil
}

// rows are a batch with the values of the arguments.
func rows(ctx context.Context, in *vector.Batch, args []evaluator, whole bool) (out *plugin.Rows, err error) {
	out = &plugin.Rows{N: in.N}
	if whole {
		out.Cols = in.Cols
	}
	out.Args, err = values(ctx, in, args)
	return out, err
}

// values are the values of expressions over a batch, nil where there is none.
func values(ctx context.Context, in *vector.Batch, exprs []evaluator) ([]*vector.Vector, error) {
	out := make([]*vector.Vector, len(exprs))
	for i, x := range exprs {
		if x == nil {
			continue
		}
		v, err := x.Eval(ctx, in)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// compute runs f on a batch and puts the result's columns together.
func (e *evaluation) compute(ctx context.Context, in *vector.Batch, f func(*plugin.Run, *plugin.Rows) (*plugin.Result, error)) (*vector.Batch, error) {
	r, err := e.start(ctx)
	if err != nil {
		return nil, err
	}
	rs, err := rows(ctx, in, e.args, e.node.Row.Whole)
	if err != nil {
		return nil, err
	}
	if e.parts != nil {
		if rs.Parts, err = values(ctx, in, e.parts); err != nil {
			return nil, err
		}
	}
	res, err := f(r, rs)
	if err != nil {
		return nil, err
	}
	out := &vector.Batch{N: res.N, Cols: make([]*vector.Vector, len(e.from))}
	for i, from := range e.from {
		switch {
		case from < 0:
			out.Cols[i] = res.Made[e.made[i]]
		case res.From == nil:
			out.Cols[i] = in.Cols[from]
		default:
			out.Cols[i] = in.Cols[from].Gather(res.From)
		}
	}
	return out, nil
}

// buildPlugin runs a plugin batch by batch when it can, else over everything.
func (b *builder) buildPlugin(r *plan.Plugin) (Operator, error) {
	name := "evaluate " + r.Row.Name
	e, err := b.evaluation(r)
	if err != nil {
		return nil, err
	}
	if r.Row.Each != nil {
		return b.addStep(r.Input, name, func(ctx context.Context, in *vector.Batch) (*vector.Batch, error) {
			return e.compute(ctx, in, r.Row.Each)
		})
	}
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	return &wholePlugin{e: e, in: in, name: name}, nil
}

// wholePlugin computes everything at the first call.
type wholePlugin struct {
	e    *evaluation
	in   Operator
	name string
	out  *held
}

// Next gives the next piece of the result.
func (p *wholePlugin) Next(ctx context.Context) (*vector.Batch, error) {
	if p.out == nil {
		batches, err := p.e.b.drain(ctx, p.in, p.name)
		if err != nil {
			return nil, err
		}
		in := glue(p.e.node.Input.Cols(), batches)
		out, err := p.e.compute(ctx, in, p.e.node.Row.All)
		if err != nil {
			return nil, err
		}
		for _, x := range batches {
			p.e.b.cfg.Memory.Release(x.Bytes())
		}
		if err := p.e.b.cfg.Memory.Charge(p.name, out.Bytes()); err != nil {
			return nil, err
		}
		p.out = &held{name: p.name, batches: []*vector.Batch{out}, size: p.e.b.cfg.BatchSize}
	}
	return p.out.Next(ctx)
}

// Close closes the input.
func (p *wholePlugin) Close() error { return p.in.Close() }

// Describe names the operator.
func (p *wholePlugin) Describe() string { return p.name }

// settle goes through the stages of a query whose columns depend on data, up
// to the plan that gives the results.
func (b *builder) settle(ctx context.Context, q *plan.Query) (*plan.Query, error) {
	for q.Later != nil {
		o, ok := q.Results[0].Rel.(*plan.Observe)
		if !ok {
			return nil, fmt.Errorf("bug: a stage that observes nothing")
		}
		seen, err := b.observe(ctx, o)
		if err != nil {
			return nil, err
		}
		next, err := q.Later(seen)
		if err != nil {
			return nil, err
		}
		if b.cfg.Rewrite != nil {
			next = b.cfg.Rewrite(next)
		}
		q = next
	}
	return q, nil
}

// observe reads the input of a plugin for the columns of its result.
func (b *builder) observe(ctx context.Context, o *plan.Observe) (*plan.Observation, error) {
	args, err := b.arguments(o.Input.Cols(), o.Args)
	if err != nil {
		return nil, err
	}
	use, err := settled(ctx, o.Use, args)
	if err != nil {
		return nil, err
	}
	who := "evaluate " + o.Row.Name
	observer, out := o.Row.Observe(use), &plan.Observation{Row: o.Row, Held: o.Hold}
	look := func(ctx context.Context, to plugin.Observer, batch *vector.Batch) error {
		in, err := rows(ctx, batch, args, o.Row.Whole)
		if err != nil {
			return err
		}
		return to.Add(in)
	}
	input := o.Input
	total, merged := observer.(plugin.Merger)
	if merged {
		input = &watched{Observe: o, look: observing(total, o.Row, use, look)}
	}
	op, err := b.build(input)
	if err != nil {
		return nil, err
	}
	defer op.Close()
	for {
		batch, err := op.Next(ctx)
		if err != nil {
			return nil, err
		}
		if batch == nil {
			break
		}
		out.Rows += int64(batch.N)
		if !merged {
			if err := look(ctx, observer, batch); err != nil {
				return nil, err
			}
		}
		if !o.Hold || batch.N == 0 {
			continue
		}
		if err := b.cfg.Memory.Charge(who, batch.Bytes()); err != nil {
			return nil, err
		}
		out.Batches = append(out.Batches, batch)
	}
	if out.Columns, err = observer.Columns(); err != nil {
		return nil, err
	}
	return out, op.Close()
}

// watched is the input of an Observe with a step that looks at it.
type watched struct {
	*plan.Observe
	look step
}

// observing is a step that looks at each batch on its own, where batches are
// read, and adds what it saw to total.
func observing(total plugin.Merger, row *plugin.Plugin, use *plugin.Use, look func(context.Context, plugin.Observer, *vector.Batch) error) step {
	var mu sync.Mutex // guards total
	return func(ctx context.Context, in *vector.Batch) (*vector.Batch, error) {
		one := row.Observe(use)
		if err := look(ctx, one, in); err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		return in, total.Merge(one)
	}
}

// buildHeld gives the rows that an observation kept.
func (b *builder) buildHeld(r *plan.Held) (Operator, error) {
	return &held{name: "kept rows", batches: r.Batches, size: b.cfg.BatchSize}, nil
}
