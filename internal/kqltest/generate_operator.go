package kqltest

import (
	"strconv"
	"strings"

	"goshawk/internal/types"
)

// step writes one operator; "" when the row has nothing for it.
type step struct {
	name  string
	write func(g *Generator, r *row) string
}

// steps are the operators of pipes. Those written more often stand in
// several rows.
var steps []step

func init() {
	steps = []step{
		{"where", whereStep}, {"where", whereStep}, {"extend", extendStep}, {"extend", extendStep}, {"extend", extendStep},
		{"project", projectStep}, {"project", projectStep}, {"summarize", summarizeStep}, {"summarize", summarizeStep},
		{"project-away", func(g *Generator, r *row) string {
			return "project-away " + g.list(1, 2, func() string { return g.some(r) })
		}},
		{"project-keep", func(g *Generator, r *row) string {
			return "project-keep " + g.list(1, 3, func() string { return g.some(r) })
		}},
		{"project-rename", func(g *Generator, r *row) string { return "project-rename " + g.fresh() + " = " + g.name(r) }},
		{"project-reorder", func(g *Generator, r *row) string {
			return "project-reorder " + g.name(r) + pick(g, []string{"", " asc", " desc", " granny-asc"})
		}},
		{"distinct", func(g *Generator, r *row) string {
			return "distinct " + g.list(1, 3, func() string { return g.ordered(r) })
		}},
		{"count", func(g *Generator, r *row) string { return "count" }},
		{"take", func(g *Generator, r *row) string {
			return pick(g, []string{"take ", "limit "}) + g.expr(&row{}, types.Long, 1)
		}},
		{"sort", sortStep}, {"top", topStep}, {"join", joinStep}, {"lookup", lookupStep}, {"union", unionStep},
		{"mv-expand", mvExpandStep}, {"mv-apply", mvApplyStep}, {"parse", parseStep}, {"parse-kv", parseKvStep},
		{"make-series", makeSeriesStep}, {"top-nested", topNestedStep}, {"serialize", serializeStep}, {"evaluate", evaluateStep},
		{"top-hitters", func(g *Generator, r *row) string { return "top-hitters 3 of " + g.ordered(r) }},
		{"sample", func(g *Generator, r *row) string { return "sample " + strconv.Itoa(1+g.n(5)) }},
		{"sample-distinct", func(g *Generator, r *row) string { return "sample-distinct 2 of " + g.ordered(r) }},
		{"getschema", func(g *Generator, r *row) string { return "getschema" }},
		{"as", func(g *Generator, r *row) string { return "as " + g.fresh() }},
		{"render", func(g *Generator, r *row) string { return "render " + pick(g, charts) }},
		{"search", func(g *Generator, r *row) string {
			if r.cols[0].Name == "$table" {
				return ""
			}
			return `search "` + pick(g, words) + `"`
		}},
		{"reduce", func(g *Generator, r *row) string { return "reduce by " + g.expr(r, types.String, 1) }},
		{"scan", scanStep}, {"partition", partitionStep}, {"invoke", invokeStep},
	}
}

var charts = []string{"table", "timechart", "barchart", "piechart", "columnchart with (title=\"x\")"}

func (g *Generator) operator(r *row) string {
	s := pick(g, steps)
	text := s.write(g, r)
	if text != "" {
		g.note("o:" + s.name)
	}
	return text
}

// some is a name, or a pattern of names.
func (g *Generator) some(r *row) string {
	c := g.column(r).Name
	if g.chance(4) && quoted(c) == c && len(c) > 2 {
		return c[:1+g.n(2)] + "*"
	}
	return g.name(r)
}

func whereStep(g *Generator, r *row) string { return "where " + g.expr(r, types.Bool, 3) }

// item is a column of extend or project, with or without a name.
func (g *Generator) item(r *row) string {
	x := g.expr(r, pick(g, anyTypes), 3)
	if g.chance(3) {
		return x
	}
	return g.fresh() + " = " + x
}

