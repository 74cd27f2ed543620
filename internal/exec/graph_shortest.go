package exec

import "goshawk/internal/plan"

// shortest finds the shortest paths between the first and the last node of the
// pattern; a path does not lead back to its beginning.
func (s *graphSearch) shortest() error {
	hops := s.node.Hops
	if len(hops) == 0 {
		return nil
	}
	first, last := hops[0].Left, hops[len(hops)-1].Right
	if len(hops) == 1 && s.node.Vars[hops[0].Edge].Ranged && s.node.Vars[hops[0].Edge].Min <= 1 && len(s.rest) == 0 && first != last {
		return s.breadthFirst(hops[0])
	}
	return s.shortestOfAll(first, last)
}

// pathEnds are the first and the last node of a path.
type pathEnds struct{ from, to int32 }

// shortestOfAll goes through all paths without cycles and keeps the shortest of
// each pair of ends that fulfil the conditions.
func (s *graphSearch) shortestOfAll(first, last int) error {
	w := newWalk(s)
	w.usedEdge, w.usedNode = nil, make([]int8, len(s.g.at))
	best := map[pathEnds]int{}
	var order []pathEnds
	kept := map[pathEnds][]*matches{}
	w.emit = func() error {
		if first != last && w.node[first] == w.node[last] {
			return nil
		}
		length := 0
		for i, v := range s.node.Vars {
			switch {
			case v.Edge && v.Ranged:
				length += len(w.pathEdges[i])
			case v.Edge:
				length++
			}
		}
		p := pathEnds{w.node[first], w.node[last]}
		if b, ok := best[p]; ok && (length > b || length == b && !s.node.AllShortest) {
			return nil
		}
		s.reset()
		if err := w.keep(); err != nil {
			return err
		}
		one := s.found
		s.reset()
		in, err := s.batch(one)
		if err != nil {
			return err
		}
		if in, _, err = s.check(in); err != nil || in.N == 0 {
			return err
		}
		b, ok := best[p]
		if !ok {
			order = append(order, p)
		}
		if ok && length == b {
			kept[p] = append(kept[p], one)
			return nil
		}
		best[p], kept[p] = length, []*matches{one}
		return s.b.cfg.Memory.Charge(s.name, int64(length)*8+96)
	}
	if err := w.run(); err != nil {
		return err
	}
	for _, p := range order {
		for _, m := range kept[p] {
			s.found.add(m)
			if err := s.full(); err != nil {
				return err
			}
		}
	}
	return nil
}

// add appends the matches of m.
func (f *matches) add(m *matches) {
	f.n += m.n
	for i := range f.elem {
		f.elem[i] = append(f.elem[i], m.elem[i]...)
		f.edges[i] = append(f.edges[i], m.edges[i]...)
		f.nodes[i] = append(f.nodes[i], m.nodes[i]...)
	}
}

// breadthFirst goes out from each first node in layers. before holds for each
// node the edges by which its layer was reached, with the nodes they come from.
func (s *graphSearch) breadthFirst(h plan.GraphHop) error {
	v := s.node.Vars[h.Edge]
	n := len(s.g.at)
	depth := make([]int32, n)
	before := make([][]reached, n)
	for i := range depth {
		depth[i] = -1
	}
	for from := range int32(n) {
		if !s.mayBe(h.Left, from) {
			continue
		}
		if v.Min == 0 && s.mayBe(h.Right, from) {
			if err := s.shortestPath(h, nil, []int32{from}); err != nil {
				return err
			}
		}
		touched := []int32{from}
		depth[from] = 0
		layer := []int32{from}
		for d := int32(1); int64(d) <= v.Max && len(layer) > 0; d++ {
			var next []int32
			for _, at := range layer {
				if at != from && !s.mayPass(h.Edge, at) {
					continue
				}
				err := s.next(at, h.Forward, h.Backward, func(e, to int32) error {
					if !s.mayBe(h.Edge, e) {
						return nil
					}
					switch {
					case depth[to] < 0:
						depth[to] = d
						before[to] = append(before[to][:0], reached{e, at})
						next, touched = append(next, to), append(touched, to)
					case depth[to] == d && s.node.AllShortest:
						before[to] = append(before[to], reached{e, at})
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			for _, to := range next {
				if !s.mayBe(h.Right, to) {
					continue
				}
				if err := s.unwind(h, before, from, to, nil, nil); err != nil {
					return err
				}
			}
			layer = next
		}
		for _, t := range touched {
			depth[t] = -1
		}
	}
	return nil
}

// reached is an edge into a node, and where it comes from.
type reached struct{ edge, from int32 }

// unwind gives the paths from a node to one in a later layer; edges and nodes
// are what is behind `at`, last first.
func (s *graphSearch) unwind(h plan.GraphHop, before [][]reached, from, at int32, edges, nodes []int32) error {
	if err := s.step(); err != nil {
		return err
	}
	nodes = append(nodes[:len(nodes):len(nodes)], at)
	if at == from {
		return s.shortestPath(h, reversed(edges), reversed(nodes))
	}
	for _, r := range before[at] {
		if err := s.unwind(h, before, from, r.from, append(edges[:len(edges):len(edges)], r.edge), nodes); err != nil {
			return err
		}
	}
	return nil
}

// shortestPath adds a path as a match.
func (s *graphSearch) shortestPath(h plan.GraphHop, edges, nodes []int32) error {
	f := s.found
	f.n++
	f.elem[h.Left] = append(f.elem[h.Left], nodes[0])
	f.elem[h.Right] = append(f.elem[h.Right], nodes[len(nodes)-1])
	f.edges[h.Edge] = append(f.edges[h.Edge], edges)
	f.nodes[h.Edge] = append(f.nodes[h.Edge], nodes)
	return s.full()
}
