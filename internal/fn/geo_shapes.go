package fn

import (
	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
	"goshawk/internal/geo"
)

// Lines and polygons.

// defaultTolerance is how far a changed shape may leave the exact one when
// nothing is said, in metres.
const defaultTolerance = 10

var (
	_ = geoRow("geo_line_length", "Measures a line, in metres.", func(r *geoReader) float64 { return geo.Length(r.lines()) })
	_ = geoRow("geo_line_centroid", "Gives the middle of a line as a GeoJSON point.", func(r *geoReader) dynamic.Value {
		return geo.PointJSON(geo.LineCentroid(r.lines()))
	})
	_ = geoRow("geo_line_interpolate_point", "Gives the point at a share of a line.", func(r *geoReader) dynamic.Value {
		l, share := r.line(), r.number()
		if r.ok = r.ok && share >= 0 && share <= 1; !r.ok {
			return dynamic.NullValue
		}
		return geo.PointJSON(geo.Along(l, share))
	})
	_ = geoRow("geo_line_locate_point", "Gives the share of a line at which the point nearest to another lies.", func(r *geoReader) float64 {
		l, p := r.line(), r.point()
		if !r.ok {
			return 0
		}
		if r.flag() {
			r.err = Errorf("geo_line_locate_point() on a spheroid is not supported")
			return 0
		}
		return geo.Locate(l, p)
	})
	_ = geoRow("geo_distance_point_to_line", "Measures the way from a point to a line, in metres.", func(r *geoReader) float64 {
		d, _ := geo.DistanceToLines(r.point(), r.lines())
		return d
	})
	_ = geoRow("geo_closest_point_on_line", "Gives the point of a line that is nearest to another.", func(r *geoReader) dynamic.Value {
		_, q := geo.DistanceToLines(r.point(), r.lines())
		return geo.PointJSON(q)
	})
	_ = geoNear("geo_line_simplify", "Leaves vertices out of a line.", "other vertices can remain than Kusto keeps, within the tolerance",
		func(r *geoReader) dynamic.Value {
			lines, tolerance := r.lines(), r.optional(defaultTolerance)
			r.ok = r.ok && tolerance > 0
			var s geo.Shape
			for _, l := range lines {
				short := geo.SimplifyLine(l, tolerance)
				r.ok = r.ok && short != nil
				s.Lines = append(s.Lines, short)
			}
			if !r.ok {
				return dynamic.NullValue
			}
			return s.JSON()
		})
	_ = geoNear("geo_line_densify", "Puts vertices on the straight lines of a map, so that great circles follow them.", crossingReason,
		func(r *geoReader) dynamic.Value {
			lines, tolerance := r.lines(), r.within(defaultTolerance, 0.1, 10000)
			var s geo.Shape
			if r.keepCrossings(); !r.ok {
				return dynamic.NullValue
			}
			for _, l := range lines {
				dense := s2.Polyline(geo.Densify(*l, tolerance))
				s.Lines = append(s.Lines, &dense)
			}
			return s.JSON()
		})
	_ = geoRow("geo_line_to_s2cells", "Lists the S2 cells that cover a line.", func(r *geoReader) dynamic.Value {
		return r.cover(geo.Shape{Lines: r.lines()})
	})

	_ = geoRow("geo_polygon_area", "Measures the area of a polygon, in square metres.", func(r *geoReader) float64 { return geo.Area(r.polygons()) })
	_ = geoRow("geo_polygon_perimeter", "Measures the outline of a polygon, in metres.", func(r *geoReader) float64 { return geo.Perimeter(r.polygons()) })
	_ = geoRow("geo_polygon_centroid", "Gives the middle of a polygon as a GeoJSON point.", func(r *geoReader) dynamic.Value {
		return geo.PointJSON(geo.PolygonCentroid(r.polygons()))
	})
	_ = geoRow("geo_point_in_polygon", "Says whether a point lies in a polygon.", func(r *geoReader) bool {
		p, list := r.point(), r.polygons()
		return r.ok && geo.Contains(list, p)
	})
	_ = geoRow("geo_distance_point_to_polygon", "Measures the way from a point to a polygon, in metres.", func(r *geoReader) float64 {
		p, list := r.point(), r.polygons()
		if !r.ok {
			return 0
		}
		d, _ := geo.DistanceToPolygons(p, list)
		return d
	})
	_ = geoRow("geo_closest_point_on_polygon", "Gives the point of a polygon that is nearest to another.", func(r *geoReader) dynamic.Value {
		p, list := r.point(), r.polygons()
		if !r.ok {
			return dynamic.NullValue
		}
		_, q := geo.DistanceToPolygons(p, list)
		return geo.PointJSON(q)
	})
	_ = geoNear("geo_polygon_simplify", "Leaves vertices out of a polygon.", "other vertices can remain than Kusto keeps, within the tolerance",
		func(r *geoReader) dynamic.Value {
			list, tolerance := r.polygons(), r.optional(defaultTolerance)
			r.ok = r.ok && tolerance > 0
			s := r.simplified(list, tolerance)
			if !r.ok {
				return dynamic.NullValue
			}
			return s.JSON()
		})
	_ = geoNear("geo_polygon_densify", "Puts vertices on the straight lines of a map, so that great circles follow them.", crossingReason,
		func(r *geoReader) dynamic.Value {
			list, tolerance := r.polygons(), r.within(defaultTolerance, 0.1, 10000)
			var s geo.Shape
			if r.keepCrossings(); !r.ok {
				return dynamic.NullValue
			}
			for _, p := range list {
				s.Polygons = append(s.Polygons, geo.DensifyPolygon(p, tolerance))
			}
			return s.JSON()
		})
	_ = geoRow("geo_polygon_to_s2cells", "Lists the S2 cells that cover a polygon.", func(r *geoReader) dynamic.Value {
		return r.cover(geo.Shape{Polygons: r.polygons()})
	})
)

