package plugin

import (
	"strconv"

	"goshawk/internal/types"
)

// later is why a plugin that needs no service is refused all the same.
const later = "it is not built yet"

var (
	_ = refused("dcount_intersect", "Counts in intersections of hll values.", later, func(u *Use) ([]Column, error) {
		out := u.passed()
		for i := range u.All("hll") {
			out = append(out, Made("s"+strconv.Itoa(i), types.Long))
		}
		return out, nil
	}, false)
	_ = refused("funnel_sequence", "Counts what comes before and after a sequence.", later,
		timelineColumns(Made("prev", types.String), Made("next", types.String), Made("dcount", types.Long), Made("samples", types.Dynamic)), false)
	_ = refused("funnel_sequence_completion", "Counts completed sequences.", later, func(u *Use) ([]Column, error) {
		var out []Column
		for _, p := range []string{"TimelineColumn", "StateColumn"} {
			if a := u.Arg(p); a != nil {
				out = append(out, columnOf(a))
			}
		}
		return append(out, Made("Period", types.Timespan), Made("dcount", types.Long)), nil
	}, false)
	_ = refused("geo_line_lookup", "Looks points up near lines.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupLineKey", u.truth("return_lookup_key")), nil
	}, false)
	_ = refused("geo_polygon_lookup", "Looks points up in polygons.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupPolygonKey", u.truth("return_lookup_key")), nil
	}, false)
	_ = refused("preview", "Gives some rows and the number of all.", later, none, false)
)
