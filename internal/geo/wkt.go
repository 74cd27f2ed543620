package geo

import (
	"github.com/peterstace/simplefeatures/geom"

	"goshawk/internal/dynamic"
)

// ParseWKT reads well-known text as GeoJSON; ok is false when it is none. An
// SRID before it is passed over by the caller.
func ParseWKT(text string) (v dynamic.Value, ok bool) {
	g, err := geom.UnmarshalWKT(text, geom.NoValidate{})
	if err != nil {
		return dynamic.NullValue, false
	}
	return geometryJSON(g), true
}

var kinds = map[geom.GeometryType]string{
	geom.TypePoint: "Point", geom.TypeLineString: "LineString", geom.TypePolygon: "Polygon",
	geom.TypeMultiPoint: "MultiPoint", geom.TypeMultiLineString: "MultiLineString", geom.TypeMultiPolygon: "MultiPolygon",
}

func geometryJSON(g geom.Geometry) dynamic.Value {
	if g.IsGeometryCollection() {
		c := g.MustAsGeometryCollection()
		parts := array(c.NumGeometries(), func(i int) dynamic.Value { return geometryJSON(c.GeometryN(i)) })
		return dynamic.FromBag([]string{"type", "geometries"}, []dynamic.Value{dynamic.FromString("GeometryCollection"), parts})
	}
	var at dynamic.Value
	switch g.Type() {
	case geom.TypePoint:
		at = pointAt(g.MustAsPoint())
	case geom.TypeLineString:
		at = sequenceAt(g.MustAsLineString().Coordinates())
	case geom.TypePolygon:
		at = ringsAt(g.MustAsPolygon())
	case geom.TypeMultiPoint:
		m := g.MustAsMultiPoint()
		at = array(m.NumPoints(), func(i int) dynamic.Value { return pointAt(m.PointN(i)) })
	case geom.TypeMultiLineString:
		m := g.MustAsMultiLineString()
		at = array(m.NumLineStrings(), func(i int) dynamic.Value { return sequenceAt(m.LineStringN(i).Coordinates()) })
	case geom.TypeMultiPolygon:
		m := g.MustAsMultiPolygon()
		at = array(m.NumPolygons(), func(i int) dynamic.Value { return ringsAt(m.PolygonN(i)) })
	}
	return written(kinds[g.Type()], at)
}

func pair(x, y float64) dynamic.Value {
	return dynamic.FromArray([]dynamic.Value{dynamic.FromReal(x), dynamic.FromReal(y)})
}

func pointAt(p geom.Point) dynamic.Value {
	xy, ok := p.XY()
	if !ok {
		return dynamic.FromArray([]dynamic.Value{})
	}
	return pair(xy.X, xy.Y)
}

func sequenceAt(s geom.Sequence) dynamic.Value {
	return array(s.Length(), func(i int) dynamic.Value { return pair(s.GetXY(i).X, s.GetXY(i).Y) })
}

func ringsAt(p geom.Polygon) dynamic.Value {
	rings := p.DumpRings()
	return array(len(rings), func(i int) dynamic.Value { return sequenceAt(rings[i].Coordinates()) })
}
