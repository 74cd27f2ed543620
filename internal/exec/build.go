package exec

import (
	"context"
	"fmt"
	"time"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// build makes the operator of r and of all below it.
func (b *builder) build(r plan.Rel) (Operator, error) {
	st := &opStat{depth: len(b.stack)}
	b.ops = append(b.ops, st)
	b.stack = append(b.stack, st)
	op, err := b.node(r)
	b.stack = b.stack[:len(b.stack)-1]
	if err != nil {
		return nil, err
	}
	if st.name == "" {
		st.name = op.Describe()
	}
	if _, ok := op.(*pipe); ok { // counts by itself, step by step
		return op, nil
	}
	return &measured{Operator: op, stat: st}, nil
}

func (b *builder) node(r plan.Rel) (Operator, error) {
	switch r := r.(type) {
	case *plan.Scan:
		return b.buildScan(r)
	case *plan.Values:
		return b.buildValues(r)
	case *plan.Range:
		return b.buildRange(r)
	case *plan.Filter:
		return b.buildFilter(r)
	case *plan.Project:
		if r.Window {
			return b.buildWindow(r)
		}
		return b.buildProject(r)
	case *plan.Summarize:
		return b.buildSummarize(r)
	case *plan.Sort:
		return b.buildSort(r)
	case *plan.Take:
		return b.buildTake(r)
	case *plan.Serialize:
		return b.buildSerialize(r)
	case *plan.Join:
		return b.buildJoin(r)
	case *plan.Union:
		return b.buildUnion(r)
	case *plan.MvExpand:
		return b.buildMvExpand(r)
	case *plan.Parse:
		return b.buildParse(r)
	case *plan.Materialize:
		return b.buildMaterialize(r)
	case *plan.Alias:
		return b.buildAlias(r)
	case *plan.MakeSeries:
		return b.buildMakeSeries(r)
	case *plan.Apply:
		return b.buildApply(r)
	case *plan.Given:
		return b.buildGiven(r)
	case *plan.External:
		return b.buildExternal(r)
	case *plan.Sample:
		return b.buildSample(r)
	case *plan.SampleDistinct:
		return b.buildSampleDistinct(r)
	case *plan.Consume:
		return b.buildConsume(r)
	case *plan.TopNested:
		return b.buildTopNested(r)
	case *plan.Partition:
		return b.buildPartition(r)
	case *plan.ScanSteps:
		return b.buildScanSteps(r)
	case *plan.Reduce:
		return b.buildReduce(r)
	case *plan.MakeGraph, *plan.MarkComponents, *plan.PartGraph:
		return nil, fmt.Errorf("a graph stands where a table is expected: end it with graph-match, graph-shortest-paths or graph-to-table")
	case *plan.GraphMatch:
		return b.buildGraphMatch(r)
	case *plan.GraphTable:
		return b.buildGraphTable(r)
	case *plan.GraphParts:
		return b.buildGraphParts(r)
	case *plan.Plugin:
		return b.buildPlugin(r)
	case *watched:
		return b.addStep(r.Input, "observe "+r.Row.Name, r.look)
	case *plan.Held:
		return b.buildHeld(r)
	}
	return nil, fmt.Errorf("bug: no operator for plan node %T", r)
}

// buildSerialize passes rows on: order is kept everywhere.
func (b *builder) buildSerialize(r *plan.Serialize) (Operator, error) {
	return b.addStep(r.Input, "serialize", func(_ context.Context, in *vector.Batch) (*vector.Batch, error) { return in, nil })
}

// step is an operator without memory: what it gives for a batch depends on
// that batch alone. It is called by several goroutines at once.
type step func(ctx context.Context, in *vector.Batch) (*vector.Batch, error)

// addStep builds input and puts f behind it: inside the goroutines that read
// a table when input comes straight from one, else as an operator.
func (b *builder) addStep(input plan.Rel, name string, f step) (Operator, error) {
	return b.addSteps(input, name, f, f)
}

// addSteps is addStep with a step for rows that have passed the conditions
// pushed into the scan; it may be nil for nothing to do.
func (b *builder) addSteps(input plan.Rel, name string, f, exact step) (Operator, error) {
	op, err := b.build(input)
	if err != nil {
		return nil, err
	}
	st := b.stack[len(b.stack)-1]
	st.name = name
	if p, ok := op.(*pipe); ok {
		p.steps = append(p.steps, pipeStep{f, exact, st})
		return p, nil
	}
	return &stepOp{in: op, f: f, name: name}, nil
}

// stepOp runs a step over an operator.
type stepOp struct {
	in   Operator
	f    step
	name string
}

// Next gives the next batch that has rows.
func (s *stepOp) Next(ctx context.Context) (*vector.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in, err := s.in.Next(ctx)
		if in == nil || err != nil {
			return nil, err
		}
		out, err := s.f(ctx, in)
		if err != nil {
			return nil, err
		}
		if out != nil && out.N > 0 {
			return out, nil
		}
	}
}

// Close closes the input.
func (s *stepOp) Close() error { return s.in.Close() }

// Describe names the step.
func (s *stepOp) Describe() string { return s.name }

// measured counts what an operator gives.
type measured struct {
	Operator
	stat *opStat
}

// Next passes on and counts.
func (m *measured) Next(ctx context.Context) (*vector.Batch, error) {
	start := time.Now()
	out, err := m.Operator.Next(ctx)
	m.stat.nanos.Add(int64(time.Since(start)))
	if out != nil {
		m.stat.rows.Add(int64(out.N))
	}
	return out, err
}

// held gives out batches that are there already, in pieces of at most size
// rows.
type held struct {
	name    string
	batches []*vector.Batch
	size    int
	at      int
}

// Next gives the next piece.
func (h *held) Next(ctx context.Context) (*vector.Batch, error) {
	for len(h.batches) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := h.batches[0]
		if h.at >= b.N {
			h.batches, h.at = h.batches[1:], 0
			continue
		}
		hi := min(b.N, h.at+h.size)
		out := b.Slice(h.at, hi)
		h.at = hi
		return out, nil
	}
	return nil, nil
}

// Close drops the batches.
func (h *held) Close() error {
	h.batches = nil
	return nil
}

// Describe names the operator whose rows these are.
func (h *held) Describe() string { return h.name }
