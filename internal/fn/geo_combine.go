package fn

import (
	"math"

	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
	"goshawk/internal/geo"
)

// Shapes made of several.

const (
	wideReason   = "shapes that reach over more than a third of the way round the Earth are refused"
	bufferReason = "the outline has other vertices than Kusto's, within the tolerance; " + wideReason
)

var (
	_ = geoRow("geo_intersects_2lines", "Says whether two lines share a point.", func(r *geoReader) bool {
		a, b := r.lines(), r.lines()
		return r.ok && geo.LinesMeet(a, b)
	})
	_ = geoRow("geo_intersects_2polygons", "Says whether two polygons share a point.", func(r *geoReader) bool {
		a, b := r.polygons(), r.polygons()
		return r.ok && geo.PolygonsMeet(a, b)
	})
	_ = geoRow("geo_intersects_line_with_polygon", "Says whether a line shares a point with a polygon.", func(r *geoReader) bool {
		a, b := r.lines(), r.polygons()
		return r.ok && geo.LineMeetsPolygon(a, b)
	})
	_ = geoNear("geo_intersection_2lines", "Gives what two lines share.", wideReason, func(r *geoReader) dynamic.Value {
		return r.shared(geo.Shape{Lines: r.lines()}, geo.Shape{Lines: r.lines()})
	})
	_ = geoNear("geo_intersection_2polygons", "Gives what two polygons share.", wideReason, func(r *geoReader) dynamic.Value {
		return r.shared(geo.Shape{Polygons: r.polygons()}, geo.Shape{Polygons: r.polygons()})
	})
	_ = geoNear("geo_intersection_line_with_polygon", "Gives the part of a line that lies in a polygon.", wideReason, func(r *geoReader) dynamic.Value {
		return r.shared(geo.Shape{Lines: r.lines()}, geo.Shape{Polygons: r.polygons()})
	})
	_ = geoNear("geo_union_lines_array", "Joins the lines of an array.", wideReason, func(r *geoReader) dynamic.Value {
		list := shapeOf(r, everyOf(geo.ReadLines))
		if !r.ok {
			return dynamic.NullValue
		}
		return r.shape(joinLines(list))
	})
	_ = geoNear("geo_union_polygons_array", "Joins the polygons of an array.", wideReason, func(r *geoReader) dynamic.Value {
		list := shapeOf(r, everyOf(geo.ReadPolygons))
		if !r.ok {
			return dynamic.NullValue
		}
		return r.shape(joinPolygons(list))
	})
	_ = geoNear("geo_simplify_polygons_array", "Leaves vertices out of the polygons of an array.",
		"polygons are simplified one by one, so that common borders can come apart within the tolerance",
		func(r *geoReader) dynamic.Value {
			list, tolerance := shapeOf(r, everyOf(geo.ReadPolygons)), r.optional(defaultTolerance)
			r.ok = r.ok && tolerance > 0
			var all []geo.Polygon
			for _, polys := range list {
				all = append(all, polys...)
			}
			s := r.simplified(all, tolerance)
			if !r.ok {
				return dynamic.NullValue
			}
			return s.JSON()
		})
	_ = geoRow("geo_point_buffer", "Gives all that lies within some metres of a point as a polygon.", func(r *geoReader) dynamic.Value {
		p, radius := r.point(), r.number()
		tolerance := r.tolerance(radius)
		if !r.ok {
			return dynamic.NullValue
		}
		return geo.Shape{Polygons: []geo.Polygon{geo.Circle(p, radius, tolerance)}}.JSON()
	})
	_ = geoNear("geo_line_buffer", "Gives all that lies within some metres of a line as a polygon.", bufferReason, func(r *geoReader) dynamic.Value {
		return r.buffer(geo.Shape{Lines: r.lines()})
	})
	_ = geoNear("geo_polygon_buffer", "Gives all that lies within some metres of a polygon as a polygon.", bufferReason, func(r *geoReader) dynamic.Value {
		return r.buffer(geo.Shape{Polygons: r.polygons()})
	})
)

func (r *geoReader) shared(a, b geo.Shape) dynamic.Value {
	if !r.ok {
		return dynamic.NullValue
	}
	return r.shape(geo.Intersection(a, b))
}

// maxBuffer is a quarter of the way round the Earth: what is wider encloses
// more than half of it.
const maxBuffer = geo.Radius * math.Pi / 2

// tolerance reads how far the outline of a buffer may leave the exact one.
func (r *geoReader) tolerance(radius float64) float64 {
	t := r.optional(defaultTolerance)
	r.ok = r.ok && radius > 0 && radius < maxBuffer && t > 0
	return t
}

func (r *geoReader) buffer(s geo.Shape) dynamic.Value {
	radius := r.number()
	tolerance := r.tolerance(radius)
	if !r.ok {
		return dynamic.NullValue
	}
	return r.shape(geo.Buffer(s, radius, tolerance))
}

// everyOf reads every shape of an array; one that is wrong makes all wrong.
func everyOf[T any](read func(v dynamic.Value) ([]T, bool)) func(v dynamic.Value) ([][]T, bool) {
	return func(v dynamic.Value) ([][]T, bool) {
		var out [][]T
		for _, it := range v.Items() {
			shapes, ok := read(it)
			if !ok {
				return nil, false
			}
			out = append(out, shapes)
		}
		return out, v.Kind() == dynamic.Array && len(out) > 0
	}
}

func joinLines(list [][]*s2.Polyline) (sum geo.Shape, err error) {
	sum.Lines = list[0]
	if len(list) == 1 {
		return sum, nil
	}
	for _, lines := range list[1:] {
		if sum, err = geo.Union(sum, geo.Shape{Lines: lines}); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func joinPolygons(list [][]geo.Polygon) (geo.Shape, error) {
	var all []geo.Polygon
	for _, polys := range list {
		all = append(all, polys...)
	}
	return geo.UnionAll(all)
}
