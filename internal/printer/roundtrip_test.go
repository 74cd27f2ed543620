package printer

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"goshawk/internal/ast"
	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// shared is a file of the test material beside the repository, or the test is
// skipped.
func shared(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	for _, root := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		path := filepath.Join(append([]string{root, "shared"}, elem...)...)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("the shared test material is not there")
	return ""
}

func queries(t testing.TB, elem ...string) []string {
	file, err := os.Open(shared(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(make([]byte, 1<<20), 64<<20)
	var out []string
	for sc.Scan() {
		var r struct {
			Query string `json:"query"`
		}
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r.Query)
	}
	return out
}

// checkReprint parses, prints and parses again; the trees must be equal, and
// printing once more must change nothing.
func checkReprint(t testing.TB, query string) {
	t.Helper()
	q, ds := parser.Parse(source.New("query", query))
	if ds.HasErrors() {
		return
	}
	text := Query(q)
	again, ds := parser.Parse(source.New("reprint", text))
	if ds.HasErrors() {
		t.Errorf("the reprint does not parse: %v\nquery:\n%s\nreprint:\n%s", ds.Err(), query, text)
		return
	}
	if d := ast.Diff(q, again); d != "" {
		t.Errorf("the reprint has another tree: %s\nquery:\n%s\nreprint:\n%s", d, query, text)
		return
	}
	if len(again.Comments) != len(q.Comments) {
		t.Errorf("%d comments of %d are left\nquery:\n%s\nreprint:\n%s", len(again.Comments), len(q.Comments), query, text)
	}
	if twice := Query(again); twice != text {
		t.Errorf("printing twice is not stable\nfirst:\n%s\nsecond:\n%s", text, twice)
	}
}

func TestReprintOfPublicRules(t *testing.T) {
	for _, q := range queries(t, "corpus", "rules.jsonl") {
		checkReprint(t, q)
	}
}

func TestReprintOfExamples(t *testing.T) {
	for _, q := range queries(t, "kql", "examples.jsonl") {
		checkReprint(t, q)
	}
	for _, q := range queries(t, "kql", "answers.jsonl") {
		checkReprint(t, q)
	}
}
