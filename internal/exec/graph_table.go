package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// graphTable gives the nodes or the edges of a graph.
type graphTable struct {
	b    *builder
	node *plan.GraphTable
	make graphMaker
	out  *held
}

// Next makes the table at the first call and gives out pieces.
func (t *graphTable) Next(ctx context.Context) (*vector.Batch, error) {
	if t.out == nil {
		g, err := t.make(ctx)
		if err != nil {
			return nil, err
		}
		out, err := t.table(g)
		if err != nil {
			return nil, err
		}
		t.out = &held{name: t.Describe(), size: t.b.cfg.BatchSize, batches: []*vector.Batch{out}}
	}
	return t.out.Next(ctx)
}

func (t *graphTable) table(g *graph) (*vector.Batch, error) {
	cols, batch := plan.GraphNodes(t.node.Graph), g.nodes
	if t.node.Edges {
		cols, batch = plan.GraphEdges(t.node.Graph), g.edges
	}
	out := &vector.Batch{N: batch.N}
	for i, from := range t.node.From {
		if from != nil {
			at := columnIndex(cols, from)
			if at < 0 {
				return nil, fmt.Errorf("bug: a graph has no property %q", from.Name)
			}
			out.Cols = append(out.Cols, batch.Cols[at])
			continue
		}
		hashes := g.hashes()
		if t.node.Edges {
			ends := g.src
			if t.node.Target[i] {
				ends = g.dst
			}
			of := make([]int64, len(ends))
			for e, n := range ends {
				of[e] = hashes[n]
			}
			hashes = of
		}
		out.Cols = append(out.Cols, vector.Of(types.Long, hashes, nil))
	}
	return out, nil
}

// Close drops the rows.
func (t *graphTable) Close() error {
	if t.out != nil {
		return t.out.Close()
	}
	return nil
}

// Describe names the operator.
func (t *graphTable) Describe() string { return "graph-to-table" }

// buildGraphTable gives the nodes or edges as rows.
func (b *builder) buildGraphTable(r *plan.GraphTable) (Operator, error) {
	made, err := b.buildGraph(r.Graph)
	if err != nil {
		return nil, err
	}
	return &graphTable{b: b, node: r, make: made}, nil
}

// buildGraphParts runs a subquery over the graph of each value of a column.
func (b *builder) buildGraphParts(r *plan.GraphParts) (Operator, error) {
	in, err := b.graphInput(r.Graph)
	if err != nil {
		return nil, err
	}
	return &graphParts{b: b, node: r, in: in}, nil
}

type graphParts struct {
	b    *builder
	node *plan.GraphParts
	in   func(ctx context.Context) (*graphRows, error)
	out  *held
}

// Next computes all parts at the first call, in the order their values are
// first seen.
func (p *graphParts) Next(ctx context.Context) (*vector.Batch, error) {
	if p.out == nil {
		batches, err := p.compute(ctx)
		if err != nil {
			return nil, err
		}
		p.out = &held{name: p.Describe(), size: p.b.cfg.BatchSize, batches: batches}
	}
	return p.out.Next(ctx)
}

func (p *graphParts) compute(ctx context.Context) ([]*vector.Batch, error) {
	in, err := p.in(ctx)
	if err != nil {
		return nil, err
	}
	g := p.node.Graph
	by := in.edges.Cols[columnIndex(g.Edges.Cols(), g.By)]
	index := newKeyIndex()
	parts := [][]int32{}
	for row, id := range index.numbers([]*vector.Vector{by}, in.edges.N, true) {
		if int(id) == len(parts) {
			parts = append(parts, nil)
		}
		parts[id] = append(parts[id], int32(row))
	}
	var out []*vector.Batch
	for _, rows := range parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part, err := p.b.assemble(g, in, rows)
		if err != nil {
			return nil, err
		}
		sub := &builder{cfg: p.b.cfg, ctx: p.b.ctx, kept: map[*plan.Materialize]*kept{}, subs: map[any]*subquery{}, given: p.b.given, parts: map[*plan.PartGraph]*graph{p.node.Part: part}}
		op, err := sub.build(p.node.Sub)
		if err != nil {
			return nil, err
		}
		batches, err := sub.drain(ctx, op, p.Describe())
		if err != nil {
			return nil, err
		}
		out = append(out, batches...)
	}
	return out, nil
}

// Close drops the rows.
func (p *graphParts) Close() error {
	if p.out != nil {
		return p.out.Close()
	}
	return nil
}

// Describe names the operator.
func (p *graphParts) Describe() string { return "partitioned-by" }
