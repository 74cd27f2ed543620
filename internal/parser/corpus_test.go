package parser

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"goshawk/internal/source"
)

// shared is a folder of the test material that stands beside the repository,
// or the test is skipped.
func shared(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no repository root above the test")
		}
		dir = up
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

// eachLine calls f with every line of a JSONL file.
func eachLine(t testing.TB, path string, f func([]byte)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(make([]byte, 1<<20), 64<<20)
	for sc.Scan() {
		f(sc.Bytes())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

type corpusRule struct {
	ID     string `json:"id"`
	Query  string `json:"query"`
	Oracle struct {
		ParseOK bool `json:"parse_ok"`
	} `json:"oracle"`
}

// TestCorpusVerdict compares with the verdict of Kusto's own parser on public
// rules: parses, or does not.
func TestCorpusVerdict(t *testing.T) {
	all, same := 0, 0
	eachLine(t, shared(t, "corpus", "rules.jsonl"), func(line []byte) {
		var r corpusRule
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		all++
		_, ds := Parse(source.New(r.ID, r.Query))
		if ds.HasErrors() != r.Oracle.ParseOK {
			same++
			return
		}
		t.Logf("%s: official parser says parses=%v, we say %v", r.ID, r.Oracle.ParseOK, ds.Err())
	})
	score := 100 * float64(same) / float64(all)
	t.Logf("%d of %d verdicts are equal: %.2f %%", same, all, score)
	if score < 99.5 {
		t.Errorf("only %.2f %% of the verdicts are equal, want 99.5 %%", score)
	}
}

// TestExampleVerdict does the same with the examples of the documentation.
func TestExampleVerdict(t *testing.T) {
	all, same := 0, 0
	eachLine(t, shared(t, "kql", "examples.jsonl"), func(line []byte) {
		var r struct {
			ID      string `json:"id"`
			Query   string `json:"query"`
			Kind    string `json:"statement_kind"`
			ParseOK bool   `json:"parse_ok"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.Kind != "query" {
			return
		}
		all++
		_, ds := Parse(source.New(r.ID, r.Query))
		if ds.HasErrors() != r.ParseOK {
			same++
			return
		}
		t.Logf("%s: official parser says parses=%v, we say %v", r.ID, r.ParseOK, ds.Err())
	})
	t.Logf("%d of %d verdicts are equal", same, all)
	if float64(same) < 0.995*float64(all) {
		t.Errorf("only %d of %d verdicts are equal", same, all)
	}
}

// TestAnswersParse wants every query that a real Kusto answered to parse, and
// none of those it refused for its syntax.
func TestAnswersParse(t *testing.T) {
	eachLine(t, shared(t, "kql", "answers.jsonl"), func(line []byte) {
		var r struct {
			ID     string `json:"id"`
			Query  string `json:"query"`
			Expect string `json:"expect"`
			Reason any    `json:"reason"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		_, ds := Parse(source.New(r.ID, r.Query))
		if r.Expect == "rows" && ds.HasErrors() {
			t.Errorf("%s was answered by Kusto, we say %v\n%s", r.ID, ds.Err(), r.Query)
		}
		if r.Expect == "error" && !ds.HasErrors() && refusedForSyntax(r.Reason) {
			t.Errorf("%s was refused for its syntax, we parse it\n%s", r.ID, r.Query)
		}
	})
}

// refusedForSyntax says whether the official reasons hold a syntax error.
func refusedForSyntax(reason any) bool {
	list, _ := reason.([]any)
	for _, r := range list {
		m, _ := r.(map[string]any)
		switch code, _ := m["code"].(string); code {
		case "KS001", "KS002", "KS005", "KS006", "KS198", "KS228":
			return true
		}
	}
	return false
}

func queryOf(t testing.TB, line []byte) string {
	t.Helper()
	var r corpusRule
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatal(err)
	}
	return r.Query
}
