package printer

import (
	"bufio"
	"os"
	"strconv"
	"testing"

	"goshawk/internal/ast"
	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// FuzzParse wants of any text: no panic, every node inside its parent, and of
// a text that parses a reprint with the same tree.
func FuzzParse(f *testing.F) {
	for _, path := range []string{"../parser/testdata/accepted.txt", "../parser/testdata/refused.txt"} {
		file, err := os.Open(path)
		if err != nil {
			f.Fatal(err)
		}
		for sc := bufio.NewScanner(file); sc.Scan(); {
			if q, err := strconv.Unquote(sc.Text()); err == nil {
				f.Add(q)
			}
		}
		file.Close()
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, ds := parser.Parse(source.New("query", query))
		checkSpans(t, query, q)
		for _, d := range ds {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(query) {
				t.Fatalf("message outside of the text: %v %+v\n%q", d, d.Span, query)
			}
			d.Render()
		}
		Query(q)
		parser.Tokens(source.New("query", query))
		checkReprint(t, query)
	})
}

func checkSpans(t *testing.T, query string, n ast.Node) {
	sp := n.Span()
	if sp.Start > sp.End || sp.Start < 0 || sp.End > len(query) {
		t.Fatalf("%T has place %+v in a text of %d bytes\n%q", n, sp, len(query), query)
	}
	ast.Children(n, func(c ast.Node) {
		if !sp.Contains(c.Span()) {
			t.Fatalf("%T at %+v leaves its parent %T at %+v\n%q", c, c.Span(), n, sp, query)
		}
		checkSpans(t, query, c)
	})
}
