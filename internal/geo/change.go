package geo

import (
	"math"
	"slices"
	"sort"

	"github.com/golang/geo/s2"
)

// Circle is a polygon around a point whose sides leave the circle by at most
// tolerance metres.
//
// It begins where Kusto's does: a quarter turn behind S2's regular loop.
func Circle(centre s2.Point, radius, tolerance float64) Polygon {
	n := sides(radius, tolerance)
	y := s2.Ortho(centre)
	x := y.Cross(centre.Vector)
	r := Angle(radius).Radians()
	points := make([]s2.Point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		side := y.Mul(cos).Sub(x.Mul(sin))
		points[i] = s2.Point{Vector: centre.Mul(math.Cos(r)).Add(side.Mul(math.Sin(r))).Normalize()}
	}
	return Polygon{s2.LoopFromPoints(points)}
}

// maxSides bounds the sides of a circle.
const maxSides = 3600

// sides is the number of sides with which a polygon of that radius stays
// within tolerance: cos(pi/n) >= 1 - tolerance/radius.
func sides(radius, tolerance float64) int {
	if tolerance >= radius {
		return 3
	}
	n := math.Ceil(math.Pi / math.Acos(1-tolerance/radius))
	return int(min(max(n, 3), maxSides))
}

// SimplifyLine leaves out vertices that lie within tolerance metres of the
// line through others; nil when what is left is shorter than that.
func SimplifyLine(l *s2.Polyline, tolerance float64) *s2.Polyline {
	out := s2.Polyline{}
	for _, i := range l.SubsampleVertices(Angle(tolerance)) {
		out = append(out, (*l)[i])
	}
	if len(out) < 2 || len(out) == 2 && Metres(out[0].Distance(out[1])) <= tolerance {
		return nil
	}
	return &out
}

// SimplifyPolygon leaves out vertices that lie within tolerance metres of the
// line through others. Rings that become too small vanish; ok is false when
// nothing is left or rings come to cross.
func SimplifyPolygon(p Polygon, tolerance float64) (Polygon, bool) {
	var out Polygon
	for i, l := range p {
		points := simplifyRing(l.Vertices(), tolerance)
		if len(points) < 3 {
			if i == 0 {
				return nil, false
			}
			continue
		}
		loop := s2.LoopFromPoints(points)
		if loop.Validate() != nil {
			return nil, false
		}
		loop.Normalize()
		out = append(out, loop)
	}
	return out, out.simple()
}

// simplifyRing cuts the ring at the vertex that lies farthest from its first,
// and keeps from both halves what is needed.
func simplifyRing(points []s2.Point, tolerance float64) []s2.Point {
	far, most := 0, -1.0
	for i, p := range points {
		if d := p.Distance(points[0]).Radians(); d > most {
			far, most = i, d
		}
	}
	if Metres(points[0].Distance(points[far])) <= tolerance {
		return nil
	}
	closed := append(append([]s2.Point{}, points...), points[0])
	keep := make([]bool, len(closed))
	keep[0], keep[far] = true, true
	needed(closed, 0, far, tolerance, keep)
	needed(closed, far, len(closed)-1, tolerance, keep)
	var out []s2.Point
	for i := range points {
		if keep[i] {
			out = append(out, points[i])
		}
	}
	return out
}

// needed marks the vertices between two that lie farther than tolerance from
// the line between those kept: Douglas and Peucker's way.
func needed(points []s2.Point, from, to int, tolerance float64, keep []bool) {
	type span struct{ from, to int }
	for todo := []span{{from, to}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at, most := -1, tolerance
		for i := s.from + 1; i < s.to; i++ {
			if d := Metres(s2.DistanceFromSegment(points[i], points[s.from], points[s.to])); d > most {
				at, most = i, d
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, span{s.from, at}, span{at, s.to})
		}
	}
}

