package geo

import (
	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
)

// Shape is what GeoJSON describes: any number of points, lines and polygons.
type Shape struct {
	Points []s2.Point
	Lines  []*s2.Polyline
	// Polygons do not overlap. Each has a shell first, then its holes; all
	// loops enclose less than half of the Earth.
	Polygons []Polygon
}

// Polygon is a shell and the holes in it, as loops that enclose less than half
// of the Earth.
type Polygon []*s2.Loop

// maxVertices bounds a shape that is read: finding edges that cross costs more
// than in proportion.
const maxVertices = 1 << 20

// coordinates reads a position.
func coordinates(v dynamic.Value) (s2.Point, bool) {
	if v.Kind() != dynamic.Array || v.Len() < 2 {
		return s2.Point{}, false
	}
	lng, ok1 := v.At(0).Number()
	lat, ok2 := v.At(1).Number()
	p, ok3 := Point(lng, lat)
	return p, ok1 && ok2 && ok3
}

func positions(v dynamic.Value) ([]s2.Point, bool) {
	if v.Kind() != dynamic.Array || v.Len() > maxVertices {
		return nil, false
	}
	out := make([]s2.Point, v.Len())
	for i, it := range v.Items() {
		p, ok := coordinates(it)
		if !ok {
			return nil, false
		}
		out[i] = p
	}
	return out, true
}

// ReadPoint reads a GeoJSON point.
func ReadPoint(v dynamic.Value) (s2.Point, bool) {
	if v.Get("type").String() != "Point" {
		return s2.Point{}, false
	}
	return coordinates(v.Get("coordinates"))
}

// ReadLines reads a GeoJSON line or several.
func ReadLines(v dynamic.Value) ([]*s2.Polyline, bool) {
	at := v.Get("coordinates")
	list := []dynamic.Value{at}
	switch v.Get("type").String() {
	case "LineString":
	case "MultiLineString":
		list = at.Items()
	default:
		return nil, false
	}
	var out []*s2.Polyline
	for _, it := range list {
		points, ok := positions(it)
		if !ok || len(points) < 2 {
			return nil, false
		}
		line := s2.Polyline(points)
		if line.Validate() != nil {
			return nil, false
		}
		out = append(out, &line)
	}
	return out, len(out) > 0
}

// ReadPolygons reads a GeoJSON polygon or several, which become one where they
// overlap. ok is false when the rings are not closed, cross themselves or each
// other, or have the same vertex twice.
func ReadPolygons(v dynamic.Value) ([]Polygon, bool) {
	at := v.Get("coordinates")
	list := []dynamic.Value{at}
	switch v.Get("type").String() {
	case "Polygon":
	case "MultiPolygon":
		list = at.Items()
	default:
		return nil, false
	}
	var out []Polygon
	for _, it := range list {
		p, ok := readPolygon(it)
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	if len(out) > 1 && overlap(out) {
		joined, err := Union(Shape{Polygons: out[:1]}, Shape{Polygons: out[1:2]})
		for _, p := range out[2:] {
			if err == nil {
				joined, err = Union(joined, Shape{Polygons: []Polygon{p}})
			}
		}
		return joined.Polygons, err == nil
	}
	return out, len(out) > 0
}

func readPolygon(v dynamic.Value) (Polygon, bool) {
	var out Polygon
	for _, ring := range v.Items() {
		points, ok := positions(ring)
		if !ok || len(points) < 4 || points[0] != points[len(points)-1] {
			return nil, false
		}
		loop := s2.LoopFromPoints(points[:len(points)-1])
		if loop.Validate() != nil {
			return nil, false
		}
		loop.Normalize()
		out = append(out, loop)
	}
	return out, len(out) > 0 && out.simple()
}

// S2 is the polygon for asking whether it contains or touches something.
func (p Polygon) S2() *s2.Polygon {
	loops := make([]*s2.Loop, len(p))
	for i, l := range p {
		loops[i] = s2.LoopFromPoints(l.Vertices())
	}
	return s2.PolygonFromLoops(loops)
}

func overlap(list []Polygon) bool {
	asked := make([]*s2.Polygon, len(list))
	for i, p := range list {
		asked[i] = p.S2()
		for _, q := range asked[:i] {
			if asked[i].Intersects(q) {
				return true
			}
		}
	}
	return false
}

// Writing.

func position(p s2.Point) dynamic.Value {
	lng, lat := LngLat(p)
	return dynamic.FromArray([]dynamic.Value{dynamic.FromReal(lng), dynamic.FromReal(lat)})
}

func written(kind string, at dynamic.Value) dynamic.Value {
	return dynamic.FromBag([]string{"type", "coordinates"}, []dynamic.Value{dynamic.FromString(kind), at})
}

func array(n int, at func(i int) dynamic.Value) dynamic.Value {
	out := make([]dynamic.Value, n)
	for i := range out {
		out[i] = at(i)
	}
	return dynamic.FromArray(out)
}

// PointJSON is a point as GeoJSON.
func PointJSON(p s2.Point) dynamic.Value { return written("Point", position(p)) }

func lineAt(l *s2.Polyline) dynamic.Value {
	return array(len(*l), func(i int) dynamic.Value { return position((*l)[i]) })
}

// polygonAt writes shells counter-clockwise and holes clockwise.
func polygonAt(p Polygon) dynamic.Value {
	return array(len(p), func(k int) dynamic.Value {
		n := p[k].NumVertices()
		return array(n+1, func(i int) dynamic.Value {
			if k > 0 {
				i = n - i
			}
			return position(p[k].Vertex(i % n))
		})
	})
}

// JSON is a shape as GeoJSON: one geometry by itself, several of one kind
// together, of more kinds as a collection.
func (s Shape) JSON() dynamic.Value {
	var parts []dynamic.Value
	switch len(s.Points) {
	case 0:
	case 1:
		parts = append(parts, PointJSON(s.Points[0]))
	default:
		parts = append(parts, written("MultiPoint", array(len(s.Points), func(i int) dynamic.Value { return position(s.Points[i]) })))
	}
	switch len(s.Lines) {
	case 0:
	case 1:
		parts = append(parts, written("LineString", lineAt(s.Lines[0])))
	default:
		parts = append(parts, written("MultiLineString", array(len(s.Lines), func(i int) dynamic.Value { return lineAt(s.Lines[i]) })))
	}
	switch len(s.Polygons) {
	case 0:
	case 1:
		parts = append(parts, written("Polygon", polygonAt(s.Polygons[0])))
	default:
		parts = append(parts, written("MultiPolygon", array(len(s.Polygons), func(i int) dynamic.Value { return polygonAt(s.Polygons[i]) })))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return dynamic.FromBag([]string{"type", "geometries"}, []dynamic.Value{dynamic.FromString("GeometryCollection"), dynamic.FromArray(parts)})
}
