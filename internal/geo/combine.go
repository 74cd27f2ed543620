package geo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/golang/geo/s2"
	"github.com/peterstace/simplefeatures/geom"
)

// Intersection is what two shapes share.
func Intersection(a, b Shape) (Shape, error) {
	return combine(a, b, geom.Intersection)
}

// Union is what is in one of two shapes.
func Union(a, b Shape) (Shape, error) {
	return combine(a, b, geom.Union)
}

func combine(a, b Shape, op func(a, b geom.Geometry) (geom.Geometry, error)) (Shape, error) {
	pl, err := over(a, b)
	if err != nil {
		return Shape{}, err
	}
	g, err := op(pl.geometry(a), pl.geometry(b))
	if err != nil {
		return Shape{}, fmt.Errorf("combine shapes: %w", err)
	}
	return pl.shape(g).ordered(a, b), nil
}

// ordered lets the loops and lines of a result begin, and stand, where the
// edges of the shapes it was made of do, as in S2.
func (s Shape) ordered(from ...Shape) Shape {
	edges := edgesOf(from)
	if len(edges)*s.size() > maxPairs {
		return s
	}
	first := make(map[*s2.Loop]int, len(s.Polygons))
	for _, p := range s.Polygons {
		for i, l := range p {
			p[i] = startAt(l, edges)
		}
		first[p[0]] = source(p[0].Vertex(0), p[0].Vertex(1), edges)
	}
	slices.SortStableFunc(s.Polygons, func(p, q Polygon) int { return cmp.Compare(first[p[0]], first[q[0]]) })
	s.Lines = joined(s.Lines, edges)
	return s
}

func (s Shape) size() int {
	n := 0
	s.each(func(s2.Point) { n++ })
	return n
}

type edge struct{ a, b s2.Point }

// edgesOf lists edges in the order in which the shapes have them.
func edgesOf(from []Shape) []edge {
	var out []edge
	for _, s := range from {
		for _, l := range s.Lines {
			for i := 1; i < len(*l); i++ {
				out = append(out, edge{(*l)[i-1], (*l)[i]})
			}
		}
		for _, p := range s.Polygons {
			for _, l := range p {
				for i := range l.NumVertices() {
					out = append(out, edge{l.Vertex(i), l.Vertex(i + 1)})
				}
			}
		}
	}
	return out
}

// onEdge is how far a point may lie beside an edge and still count as on it,
// in radians: less than a tenth of a micrometre on the Earth.
const onEdge = 1e-14

// on says whether p lies on e.
func (e edge) on(p s2.Point) bool {
	return p == e.a || p == e.b || s2.DistanceFromSegment(p, e.a, e.b).Radians() <= onEdge
}

// source is the place of the edge in edges that the edge from a to b is part
// of.
func source(a, b s2.Point, edges []edge) int {
	for i, e := range edges {
		if e.on(a) && e.on(b) {
			return i
		}
	}
	return len(edges)
}

// startAt turns a loop as S2 does: the edge that comes from the last of the
// edges stands last, and of several parts of it the last one.
func startAt(l *s2.Loop, edges []edge) *s2.Loop {
	n := l.NumVertices()
	from := make([]int, n)
	for i := range from {
		from[i] = source(l.Vertex(i), l.Vertex(i+1), edges)
	}
	at, gap := 0, false
	for i := 1; i < n; i++ {
		switch {
		case from[i] < from[at]:
			gap = true
		case from[i] > from[at] || !gap:
			at, gap = i, false
		}
	}
	points := make([]s2.Point, n)
	for i := range points {
		points[i] = l.Vertex((at + 1 + i) % n)
	}
	return s2.LoopFromPoints(points)
}

// joined puts lines together that meet end to end where no third one does. A
// line runs the way its first edge did.
func joined(lines []*s2.Polyline, edges []edge) []*s2.Polyline {
	degree := map[s2.Point]int{}
	type piece struct {
		edge
		from int
	}
	var pieces []piece
	for _, l := range lines {
		for i := 1; i < len(*l); i++ {
			e := edge{(*l)[i-1], (*l)[i]}
			k := source(e.a, e.b, edges)
			if k < len(edges) && e.a.Distance(edges[k].a) > e.b.Distance(edges[k].a) {
				e.a, e.b = e.b, e.a
			}
			pieces = append(pieces, piece{e, k})
			degree[e.a]++
			degree[e.b]++
		}
	}
	at := map[s2.Point][]int{}
	for i, p := range pieces {
		at[p.a] = append(at[p.a], i)
		at[p.b] = append(at[p.b], i)
	}
	used := make([]bool, len(pieces))
	// grow follows pieces from a point until it ends or branches.
	grow := func(p s2.Point) []s2.Point {
		var out []s2.Point
		for degree[p] == 2 {
			next := -1
			for _, i := range at[p] {
				if !used[i] {
					next = i
				}
			}
			if next < 0 {
				break
			}
			used[next] = true
			if pieces[next].a == p {
				p = pieces[next].b
			} else {
				p = pieces[next].a
			}
			out = append(out, p)
		}
		return out
	}
	var out []*s2.Polyline
	for {
		first := -1
		for i, p := range pieces {
			if !used[i] && (first < 0 || p.from < pieces[first].from) {
				first = i
			}
		}
		if first < 0 {
			return out
		}
		used[first] = true
		p := pieces[first]
		ahead, behind := grow(p.b), grow(p.a)
		line := make(s2.Polyline, 0, len(ahead)+len(behind)+2)
		for i := len(behind) - 1; i >= 0; i-- {
			line = append(line, behind[i])
		}
		line = append(append(line, p.a, p.b), ahead...)
		out = append(out, &line)
	}
}