const crossingReason = "preserve_crossing is not supported"

// keepCrossings refuses the flag preserve_crossing.
func (r *geoReader) keepCrossings() {
	if r.ok && r.flag() {
		r.err = Errorf("preserve_crossing is not supported")
	}
}

// cover reads level and radius behind a shape and lists its cells.
func (r *geoReader) cover(s geo.Shape) dynamic.Value {
	level, radius := r.within(defaultLevel, 0, geo.MaxLevel), r.optional(0)
	if r.ok = r.ok && radius >= 0; !r.ok {
		return dynamic.NullValue
	}
	if radius > 0 {
		if s, r.err = geo.Buffer(s, radius, radius/100); r.err != nil {
			return dynamic.NullValue
		}
	}
	list, ok := geo.Cover(s, int(level))
	r.ok = ok
	return textArray(list)
}

// simplified simplifies polygons; what vanishes is left out.
func (r *geoReader) simplified(list []geo.Polygon, tolerance float64) geo.Shape {
	var s geo.Shape
	if !r.ok {
		return s
	}
	for _, p := range list {
		if short, ok := geo.SimplifyPolygon(p, tolerance); ok {
			s.Polygons = append(s.Polygons, short)
		}
	}
	r.ok = len(s.Polygons) > 0
	return s
}

// geo_from_wkt reads a text, or each of an array.
var _ = geoRow("geo_from_wkt", "Reads a shape as well-known text.", func(r *geoReader) dynamic.Value {
	v := r.value()
	if v.Kind() != dynamic.Array {
		shape, ok := geo.ParseWKT(v.String())
		r.ok = ok
		return shape
	}
	out := make([]dynamic.Value, v.Len())
	for i, it := range v.Items() {
		out[i], _ = geo.ParseWKT(it.String())
	}
	return dynamic.FromArray(out)
})