func extendStep(g *Generator, r *row) string {
	return "extend " + g.list(1, 2, func() string { return g.item(r) })
}

func projectStep(g *Generator, r *row) string {
	return "project " + g.list(1, 4, func() string {
		if g.chance(2) {
			return g.name(r)
		}
		return g.item(r)
	})
}

// several says whether a call may have several results.
func several(call string) bool {
	for _, name := range []string{"arg_", "argm", "take_any", "any", "percentiles"} {
		if strings.HasPrefix(call, name) {
			return true
		}
	}
	return false
}

// single is an aggregate with one result.
func (g *Generator) single(r *row) string {
	for range 20 {
		if a := g.aggregate(r); !several(a) {
			return a
		}
	}
	return "count()"
}

// key is something to group by.
func (g *Generator) key(r *row) string {
	switch g.n(5) {
	case 0:
		if cs := r.of(types.Datetime); len(cs) > 0 {
			return "bin(" + pick(g, cs) + ", " + g.literal(types.Timespan) + ")"
		}
	case 1:
		return g.fresh() + " = " + g.expr(r, pick(g, scalarTypes), 2)
	}
	return g.ordered(r)
}

func summarizeStep(g *Generator, r *row) string {
	text := "summarize " + g.list(1, 3, func() string {
		a := g.aggregate(r)
		if several(a) {
			return a
		}
		switch g.n(6) {
		case 0:
			return g.fresh() + " = " + a
		case 1:
			return "round(" + a + ", 2)"
		case 2:
			if b := g.aggregate(r); !several(b) {
				return g.fresh() + " = " + a + " + " + b
			}
		}
		return a
	})
	if !g.chance(4) {
		text += " by " + g.list(1, 2, func() string { return g.key(r) })
	}
	return text
}

func (g *Generator) direction() string {
	return pick(g, []string{"", " asc", " desc", " asc nulls first", " desc nulls last"})
}

func sortStep(g *Generator, r *row) string {
	return pick(g, []string{"sort by ", "order by "}) + g.list(1, 2, func() string {
		if g.chance(4) {
			return g.expr(r, pick(g, scalarTypes), 1) + g.direction()
		}
		return g.ordered(r) + g.direction()
	})
}

func topStep(g *Generator, r *row) string {
	return "top " + strconv.Itoa(1+g.n(9)) + " by " + g.ordered(r) + g.direction()
}

func joinStep(g *Generator, r *row) string {
	right, key := g.other(r)
	kind := pick(g, []string{"", "kind=inner ", "kind=leftouter ", "kind=rightouter ", "kind=fullouter ", "kind=leftanti ", "kind=leftsemi ",
		"kind=rightanti ", "kind=rightsemi ", "kind=innerunique ", "kind=inner hint.strategy=shuffle "})
	on := key
	if g.chance(3) {
		on = "$left." + key + " == $right." + key
	}
	return "join " + kind + right + " on " + on
}

func lookupStep(g *Generator, r *row) string {
	right, key := g.other(r)
	return "lookup " + pick(g, []string{"", "kind=inner ", "kind=leftouter "}) + right + " on " + key
}

func unionStep(g *Generator, r *row) string {
	right, _ := g.other(r)
	return "union " + pick(g, []string{"", "kind=outer ", "withsource=" + g.fresh() + " ", "isfuzzy=true "}) + right
}

func mvExpandStep(g *Generator, r *row) string {
	item := func() string {
		x := g.expr(r, types.Dynamic, 1)
		if g.chance(2) {
			x = g.fresh() + " = " + x
		}
		if g.chance(2) {
			x += " to typeof(" + pick(g, scalarTypes).String() + ")"
		}
		return x
	}
	text := "mv-expand " + pick(g, []string{"", "", "bagexpansion=array ", "with_itemindex=" + g.fresh() + " "}) + g.list(1, 2, item)
	if g.chance(5) {
		text += " limit 3"
	}
	return text
}

