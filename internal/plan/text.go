package plan

import (
	"fmt"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Text writes a query's plan for people: one line a relation, inputs indented
// below it, results that have a name or company under a heading. Equal plans
// have equal texts, whatever the addresses of their columns.
func (q *Query) Text() string {
	w := &textWriter{shared: map[*Materialize]int{}}
	for i := range q.Results {
		r := &q.Results[i]
		if len(q.Results) > 1 {
			w.line(0, fmt.Sprintf("result %d", i+1))
		}
		w.rel(r.Rel, min(len(q.Results)-1, 1))
	}
	return strings.TrimSuffix(w.b.String(), "\n")
}

type textWriter struct {
	b      strings.Builder
	shared map[*Materialize]int
}

func (w *textWriter) line(depth int, text string) {
	w.b.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

func (w *textWriter) rel(r Rel, depth int) {
	if m, ok := r.(*Materialize); ok {
		no, seen := w.shared[m]
		if seen {
			w.line(depth, fmt.Sprintf("materialize #%d", no))
			return
		}
		w.shared[m] = len(w.shared) + 1
		w.line(depth, fmt.Sprintf("materialize #%d", w.shared[m]))
		w.rel(m.Input, depth+1)
		return
	}
	w.line(depth, w.head(r))
	for _, in := range Inputs(r) {
		w.rel(in, depth+1)
	}
	for _, e := range Exprs(r) {
		WalkExpr(e, func(e Expr) {
			if sub := SubRel(e); sub != nil {
				w.line(depth+1, "subquery")
				w.rel(sub, depth+2)
			}
		})
	}
}

// head is the line of r itself.
func (w *textWriter) head(r Rel) string {
	switch r := r.(type) {
	case *Scan:
		return scanText(r)
	case *Values:
		return fmt.Sprintf("values %s, %d rows", names(r.Columns), r.Rows.N)
	case *Range:
		return fmt.Sprintf("range %s from %s to %s step %s", names(r.Columns), ExprText(r.From), ExprText(r.To), ExprText(r.Step))
	case *Filter:
		return "where " + ExprText(r.Cond)
	case *Project:
		return "project " + itemsText(r.Items)
	case *Summarize:
		return summarizeText(r)
	case *Sort:
		return sortText(r)
	case *Take:
		return "take " + ExprText(r.Count)
	case *Join:
		var on []string
		for i := range r.LeftKeys {
			on = append(on, ExprText(r.LeftKeys[i])+" == "+ExprText(r.RightKeys[i]))
		}
		return fmt.Sprintf("join %s on %s -> %s", r.Kind, strings.Join(on, ", "), names(r.Columns))
	case *Union:
		return "union -> " + names(r.Columns)
	case *MvExpand:
		var items []string
		for _, it := range r.Items {
			items = append(items, it.Col.Name+" = "+ExprText(it.Expr))
		}
		return fmt.Sprintf("mv-expand %s -> %s", strings.Join(items, ", "), names(r.Columns))
	case *Parse:
		return fmt.Sprintf("parse %s -> %s", ExprText(r.Expr), names(r.Columns))
	case *Alias:
		return "alias " + names(r.Columns)
	case *Serialize:
		return "serialize"
	case *Apply:
		return "mv-apply -> " + names(r.Columns)
	case *Given:
		return "given rows"
	case *Reduce:
		return "reduce -> " + names(r.Columns)
	case *ScanSteps:
		return "scan steps -> " + names(r.Columns)
	case *Partition:
		return fmt.Sprintf("partition by %s -> %s", r.Key.Name, names(r.Columns))
	case *MakeSeries:
		return "make-series -> " + names(r.Columns)
	case *External:
		return "externaldata " + names(r.Columns)
	case *Sample:
		return "sample " + ExprText(r.Count)
	case *SampleDistinct:
		return "sample-distinct " + ExprText(r.Count)
	case *TopNested:
		return "top-nested -> " + names(r.Columns)
	case *MakeGraph:
		return fmt.Sprintf("make-graph %s --> %s", r.Source.Name, r.Target.Name)
	case *MarkComponents:
		return "graph-mark-components " + r.Col.Name
	case *GraphTable:
		return "graph-to-table " + names(r.Columns)
	case *GraphMatch:
		return "graph-match " + itemsText(r.Items)
	case *GraphParts:
		return "partitioned-by " + r.Graph.By.Name
	case *PartGraph:
		return "graph of the part"
	case *Plugin:
		args := r.Args
		if r.Parts != nil {
			args = append(given(r.Parts), args[1:]...)
		}
		return fmt.Sprintf("evaluate %s(%s) -> %s", r.Row.Name, argsText(args), names(r.Columns))
	case *Observe:
		return fmt.Sprintf("observe %s(%s)", r.Row.Name, argsText(r.Args))
	case *Held:
		return "held " + names(r.Columns)
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", r), "*plan."))
}

// argsText is the arguments of a plugin; a table is written as such.
func argsText(args []Expr) string {
	var out []string
	for _, e := range args {
		if e == nil {
			out = append(out, "table")
			continue
		}
		out = append(out, ExprText(e))
	}
	return strings.Join(out, ", ")
}

func scanText(r *Scan) string {
	var cols []string
	for _, s := range r.Sources {
		cols = append(cols, sourceText(s))
	}
	out := fmt.Sprintf("scan %s [%s]", r.Name, strings.Join(cols, ", "))
	for i, c := range r.Conds {
		if c.Op == "" {
			out += " if " + ExprText(r.Tests[i])
			continue
		}
		var vs []string
		for _, v := range c.Values {
			vs = append(vs, datumText(v))
		}
		out += fmt.Sprintf(" if %s(%s, %s)", c.Op, sourceText(c.Column), strings.Join(vs, ", "))
	}
	if r.Limit > 0 {
		out += fmt.Sprintf(" limit %d", r.Limit)
	}
	return out
}

func sourceText(c scan.Column) string { return strings.Join(append([]string{c.Name}, c.Path...), ".") }

func summarizeText(r *Summarize) string {
	var aggs []string
	for _, a := range r.Aggs {
		name := "?"
		if a.Call.Fn != nil {
			name = a.Call.Fn.Name
		}
		aggs = append(aggs, fmt.Sprintf("%s = %s(%s)", names(a.Cols), name, exprsText(a.Call.Args)))
	}
	out := strings.TrimSpace("summarize " + strings.Join(aggs, ", "))
	if len(r.Keys) > 0 {
		out += " by " + itemsText(r.Keys)
	}
	return out
}

func sortText(r *Sort) string {
	var keys []string
	for _, k := range r.Keys {
		dir, nulls := " asc", " nulls last"
		if k.Desc {
			dir = " desc"
		}
		if k.NullsFirst {
			nulls = " nulls first"
		}
		keys = append(keys, ExprText(k.Expr)+dir+nulls)
	}
	if r.Limit != nil {
		return fmt.Sprintf("top %s by %s", ExprText(r.Limit), strings.Join(keys, ", "))
	}
	return "sort by " + strings.Join(keys, ", ")
}

func names(cols []*Col) string {
	var out []string
	for _, c := range cols {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

func itemsText(items []Item) string {
	var out []string
	for _, it := range items {
		text := ExprText(it.Expr)
		if text != it.Col.Name {
			text = it.Col.Name + " = " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func exprsText(es []Expr) string {
	var out []string
	for _, e := range es {
		out = append(out, ExprText(e))
	}
	return strings.Join(out, ", ")
}

// ExprText writes an expression with every conversion and operator as a call.
func ExprText(e Expr) string {
	switch e := e.(type) {
	case nil:
		return "-"
	case *ColRef:
		return e.Col.Name
	case *Const:
		return datumText(e.Datum)
	case *Call:
		name := "?"
		if e.Fn != nil {
			name = e.Fn.Name
		}
		return name + "(" + exprsText(e.Args) + ")"
	case *Path:
		return ExprText(e.X) + "." + e.Key
	case *Element:
		return ExprText(e.X) + "[" + ExprText(e.Index) + "]"
	case *In:
		op := "In"
		if e.Not {
			op = "NotIn"
		}
		if !e.Fold {
			op += "Cs"
		}
		list := exprsText(e.List)
		if e.Sub != nil {
			list = "subquery"
		}
		return fmt.Sprintf("%s(%s, [%s])", op, ExprText(e.X), list)
	case *Scalar:
		return "toscalar(subquery)"
	case *List:
		return "list(subquery)"
	}
	return fmt.Sprintf("%T", e)
}

func datumText(d vector.Datum) string {
	if d.Null() {
		return d.T.String() + "(null)"
	}
	switch x := d.V.(type) {
	case string:
		return fmt.Sprintf("%q", x)
	case vector.Guid:
		return "guid(" + vector.GuidText(x) + ")"
	case vector.Decimal:
		return "decimal(" + vector.DecimalText(x) + ")"
	case float64:
		return string(dynamic.AppendReal(nil, x, false))
	case dynamic.Value:
		return "dynamic(" + x.JSON() + ")"
	case int64:
		switch d.T {
		case types.Datetime:
			return "datetime(" + string(types.AppendDatetimeShort(nil, x)) + ")"
		case types.Timespan:
			return "timespan(" + string(types.AppendTimespan(nil, x)) + ")"
		}
	}
	return fmt.Sprint(d.V)
}
