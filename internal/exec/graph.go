package exec

import (
	"context"
	"fmt"
	"hash/fnv"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// graph is a graph in memory. Nodes and edges are numbered; nodes with rows of
// their own come first, in the order of their tables.
type graph struct {
	nodes, edges *vector.Batch // properties, in the order of GraphNodes and GraphEdges
	src, dst     []int32       // by edge
	// out and in list the edges that leave and reach a node, in edge order.
	out, in adjacency
	// at is where a node's id stands: a column and a row of it.
	at []place
}

// place is an entry of a column.
type place struct {
	col *vector.Vector
	row int32
}

// adjacency lists edges by node: those of node n are list[start[n]:start[n+1]].
type adjacency struct{ start, list []int32 }

func (a adjacency) of(node int32) []int32 { return a.list[a.start[node]:a.start[node+1]] }

func (a adjacency) degree(node int32) int64 { return int64(a.start[node+1] - a.start[node]) }

func newAdjacency(n int, ends []int32) adjacency {
	a := adjacency{make([]int32, n+1), make([]int32, len(ends))}
	for _, e := range ends {
		a.start[e+1]++
	}
	for i := range n {
		a.start[i+1] += a.start[i]
	}
	next := append([]int32(nil), a.start[:n]...)
	for i, e := range ends {
		a.list[next[e]] = int32(i)
		next[e]++
	}
	return a
}

// graphMaker makes a graph when it is asked for.
type graphMaker func(ctx context.Context) (*graph, error)

// buildGraph builds what a graph is made of.
func (b *builder) buildGraph(r plan.Rel) (graphMaker, error) {
	switch r := r.(type) {
	case *plan.MakeGraph:
		parts, err := b.graphInput(r)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (*graph, error) {
			in, err := parts(ctx)
			if err != nil {
				return nil, err
			}
			return b.assemble(r, in, nil)
		}, nil
	case *plan.MarkComponents:
		in, err := b.buildGraph(r.Graph)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (*graph, error) {
			g, err := in(ctx)
			if err != nil {
				return nil, err
			}
			return g.marked(r.Strong), nil
		}, nil
	case *plan.PartGraph:
		g := b.parts[r]
		if g == nil {
			return nil, fmt.Errorf("bug: a graph outside of its parts")
		}
		return func(context.Context) (*graph, error) { return g, nil }, nil
	}
	return nil, fmt.Errorf("bug: no graph for plan node %T", r)
}

// graphRows are the rows a graph is made of.
type graphRows struct {
	edges  *vector.Batch
	tables []*vector.Batch
}

// graphName is what errors and explain call make-graph.
const graphName = "make-graph"

func (b *builder) graphInput(r *plan.MakeGraph) (func(ctx context.Context) (*graphRows, error), error) {
	edges, err := b.build(r.Edges)
	if err != nil {
		return nil, err
	}
	tables := make([]Operator, len(r.Nodes))
	for i, n := range r.Nodes {
		if tables[i], err = b.build(n.Rel); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) (*graphRows, error) {
		batches, err := b.drain(ctx, edges, graphName)
		if err != nil {
			return nil, err
		}
		out := &graphRows{edges: glue(r.Edges.Cols(), batches)}
		for i, op := range tables {
			if batches, err = b.drain(ctx, op, graphName); err != nil {
				return nil, err
			}
			out.tables = append(out.tables, glue(r.Nodes[i].Rel.Cols(), batches))
		}
		return out, nil
	}, nil
}

// assemble numbers the nodes and gathers their properties. With only set, just
// those edges count, and just the nodes at their ends.
func (b *builder) assemble(r *plan.MakeGraph, in *graphRows, only []int32) (*graph, error) {
	edges := in.edges
	if only != nil {
		edges = edges.Gather(only)
	}
	const nodeBytes, edgeBytes = 96, 24
	if err := b.cfg.Memory.Charge(graphName, int64(edges.N)*edgeBytes); err != nil {
		return nil, err
	}
	g := &graph{edges: edges}
	index := newKeyIndex()
	cols := r.Edges.Cols()
	src, dst := edges.Cols[columnIndex(cols, r.Source)], edges.Cols[columnIndex(cols, r.Target)]
	if only != nil { // the nodes at the ends first, so that the others are not there
		index.numbers([]*vector.Vector{src}, edges.N, true)
		index.numbers([]*vector.Vector{dst}, edges.N, true)
	}
	rowOf := make([][]int32, len(r.Nodes)) // by table, then node: the row, -1 without
	for k, n := range r.Nodes {
		t := in.tables[k]
		id := t.Cols[columnIndex(n.Rel.Cols(), n.ID)]
		numbers := index.numbers([]*vector.Vector{id}, t.N, only == nil)
		for row, node := range numbers {
			if node == noKey {
				continue
			}
			for k := range rowOf {
				for len(rowOf[k]) < int(index.n) {
					rowOf[k] = append(rowOf[k], -1)
				}
			}
			if rowOf[k][node] < 0 {
				rowOf[k][node] = int32(row)
			}
			g.place(node, id, int32(row))
		}
	}
	g.src = index.numbers([]*vector.Vector{src}, edges.N, true)
	for row, node := range g.src {
		g.place(node, src, int32(row))
	}
	g.dst = index.numbers([]*vector.Vector{dst}, edges.N, true)
	for row, node := range g.dst {
		g.place(node, dst, int32(row))
	}
	n := int(index.n)
	if err := b.cfg.Memory.Charge(graphName, int64(n)*nodeBytes+index.bytes); err != nil {
		return nil, err
	}
	for len(g.at) < n { // only when a part is empty
		g.at = append(g.at, place{})
	}
	for k := range rowOf {
		for len(rowOf[k]) < n {
			rowOf[k] = append(rowOf[k], -1)
		}
	}
	g.out, g.in = newAdjacency(n, g.src), newAdjacency(n, g.dst)
	var err error
	g.nodes, err = b.properties(r, in, g, rowOf, n)
	return g, err
}

// place notes where the id of a node stands, once.
func (g *graph) place(node int32, col *vector.Vector, row int32) {
	for len(g.at) <= int(node) {
		g.at = append(g.at, place{})
	}
	if g.at[node].col == nil {
		g.at[node] = place{col, row}
	}
}

// properties are the columns of the nodes: of each the first table that has a
// value.
func (b *builder) properties(r *plan.MakeGraph, in *graphRows, g *graph, rowOf [][]int32, n int) (*vector.Batch, error) {
	out := &vector.Batch{N: n}
	for i, c := range r.NodeCols {
		isID := false
		for _, id := range r.IDs {
			isID = isID || id == c
		}
		col := vector.NewBuilder(c.Type, n)
		sources := make([]*vector.Vector, len(r.Nodes))
		for k, t := range r.Nodes {
			if t.From[i] != nil {
				v := in.tables[k].Cols[columnIndex(t.Rel.Cols(), t.From[i])]
				conv, err := b.propertyConverter(v.Type, c.Type)
				if err != nil {
					return nil, err
				}
				if sources[k], err = conv(v); err != nil {
					return nil, err
				}
			}
		}
	nodes:
		for node := range n {
			rows := false
			for k, v := range sources {
				row := rowOf[k][node]
				rows = rows || row >= 0
				if v != nil && row >= 0 && !empty(v, int(row)) {
					col.AppendFrom(v, int(row))
					continue nodes
				}
			}
			if at := g.at[node]; isID && !rows && at.col != nil && at.col.Type == c.Type {
				col.AppendFrom(at.col, int(at.row))
				continue
			}
			col.AppendNull()
		}
		out.Cols = append(out.Cols, col.Done())
	}
	return out, nil
}

func empty(v *vector.Vector, i int) bool {
	return v.IsNull(i) || v.Type == types.String && v.Str(i) == ""
}

// propertyConverter is converter, which also boxes values.
func (b *builder) propertyConverter(from, to types.Type) (func(*vector.Vector) (*vector.Vector, error), error) {
	if to != types.Dynamic || from == to {
		return b.converter(from, to)
	}
	return func(v *vector.Vector) (*vector.Vector, error) {
		out := vector.NewBuilder(types.Dynamic, v.N)
		for i := range v.N {
			d := vector.Datum{T: types.Dynamic}
			if x := v.ToDynamic(i); !x.IsNull() {
				d.V = x
			}
			out.Append(d)
		}
		return out.Done(), nil
	}, nil
}

// ids are the ids of nodes as text.
func (b *builder) ids(g *graph) (*vector.Vector, error) {
	out := vector.Make(types.String, len(g.at))
	text := map[*vector.Vector]*vector.Vector{}
	for i, p := range g.at {
		if p.col == nil {
			continue
		}
		v := text[p.col]
		if v == nil {
			conv, err := b.converter(p.col.Type, types.String)
			if err != nil {
				return nil, err
			}
			if v, err = conv(p.col); err != nil {
				return nil, err
			}
			text[p.col] = v
		}
		out.Strs[i] = v.Str(int(p.row))
	}
	return out, nil
}

// special is a column of nodes that is no property.
func (b *builder) special(g *graph, what string) (*vector.Vector, error) {
	if what == plan.NodeID {
		return b.ids(g)
	}
	list := g.out
	if what == plan.DegreeIn {
		list = g.in
	}
	out := make([]int64, len(g.at))
	for i := range out {
		out[i] = list.degree(int32(i))
	}
	return vector.Of(types.Long, out, nil), nil
}

// hashes are the hashes of node ids.
func (g *graph) hashes() []int64 {
	out := make([]int64, len(g.at))
	var key []byte
	for i, p := range g.at {
		if p.col != nil {
			key = appendKey(key[:0], p.col, int(p.row))
			h := fnv.New64a()
			h.Write(key)
			out[i] = int64(h.Sum64())
		}
	}
	return out
}

// marked is the graph with one more property: the number of the component.
func (g *graph) marked(strong bool) *graph {
	out := *g
	ids := g.weak()
	if strong {
		ids = g.strong()
	}
	out.nodes = &vector.Batch{N: g.nodes.N, Cols: append(g.nodes.Cols[:len(g.nodes.Cols):len(g.nodes.Cols)], vector.Of(types.Long, ids, nil))}
	return &out
}

// weak numbers the components whatever way the edges point, in the order of
// their first nodes.
func (g *graph) weak() []int64 {
	parent := make([]int32, len(g.at))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(x int32) int32 {
		for parent[x] != x {
			parent[x] = parent[parent[x]]
			x = parent[x]
		}
		return x
	}
	for e := range g.src {
		x, y := find(g.src[e]), find(g.dst[e])
		parent[max(x, y)] = min(x, y)
	}
	root := make([]int32, len(parent))
	for i := range root {
		root[i] = find(int32(i))
	}
	return renumber(root)
}

// strong numbers the components in which every node reaches every other
// (Tarjan's algorithm, with a stack of its own).
func (g *graph) strong() []int64 {
	n := len(g.at)
	const unseen = -1
	order, low, comp := make([]int32, n), make([]int32, n), make([]int32, n)
	for i := range order {
		order[i], comp[i] = unseen, unseen
	}
	type frame struct{ node, edge int32 }
	var next int32
	var open []int32 // nodes whose component is not known yet
	for start := range int32(n) {
		if order[start] != unseen {
			continue
		}
		stack := []frame{{start, 0}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			v := f.node
			if f.edge == 0 && order[v] == unseen {
				order[v], low[v] = next, next
				next++
				open = append(open, v)
			}
			edges := g.out.of(v)
			if int(f.edge) < len(edges) {
				w := g.dst[edges[f.edge]]
				f.edge++
				if order[w] == unseen {
					stack = append(stack, frame{w, 0})
				} else if comp[w] == unseen {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				u := stack[len(stack)-1].node
				low[u] = min(low[u], low[v])
			}
			if low[v] != order[v] {
				continue
			}
			for {
				w := open[len(open)-1]
				open = open[:len(open)-1]
				comp[w] = v
				if w == v {
					break
				}
			}
		}
	}
	return renumber(comp)
}

// renumber counts the distinct values from 0 in the order they are first seen.
func renumber(root []int32) []int64 {
	number := map[int32]int64{}
	out := make([]int64, len(root))
	for i, r := range root {
		id, ok := number[r]
		if !ok {
			id = int64(len(number))
			number[r] = id
		}
		out[i] = id
	}
	return out
}