func mvApplyStep(g *Generator, r *row) string {
	name, t := g.fresh(), pick(g, scalarTypes)
	inner := &row{cols: append([]types.Column{{Name: name, Type: t}}, r.cols...), lets: r.lets}
	return "mv-apply " + name + " = " + g.expr(r, types.Dynamic, 1) + " to typeof(" + t.String() + ") on (" + g.sub(inner) + ")"
}

func parseStep(g *Generator, r *row) string {
	text := pick(g, []string{"parse ", "parse-where "}) + pick(g, []string{"", "kind=regex ", "kind=relaxed ", "kind=simple "})
	text += g.expr(r, types.String, 1) + " with " + pick(g, []string{"", "* "}) + `"` + pick(g, words) + `" ` + g.fresh()
	if g.chance(2) {
		text += ":" + pick(g, scalarTypes).String()
	}
	if g.chance(2) {
		text += ` "` + pick(g, words) + `" ` + pick(g, []string{"*", g.fresh()})
	}
	return text
}

func parseKvStep(g *Generator, r *row) string {
	return "parse-kv " + g.expr(r, types.String, 1) + " as (" + g.list(1, 3, func() string { return g.fresh() + ":" + pick(g, scalarTypes).String() }) +
		`) with (pair_delimiter=",", kv_delimiter="=")`
}

func makeSeriesStep(g *Generator, r *row) string {
	text := "make-series " + g.list(1, 2, func() string {
		return g.fresh() + " = " + g.single(r) + pick(g, []string{"", " default=0"})
	}) + " on "
	if cs := r.of(types.Datetime); len(cs) > 0 && !g.chance(4) {
		text += pick(g, cs) + pick(g, []string{"", " from datetime(2024-01-01) to datetime(2024-01-02)"}) + " step 1h"
	} else if cs := r.of(types.Long); len(cs) > 0 {
		text += pick(g, cs) + " from 0 to 10 step 2"
	} else {
		return ""
	}
	if g.chance(2) {
		text += " by " + g.ordered(r)
	}
	return text
}

func topNestedStep(g *Generator, r *row) string {
	level := func() string {
		return "top-nested " + pick(g, []string{"2 ", ""}) + "of " + g.ordered(r) + pick(g, []string{"", " with others = \"rest\""}) + " by " +
			pick(g, []string{"", g.fresh() + " = "}) + g.single(r)
	}
	return level() + pick(g, []string{"", ", " + level()})
}

func serializeStep(g *Generator, r *row) string {
	if g.chance(3) {
		return "serialize"
	}
	return "serialize " + g.fresh() + " = " + pick(g, []string{
		"row_number()", "prev(" + g.name(r) + ")", "next(" + g.name(r) + ", 1)", "row_cumsum(" + g.expr(r, types.Long, 1) + ")",
		"row_rank_dense(" + g.ordered(r) + ")", "row_number(1, " + g.expr(r, types.Bool, 1) + ")",
	})
}

func scanStep(g *Generator, r *row) string {
	v := g.fresh()
	return "scan with_match_id=" + g.fresh() + " declare (" + v + ":long = 0) with (step s1: " + g.expr(r, types.Bool, 2) + " => " + v + " = s1." + v + " + 1;)"
}

func partitionStep(g *Generator, r *row) string {
	return "partition by " + g.ordered(r) + " (" + g.sub(r) + ")"
}

func invokeStep(g *Generator, r *row) string { return "" }

func evaluateStep(g *Generator, r *row) string {
	switch g.n(5) {
	case 0:
		return "evaluate narrow()"
	case 1:
		return "evaluate autocluster()"
	case 2:
		return "evaluate basket()"
	case 3:
		return "evaluate bag_unpack(" + g.expr(r, types.Dynamic, 0) + ") : (*, " + g.fresh() + ":string)"
	}
	return "evaluate pivot(" + g.ordered(r) + ", count(), " + g.ordered(r) + ") : (" + g.fresh() + ":long)"
}
