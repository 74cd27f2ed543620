package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/geo"
)

const (
	// defaultResolution is the resolution of H3 cells when none is given.
	defaultResolution = 6
	// maxRing is how far rings may lie, as documented.
	maxRing = 142
	// maxChildren bounds the cells a cell is taken apart to.
	maxChildren = 1 << 20
)

func (r *geoReader) h3cell() geo.H3Cell {
	h, ok := geo.ParseH3(r.value().String())
	r.ok = r.ok && ok
	return h
}

func h3Array(list []geo.H3Cell) dynamic.Value {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.String()
	}
	return textArray(out)
}

// h3Row makes the row of a function of an H3 cell, which is not called for
// what is none.
func h3Row(name, summary string, f func(r *geoReader, h geo.H3Cell) dynamic.Value) *Scalar {
	return geoRow(name, summary, func(r *geoReader) dynamic.Value {
		h := r.h3cell()
		if !r.ok {
			return dynamic.NullValue
		}
		return f(r, h)
	})
}

var (
	_ = geoRow("geo_point_to_h3cell", "Gives the H3 cell of a point; empty when the point is not on Earth.", func(r *geoReader) string {
		p, res := r.point(), r.within(defaultResolution, 0, geo.MaxResolution)
		if !r.ok {
			return ""
		}
		return geo.H3(p, int(res)).String()
	})
	_ = h3Row("geo_h3cell_to_central_point", "Gives the middle of an H3 cell as a GeoJSON point.", func(_ *geoReader, h geo.H3Cell) dynamic.Value {
		return geo.PointJSON(h.Center())
	})
	_ = h3Row("geo_h3cell_to_polygon", "Gives the area of an H3 cell as a GeoJSON polygon.", func(_ *geoReader, h geo.H3Cell) dynamic.Value {
		return geo.Shape{Polygons: []geo.Polygon{h.Boundary()}}.JSON()
	})
	_ = h3Row("geo_h3cell_neighbors", "Gives the H3 cells around an H3 cell.", func(_ *geoReader, h geo.H3Cell) dynamic.Value {
		return h3Array(h.Neighbors())
	})
	_ = h3Row("geo_h3cell_rings", "Gives the H3 cells around an H3 cell, ring by ring.", func(r *geoReader, h geo.H3Cell) dynamic.Value {
		distance := r.within(0, 0, maxRing)
		if !r.ok {
			return dynamic.NullValue
		}
		var out []dynamic.Value
		for _, ring := range h.Rings(int(distance)) {
			out = append(out, h3Array(ring))
		}
		return dynamic.FromArray(out)
	})
	_ = geoRow("geo_h3cell_level", "Gives the resolution of an H3 cell.", func(r *geoReader) int64 { return int64(r.h3cell().Resolution()) })
	_ = geoRow("geo_h3cell_parent", "Gives the coarser H3 cell that an H3 cell is part of.", func(r *geoReader) string {
		h := r.h3cell()
		level := float64(h.Resolution())
		res := r.within(level-1, 0, level)
		if !r.ok || res < 0 {
			return ""
		}
		return h.Parent(int(res)).String()
	})
	_ = h3Row("geo_h3cell_children", "Gives the finer H3 cells that are part of an H3 cell.", func(r *geoReader, h geo.H3Cell) dynamic.Value {
		level := float64(h.Resolution())
		res := r.within(level+1, level, geo.MaxResolution)
		if !r.ok {
			return dynamic.NullValue
		}
		list := h.Children(int(res), maxChildren)
		r.ok = list != nil
		return h3Array(list)
	})
	_ = geoRow("geo_polygon_to_h3cells", "Lists the H3 cells of a polygon.", func(r *geoReader) dynamic.Value {
		list, res, radius := r.polygons(), r.within(defaultResolution, 0, geo.MaxResolution), r.optional(0)
		if r.ok = r.ok && radius >= 0; !r.ok {
			return dynamic.NullValue
		}
		if radius > 0 {
			var wider geo.Shape
			if wider, r.err = geo.Buffer(geo.Shape{Polygons: list}, radius, radius/100); r.err != nil {
				return dynamic.NullValue
			}
			list = wider.Polygons
		}
		cells, ok := geo.CoverH3(list, int(res))
		r.ok = ok
		return h3Array(cells)
	})
)
