package plugin

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// A lookup gives a row for each pair of a point and a shape of the table that
// it is in, or near, in the order of the table.
var _ = plugin(Plugin{
	Name:    "geo_line_lookup",
	Summary: "Looks points up in a table of lines and adds the columns of those nearby.",
	Columns: func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupLineKey", u.truth("return_lookup_key")), nil
	},
	Start: func(r *Run) error { return startShapes(r, "LookupLineKey") },
	Each:  geoLookup,
})

var _ = plugin(Plugin{
	Name:    "geo_polygon_lookup",
	Summary: "Looks points up in a table of polygons and adds the columns of those around or nearby.",
	Columns: func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupPolygonKey", u.truth("return_lookup_key")), nil
	},
	Start: func(r *Run) error { return startShapes(r, "LookupPolygonKey") },
	Each:  geoLookup,
})

// shapes is the table of shapes.
type shapes struct {
	key  *vector.Vector
	show []*vector.Vector
	// distance is the function that measures the way to a shape, and radius how
	// far it may be; without a radius a point must be inside.
	distance  string
	radius    float64
	inside    bool
	unmatched bool
}

func startShapes(r *Run, key string) error {
	u := r.Use
	s := &shapes{key: r.Table.Cols[u.Arg(key).Col], unmatched: u.truth("return_unmatched"), radius: u.number("radius", 0)}
	s.distance = "geo_distance_point_to_line"
	if key == "LookupPolygonKey" {
		s.distance = "geo_distance_point_to_polygon"
		s.inside = u.Arg("radius") == nil
	}
	for _, i := range tableColumns(u, key, u.truth("return_lookup_key")) {
		s.show = append(s.show, r.Table.Cols[i])
	}
	r.State = s
	return nil
}

func geoLookup(r *Run, in *Rows) (*Result, error) {
	s := r.State.(*shapes)
	place := make([]*vector.Vector, 2)
	for i, param := range []string{"SourceLongitude", "SourceLatitude"} {
		var err error
		if place[i], err = convert(r.Env, in.Args[r.Use.Arg(param).Index], types.Real); err != nil {
			return nil, err
		}
	}
	found := make([][]int32, in.N)
	for k := range r.Table.N {
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
		shape := vector.Constant(s.key.Datum(k), in.N)
		near, err := s.near(r, []*vector.Vector{place[0], place[1], shape}, in.N)
		if err != nil {
			return nil, err
		}
		for i := range in.N {
			if near(i) {
				found[i] = append(found[i], int32(k))
			}
		}
	}
	from, row := []int32{}, []int32{}
	for i, list := range found {
		if len(list) == 0 && s.unmatched {
			list = []int32{-1}
		}
		for _, k := range list {
			from, row = append(from, int32(i)), append(row, k)
		}
	}
	out := &Result{N: len(from), From: from}
	for _, v := range s.show {
		out.Made = append(out.Made, gatherOuter(v, row))
	}
	return out, nil
}

// near says of each row whether its point belongs to a shape.
func (s *shapes) near(r *Run, args []*vector.Vector, n int) (func(i int) bool, error) {
	if s.inside {
		v, err := apply(r, "geo_point_in_polygon", types.Bool, args, n)
		return func(i int) bool { return !v.IsNull(i) && v.Bool(i) }, err
	}
	v, err := apply(r, s.distance, types.Real, args, n)
	return func(i int) bool { return !v.IsNull(i) && v.Real(i) <= s.radius }, err
}
