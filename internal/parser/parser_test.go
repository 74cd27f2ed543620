package parser

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// lines reads a file of quoted queries, one a line.
func lines(t testing.TB, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		q, err := strconv.Unquote(sc.Text())
		if err != nil {
			t.Fatalf("%s: %s: %v", path, sc.Text(), err)
		}
		out = append(out, q)
	}
	return out
}

// The two files hold small queries with the verdict of Kusto's own parser.
func TestAcceptedQueriesParse(t *testing.T) {
	for _, q := range lines(t, "testdata/accepted.txt") {
		if _, ds := Parse(source.New("query", q)); ds.HasErrors() {
			t.Errorf("%s\n%v", q, ds.Err())
		}
	}
}

func TestRefusedQueriesDoNotParse(t *testing.T) {
	for _, q := range lines(t, "testdata/refused.txt") {
		if _, ds := Parse(source.New("query", q)); !ds.HasErrors() {
			t.Errorf("parses, but should not: %s", q)
		}
	}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"T | where a = 1 and b", ""},
		{"T | where a == 1 b", `1:18: error KQL1014: did not expect "b" here`},
		{"T | where a AND b", `1:13: error KQL1014: did not expect "AND" here; hint: write and`},
		{"T | wher a", `1:5: error KQL1011: KQL has no operator "wher"; hint: did you mean "where"?`},
		{"T | project-renam a = b", `1:5: error KQL1011: KQL has no operator "project-renam"; hint: did you mean "project-rename"?`},
		{"T | select a", `1:5: error KQL1011: KQL has no operator "select"; hint: write project`},
		{"T\nwhere a == 1\n| take 5", `2:1: error KQL1012: a pipe is missing before "where"; hint: write | where`},
		{"T | where a == “x”", `1:16: error KQL1005: the string stands in typographic quotes; hint: write "..." or '...'`},
		{"T | extend title = a, kind = b", `1:23: error KQL1009: "kind" is a keyword and no plain name here; hint: write ['kind']`},
		{"let a = 1 T", `1:11: error KQL1014: did not expect "T" here`},
		{"let a = 1\nT | take 1", `2:1: error KQL1013: expected ";" between statements, found "T"`},
		{"T | where a == 'x\\d'", `1:18: error KQL1003: the string has an unknown escape "\d"; hint: write \\ for a backslash, or @"..." for a text without escapes`},
		{"T | where (a == 1", `1:18: error KQL1006: expected ")", found the end of the query`},
		{"T | join (U) on $left.a = $right.b", `1:25: error KQL1015: a single "=" does not compare; hint: write == to compare`},
		{"union (T | where a == 1), (materialize(U))", `1:28: error KQL1019: materialize() can only be the whole value of a let statement; hint: write let name = materialize(...); and use the name`},
		{"datatable(a:strng)['x']", `1:13: error KQL1016: "strng" is not a type that can stand here; hint: did you mean "string"?`},
		{".show tables", `1:1: error KQL1021: this is a management command, not a query`},
		{"print datetime(2020-01-01", `1:7: error KQL1004: the literal datetime(...) has no closing parenthesis on its line`},
	} {
		_, ds := Parse(source.New("", c.query))
		got := ""
		if len(ds) > 0 {
			got = strings.TrimPrefix(ds[0].String(), ":")
			if ds[0].Hint != "" {
				got += "; hint: " + ds[0].Hint
			}
		}
		if got != c.want {
			t.Errorf("query %s\ngot  %s\nwant %s", c.query, got, c.want)
		}
	}
}

func TestSeveralMistakesInOnePass(t *testing.T) {
	q := "T\n| where a ==\n| extend b = c +\n| projct d\n| sort by e,"
	_, ds := Parse(source.New("query", q))
	var at []int
	for _, d := range ds {
		at = append(at, d.Text.Position(d.Span.Start).Line)
	}
	if len(at) != 4 || at[0] != 3 && at[0] != 2 {
		t.Errorf("got %d messages at lines %v, want one for each of four mistakes\n%v", len(ds), at, ds)
	}
}

