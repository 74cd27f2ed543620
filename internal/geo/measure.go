package geo

import (
	"math"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Length is the length of lines in metres.
func Length(lines []*s2.Polyline) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += Metres(l.Length())
	}
	return sum
}

// LineCentroid is the middle of lines.
func LineCentroid(lines []*s2.Polyline) s2.Point {
	var sum s2.Point
	for _, l := range lines {
		sum = s2.Point{Vector: sum.Add(l.Centroid().Vector)}
	}
	return s2.Point{Vector: sum.Normalize()}
}

// DistanceToLines is the way from a point to the nearest point of lines, in
// metres, and that point.
func DistanceToLines(p s2.Point, lines []*s2.Polyline) (metres float64, nearest s2.Point) {
	metres = math.Inf(1)
	for _, l := range lines {
		for i := 1; i < len(*l); i++ {
			metres, nearest = closer(p, (*l)[i-1], (*l)[i], metres, nearest)
		}
	}
	return metres, nearest
}

func closer(p, a, b s2.Point, metres float64, nearest s2.Point) (float64, s2.Point) {
	if d := Metres(s2.DistanceFromSegment(p, a, b)); d < metres {
		return d, s2.Project(p, a, b)
	}
	return metres, nearest
}

// DistanceToPolygons is the way from a point to the nearest point of polygons,
// and that point: 0 and itself when it lies inside.
func DistanceToPolygons(p s2.Point, list []Polygon) (metres float64, nearest s2.Point) {
	if Contains(list, p) {
		return 0, p
	}
	metres = math.Inf(1)
	for _, poly := range list {
		for _, l := range poly {
			for i := range l.NumVertices() {
				metres, nearest = closer(p, l.Vertex(i), l.Vertex(i+1), metres, nearest)
			}
		}
	}
	return metres, nearest
}

// Contains says whether a point lies in one of the polygons.
func Contains(list []Polygon, p s2.Point) bool {
	for _, poly := range list {
		if poly.contains(p) {
			return true
		}
	}
	return false
}

func (p Polygon) contains(q s2.Point) bool {
	if !p[0].ContainsPoint(q) {
		return false
	}
	for _, hole := range p[1:] {
		if hole.ContainsPoint(q) {
			return false
		}
	}
	return true
}

// Area is that of polygons, in square metres.
func Area(list []Polygon) float64 {
	sum := 0.0
	for _, p := range list {
		sum += p.area()
	}
	return sum * Radius * Radius
}

func (p Polygon) area() float64 {
	a := p[0].Area()
	for _, hole := range p[1:] {
		a -= hole.Area()
	}
	return a
}

// Perimeter is the length of all rings of polygons, in metres.
func Perimeter(list []Polygon) float64 {
	var sum s1.Angle
	for _, p := range list {
		for _, l := range p {
			for i := range l.NumVertices() {
				sum += l.Vertex(i).Distance(l.Vertex(i + 1))
			}
		}
	}
	return Metres(sum)
}

// PolygonCentroid is the middle of polygons.
func PolygonCentroid(list []Polygon) s2.Point {
	var sum s2.Point
	for _, p := range list {
		for i, l := range p {
			c := l.Centroid().Vector
			if i > 0 {
				c = c.Mul(-1)
			}
			sum = s2.Point{Vector: sum.Add(c)}
		}
	}
	return s2.Point{Vector: sum.Normalize()}
}

// LinesMeet says whether two lots of lines share a point.
func LinesMeet(a, b []*s2.Polyline) bool {
	for _, l := range a {
		for _, m := range b {
			if l.Intersects(m) {
				return true
			}
		}
	}
	return false
}

// LineMeetsPolygon says whether lines share a point with polygons.
func LineMeetsPolygon(lines []*s2.Polyline, list []Polygon) bool {
	for _, l := range lines {
		for _, p := range *l {
			if Contains(list, p) {
				return true
			}
		}
		for _, p := range list {
			for _, ring := range p {
				points := append(s2.Polyline{}, ring.Vertices()...)
				points = append(points, ring.Vertex(0))
				if l.Intersects(&points) {
					return true
				}
			}
		}
	}
	return false
}

// PolygonsMeet says whether two lots of polygons share a point.
func PolygonsMeet(a, b []Polygon) bool {
	for _, p := range b {
		for _, ring := range p {
			points := append(s2.Polyline{}, ring.Vertices()...)
			points = append(points, ring.Vertex(0))
			if LineMeetsPolygon([]*s2.Polyline{&points}, a) {
				return true
			}
		}
	}
	for _, p := range a {
		if Contains(b, p[0].Vertex(0)) {
			return true
		}
	}
	return false
}

// Along is the point at a share of a line.
func Along(l *s2.Polyline, share float64) s2.Point {
	p, _ := l.Interpolate(share)
	return p
}

// Locate is the share of a line at which the point nearest to p lies.
func Locate(l *s2.Polyline, p s2.Point) float64 {
	q, next := l.Project(p)
	return l.Uninterpolate(q, next)
}
