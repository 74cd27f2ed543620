package bind

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Log Analytics keeps columns that no schema lists and no result shows, but
// that a query may name.
const (
	itemID       = "_ItemId"       // of the row
	timeReceived = "_TimeReceived" // when the row arrived
)

// withHidden adds the hidden columns that the text names to a table whose logs
// do not have them. They are ghosts, so that a result does not show them by
// themselves.
func (b *binder) withHidden(in *plan.Scan) plan.Rel {
	if findCol(in.Columns, "TimeGenerated") == nil {
		return in
	}
	var out *plan.Project
	add := func(name string, value func() plan.Expr) {
		if findCol(in.Columns, name) != nil || !strings.Contains(b.text.Src, name) {
			return
		}
		if out == nil {
			out = &plan.Project{Input: in}
			for _, c := range in.Columns {
				out.Items = append(out.Items, pass(c))
			}
		}
		x := value()
		c := newCol(name, x.Type())
		b.ghosts[c], b.hidden[c] = true, true
		out.Items = append(out.Items, plan.Item{Col: c, Expr: x})
	}
	add(itemID, func() plan.Expr { return b.rowHash(in) })
	add(timeReceived, func() plan.Expr { return null(types.Datetime) })
	if out == nil {
		return in
	}
	return out
}

// reveal makes a hidden column that the query puts out by its name a column
// like others.
func (l *columnList) reveal(name string) {
	i, ok := l.index[name]
	if !ok {
		return
	}
	if it := &l.items[i]; l.b.hidden[it.Col] {
		it.Col = newCol(name, it.Col.Type)
	}
}

// rowHash stands for the id of a row: the hash of all its values, so that it
// is the same at each read. Rows that are equal in all columns share it.
func (b *binder) rowHash(in *plan.Scan) plan.Expr {
	if b.o.CheckOnly {
		return typedOnly{types.String}
	}
	return b.function("hash_md5", source.Span{}, b.cast(b.packCols("bag_pack", in.Columns, false, source.Span{}), types.String))
}

// arrivals are the columns in which logs say when a row arrived.
var arrivals = []string{timeReceived, "IngestionTime"}

// ingestionTime is when a row arrived, as far as the logs say. It is null
// where they do not, as for a table without that policy.
func ingestionTime(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) > 0 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 0, 0)
		return badExpr
	}
	for _, name := range arrivals {
		if col := s.column(name); col != nil && !b.ghosts[col] {
			return b.cast(ref(col), types.Datetime)
		}
	}
	if b.o.CheckOnly {
		return typedOnly{types.Datetime}
	}
	if b.silent == 0 {
		b.report(source.Diagnostic{
			Severity: source.Warning, Code: codeNoArrival, Span: c.Span(),
			Message: "the logs do not say when a row arrived, so ingestion_time() is null",
			Hint:    "logs that have a column _TimeReceived or IngestionTime say it",
		})
	}
	return constOf(vector.Datum{T: types.Datetime})
}