// Densify puts vertices on the straight lines that join vertices on a map of
// longitude and latitude, so that the great circles between them leave those
// lines by at most tolerance metres.
func Densify(points []s2.Point, tolerance float64) []s2.Point {
	if len(points) == 0 {
		return nil
	}
	out := []s2.Point{points[0]}
	for i := 1; i < len(points); i++ {
		a, b := s2.LatLngFromPoint(points[i-1]), s2.LatLngFromPoint(points[i])
		// The short way round.
		switch d := b.Lng - a.Lng; {
		case d > math.Pi:
			b.Lng -= 2 * math.Pi
		case d < -math.Pi:
			b.Lng += 2 * math.Pi
		}
		out = densify(points[i-1], points[i], a, b, tolerance, maxHalves, out)
	}
	return out
}

// maxHalves bounds how often a side is halved.
const maxHalves = 16

// densify adds the vertices behind a up to b.
func densify(a, b s2.Point, la, lb s2.LatLng, tolerance float64, depth int, out []s2.Point) []s2.Point {
	lm := s2.LatLng{Lat: (la.Lat + lb.Lat) / 2, Lng: (la.Lng + lb.Lng) / 2}
	m := s2.PointFromLatLng(lm)
	straight := s2.Point{Vector: a.Add(b.Vector).Normalize()}
	if depth == 0 || Metres(m.Distance(straight)) < tolerance {
		return append(out, b)
	}
	out = densify(a, m, la, lm, tolerance, depth-1, out)
	return densify(m, b, lm, lb, tolerance, depth-1, out)
}

// DensifyPolygon is Densify for the rings of a polygon.
func DensifyPolygon(p Polygon, tolerance float64) Polygon {
	out := make(Polygon, len(p))
	for i, l := range p {
		ring := append(append([]s2.Point{}, l.Vertices()...), l.Vertex(0))
		ring = Densify(ring, tolerance)
		out[i] = s2.LoopFromPoints(ring[:len(ring)-1])
	}
	return out
}

// Buffer is all that lies within radius metres of a shape, rounded to within
// tolerance.
func Buffer(s Shape, radius, tolerance float64) (Shape, error) {
	var parts []Polygon
	add := func(points []s2.Point) {
		for i, p := range points {
			parts = append(parts, Circle(p, radius, tolerance))
			if i > 0 {
				parts = append(parts, strip(points[i-1], p, radius))
			}
		}
	}
	for _, p := range s.Points {
		parts = append(parts, Circle(p, radius, tolerance))
	}
	for _, l := range s.Lines {
		add(*l)
	}
	for _, p := range s.Polygons {
		for _, l := range p {
			add(append(append([]s2.Point{}, l.Vertices()...), l.Vertex(0)))
		}
		parts = append(parts, p)
	}
	return UnionAll(parts)
}

// strip is the box along an edge, radius metres to both sides. Its long sides
// bend less than the line of equal distance would, by far less than any
// tolerance on the lengths that edges have.
func strip(a, b s2.Point, radius float64) Polygon {
	side := s2.Point{Vector: a.Cross(b.Vector).Normalize()}
	move := func(p s2.Point, d float64) s2.Point {
		r := Angle(d).Radians()
		return s2.Point{Vector: p.Mul(math.Cos(r)).Add(side.Mul(math.Sin(r))).Normalize()}
	}
	l := s2.LoopFromPoints([]s2.Point{move(a, -radius), move(b, -radius), move(b, radius), move(a, radius)})
	l.Normalize()
	return Polygon{l}
}

// UnionAll is the union of polygons. As in S2, the two with the fewest
// vertices are joined first, so that each stays small for long.
func UnionAll(list []Polygon) (Shape, error) {
	type entry struct {
		shape Shape
		size  int // of all that went into it, not of what came out
	}
	var queue []entry
	add := func(e entry) {
		at := sort.Search(len(queue), func(i int) bool { return queue[i].size > e.size })
		queue = slices.Insert(queue, at, e)
	}
	for _, p := range list {
		s := Shape{Polygons: []Polygon{p}}
		add(entry{s, s.size()})
	}
	for len(queue) > 1 {
		u, err := Union(queue[0].shape, queue[1].shape)
		if err != nil {
			return Shape{}, err
		}
		size := queue[0].size + queue[1].size
		queue = queue[2:]
		add(entry{u, size})
	}
	if len(queue) == 0 {
		return Shape{}, nil
	}
	return queue[0].shape, nil
}
