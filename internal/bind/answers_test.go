package bind

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime/debug"
	"testing"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// TestNoQueryPanics binds every query with a known answer in full, constants
// computed.
func TestNoQueryPanics(t *testing.T) {
	f, err := os.Open(shared(t, "kql/answers.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<26)
	for in.Scan() {
		var r struct{ ID, Query, Expect string }
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		text := source.New(r.ID, r.Query)
		q, diags := parser.Parse(text)
		if diags.HasErrors() {
			continue
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s: panic: %v\n%s\n%s", r.ID, p, r.Query, debug.Stack())
				}
			}()
			_, got := Query(q, text, Options{Now: 638000000000000000})
			for _, d := range got {
				if d.Severity == source.Error && r.Expect == "rows" {
					t.Logf("%s: %s", r.ID, d.Message)
					break
				}
			}
		}()
	}
}
