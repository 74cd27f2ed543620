package kqltest

import (
	"slices"
	"strconv"
	"strings"

	"goshawk/internal/fn"
	"goshawk/internal/types"
)

var (
	scalarTypes = []types.Type{types.String, types.Long, types.Int, types.Real, types.Bool, types.Datetime, types.Timespan, types.Decimal, types.Guid}
	anyTypes    = append(append([]types.Type(nil), scalarTypes...), types.Dynamic)
	numberTypes = []types.Type{types.Long, types.Int, types.Real, types.Decimal}
)

// words are texts that the queries search and compare with.
var words = []string{"a", "b", "admin", "x y", "user@example.org", "10.0.0.1", "error", "ü", "1", "2024-05-17"}

// literal writes a value of a type.
func (g *Generator) literal(t types.Type) string {
	switch t {
	case types.Bool:
		return pick(g, []string{"true", "false"})
	case types.Int:
		return "int(" + strconv.Itoa(g.n(200)-100) + ")"
	case types.Long:
		return strconv.Itoa(g.n(100))
	case types.Real:
		return pick(g, []string{"0.5", "1.0", "2.25", "1e3", "real(-1.5)"})
	case types.Decimal:
		return "decimal(" + pick(g, []string{"1.5", "0.1", "-2"}) + ")"
	case types.Datetime:
		return "datetime(2024-0" + strconv.Itoa(1+g.n(9)) + "-1" + strconv.Itoa(g.n(9)) + ")"
	case types.Timespan:
		return pick(g, []string{"1h", "1d", "5m", "30s", "timespan(1.02:03:04)", "time(2h)"})
	case types.Guid:
		return "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"
	case types.Dynamic:
		return pick(g, []string{"todynamic('[1,2,3]')", `todynamic('{"a":1,"b":[2]}')`, "dynamic(null)", `todynamic("x")`})
	}
	return `"` + pick(g, words) + `"`
}

// expr writes an expression of a type, nested at most depth deep.
func (g *Generator) expr(r *row, t types.Type, depth int) string {
	if g.wrong() {
		t = pick(g, anyTypes)
	}
	if depth > 0 && !g.chance(3) {
		if x := g.compound(r, t, depth); x != "" {
			return x
		}
	}
	if cs := r.of(t); len(cs) > 0 && !g.chance(3) {
		return pick(g, cs)
	}
	return g.literal(t)
}

func (g *Generator) compound(r *row, t types.Type, depth int) string {
	in := func(t types.Type) string { return g.expr(r, t, depth-1) }
	if !g.chance(3) {
		if x := g.call(r, t, depth); x != "" {
			return x
		}
	}
	switch t {
	case types.Bool:
		return g.condition(r, depth)
	case types.Long, types.Int, types.Real, types.Decimal:
		return "(" + in(t) + pick(g, []string{" + ", " - ", " * ", " / ", " % "}) + in(t) + ")"
	case types.Datetime:
		return "(" + in(t) + pick(g, []string{" + ", " - "}) + in(types.Timespan) + ")"
	case types.Timespan:
		return pick(g, []string{"(" + in(types.Datetime) + " - " + in(types.Datetime) + ")", "(" + in(t) + " * 2)", "-" + g.literal(t)})
	case types.Dynamic:
		if cs := r.of(t); len(cs) > 0 {
			c := pick(g, cs)
			return pick(g, []string{c + ".a", c + "[0]", c + "['b c']", c + ".a.b", c + "[-1]"})
		}
	}
	return ""
}

