package fn

import (
	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
	"goshawk/internal/geo"
)

// Points and cells.

var (
	_ = geoRow("geo_distance_2points", "Measures the way between two points on Earth, in metres.", func(r *geoReader) float64 {
		x, y, u, v := r.number(), r.number(), r.number(), r.number()
		if r.ok = r.ok && geo.Valid(x, y) && geo.Valid(u, v); r.ok && r.flag() {
			d, ok := geo.SpheroidDistance(x, y, u, v)
			r.ok = ok
			return d
		}
		return geo.Distance(x, y, u, v)
	})
	_ = geoRow("geo_point_in_circle", "Says whether a point lies within some metres of another.", func(r *geoReader) bool {
		x, y, u, v, radius := r.number(), r.number(), r.number(), r.number(), r.number()
		r.ok = r.ok && geo.Valid(x, y) && geo.Valid(u, v) && radius >= 0
		return geo.Distance(x, y, u, v) <= radius
	})
	_ = geoRow("geo_azimuth", "Gives the direction from one point to another, in radians clockwise from north.", func(r *geoReader) float64 {
		a, ok := geo.Azimuth(r.point(), r.point())
		r.ok = r.ok && ok
		return a
	})
	_ = geoRow("geo_angle", "Gives the angle at the second of three points, clockwise in radians.", func(r *geoReader) float64 {
		a, ok := geo.Turn(r.point(), r.point(), r.point())
		r.ok = r.ok && ok
		return a
	})
	_ = geoRow("geo_point_to_geohash", "Gives the geohash of a point; empty when the point is not on Earth.", func(r *geoReader) string {
		lng, lat, n := r.number(), r.number(), r.within(5, 1, geo.MaxGeohash)
		if !r.ok || !geo.Valid(lng, lat) {
			return ""
		}
		return geo.Geohash(lng, lat, int(n))
	})
	_ = geoRow("geo_geohash_to_central_point", "Gives the middle of a geohash as a GeoJSON point.", func(r *geoReader) dynamic.Value {
		b := r.geohash()
		return dynamic.FromBag([]string{"type", "coordinates"}, []dynamic.Value{dynamic.FromString("Point"),
			dynamic.FromArray([]dynamic.Value{dynamic.FromReal((b[0] + b[2]) / 2), dynamic.FromReal((b[1] + b[3]) / 2)})})
	})
	_ = geoRow("geo_geohash_to_polygon", "Gives the area of a geohash as a GeoJSON polygon.", func(r *geoReader) dynamic.Value {
		return geo.BoxJSON(r.geohash())
	})
	_ = geoRow("geo_geohash_neighbors", "Gives the geohashes around a geohash.", func(r *geoReader) dynamic.Value {
		list, ok := geo.GeohashNeighbors(r.value().String())
		r.ok = ok
		return textArray(list)
	})
	_ = geoRow("geo_point_to_s2cell", "Gives the S2 cell of a point; empty when the point is not on Earth.", func(r *geoReader) string {
		p, level := r.point(), r.within(defaultLevel, 0, geo.MaxLevel)
		if !r.ok {
			return ""
		}
		return geo.S2Cell(p, int(level))
	})
	_ = geoRow("geo_s2cell_to_central_point", "Gives the middle of an S2 cell as a GeoJSON point.", func(r *geoReader) dynamic.Value {
		return geo.PointJSON(r.s2cell().Point())
	})
	_ = geoRow("geo_s2cell_to_polygon", "Gives the area of an S2 cell as a GeoJSON polygon.", func(r *geoReader) dynamic.Value {
		id := r.s2cell()
		if !r.ok {
			return dynamic.NullValue
		}
		return geo.Shape{Polygons: []geo.Polygon{geo.S2Polygon(id)}}.JSON()
	})
	_ = geoRow("geo_s2cell_neighbors", "Gives the S2 cells around an S2 cell.", func(r *geoReader) dynamic.Value {
		id := r.s2cell()
		if !r.ok {
			return dynamic.NullValue
		}
		return textArray(geo.S2Neighbors(id))
	})
)

// defaultLevel is the level of S2 cells when none is given.
const defaultLevel = 11

// flag is an optional argument that says yes or no, as a bool or a number.
func (r *geoReader) flag() bool {
	if r.next >= len(r.args) {
		return false
	}
	v := r.value()
	if v.Kind() == dynamic.Bool {
		return v.Bool()
	}
	f, ok := v.Number()
	r.ok = r.ok && ok
	return f != 0
}

func (r *geoReader) geohash() [4]float64 {
	b, ok := geo.GeohashBox(r.value().String())
	r.ok = r.ok && ok
	return b
}

func (r *geoReader) s2cell() s2.CellID {
	id, ok := geo.ParseS2(r.value().String())
	r.ok = r.ok && ok
	return id
}
