package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// safeBuffer is what a command prints, while it runs.
type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

// Write adds to the buffer.
func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// served is a server over a folder of rules and some logs: its address with
// the token, and what to call to stop it. The test fails when it does not stop
// in good order. With verify, the rules are run first, with these arguments.
func served(t *testing.T, rules string, f serveFlags, verify ...string) string {
	t.Helper()
	dir := t.TempDir()
	steps := [][]string{{"upstream", "add", "local", rules}, {"upstream", "sync"}}
	if len(verify) > 0 {
		steps = append(steps, append([]string{"rules", "verify"}, verify...))
	}
	for _, args := range steps {
		var out bytes.Buffer
		if code := Main(append(args, "--book", dir), nil, &out, &out); code != 0 {
			t.Fatalf("%v: %s", args, out.String())
		}
	}
	f.book.dir, f.listen, f.title = dir, "127.0.0.1:0", "Rules"
	if f.data.memory == "" {
		f.data.memory = "1GB"
	}
	ctx, stop := context.WithCancel(context.Background())
	out := &safeBuffer{}
	done := make(chan error, 1)
	go func() { done <- (&app{out: out, err: out}).serve(ctx, &f) }() // ends with ctx
	t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server does not stop")
		}
	})
	address := regexp.MustCompile(`http://\S+`)
	for range 1200 {
		if a := address.FindString(out.text()); strings.HasSuffix(out.text(), "\n") && a != "" {
			return a
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("the server did not start: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatal("the server does not start")
	return ""
}

const serveRule = `id: 11111111-2222-4333-8444-555555555555
name: Wrong passwords
severity: Low
kind: Scheduled
queryFrequency: 1h
queryPeriod: 1d
triggerOperator: gt
triggerThreshold: 0
tactics: [CredentialAccess]
relevantTechniques: [T1110]
query: |
  SigninLogs
  | where ResultType == "50126"
  | summarize Attempts = count() by UserPrincipalName
`

func TestServedPagesRunQueriesOnYourLogs(t *testing.T) {
	dir := t.TempDir()
	rules, logs := filepath.Join(dir, "rules"), filepath.Join(dir, "logs.ndjson")
	if err := os.Mkdir(rules, 0o755); err != nil {
		t.Fatal(err)
	}
	for p, text := range map[string]string{filepath.Join(rules, "r.yaml"): serveRule, logs: signins(20)} {
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f := serveFlags{token: "a-long-token-for-tests"}
	f.data.logs, f.data.now = []string{"SigninLogs=" + logs}, "2026-03-02T00:00:00Z"
	f.data.space.allowFiles = []string{dir}
	at, _, _ := strings.Cut(served(t, rules, f), "?")
	send := func(method, path, form string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, at+path, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.token)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	key := "11111111-2222-4333-8444-555555555555"
	if page := send("GET", "rules/"+key+"/", ""); !strings.Contains(page, "Wrong passwords") || !strings.Contains(page, "try/"+key) {
		t.Errorf("the rule's page: %s", page)
	}
	if page := send("POST", "try/"+key, ""); !strings.Contains(page, "Attempts<br>") || !strings.Contains(page, `role="status"`) {
		t.Errorf("the rule's run: %s", page)
	}
	if page := send("POST", "try/", "query=SigninLogs+|+count"); !strings.Contains(page, "<td>20</td>") {
		t.Errorf("a query: %s", page)
	}
	if page := send("POST", "try/", "query=SigninLogs+|+wher+x"); !strings.Contains(page, "KQL") || strings.Contains(page, `id="result"`) {
		t.Errorf("a wrong query: %s", page)
	}
	for _, q := range []string{`externaldata(a:string)["` + logs + `"]`, `externaldata(a:string)["http://127.0.0.1:1/"]`} {
		if page := send("POST", "try/", "query="+q); !strings.Contains(page, "not allowed here") {
			t.Errorf("%s: %s", q, page)
		}
	}
}
