package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

const geoInfo = "geo_info_from_ip_address"

// geoInfoCall binds geo_info_from_ip_address(), which is refused without a
// database: nulls for every address would look like an answer.
func geoInfoCall(b *binder, s *scope, c *ast.Call) plan.Expr {
	if b.o.Geo == nil && !b.o.CheckOnly {
		b.report(source.Diagnostic{
			Severity: source.Error, Code: codeNoGeo, Span: c.Span(), Refusal: true,
			Message: geoInfo + "() needs a database of places, and none is given",
			Hint:    "give one in MaxMind's format, such as GeoLite2-City, with --geoip FILE.mmdb",
		})
		return badExpr
	}
	return b.builtin(s, c, fn.Find(fn.Functions, geoInfo))
}