// condition writes a comparison or a combination of some.
func (g *Generator) condition(r *row, depth int) string {
	in := func(t types.Type) string { return g.expr(r, t, depth-1) }
	switch g.n(8) {
	case 0:
		return "(" + in(types.Bool) + pick(g, []string{" and ", " or "}) + in(types.Bool) + ")"
	case 1:
		op := pick(g, []string{"has", "!has", "contains", "!contains", "startswith", "endswith", "has_cs", "contains_cs", "=~", "!~", "hasprefix",
			"!hasprefix", "hassuffix", "matches regex", "!startswith", "!endswith", "startswith_cs", "endswith_cs", "hasprefix_cs", "hassuffix_cs"})
		return in(types.String) + " " + op + " " + in(types.String)
	case 2:
		t := pick(g, scalarTypes)
		return in(t) + pick(g, []string{" in (", " !in ("}) + in(t) + ", " + g.literal(t) + ")"
	case 3:
		return in(types.String) + pick(g, []string{" in~ (", " !in~ (", " has_any (", " has_all ("}) + g.literal(types.String) + ", " + in(types.String) + ")"
	case 4:
		t := pick(g, []types.Type{types.Long, types.Real, types.Datetime, types.Timespan})
		return in(t) + pick(g, []string{" between (", " !between ("}) + in(t) + " .. " + in(t) + ")"
	case 5:
		t := pick(g, []types.Type{types.Long, types.Real, types.Datetime, types.Timespan, types.String})
		return in(t) + pick(g, []string{" < ", " <= ", " > ", " >= "}) + in(t)
	case 6:
		a, b := pick(g, numberTypes), pick(g, numberTypes)
		return in(a) + pick(g, []string{" == ", " != ", " < "}) + in(b)
	}
	t := pick(g, scalarTypes)
	return in(t) + pick(g, []string{" == ", " != "}) + in(t)
}

// call writes a call of a function that gives the type, "" when chance finds
// none.
func (g *Generator) call(r *row, t types.Type, depth int) string {
	for range 30 {
		e := &fn.Functions[g.n(len(fn.Functions))]
		if e.Hidden || len(e.Sigs) == 0 || g.left(e) {
			continue
		}
		sig := &e.Sigs[g.n(len(e.Sigs))]
		if !returns(sig, t) || sig.Hidden {
			continue
		}
		if args, ok := g.arguments(r, sig, t, depth-1); ok {
			g.note("f:" + e.Name)
			return e.Name + "(" + args + ")"
		}
	}
	return ""
}

// aside are functions that depend on the service, on chance or on rows in an
// order, or whose result is no value.
var aside = map[string]bool{
	"row_number": true, "row_cumsum": true, "row_rank_dense": true, "row_rank_min": true, "row_window_session": true, "prev": true, "next": true,
	"toscalar": true, "materialize": true, "table": true, "column_ifexists": true, "columnifexists": true, "external_table": true,
	"bin_auto": true, "cursor_after": true, "cursor_before_or_at": true, "cursor_current": true, "ingestion_time": true, "pack_all": true,
	"bag_pack_columns": true, "extent_id": true, "extent_tags": true, "stored_query_result": true, "cluster": true, "database": true, "now": true,
	"any": true, "all": true, "map": true, "inner_nodes": true, "node_degree_in": true, "node_degree_out": true, "node_id": true, "labels": true,
	"ago": true, "rand": true, "new_guid": true, "column_names_of": true, "has_any_index": true,
}

// left says whether a function is left out.
func (g *Generator) left(e *fn.Entry) bool {
	if aside[e.Name] || strings.HasPrefix(e.Name, "current_") || strings.HasPrefix(e.Name, "__") {
		return true
	}
	if !g.Plain {
		return false
	}
	row := fn.ScalarNamed(e.Name)
	return row == nil || row.Status == fn.Planned || row.Impure
}

// returns says whether a signature may give the type.
func returns(s *fn.Sig, t types.Type) bool {
	switch s.Returns {
	case t.String():
		return true
	case "Parameter0", "Common", "CommonNonDynamic":
		return t != types.Dynamic && len(s.Params) > 0 && (len(s.Params[0].Types) == 0 || s.Params[0].Types[0] == t || s.Returns != "Parameter0")
	case "Widest":
		return t == types.Long || t == types.Real || t == types.Decimal
	case "Parameter0Promoted":
		return t == types.Long || t == types.Real
	case "Parameter0Array":
		return t == types.Dynamic
	}
	return false
}

