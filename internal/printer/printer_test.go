package printer

import (
	"strings"
	"testing"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"T|where a==1|take 5", "T\n| where a == 1\n| take 5\n"},
		{"T | order by a,b desc | limit 3", "T\n| sort by a, b desc\n| take 3\n"},
		{"T | where a notcontains 'x' and b<>1", "T\n| where a !contains 'x' and b != 1\n"},
		{"let x=1;let y=T|take 1;y", "let x = 1;\nlet y = T\n    | take 1;\ny\n"},
		{"let f=(a:long,b:string='x'){T|where c==a};f(1)", "let f = (a:long, b:string = 'x') {\n    T\n    | where c == a\n};\nf(1)\n"},
		{"T|join kind=inner(U|where a|where b|take 3)on k", "T\n| join kind=inner (\n    U\n    | where a\n    | where b\n    | take 3\n) on k\n"},
		{"T|join(U|take 1)on k", "T\n| join (U | take 1) on k\n"},
		{"// head\nT // source\n// before\n| take 1 // five\n// end", "// head\nT // source\n// before\n| take 1 // five\n// end\n"},
		{"T|extend a=1, // one\nb=2", "T\n| extend\n    a = 1, // one\n    b = 2\n"},
		{"datatable(a:long,b:string)[1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb']",
			"datatable(a:long, b:string)\n[\n    1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',\n    2, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'\n]\n"},
		{"print ['a b']=1, [\"c\"]=2", "print ['a b'] = 1, ['c'] = 2\n"},
		{"T | where x in (U | project x)", "T\n| where x in (U | project x)\n"},
		{"", ""},
		{"// only", "// only\n"},
	} {
		q, ds := parser.Parse(source.New("query", c.query))
		if ds.HasErrors() {
			t.Errorf("%s: %v", c.query, ds.Err())
			continue
		}
		if got := Query(q); got != c.want {
			t.Errorf("query %s\ngot\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
}

// Long chains and nesting must not make printing slow.
func TestPrintingIsLinear(t *testing.T) {
	for _, src := range []string{
		"T | where " + strings.Repeat("a == 1 or ", 9_000) + "b",
		"T" + strings.Repeat(" | where (T | take 1)", 20_000),
		"print " + strings.Repeat("f(1, ", 400) + "2" + strings.Repeat(")", 400),
		"print " + strings.Repeat("a, ", 50_000) + "b",
		"print a" + strings.Repeat(".b", 9_000),
	} {
		checkReprint(t, src)
	}
}
