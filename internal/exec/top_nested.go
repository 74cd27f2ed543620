package exec

import (
	"context"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// topNested aggregates all levels in one pass: the groups of a level are the
// pairs of a group of the level above and a value. Only then it picks, from
// the first level down.
type topNested struct {
	b      *builder
	r      *plan.TopNested
	in     Operator
	levels []nestedLevel
	out    *held
	took   int64
}

// nestedLevel is the groups of one level and their aggregates.
type nestedLevel struct {
	plan   *plan.NestedLevel
	count  evaluator // nil for all
	key    int       // place of the key among the input's columns
	args   [][]evaluator
	by     evaluator
	groups *grouper
	states []fn.State
	parent []int64 // of each group, once all rows are in
}

func (b *builder) buildTopNested(r *plan.TopNested) (Operator, error) {
	cols := r.Input.Cols()
	t := &topNested{b: b, r: r}
	for i := range r.Levels {
		p := &r.Levels[i]
		l := nestedLevel{plan: p, key: columnIndex(cols, p.Key), groups: newGrouper([]types.Type{types.Long, p.Key.Type})}
		var err error
		if p.Count != nil {
			if l.count, err = b.compile(nil, p.Count); err != nil {
				return nil, err
			}
		}
		var results []*plan.Col
		for _, a := range p.Aggs {
			args, err := b.compileAll(cols, a.Call.Args)
			if err != nil {
				return nil, err
			}
			l.args = append(l.args, args)
			results = append(results, a.Cols...)
		}
		if l.by, err = b.compile(results, p.By); err != nil {
			return nil, err
		}
		if l.states, err = newStates(p.Aggs); err != nil {
			return nil, err
		}
		t.levels = append(t.levels, l)
	}
	var err error
	t.in, err = b.build(r.Input)
	return t, err
}

// newStates starts the aggregates.
func newStates(aggs []plan.Agg) ([]fn.State, error) {
	var out []fn.State
	for _, a := range aggs {
		st, err := a.Call.Fn.New(a.Call.Use)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, nil
}

// Next aggregates and picks at the first call.
func (t *topNested) Next(ctx context.Context) (*vector.Batch, error) {
	if t.out == nil {
		if err := t.read(ctx); err != nil {
			return nil, err
		}
		out, err := t.pick(ctx)
		if err != nil {
			return nil, err
		}
		t.out = &held{name: t.Describe(), size: t.b.cfg.BatchSize}
		if out.N > 0 {
			t.out.batches = []*vector.Batch{out}
		}
	}
	return t.out.Next(ctx)
}

// read feeds all rows to all levels.
func (t *topNested) read(ctx context.Context) error {
	for {
		in, err := t.in.Next(ctx)
		if err != nil {
			return err
		}
		if in == nil {
			return t.in.Close()
		}
		call := &fn.Call{Env: t.b.cfg.Env, N: in.N}
		above := make([]int64, in.N)
		bytes := int64(0)
		for i := range t.levels {
			l := &t.levels[i]
			ids := l.groups.ids([]*vector.Vector{vector.Of(types.Long, above, nil), in.Cols[l.key]}, in.N)
			for k, st := range l.states {
				args := make([]*vector.Vector, len(l.args[k]))
				for j, ev := range l.args[k] {
					if args[j], err = ev.Eval(ctx, in); err != nil {
						return err
					}
				}
				st.Grow(l.groups.n)
				if err := st.Add(call, ids, args); err != nil {
					return err
				}
				bytes += st.Bytes()
			}
			bytes += l.groups.bytes
			above = make([]int64, in.N)
			for r, id := range ids {
				above[r] = int64(id)
			}
		}
		if err := t.account(bytes); err != nil {
			return err
		}
	}
}

// account charges what all levels together have grown by.
func (t *topNested) account(bytes int64) error {
	grown := bytes - t.took
	if grown <= 0 {
		return nil
	}
	if err := t.b.cfg.Memory.Charge(t.Describe(), grown); err != nil {
		return err
	}
	t.took = bytes
	return nil
}

// Close drops the groups.
func (t *topNested) Close() error {
	t.b.cfg.Memory.Release(t.took)
	t.took = 0
	t.levels = nil
	t.out = &held{}
	return t.in.Close()
}

// Describe names the operator.
func (t *topNested) Describe() string { return "top-nested" }
