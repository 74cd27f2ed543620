package bind

import (
	"strings"
	"testing"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// columnsOf binds a query over written rows and prints its columns, or the
// code of the first error.
func columnsOf(t *testing.T, query string) string {
	t.Helper()
	text := source.New("query", query)
	q, ds := parser.Parse(text)
	if ds.HasErrors() {
		t.Fatalf("%s: %v", query, ds)
	}
	results, ds := Check(q, text, Options{})
	for _, d := range ds {
		if d.Severity == source.Error {
			return d.Code
		}
	}
	var out []string
	for _, c := range results[len(results)-1].Rel.Cols() {
		out = append(out, c.Name+":"+c.Type.String())
	}
	return strings.Join(out, ", ")
}

// TestOperatorColumns holds the names, types and order of result columns.
func TestOperatorColumns(t *testing.T) {
	for _, c := range [][2]string{
		{"project a, a", codeDuplicate},
		{"extend a + 1, a + 2", "a:long, b:string, Column1:long, Column2:long"},
		{"extend Column1 = 0 | extend a + 1", "a:long, b:string, Column1:long, Column2:long"},
		{"summarize count(), count() by b", "b:string, count_:long, count_1:long"},
		{"summarize b = count() by b", codeDuplicate},
		{"summarize by b, tolower(b)", "b:string, Column1:string"},
		{"summarize max(a) + 1, strcat(b, 'x') by b", codeAggregate},
		{"project-rename z = a", "z:long, b:string"},
		{"project-rename a = b", codeDuplicate},
		{"project-away b*", "a:long"},
		{"project-away zz", codeUnknownColumn},
		{"project-reorder b", "b:string, a:long"},
		{"count as n", "n:long"},
		{"sort by parse_json(b)", codeType},
		{"take 'x'", codeType},
		{"getschema", "ColumnName:string, ColumnOrdinal:long, DataType:string, ColumnType:string"},
		{"join (datatable(a:long, b1:string)[]) on a", "a:long, b:string, a1:long, b1:string"},
		{"join (datatable(a:int)[]) on a", codeOperands},
		{"join kind=leftanti (datatable(k:long)[]) on $left.a == $right.k", "a:long, b:string"},
		{"join (datatable(k:long)[]) on $right.k == $left.a", codeArgument},
		{"lookup (datatable(a:long, b:string)[]) on a", "a:long, b:string, b1:string"},
		{"union (datatable(a:real)[])", "a_long:long, a_real:real, b:string"},
		{"union withsource=src (datatable(z:int)[])", "src:string, a:long, b:string, z:int"},
		{"extend d = parse_json(b) | mv-expand d to typeof(long)", "a:long, b:string, d:long"},
		{"mv-expand b", codeType},
		{"extend d = parse_json(b) | mv-apply e = d on (project n = e.n)", "a:long, b:string, d:dynamic, n:dynamic"},
		{"parse b with * 'x' y:long *", "a:long, b:string, y:long"},
		{"render timechart", "a:long, b:string"},
	} {
		if got := columnsOf(t, "datatable(a:long, b:string)[] | "+c[0]); got != c[1] {
			t.Errorf("%s: got %s, want %s", c[0], got, c[1])
		}
	}
	if got := columnsOf(t, "print 1, x = 2"); got != "print_0:long, x:long" {
		t.Errorf("print: %s", got)
	}
	if got := columnsOf(t, "range x from 1 to 3 step 1"); got != "x:long" {
		t.Errorf("range: %s", got)
	}
}