func TestDeepAndLongInputIsBounded(t *testing.T) {
	for name, q := range map[string]string{
		"parentheses": "print " + strings.Repeat("(", 100_000),
		"closed":      "print " + strings.Repeat("(", 20_000) + "1" + strings.Repeat(")", 20_000),
		"calls":       "print " + strings.Repeat("f(", 100_000),
		"brackets":    "print " + strings.Repeat("a[", 100_000),
		"arrays":      "print dynamic(" + strings.Repeat("[", 100_000),
		"functions":   strings.Repeat("let f = () { ", 50_000),
		"chain":       "print a" + strings.Repeat("+a", 400_000),
		"path":        "print a" + strings.Repeat(".a", 400_000),
		"subqueries":  strings.Repeat("T | join (", 50_000),
		"pipes":       "T" + strings.Repeat("| where a", 100_000),
		"garbage":     strings.Repeat("|;)(", 200_000),
		"names":       strings.Repeat("(a,", 200_000),
		"strings":     strings.Repeat("[\"a\" ", 200_000),
		"parse":       "T | parse a with " + strings.Repeat("\nwhere ", 200_000) + "== 1",
		"wildcards":   "union " + strings.Repeat("[a*", 200_000),
		"lines":       strings.Repeat("T\n", 400_000),
		"quotes":      strings.Repeat("'", 400_000),
		"fences":      strings.Repeat("```x ", 200_000),
		"comments":    strings.Repeat("//\n", 400_000),
		"too big":     strings.Repeat(" ", maxSize+1),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			tree, _ := Parse(source.New("query", q))
			n := 0
			ast.Walk(tree, func(ast.Node) bool { n++; return true })
			if d := time.Since(start); d > 3*time.Second {
				t.Errorf("%d bytes took %v", len(q), d)
			}
		})
	}
}

func TestTokensCoverTheText(t *testing.T) {
	src := "// note\nT | where a !has 'x' and b > 1.5h // end"
	var kinds []Kind
	last := 0
	for _, tok := range Tokens(source.New("query", src)) {
		if tok.Span.Start < last || tok.Span.End > len(src) {
			t.Fatalf("token at %v overlaps or leaves the text", tok.Span)
		}
		last = tok.Span.End
		kinds = append(kinds, tok.Kind)
	}
	want := []Kind{Comment, Ident, Punct, Keyword, Ident, Keyword, String, Keyword, Ident, Punct, Timespan, Comment}
	if len(kinds) != len(want) {
		t.Fatalf("got %v, want %v", kinds, want)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("token %d is of kind %d, want %d", i, kinds[i], want[i])
		}
	}
}

func TestFunctionParts(t *testing.T) {
	params, ds := ParseParams(source.New("params", `a:long = 5, T:(x:string, y:real), b:string="x"`))
	if ds.HasErrors() || len(params) != 3 || params[1].Schema == nil || params[0].Default == nil {
		t.Errorf("params: %v %v", params, ds)
	}
	for _, src := range []string{"let x = 1; T | where a == x", "{ let x = 1; T | where a == x; }"} {
		b, ds := ParseBody(source.New("body", src))
		if ds.HasErrors() || len(b.Stmts) != 1 || b.Result == nil {
			t.Errorf("body %s: %v %v", src, b, ds)
		}
	}
}

func TestStringValues(t *testing.T) {
	for raw, want := range map[string]string{
		`"a\tb"`: "a\tb", `'\x41\u00e9\101'`: "Aé" + "A", `@"a\b""c"`: `a\b"c`, "```a\n`b```": "a\n`b",
		`h"secret"`: "secret", `"a" 'b' @"c"`: "abc", `"\""`: `"`, "~~~x~~~": "x",
	} {
		x, ds := ParseExpr(source.New("string", raw))
		s, ok := x.(*ast.String)
		if ds.HasErrors() || !ok || s.Value != want {
			t.Errorf("%s is %#v, want %q (%v)", raw, x, want, ds)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	var all []string
	n := 0
	eachLine(b, shared(b, "corpus", "rules.jsonl"), func(line []byte) {
		if len(all) < 1000 {
			q := queryOf(b, line)
			all = append(all, q)
			n += len(q)
		}
	})
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range all {
			Parse(source.New("query", q))
		}
	}
}
