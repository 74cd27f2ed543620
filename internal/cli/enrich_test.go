package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestModelsAddToPages follows a model's words from the command to the site:
// written once, kept, shown beside the analyst's with their maker; a model
// that contradicts the query adds nothing and costs nothing else.
func TestModelsAddToPages(t *testing.T) {
	const key = "sk-secret-of-the-test"
	t.Setenv("GOSHAWK_LLM_KEY", key)
	dir := t.TempDir()
	rules, book, out := filepath.Join(dir, "rules"), filepath.Join(dir, "book"), filepath.Join(dir, "site")
	if err := os.Mkdir(rules, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(rules, "r.yaml"), []byte(serveRule), 0o644); err != nil {
		t.Fatal(err)
	}
	asked, tables := 0, `["SigninLogs"]`
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		text := `{"hypothesis":"A stranger guesses passwords of people in the directory.","means":"One account with wrong passwords.","not_means":"","severity":{"proposal":"Low","reason":"People mistype their passwords all day."},` +
			`"blind":[],"benign":[],"escalate":[],"tables":` + tables + `,"columns":[],"techniques":[],"confidence":"low"}`
		raw, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": text}}}})
		_, _ = w.Write(raw)
	}))
	defer ts.Close()
	run := func(want int, args ...string) string {
		t.Helper()
		var o, e bytes.Buffer
		if code := Main(append(args, "--book", book), nil, &o, &e); code != want {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, o.String(), e.String())
		}
		if strings.Contains(o.String()+e.String(), key) {
			t.Errorf("%v prints the key", args)
		}
		return o.String() + e.String()
	}
	run(0, "upstream", "add", "local", rules)
	run(0, "upstream", "sync")
	ask := []string{"enrich", "--search", "*", "--llm", ts.URL + "/v1", "--llm-rate", "0", "--model", "m1"}
	if s := run(0, ask...); !strings.Contains(s, "A stranger guesses passwords") || !strings.Contains(s, "The model wrote about 1 rules") || strings.Contains(s, "READS\n\n") {
		t.Errorf("the answer: %s", s)
	}
	if s := run(0, ask...); asked != 1 || !strings.Contains(s, "1 came from earlier") {
		t.Errorf("asked %d times: %s", asked, s)
	}
	run(0, "site", "build", "--out", out)
	page, err := os.ReadFile(filepath.Join(out, "rules", "11111111-2222-4333-8444-555555555555", "index.html"))
	if err != nil || !strings.Contains(string(page), "A stranger guesses passwords") || !strings.Contains(string(page), "language model m1, ") || !strings.Contains(string(page), "Goshawk offline analyst") {
		t.Errorf("the page: %v %s", err, page)
	}
	tables = `["SecurityEvent"]`
	if s := run(1, append(ask[:len(ask):len(ask)], "--model", "m2", "--llm-requests", "9")...); !strings.Contains(s, "thrown away") || !strings.Contains(s, "HYPOTHESIS") {
		t.Errorf("a contradiction: %s", s)
	}
	if s := run(2, "enrich", "--search", "*", "--llm", "http://far.example/v1", "--model", "m"); !strings.Contains(s, "without encryption") {
		t.Errorf("a key in clear text: %s", s)
	}
	run(2, "enrich", "--search", "*", "--model", "m")
	run(2, "enrich")
	if s := fmt.Sprint(os.Environ()); !strings.Contains(s, key) {
		t.Error("the test does not set the key")
	}
}
