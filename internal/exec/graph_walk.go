package exec

import "goshawk/internal/plan"

// walk searches depth first: it binds the hops of the pattern one after the
// other, in an order in which each touches a node that is bound.
type walk struct {
	*graphSearch
	hops []searchHop
	// node and edge are what the elements are bound to, -1 when they are not.
	node, edge []int32
	pathEdges  [][]int32
	pathNodes  [][]int32
	// usedEdge and usedNode count what the match holds already; nil when the
	// rule about cycles does not ask.
	usedEdge, usedNode []int8
	// emit is told of each match.
	emit func() error
}

// searchHop is a hop in the order of the search; turned hops are walked from their
// right node.
type searchHop struct {
	plan.GraphHop
	turned bool
}

func newWalk(s *graphSearch) *walk {
	n := len(s.node.Vars)
	w := &walk{graphSearch: s, node: make([]int32, n), edge: make([]int32, n), pathEdges: make([][]int32, n), pathNodes: make([][]int32, n)}
	for i := range n {
		w.node[i], w.edge[i] = -1, -1
	}
	switch s.node.Cycles {
	case "unique_edges":
		w.usedEdge = make([]int8, len(s.g.src))
	case "none":
		w.usedNode = make([]int8, len(s.g.at))
	}
	w.emit = w.keep
	return w
}

// run finds all matches.
func (w *walk) run() error {
	start := w.start()
	w.order(start)
	for n := range int32(len(w.g.at)) {
		if !w.mayBe(start, n) {
			continue
		}
		if err := w.bind(start, n, func() error { return w.hop(0) }); err != nil {
			return err
		}
	}
	return nil
}

// candidates is how many nodes an element may be.
func (w *walk) candidates(elem int) int {
	if w.allowed[elem] == nil {
		return len(w.g.at)
	}
	n := 0
	for _, ok := range w.allowed[elem] {
		if ok {
			n++
		}
	}
	return n
}

// start is the node element with the fewest candidates.
func (w *walk) start() int {
	best, fewest := -1, 0
	for i, v := range w.graphSearch.node.Vars {
		if v.Edge {
			continue
		}
		if n := w.candidates(i); best < 0 || n < fewest {
			best, fewest = i, n
		}
	}
	return best
}

// order puts the hops in an order: next is always one that touches a bound
// node, best one between two, else the one to the fewest candidates, paths last.
func (w *walk) order(start int) {
	bound := map[int]bool{start: true}
	left := append([]plan.GraphHop(nil), w.graphSearch.node.Hops...)
	for len(left) > 0 {
		best, cost := -1, 0
		for i, h := range left {
			if !bound[h.Left] && !bound[h.Right] {
				continue
			}
			c := 0
			if !bound[h.Left] {
				c = w.candidates(h.Left)
			} else if !bound[h.Right] {
				c = w.candidates(h.Right)
			}
			if w.graphSearch.node.Vars[h.Edge].Ranged {
				c += len(w.g.at) + 1
			}
			if best < 0 || c < cost {
				best, cost = i, c
			}
		}
		if best < 0 {
			return // the binder lets no pattern fall apart
		}
		h := left[best]
		left = append(left[:best], left[best+1:]...)
		w.hops = append(w.hops, searchHop{h, !bound[h.Left]})
		bound[h.Left], bound[h.Right] = true, true
	}
}

// bind binds a node element, goes on, and frees it. An element that is bound
// already must be that node.
func (w *walk) bind(elem int, n int32, then func() error) error {
	if w.node[elem] >= 0 {
		if w.node[elem] != n {
			return nil
		}
		return then()
	}
	if !w.mayBe(elem, n) || w.usedNode != nil && w.usedNode[n] > 0 {
		return nil
	}
	w.node[elem] = n
	if w.usedNode != nil {
		w.usedNode[n]++
	}
	err := then()
	if w.usedNode != nil {
		w.usedNode[n]--
	}
	w.node[elem] = -1
	return err
}

