package exec

import (
	"context"
	"fmt"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// matchName is what errors and explain call the operator.
const matchName = "graph-match"

// maxMatchSteps bounds the edges that one match may try: the number of paths
// grows with a power of their length.
const maxMatchSteps = 400_000_000

// matchBatch is how many matches are checked and shown at a time.
const matchBatch = 4096

// graphMatch finds a pattern. Conditions about one element choose the elements
// that may take part before the search; the others are checked on batches of
// matches.
type graphMatch struct {
	b     *builder
	node  *plan.GraphMatch
	make  graphMaker
	cols  []*plan.Col // of all elements and folds, which conditions and items read
	items []evaluator
	rest  []evaluator // the conditions left for batches of matches
	early []early
	folds []evaluator
	out   *held
	name  string
}

// early is a condition about one element alone: a node, an edge, an edge of a
// path, or an inner node of a path.
type early struct {
	elem  int
	inner bool
	cols  []plan.GraphCol
	cond  evaluator
}

func (b *builder) buildGraphMatch(r *plan.GraphMatch) (Operator, error) {
	m := &graphMatch{b: b, node: r, name: matchName}
	if r.Shortest {
		m.name = "graph-shortest-paths"
	}
	var err error
	if m.make, err = b.buildGraph(r.Graph); err != nil {
		return nil, err
	}
	for _, v := range r.Vars {
		for _, c := range v.Cols {
			m.cols = append(m.cols, c.Col)
		}
	}
	for _, f := range r.Folds { // a fold may read those before it
		cols := m.cols
		for _, c := range f.Elem {
			cols = append(cols[:len(cols):len(cols)], c.Col)
		}
		x, err := b.compile(cols, f.Expr)
		if err != nil {
			return nil, err
		}
		m.folds = append(m.folds, x)
		m.cols = append(m.cols[:len(m.cols):len(m.cols)], f.Col)
	}
	for _, e := range r.Where {
		if ok, err := m.takeEarly(e); err != nil {
			return nil, err
		} else if ok {
			continue
		}
		x, err := b.compile(m.cols, e)
		if err != nil {
			return nil, err
		}
		m.rest = append(m.rest, x)
	}
	for _, it := range r.Items {
		x, err := b.compile(m.cols, it.Expr)
		if err != nil {
			return nil, err
		}
		m.items = append(m.items, x)
	}
	return m, nil
}

// takeEarly takes a condition about one element.
func (m *graphMatch) takeEarly(e plan.Expr) (bool, error) {
	if r, ok := e.(*plan.ColRef); ok {
		for _, f := range m.node.Folds {
			if f.Col == r.Col && f.Kind == plan.FoldAll && within(f.Expr, f.Elem) && m.node.Vars[f.Var].Edge {
				if f.Inner && !m.node.Vars[f.Var].Ranged {
					return true, nil // an edge has no inner nodes
				}
				return true, m.addEarly(early{elem: f.Var, inner: f.Inner, cols: f.Elem}, f.Expr)
			}
		}
	}
	for i, v := range m.node.Vars {
		if !v.Ranged && len(v.Cols) > 0 && within(e, v.Cols) && reads(e) {
			return true, m.addEarly(early{elem: i, cols: v.Cols}, e)
		}
	}
	return false, nil
}

func (m *graphMatch) addEarly(x early, e plan.Expr) error {
	var cols []*plan.Col
	for _, c := range x.cols {
		cols = append(cols, c.Col)
	}
	var err error
	x.cond, err = m.b.compile(cols, e)
	m.early = append(m.early, x)
	return err
}

// within says whether e reads no other columns than cols.
func within(e plan.Expr, cols []plan.GraphCol) bool {
	ok := true
	plan.WalkExpr(e, func(x plan.Expr) {
		r, isRef := x.(*plan.ColRef)
		if !isRef {
			return
		}
		found := false
		for _, c := range cols {
			found = found || c.Col == r.Col
		}
		ok = ok && found
	})
	return ok
}

// reads says whether e reads any column.
func reads(e plan.Expr) bool {
	any := false
	plan.WalkExpr(e, func(x plan.Expr) {
		_, isRef := x.(*plan.ColRef)
		any = any || isRef
	})
	return any
}

// Next computes all matches at the first call and gives out pieces.
func (m *graphMatch) Next(ctx context.Context) (*vector.Batch, error) {
	if m.out == nil {
		batches, err := m.compute(ctx)
		if err != nil {
			return nil, err
		}
		m.out = &held{name: m.name, size: m.b.cfg.BatchSize, batches: batches}
	}
	return m.out.Next(ctx)
}

// Close drops the results; the graph's inputs are closed when they are read.
func (m *graphMatch) Close() error {
	if m.out != nil {
		return m.out.Close()
	}
	return nil
}

// Describe names the operator.
func (m *graphMatch) Describe() string { return m.name }

// graphSearch is a search in one graph.
type graphSearch struct {
	*graphMatch
	ctx context.Context
	g   *graph
	// allowed says which nodes or edges an element may be, inner which nodes may
	// stand inside a path; nil is all.
	allowed, inner [][]bool
	specials       map[string]*vector.Vector
	steps          int64
	found          *matches
	result         []*vector.Batch
}

// matches are some matches: for each element its node or edge, and for paths
// the edges and all nodes from first to last.
type matches struct {
	n     int
	elem  [][]int32
	edges [][][]int32
	nodes [][][]int32
}

func (m *graphMatch) compute(ctx context.Context) ([]*vector.Batch, error) {
	g, err := m.make(ctx)
	if err != nil {
		return nil, err
	}
	s := &graphSearch{graphMatch: m, ctx: ctx, g: g, specials: map[string]*vector.Vector{}}
	s.allowed, s.inner = make([][]bool, len(m.node.Vars)), make([][]bool, len(m.node.Vars))
	for _, x := range m.early {
		if err := s.choose(x); err != nil {
			return nil, err
		}
	}
	s.reset()
	if m.node.Shortest {
		err = s.shortest()
	} else {
		err = newWalk(s).run()
	}
	if err == nil {
		err = s.flush()
	}
	return s.result, err
}

func (s *graphSearch) reset() {
	n := len(s.node.Vars)
	s.found = &matches{elem: make([][]int32, n), edges: make([][][]int32, n), nodes: make([][][]int32, n)}
}

// step counts an edge that is tried.
func (s *graphSearch) step() error {
	s.steps++
	if s.steps%4096 == 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	if s.steps > maxMatchSteps {
		return fmt.Errorf("%s: the pattern has too many paths in this graph; narrow the conditions or shorten the paths", s.name)
	}
	return nil
}

// choose notes which elements a condition lets take part.
func (s *graphSearch) choose(x early) error {
	edge := s.node.Vars[x.elem].Edge && !x.inner
	n := len(s.g.at)
	if edge {
		n = len(s.g.src)
	}
	in := &vector.Batch{N: n}
	for _, c := range x.cols {
		v, err := s.column(c, edge)
		if err != nil {
			return err
		}
		in.Cols = append(in.Cols, v)
	}
	v, err := x.cond.Eval(s.ctx, in)
	if err != nil {
		return err
	}
	list := s.allowed
	if x.inner {
		list = s.inner
	}
	ok := list[x.elem]
	if ok == nil {
		ok = make([]bool, n)
		for i := range ok {
			ok[i] = true
		}
		list[x.elem] = ok
	}
	for i := range ok {
		ok[i] = ok[i] && !v.IsNull(i) && v.Bool(i)
	}
	return nil
}

// column is a property of all nodes or edges.
func (s *graphSearch) column(c plan.GraphCol, edge bool) (*vector.Vector, error) {
	if c.From == nil {
		v := s.specials[c.Special]
		if v == nil {
			var err error
			if v, err = s.b.special(s.g, c.Special); err != nil {
				return nil, err
			}
			s.specials[c.Special] = v
		}
		return v, nil
	}
	cols, batch := plan.GraphNodes(s.node.Graph), s.g.nodes
	if edge {
		cols, batch = plan.GraphEdges(s.node.Graph), s.g.edges
	}
	i := columnIndex(cols, c.From)
	if i < 0 {
		return nil, fmt.Errorf("bug: a graph has no property %q", c.From.Name)
	}
	return batch.Cols[i], nil
}

// mayBe says whether an element may be a node or edge.
func (s *graphSearch) mayBe(elem int, which int32) bool {
	return s.allowed[elem] == nil || s.allowed[elem][which]
}

// mayPass says whether a path may go through a node.
func (s *graphSearch) mayPass(elem int, node int32) bool {
	return s.inner[elem] == nil || s.inner[elem][node]
}

// full checks and shows the matches when there are enough.
func (s *graphSearch) full() error {
	if s.found.n >= matchBatch {
		return s.flush()
	}
	return nil
}

// flush checks the matches gathered, and shows those that hold.
func (s *graphSearch) flush() error {
	if s.found.n == 0 {
		return nil
	}
	in, err := s.batch(s.found)
	s.reset()
	if err != nil {
		return err
	}
	in, _, err = s.check(in)
	if err != nil || in.N == 0 {
		return err
	}
	out := &vector.Batch{N: in.N}
	for _, x := range s.items {
		v, err := x.Eval(s.ctx, in)
		if err != nil {
			return err
		}
		out.Cols = append(out.Cols, v)
	}
	if err := s.b.cfg.Memory.Charge(s.name, out.Bytes()); err != nil {
		return err
	}
	s.result = append(s.result, out)
	return nil
}

// check keeps the matches for which all conditions hold, and says which.
func (s *graphSearch) check(in *vector.Batch) (*vector.Batch, []int32, error) {
	left := make([]int32, in.N)
	for i := range left {
		left[i] = int32(i)
	}
	for _, x := range s.rest {
		v, err := x.Eval(s.ctx, in)
		if err != nil {
			return nil, nil, err
		}
		var rows, kept []int32
		for i := range in.N {
			if !v.IsNull(i) && v.Bool(i) {
				rows, kept = append(rows, int32(i)), append(kept, left[i])
			}
		}
		if len(rows) < in.N {
			in, left = in.Gather(rows), kept
		}
	}
	return in, left, nil
}

// batch makes the columns of some matches.
func (s *graphSearch) batch(f *matches) (*vector.Batch, error) {
	in := &vector.Batch{N: f.n}
	for i, v := range s.node.Vars {
		for _, c := range v.Cols {
			col, err := s.column(c, v.Edge)
			if err != nil {
				return nil, err
			}
			in.Cols = append(in.Cols, col.Gather(f.elem[i]))
		}
	}
	for k, fold := range s.node.Folds {
		v, err := s.fold(f, fold, s.folds[k], in.Cols)
		if err != nil {
			return nil, err
		}
		in.Cols = append(in.Cols[:len(in.Cols):len(in.Cols)], v)
	}
	return in, nil
}

// fold computes an expression over the elements of all paths at once, and
// folds each path's values.
func (s *graphSearch) fold(f *matches, fold *plan.GraphFold, x evaluator, plain []*vector.Vector) (*vector.Vector, error) {
	var owner, elems []int32
	counts := make([]int, f.n)
	for i := range f.n {
		list := f.elements(s.node.Vars[fold.Var], fold, i)
		counts[i] = len(list)
		elems = append(elems, list...)
		for range list {
			owner = append(owner, int32(i))
		}
	}
	in := &vector.Batch{N: len(elems)}
	for _, c := range plain {
		in.Cols = append(in.Cols, c.Gather(owner))
	}
	edge := s.node.Vars[fold.Var].Edge && !fold.Inner
	for _, c := range fold.Elem {
		col, err := s.column(c, edge)
		if err != nil {
			return nil, err
		}
		in.Cols = append(in.Cols, col.Gather(elems))
	}
	v := vector.Make(fold.Expr.Type(), 0)
	if in.N > 0 {
		var err error
		if v, err = x.Eval(s.ctx, in); err != nil {
			return nil, err
		}
	}
	return folded(fold.Kind, v, counts), nil
}

// elements are the edges, or inner nodes, that a fold looks at in match i.
func (f *matches) elements(v *plan.GraphVar, fold *plan.GraphFold, i int) []int32 {
	switch {
	case !v.Ranged && fold.Inner:
		return nil
	case !v.Ranged:
		return f.elem[fold.Var][i : i+1]
	case fold.Inner:
		if nodes := f.nodes[fold.Var][i]; len(nodes) > 2 {
			return nodes[1 : len(nodes)-1]
		}
		return nil
	}
	return f.edges[fold.Var][i]
}

// folded makes one entry of the values of each path. A null is not true.
func folded(kind plan.FoldKind, v *vector.Vector, counts []int) *vector.Vector {
	at := 0
	if kind == plan.FoldMap {
		out := make([]dynamic.Value, len(counts))
		for i, n := range counts {
			items := make([]dynamic.Value, n)
			for k := range items {
				items[k] = v.ToDynamic(at + k)
			}
			at += n
			out[i] = dynamic.FromArray(items)
		}
		return vector.Of(types.Dynamic, out, nil)
	}
	out := make([]bool, len(counts))
	for i, n := range counts {
		out[i] = kind == plan.FoldAll
		for k := at; k < at+n; k++ {
			if yes := !v.IsNull(k) && v.Bool(k); yes != out[i] {
				out[i] = yes
				break
			}
		}
		at += n
	}
	return vector.Of(types.Bool, out, nil)
}
