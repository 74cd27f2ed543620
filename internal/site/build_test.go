package site

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"goshawk/internal/attack"
	"goshawk/internal/coverage"
	"goshawk/internal/enrich"
)

var day1 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// hostile is a text that tries to become markup or script wherever it lands.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>' onmouseover='alert(3)' javascript:alert(4) ${7*7} {{.}} </title></style>`

// model is a small catalogue, with one rule that is hostile all over.
func model(n int) *Model {
	m := &Model{Title: "Test rules", URL: "https://rules.example", Built: day1, Version: "test", Matrix: attack.Builtin(),
		Sources: []Source{{Name: "one", URL: "https://example.org/x", Licence: "MIT", Commit: "0123456789abcdef", Synced: day1, Rules: n}},
		Tables:  func(string) []Column { return []Column{{"TimeGenerated", "datetime"}, {"UserPrincipalName", "string"}} }}
	for i := range n {
		r := rule(fmt.Sprintf("r-%d", i), fmt.Sprintf("Rule %d", i), "SigninLogs\n| where ResultType == \"50126\" // a < b\n| take 5")
		m.Rules = append(m.Rules, r)
	}
	bad := rule("r-hostile", hostile, hostile)
	bad.Description, bad.Raw, bad.Author, bad.Tags = hostile, hostile, hostile, []string{hostile}
	bad.References = []string{"javascript:alert(5)", "https://ok.example/?q=\"><script>"}
	bad.Techniques, bad.Places[0].Path = []string{hostile, "T1110"}, hostile
	bad.Verdict.Reason, bad.Verdict.Evidence[0].Sample = hostile, [][2]string{{"a", hostile}}
	bad.Enrichment.Hypothesis, bad.Enrichment.Benign[0].Exclude = hostile, hostile
	bad.Model = &enrich.Enrichment{Maker: hostile, Hypothesis: hostile, Means: hostile, NotMeans: hostile, Why: hostile, Blind: []string{hostile}, Escalate: []string{hostile}, Benign: []enrich.Benign{{Cause: hostile, Tell: hostile}}}
	bad.Versions = append(bad.Versions, Version{Seen: day1, Change: hostile, Diff: "+" + hostile})
	m.Rules = append(m.Rules, bad)
	for _, r := range m.Rules {
		m.Events = append(m.Events, Event{Day: day1, What: "new", Rule: r})
	}
	var cov []coverage.Rule
	for _, r := range m.Rules {
		cov = append(cov, coverage.Rule{Key: r.Key, Name: r.Name, Techniques: r.Techniques, Tables: []string{"SigninLogs"}, Why: hostile})
	}
	m.Coverage = coverage.Make(coverage.Config{Matrix: m.Matrix, Rules: cov})
	m.Cover = func(kind, value string) *coverage.Map {
		c := coverage.Config{Matrix: m.Matrix, Rules: cov}
		if kind == "table" {
			c.Table = value
		}
		return coverage.Make(c)
	}
	return m
}

func rule(key, name, query string) *Rule {
	return &Rule{Key: key, Name: name, Query: query, Raw: "name: " + name, RawName: "rule.yaml", Kind: "Scheduled", Severity: "High", Techniques: []string{"T1110.003"}, Tactics: []string{"CredentialAccess"},
		Changed: day1, First: day1, Places: []Place{{Source: "one", Path: "a/b.yaml", Commit: "0123456789abcdef", Licence: "MIT", Link: "https://example.org/a/b.yaml", Retrieved: day1}},
		Versions: []Version{{Seen: day1, Commit: "0123456789"}},
		Verdict:  Verdict{State: "fires", Tables: []TableUse{{Name: "SigninLogs", Columns: []string{"ResultType"}}}, Result: []Column{{"a", "string"}}, Evidence: []Evidence{{Data: "sample", At: day1, Has: true, Rows: 1, Sample: [][2]string{{"a", "1"}}}}},
		Enrichment: &enrich.Enrichment{Maker: "test", Confidence: "high", Hypothesis: "Somebody tries passwords. It reads sign-ins.", Means: "One row is one address.", Benign: []enrich.Benign{{Cause: "A cause.", Tell: "so"}},
			Reads: []enrich.Read{{Table: "SigninLogs", Row: "a sign-in", Known: true}}, Triage: []enrich.Pivot{{Question: "Who?", KQL: "SigninLogs | take 1"}}, Escalate: []string{"It goes on."}, Blind: []string{"All else."}}}
}

