package geo

import (
	"errors"
	"math"

	"github.com/golang/geo/r3"
	"github.com/golang/geo/s2"
	"github.com/peterstace/simplefeatures/geom"
)

// plane is the gnomonic projection: great circles become straight lines, so
// that what is computed with them in the plane holds on the sphere.
type plane struct {
	centre, x, y r3.Vector
	// exact brings a point back to the very one it came from.
	exact map[geom.XY]s2.Point
}

// errWide is the reason why shapes are not combined.
var errWide = errors.New("shapes that reach over more than a third of the way round the Earth are not combined")

// widest is how far a shape may reach from its middle: beyond, the projection
// loses digits.
const widest = 60 * math.Pi / 180

// over is a plane over shapes.
func over(shapes ...Shape) (*plane, error) {
	var sum r3.Vector
	for _, s := range shapes {
		s.each(func(p s2.Point) { sum = sum.Add(p.Vector) })
	}
	if sum.Norm() == 0 {
		return nil, errWide
	}
	c := sum.Normalize()
	x := c.Ortho()
	pl := &plane{centre: c, x: x, y: c.Cross(x), exact: map[geom.XY]s2.Point{}}
	far := false
	for _, s := range shapes {
		s.each(func(p s2.Point) { far = far || p.Vector.Dot(c) < math.Cos(widest) })
	}
	if far {
		return nil, errWide
	}
	return pl, nil
}

// each calls f for every vertex of a shape.
func (s Shape) each(f func(p s2.Point)) {
	for _, p := range s.Points {
		f(p)
	}
	for _, l := range s.Lines {
		for _, p := range *l {
			f(p)
		}
	}
	for _, poly := range s.Polygons {
		for _, l := range poly {
			for _, p := range l.Vertices() {
				f(p)
			}
		}
	}
}

func (pl *plane) down(p s2.Point) geom.XY {
	d := p.Vector.Dot(pl.centre)
	xy := geom.XY{X: p.Vector.Dot(pl.x) / d, Y: p.Vector.Dot(pl.y) / d}
	pl.exact[xy] = p
	return xy
}

func (pl *plane) up(xy geom.XY) s2.Point {
	if p, ok := pl.exact[xy]; ok {
		return p
	}
	return s2.Point{Vector: pl.centre.Add(pl.x.Mul(xy.X)).Add(pl.y.Mul(xy.Y)).Normalize()}
}

func (pl *plane) sequence(points []s2.Point, closed bool) geom.Sequence {
	var flat []float64
	for _, p := range points {
		xy := pl.down(p)
		flat = append(flat, xy.X, xy.Y)
	}
	if closed {
		flat = append(flat, flat[0], flat[1])
	}
	return geom.NewSequence(flat, geom.DimXY)
}

func (pl *plane) polygon(p Polygon) geom.Polygon {
	rings := make([]geom.LineString, len(p))
	for i, l := range p {
		rings[i] = geom.NewLineString(pl.sequence(l.Vertices(), true))
	}
	return geom.NewPolygon(rings)
}

// geometry is a shape in the plane.
func (pl *plane) geometry(s Shape) geom.Geometry {
	var parts []geom.Geometry
	for _, p := range s.Points {
		parts = append(parts, pl.down(p).AsPoint().AsGeometry())
	}
	for _, l := range s.Lines {
		parts = append(parts, geom.NewLineString(pl.sequence(*l, false)).AsGeometry())
	}
	for _, p := range s.Polygons {
		parts = append(parts, pl.polygon(p).AsGeometry())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return geom.NewGeometryCollection(parts).AsGeometry()
}

// shape brings what was computed back to the sphere.
func (pl *plane) shape(g geom.Geometry) Shape {
	var out Shape
	switch g.Type() {
	case geom.TypePoint:
		if xy, ok := g.MustAsPoint().XY(); ok {
			out.Points = append(out.Points, pl.up(xy))
		}
	case geom.TypeLineString:
		if l := pl.line(g.MustAsLineString().Coordinates(), false); len(l) > 1 {
			line := s2.Polyline(l)
			out.Lines = append(out.Lines, &line)
		}
	case geom.TypePolygon:
		if p := pl.loops(g.MustAsPolygon()); len(p) > 0 {
			out.Polygons = append(out.Polygons, p)
		}
	default:
		for _, part := range g.Dump() {
			s := pl.shape(part)
			out.Points = append(out.Points, s.Points...)
			out.Lines = append(out.Lines, s.Lines...)
			out.Polygons = append(out.Polygons, s.Polygons...)
		}
	}
	return out
}

// line brings vertices back. Those that only lie on the way from one to the
// next and were in no shape before are traces of the computation.
func (pl *plane) line(seq geom.Sequence, closed bool) []s2.Point {
	n := seq.Length()
	if closed {
		n--
	}
	var out []s2.Point
	for i := range n {
		xy := seq.GetXY(i)
		p := pl.up(xy)
		if len(out) > 0 && out[len(out)-1] == p {
			continue
		}
		_, known := pl.exact[xy]
		if inner := closed || i > 0 && i < n-1; inner && !known {
			e := edge{pl.up(seq.GetXY((i + n - 1) % n)), pl.up(seq.GetXY((i + 1) % n))}
			if e.on(p) {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

func (pl *plane) loops(p geom.Polygon) Polygon {
	var out Polygon
	for _, ring := range p.DumpRings() {
		points := pl.line(ring.Coordinates(), true)
		if len(points) < 3 {
			continue
		}
		l := s2.LoopFromPoints(points)
		l.Normalize()
		out = append(out, l)
	}
	return out
}

// simple says whether the rings of a polygon cross neither themselves nor each
// other, and holes lie inside.
func (p Polygon) simple() bool {
	pl, err := over(Shape{Polygons: []Polygon{p}})
	if err != nil {
		// Too wide to look at it in the plane: edge by edge.
		return p.uncrossed()
	}
	return pl.polygon(p).Validate() == nil
}

// maxPairs bounds the comparison of every edge with every other.
const maxPairs = 1 << 24

func (p Polygon) uncrossed() bool {
	var edges []edge
	for _, l := range p {
		for i := range l.NumVertices() {
			edges = append(edges, edge{l.Vertex(i), l.Vertex(i + 1)})
		}
	}
	if len(edges)*len(edges) > maxPairs {
		return false
	}
	for i, e := range edges {
		for _, f := range edges[:i] {
			if s2.CrossingSign(e.a, e.b, f.a, f.b) == s2.Cross {
				return false
			}
		}
	}
	return true
}
