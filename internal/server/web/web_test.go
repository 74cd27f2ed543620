package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"goshawk/internal/attack"
	"goshawk/internal/coverage"
	"goshawk/internal/site"
)

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)></textarea><svg onload=alert(3)>`

func model() *site.Model {
	m := &site.Model{Title: "T", Matrix: attack.Builtin(), Live: true, Built: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	m.Rules = []*site.Rule{{Key: "one", Name: hostile, Query: "SigninLogs | take 5", Raw: "name: x", RawName: "rule.yaml", Versions: []site.Version{{}}}}
	m.Events = []site.Event{{What: "new", Rule: m.Rules[0]}}
	m.Coverage = coverage.Make(coverage.Config{Matrix: m.Matrix})
	return m
}

// serve is a server over one rule; run may be nil.
func serve(t *testing.T, c Config, run func(context.Context, *site.Rule, string) site.Try) *httptest.Server {
	t.Helper()
	c.Build = func(dir string) (*site.Model, error) {
		m := model()
		_, err := site.Build(m, dir)
		return m, err
	}
	c.Run, c.Data = run, "the sample"
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ts.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return ts
}

func do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func request(t *testing.T, method, url string, form url.Values) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func TestPagesAndHeaders(t *testing.T) {
	ts := serve(t, Config{}, nil)
	for path, want := range map[string]struct {
		code int
		kind string
	}{
		"/": {200, "text/html; charset=utf-8"}, "/rules/one/": {200, "text/html; charset=utf-8"}, "/rules/one": {301, ""}, "/assets/app.js": {200, "text/javascript; charset=utf-8"},
		"/rules/one/rule.yaml": {200, "text/plain; charset=utf-8"}, "/rules/one/rule.arm.json": {200, "application/json"}, "/feed.atom": {200, "application/atom+xml; charset=utf-8"},
		"/nowhere/": {404, "text/html; charset=utf-8"}, "/.goshawk-files": {404, "text/html; charset=utf-8"}, "/assets/..%2f..%2fetc/passwd": {404, "text/html; charset=utf-8"},
		"/try/one": {200, "text/html; charset=utf-8"}, "/try/": {200, "text/html; charset=utf-8"}, "/try/none": {404, "text/html; charset=utf-8"},
	} {
		res, _ := do(t, request(t, "GET", ts.URL+path, nil))
		if res.StatusCode != want.code || want.kind != "" && res.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s: %d %s, want %d %s", path, res.StatusCode, res.Header.Get("Content-Type"), want.code, want.kind)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers are missing", path)
		}
	}
	if res, _ := do(t, request(t, "DELETE", ts.URL+"/rules/one/", nil)); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", res.StatusCode)
	}
}

func TestTokenOpensTheDoor(t *testing.T) {
	ts := serve(t, Config{Token: "a-long-secret-token"}, nil)
	for _, bad := range []string{"/", "/?token=wrong", "/?token=", "/assets/style.css", "/try/one"} {
		if res, body := do(t, request(t, "GET", ts.URL+bad, nil)); res.StatusCode != 401 || strings.Contains(body, "script") {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	if res, _ := do(t, request(t, "POST", ts.URL+"/try/one?token=a-long-secret-token", url.Values{})); res.StatusCode != 401 {
		t.Errorf("a form with the token in its address: %d", res.StatusCode)
	}
	r := request(t, "GET", ts.URL+"/", nil)
	r.Header.Set("Authorization", "Bearer a-long-secret-token")
	if res, _ := do(t, r); res.StatusCode != 200 {
		t.Errorf("bearer: %d", res.StatusCode)
	}
	res, _ := do(t, request(t, "GET", ts.URL+"//evil.example/x?token=a-long-secret-token&q=1", nil))
	if to := res.Header.Get("Location"); res.StatusCode != 303 || to != "/evil.example/x?q=1" {
		t.Errorf("the redirect: %d to %q", res.StatusCode, to)
	}
	got := res.Cookies()
	if len(got) != 1 || !got[0].HttpOnly || got[0].SameSite != http.SameSiteLaxMode || strings.Contains(got[0].Value, "secret") {
		t.Fatalf("cookies: %v", got)
	}
	r = request(t, "GET", ts.URL+"/", nil)
	r.AddCookie(got[0])
	if res, _ := do(t, r); res.StatusCode != 200 {
		t.Errorf("cookie: %d", res.StatusCode)
	}
}

func TestLoopbackAnswersToItsOwnNameOnly(t *testing.T) {
	ts := serve(t, Config{Loopback: true}, nil)
	for host, want := range map[string]int{"localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200, "evil.example": 421, "127.0.0.1.evil.example:80": 421} {
		r := request(t, "GET", ts.URL+"/", nil)
		r.Host = host
		if res, _ := do(t, r); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, res.StatusCode, want)
		}
	}
}

func TestTryRunsTheQuery(t *testing.T) {
	var asked []string
	ts := serve(t, Config{}, func(_ context.Context, r *site.Rule, q string) site.Try {
		asked = append(asked, q)
		return site.Try{Ran: true, Total: 7, Columns: []site.Column{{Name: hostile, Type: "string"}}, Rows: [][]string{{hostile}}}
	})
	_, body := do(t, request(t, "POST", ts.URL+"/try/one", url.Values{}))
	if len(asked) != 1 || asked[0] != "SigninLogs | take 5" || !strings.Contains(body, "7 rows, the first 1 are shown") {
		t.Errorf("asked %q; page %s", asked, body)
	}
	_, body = do(t, request(t, "POST", ts.URL+"/try/one", url.Values{"query": {"print 1\r\n" + hostile}}))
	if asked[1] != "print 1\n"+hostile || !strings.Contains(body, "(edited)") {
		t.Errorf("asked %q", asked[1])
	}
	inert(t, body)
	if res, _ := do(t, request(t, "POST", ts.URL+"/try/", url.Values{"query": {" "}})); res.StatusCode != 400 {
		t.Errorf("no query: %d", res.StatusCode)
	}
	if res, _ := do(t, request(t, "POST", ts.URL+"/try/none", url.Values{})); res.StatusCode != 404 {
		t.Errorf("no rule: %d", res.StatusCode)
	}
	for _, n := range []int{maxQuery + 1, 5 * maxQuery} {
		if res, _ := do(t, request(t, "POST", ts.URL+"/try/", url.Values{"query": {strings.Repeat("x", n)}})); res.StatusCode != 413 {
			t.Errorf("%d bytes: %d", n, res.StatusCode)
		}
	}
	r := request(t, "POST", ts.URL+"/try/one", url.Values{})
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, _ := do(t, r); res.StatusCode != 403 {
		t.Errorf("a form of another site: %d", res.StatusCode)
	}
	if len(asked) != 2 {
		t.Errorf("ran %d queries", len(asked))
	}
}

// inert says that a page has no script but the site's, no handler and none of
// the elements that a hostile text brings.
func inert(t *testing.T, body string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "img" || n.Data == "svg" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("an element %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("an attribute %s", a.Key)
			}
		}
	}
}

func TestSlowQueriesAreStopped(t *testing.T) {
	ts := serve(t, Config{QueryTime: 20 * time.Millisecond, Queries: 1}, func(ctx context.Context, _ *site.Rule, _ string) site.Try {
		<-ctx.Done()
		return site.Try{Problems: []string{ctx.Err().Error()}}
	})
	if _, body := do(t, request(t, "POST", ts.URL+"/try/one", url.Values{})); !strings.Contains(body, "stopped after 20ms") {
		t.Errorf("page %s", body)
	}
}

func TestTooManyQueriesWaitAndAreTurnedAway(t *testing.T) {
	s := &Server{slots: make(chan struct{}, 1)}
	if !s.takeSlot(t.Context()) {
		t.Fatal("the first query must run")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if s.takeSlot(ctx) {
		t.Error("the second query must wait")
	}
	<-s.slots
	if !s.takeSlot(t.Context()) {
		t.Error("a slot that is free again must be given")
	}
}

func TestAPanicIsAPageAndTheServerLives(t *testing.T) {
	ts := serve(t, Config{}, func(context.Context, *site.Rule, string) site.Try { panic("boom") })
	for range 3 {
		res, body := do(t, request(t, "POST", ts.URL+"/try/one", url.Values{}))
		if res.StatusCode != 500 || strings.Contains(body, "boom") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	}
}

func TestPagesFollowTheBook(t *testing.T) {
	stamp, title, broken := "1", "One", false
	s, err := New(Config{Stamp: func() string { return stamp }, Build: func(dir string) (*site.Model, error) {
		if broken {
			return nil, os.ErrInvalid
		}
		m := model()
		m.Title = title
		_, err := site.Build(m, dir)
		return m, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	page := func() string {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		return w.Body.String()
	}
	title = "Two"
	if err := s.Refresh(); err != nil || !strings.Contains(page(), "· One</title>") {
		t.Errorf("nothing changed, and the pages did: %v", err)
	}
	stamp = "2"
	if err := s.Refresh(); err != nil || !strings.Contains(page(), "· Two</title>") {
		t.Errorf("the pages did not follow: %v", err)
	}
	stamp, broken = "3", true
	if err := s.Refresh(); err == nil || !strings.Contains(page(), "· Two</title>") {
		t.Errorf("after a build that went wrong the old pages must stay: %v", err)
	}
	dirs, err := os.ReadDir(s.dir)
	if err != nil || len(dirs) != 1 {
		t.Errorf("%d folders of pages are left: %v", len(dirs), err)
	}
}