// built is a site on disk with its HTML pages parsed.
func built(t *testing.T, m *Model) (string, map[string]*html.Node) {
	t.Helper()
	dir := t.TempDir()
	if _, err := Build(m, dir); err != nil {
		t.Fatal(err)
	}
	pages := map[string]*html.Node{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".html") {
			return err
		}
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		n, err := html.Parse(f)
		rel, _ := filepath.Rel(dir, p)
		pages[filepath.ToSlash(rel)] = n
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, pages
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// TestHostileRulesAreInert says that no page has a script but our own, no
// handler, no style, and no link that runs something, whatever a rule holds.
func TestHostileRulesAreInert(t *testing.T) {
	_, pages := built(t, model(1))
	if len(pages) < 700 {
		t.Fatalf("only %d pages", len(pages))
	}
	for path, root := range pages {
		walk(root, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			switch n.Data {
			case "script":
				if src, _ := attr(n, "src"); !strings.HasSuffix(src, "assets/app.js") || n.FirstChild != nil {
					t.Errorf("%s: a script: %q", path, src)
				}
			case "img", "iframe", "object", "embed", "style", "base":
				t.Errorf("%s: an element %s", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: an attribute %s=%q", path, a.Key, a.Val)
				}
				if a.Key == "href" || a.Key == "action" || a.Key == "src" {
					if u, err := url.Parse(a.Val); err != nil || u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http" {
						t.Errorf("%s: a link %q", path, a.Val)
					}
				}
			}
		})
	}
}