// hop binds hop k and those after it.
func (w *walk) hop(k int) error {
	if k == len(w.hops) {
		return w.emit()
	}
	h := w.hops[k]
	from, to := h.Left, h.Right
	forward, backward := h.Forward, h.Backward
	if h.turned {
		from, to, forward, backward = to, from, backward, forward
	}
	if w.usedNode != nil && w.node[to] >= 0 {
		return nil // the hop would close a cycle
	}
	v := w.graphSearch.node.Vars[h.Edge]
	if v.Ranged {
		return w.path(k, h, v, to, forward, backward, w.node[from], nil, []int32{w.node[from]})
	}
	return w.next(w.node[from], forward, backward, func(e, n int32) error {
		if !w.mayBe(h.Edge, e) || w.usedEdge != nil && w.usedEdge[e] > 0 {
			return nil
		}
		w.edge[h.Edge] = e
		w.take(e, 1)
		err := w.bind(to, n, func() error { return w.hop(k + 1) })
		w.take(e, -1)
		return err
	})
}

func (w *walk) take(e int32, by int8) {
	if w.usedEdge != nil {
		w.usedEdge[e] += by
	}
}

// next calls f for each edge that leads on from a node, with the node it leads
// to.
func (s *graphSearch) next(from int32, forward, backward bool, f func(e, n int32) error) error {
	if forward {
		for _, e := range s.g.out.of(from) {
			if err := s.step(); err != nil {
				return err
			}
			if err := f(e, s.g.dst[e]); err != nil {
				return err
			}
		}
	}
	if !backward {
		return nil
	}
	for _, e := range s.g.in.of(from) {
		if forward && s.g.src[e] == s.g.dst[e] {
			continue // an edge to itself has been seen
		}
		if err := s.step(); err != nil {
			return err
		}
		if err := f(e, s.g.src[e]); err != nil {
			return err
		}
	}
	return nil
}

// path extends a path that has come to a node.
func (w *walk) path(k int, h searchHop, v *plan.GraphVar, to int, forward, backward bool, at int32, edges, nodes []int32) error {
	if int64(len(edges)) >= v.Min {
		if err := w.arrive(k, h, to, at, edges, nodes); err != nil {
			return err
		}
	}
	if int64(len(edges)) >= v.Max || len(edges) > 0 && !w.mayPass(h.Edge, at) {
		return nil
	}
	if len(edges) > 0 && w.usedNode != nil {
		// The node becomes an inner one: the match must not hold it already.
		if w.usedNode[at] > 0 {
			return nil
		}
		w.usedNode[at]++
		defer func() { w.usedNode[at]-- }()
	}
	return w.next(at, forward, backward, func(e, n int32) error {
		if !w.mayBe(h.Edge, e) || w.usedEdge != nil && w.usedEdge[e] > 0 {
			return nil
		}
		w.take(e, 1)
		err := w.path(k, h, v, to, forward, backward, n, append(edges[:len(edges):len(edges)], e), append(nodes[:len(nodes):len(nodes)], n))
		w.take(e, -1)
		return err
	})
}

// arrive ends a path at a node and goes on with the pattern.
func (w *walk) arrive(k int, h searchHop, to int, at int32, edges, nodes []int32) error {
	if h.turned {
		edges, nodes = reversed(edges), reversed(nodes)
	}
	w.pathEdges[h.Edge], w.pathNodes[h.Edge] = edges, nodes
	if len(edges) == 0 {
		// A path of no edges: both ends are one node, which is no cycle.
		if w.node[to] >= 0 {
			if w.node[to] != at {
				return nil
			}
			return w.hop(k + 1)
		}
		if !w.mayBe(to, at) {
			return nil
		}
		w.node[to] = at
		err := w.hop(k + 1)
		w.node[to] = -1
		return err
	}
	return w.bind(to, at, func() error { return w.hop(k + 1) })
}

func reversed(list []int32) []int32 {
	out := make([]int32, len(list))
	for i, x := range list {
		out[len(list)-1-i] = x
	}
	return out
}

// keep adds the match at hand.
func (w *walk) keep() error {
	f := w.found
	f.n++
	for i, v := range w.graphSearch.node.Vars {
		switch {
		case !v.Edge:
			f.elem[i] = append(f.elem[i], w.node[i])
		case v.Ranged:
			f.edges[i] = append(f.edges[i], w.pathEdges[i])
			f.nodes[i] = append(f.nodes[i], w.pathNodes[i])
		default:
			f.elem[i] = append(f.elem[i], w.edge[i])
		}
	}
	return w.full()
}
