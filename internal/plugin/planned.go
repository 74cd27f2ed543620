package plugin

// later is why a plugin that needs no service is refused all the same.
const later = "it is not built yet"

var (
	_ = refused("geo_line_lookup", "Looks points up near lines.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupLineKey", u.truth("return_lookup_key")), nil
	}, false)
	_ = refused("geo_polygon_lookup", "Looks points up in polygons.", later, func(u *Use) ([]Column, error) {
		return lookupColumns(u, "LookupPolygonKey", u.truth("return_lookup_key")), nil
	}, false)
)