// TestLinks says that every link inside the site leads to a file.
func TestLinks(t *testing.T) {
	dir, pages := built(t, model(130))
	for path, root := range pages {
		walk(root, func(n *html.Node) {
			href, ok := attr(n, "href")
			if !ok {
				href, ok = attr(n, "src")
			}
			if !ok || strings.HasPrefix(href, "http") || strings.HasPrefix(href, "#") {
				return
			}
			href, _, _ = strings.Cut(href, "#")
			href, _, _ = strings.Cut(href, "?")
			to := filepath.Join(dir, filepath.Dir(filepath.FromSlash(path)), filepath.FromSlash(href))
			if strings.HasSuffix(href, "/") {
				to = filepath.Join(to, "index.html")
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", path, href)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestAccessible holds pages to what can be checked without a browser:
// language, title, one h1, headings in order, labels, table headers, link
// texts, a way past the navigation, the content policy.
func TestAccessible(t *testing.T) {
	_, pages := built(t, model(2))
	for path, root := range pages {
		level, h1, skip, policy := 0, 0, false, false
		labels := map[string]bool{}
		walk(root, func(n *html.Node) {
			if n.Type == html.ElementNode && n.Data == "label" {
				f, _ := attr(n, "for")
				labels[f] = true
			}
		})
		walk(root, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			switch n.Data {
			case "html":
				if l, _ := attr(n, "lang"); l != "en" {
					t.Errorf("%s: no language", path)
				}
			case "h1", "h2", "h3", "h4":
				now := int(n.Data[1] - '0')
				if now > level+1 {
					t.Errorf("%s: a heading h%d after h%d", path, now, level)
				}
				level = now
				if now == 1 {
					h1++
				}
			case "input":
				if id, _ := attr(n, "id"); !labels[id] {
					t.Errorf("%s: an input without label", path)
				}
			case "a":
				if c, _ := attr(n, "class"); c == "skip" {
					skip = true
				}
				if strings.TrimSpace(textOf(n)) == "" {
					t.Errorf("%s: a link without text", path)
				}
			case "table":
				if !strings.Contains(headers(n), "th") {
					t.Errorf("%s: a table without headers", path)
				}
			case "meta":
				if v, _ := attr(n, "http-equiv"); v == "Content-Security-Policy" {
					c, _ := attr(n, "content")
					policy = strings.Contains(c, "default-src 'none'") && !strings.Contains(c, "unsafe")
				}
			}
		})
		if h1 != 1 || !skip || !policy {
			t.Errorf("%s: %d h1, skip link %v, content policy %v", path, h1, skip, policy)
		}
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}

func headers(n *html.Node) string {
	out := ""
	walk(n, func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "th" {
			out = "th"
		}
	})
	return out
}

// TestFeeds says that the feeds are well formed and name what changed.
func TestFeeds(t *testing.T) {
	dir, _ := built(t, model(3))
	raw, err := os.ReadFile(filepath.Join(dir, "feed.atom"))
	if err != nil {
		t.Fatal(err)
	}
	var f atomFeed
	if err := xml.Unmarshal(raw, &f); err != nil || len(f.Entries) != 4 || f.Entries[0].ID == "" {
		t.Errorf("Atom: %v, %d entries", err, len(f.Entries))
	}
	for _, p := range []string{"feed.json", "rules.json", "rules.schema.json", "search/rules.json", "coverage/coverage.json", "coverage/coverage.layer.json", "coverage/table/SigninLogs/coverage.layer.json", "coverage/severity/High/coverage.json", "feed/severity/High/feed.json", "rules/r-0/rule.arm.json", "rules/r-hostile/rule.arm.json"} {
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
		if err != nil || !json.Valid(raw) {
			t.Errorf("%s: %v, valid JSON %v", p, err, json.Valid(raw))
		}
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "sitemap.xml")); err != nil || strings.Count(string(raw), "<loc>") < 700 {
		t.Errorf("sitemap: %v", err)
	}
}

// TestHighlightKeepsTheQuery says that colouring changes no character.
func TestHighlightKeepsTheQuery(t *testing.T) {
	tag := regexp.MustCompile(`<[^>]*>`)
	for _, q := range []string{"SigninLogs | where a == 'x' // c", "let x = 1;\n\nprint x", hostile, "", "print \"unclosed", "T | where a has ```two\nlines```"} {
		var lines []string
		for _, l := range highlight(q, "", map[string]bool{"SigninLogs": true}) {
			lines = append(lines, html.UnescapeString(tag.ReplaceAllString(string(l), "")))
		}
		if got := strings.Join(lines, "\n"); got != q {
			t.Errorf("%q became %q", q, got)
		}
	}
}

// TestHighlightTellsCallsFromWords says what is a call: count() is one though
// count is an operator too, and a join's kind before a bracket is none.
func TestHighlightTellsCallsFromWords(t *testing.T) {
	got := string(highlight("T | summarize n = count() | join kind=inner (U) on x | where strlen(a) > 1", "", nil)[0])
	for _, want := range []string{`>count</span>()`, `class="kf" title="`, `>strlen</span>`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	for _, never := range []string{`<span class="kf">inner`, `<span class="kk">count</span>()`} {
		if strings.Contains(got, never) {
			t.Errorf("%q in %s", never, got)
		}
	}
}

// TestRebuild says that a second build takes away what is gone and leaves
// files that are not ours.
func TestRebuild(t *testing.T) {
	dir := t.TempDir()
	if _, err := Build(model(2), dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CNAME"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(model(1), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "rules/r-1/index.html")); !os.IsNotExist(err) {
		t.Error("the page of a rule that is gone is still there")
	}
	if _, err := os.Stat(filepath.Join(dir, "CNAME")); err != nil {
		t.Error("a file that is not ours was removed")
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{"a/b c.yaml": "b_c.yaml", "../../etc/passwd": "passwd", "..": "x", "index.html": "x", `c:\d\e.kql`: "e.kql", "": "x", "<script>.yaml": "_script_.yaml"} {
		if got := SafeName(in, "x"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