// arguments writes the arguments of a signature; ok is false when one cannot
// be written.
func (g *Generator) arguments(r *row, s *fn.Sig, t types.Type, depth int) (text string, ok bool) {
	var out []string
	for i := range s.Params {
		p := &s.Params[i]
		times := p.Min
		if p.Max > p.Min && g.chance(2) {
			times++
		}
		for range times {
			if (p.Arg == "StarOnly" || p.Arg == "StarAllowed") && slices.Contains(out, "*") {
				continue
			}
			a, ok := g.argument(r, p, t, depth)
			if !ok {
				return "", false
			}
			out = append(out, a)
		}
		if times == 0 && p.Max > 0 {
			break // what stands behind an optional parameter needs it
		}
	}
	if g.wrong() && g.chance(2) {
		out = append(out, g.literal(pick(g, anyTypes)))
	}
	return strings.Join(out, ", "), true
}

func (g *Generator) argument(r *row, p *fn.Param, t types.Type, depth int) (string, bool) {
	if len(p.Values) > 0 && !g.wrong() {
		return `"` + pick(g, p.Values) + `"`, true
	}
	want := t
	switch {
	case len(p.Types) > 0:
		want = pick(g, p.Types)
	default:
		switch p.Kind {
		case "Number", "Summable", "NumberOrBool", "NotRealOrBool":
			want = pick(g, numberTypes)
			if p.Kind == "NotRealOrBool" {
				want = types.Long
			}
		case "Integer", "IntegerOrArray":
			want = pick(g, []types.Type{types.Long, types.Int})
		case "DynamicArray", "DynamicBag":
			want = types.Dynamic
		case "StringOrDynamic", "StringOrArray":
			want = types.String
		case "Orderable", "NotDynamic":
			want = pick(g, scalarTypes)
		case "NotBool":
			want = pick(g, []types.Type{types.Long, types.String, types.Datetime})
		case "Scalar":
			want = pick(g, anyTypes)
		case "CommonScalar", "CommonOrderable", "CommonScalarOrDynamic", "Parameter0", "Parameter1":
			if want == types.Dynamic || want == types.Unknown {
				want = types.String
			}
		case "Tabular", "Any":
			return "", false
		}
	}
	switch p.Arg {
	case "Literal", "LiteralNotEmpty", "Constant":
		if g.wrong() {
			break
		}
		return g.literal(want), true
	case "Column":
		if cs := r.of(want); len(cs) > 0 {
			return pick(g, cs), true
		}
		return "", false
	case "StarOnly", "StarAllowed":
		return "*", true
	case "Aggregate":
		return "", false
	}
	if want == types.Dynamic {
		if cs := r.of(want); len(cs) > 0 {
			return pick(g, cs), true
		}
		return g.literal(want), true
	}
	return g.expr(r, want, depth), true
}

// aggregate writes a call of an aggregate.
func (g *Generator) aggregate(r *row) string {
	for range 30 {
		e := &fn.Aggregates[g.n(len(fn.Aggregates))]
		if e.Hidden || len(e.Sigs) == 0 || e.Name == "passthrough" || e.Name == "cnt" {
			continue
		}
		if row := fn.AggregateNamed(e.Name); g.Plain && (row == nil || row.Status == fn.Planned) {
			continue
		}
		sig := &e.Sigs[g.n(len(e.Sigs))]
		if args, ok := g.arguments(&row{cols: r.cols, lets: r.lets, inAggregate: true}, sig, types.Long, 1); ok && !sig.Hidden {
			g.note("a:" + e.Name)
			return e.Name + "(" + args + ")"
		}
	}
	return "count()"
}
