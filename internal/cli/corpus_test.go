package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"goshawk/internal/attack"
)

// corpusRule is a line of the public rules' corpus.
type corpusRule struct {
	ID, Repo, Path, Kind, Title, Query string
	Meta                               map[string]any
}

// eachCorpusRule reads the corpus beside the repository, or skips the test.
func eachCorpusRule(t *testing.T, f func(corpusRule)) {
	t.Helper()
	file, err := os.Open("../../../shared/corpus/rules.jsonl")
	if err != nil {
		t.Skip("the corpus of public rules is not beside the repository")
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var r corpusRule
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		f(r)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

// yamlFields are the fields of a corpus rule that stand in the file as the
// author wrote them.
var yamlFields = []string{"id", "severity", "tactics", "relevantTechniques", "requiredDataConnectors", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold", "entityMappings", "version", "kind", "tags"}

// asYAML is a corpus rule as a Sentinel file: JSON texts are YAML.
func asYAML(r corpusRule, copyOf int) string {
	var b strings.Builder
	field := func(k string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", k, raw)
	}
	title, query := r.Title, r.Query
	if copyOf > 0 {
		title = fmt.Sprintf("%s (%d)", title, copyOf)
		query += fmt.Sprintf("\n| extend Copy%d = %d", copyOf, copyOf)
	}
	field("name", title)
	for _, k := range yamlFields {
		if v, ok := r.Meta[k]; ok && (k != "id" || copyOf == 0) {
			field(k, v)
		}
	}
	field("query", query)
	return b.String()
}

// corpusBook is a book of corpus rules, and how many there are. want says
// which rules, copies how often each one is taken with another name.
func corpusBook(t *testing.T, want func(corpusRule) bool, copies int) (book string, rules int) {
	t.Helper()
	dir := t.TempDir()
	book = filepath.Join(dir, "book")
	eachCorpusRule(t, func(r corpusRule) {
		if !want(r) {
			return
		}
		for k := range copies {
			p := filepath.Join(dir, "rules", strings.ReplaceAll(r.Repo, "/", "_"), fmt.Sprintf("%s-%d.yaml", r.ID, k))
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, []byte(asYAML(r, k)), 0o644); err != nil {
				t.Fatal(err)
			}
			rules++
		}
	})
	run := func(args ...string) {
		t.Helper()
		var out bytes.Buffer
		start := time.Now()
		if code := Main(append(args, "--book", book), nil, &out, &out); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, out.String())
		}
		t.Logf("%s: %.1f s", strings.Join(args[:2], " "), time.Since(start).Seconds())
		if args[0] == "rules" {
			t.Log("\n" + out.String())
		}
	}
	run("upstream", "add", "corpus", filepath.Join(dir, "rules"))
	run("upstream", "add", "starter", "../../rules/starter")
	run("upstream", "sync")
	run("rules", "verify", "--check-only")
	return book, rules + 16
}

var largest = regexp.MustCompile(`largest page has ([0-9]+) KB \(([^)]*)\)`)

// buildSite builds a book's site and gives the folder and what the command
// printed.
func buildSite(t *testing.T, book string) (dir, said string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "site")
	var out bytes.Buffer
	if code := Main([]string{"site", "build", "--book", book, "--out", dir}, nil, &out, &out); code != 0 {
		t.Fatalf("site build: %s", out.String())
	}
	return dir, out.String()
}

// TestCorpusSite builds the site of all public YAML rules and the starter
// pack: a page for each rule, no empty section, every ATT&CK id resolved or
// reported, a verdict on each, no page over 100 KB where the rule is not.
func TestCorpusSite(t *testing.T) {
	if testing.Short() {
		t.Skip("a long test")
	}
	ids := map[string]bool{}
	book, n := corpusBook(t, func(r corpusRule) bool {
		list, _ := r.Meta["relevantTechniques"].([]any)
		for _, id := range list {
			ids[fmt.Sprint(id)] = true
		}
		return r.Kind == "analytic" || r.Kind == "hunting"
	}, 1)
	known, noted := 0, 0
	for id := range ids {
		switch x := attack.Builtin().Resolve(id); {
		case x.Note != "":
			noted++
		case x.Technique != nil:
			known++
		default:
			t.Errorf("the technique id %q is neither resolved nor reported", id)
		}
	}
	t.Logf("%d technique ids are known, %d are reported as withdrawn, misspelt or unknown", known, noted)
	dir, said := buildSite(t, book)
	t.Logf("%d rules: %s", n, said)
	pages, err := filepath.Glob(filepath.Join(dir, "rules", "*", "index.html"))
	if err != nil || len(pages) < n*9/10 {
		t.Errorf("%d pages for %d rules: %v", len(pages), n, err)
	}
	words := map[string]int{}
	for _, p := range pages {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		checkRulePage(t, filepath.Base(filepath.Dir(p)), raw, words)
		if t.Failed() {
			return
		}
	}
	t.Logf("verdicts: %v", words)
	checkSizes(t, dir)
}

// checkRulePage reads one rule's page as a reader would.
func checkRulePage(t *testing.T, key string, raw []byte, words map[string]int) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var heading, text string
	need := map[string]bool{"hypothesis": false, "query": false, "data": false, "attack": false, "false-positives": false, "triage": false, "definition": false, "versions": false, "source": false}
	section := func() {
		if heading != "" && len(strings.TrimSpace(text)) < 10 {
			t.Errorf("%s: the section %q is empty", key, heading)
		}
		text = ""
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode && (n.Data == "h2" || n.Data == "h3"):
			// A part of a section may be all that it has.
			if n.Data == "h3" && len(strings.TrimSpace(text)) < 10 {
				text = ""
			} else {
				section()
			}
			heading = ""
			for d := range n.Descendants() {
				heading += d.Data + " "
			}
			for _, a := range n.Attr {
				if a.Key == "id" {
					need[a.Val] = true
				}
			}
		case n.Type == html.ElementNode && n.Data == "div":
			for _, a := range n.Attr {
				if word, ok := strings.CutPrefix(a.Val, "verdict "); ok && a.Key == "class" {
					words[word]++
				}
			}
		case n.Type == html.ElementNode && n.Data == "footer":
			section()
			heading = ""
		case n.Type == html.TextNode && n.Parent.Data != "h2" && n.Parent.Data != "h3" && n.Parent.Data != "button":
			text += n.Data
		}
	}
	for id, there := range need {
		if !there {
			t.Errorf("%s: no section %q", key, id)
		}
	}
	if bytes.Contains(raw, []byte("Not run yet")) {
		t.Errorf("%s: no verdict", key)
	}
}

// checkSizes holds pages to 100 KB, fonts there are none, except those of
// rules whose own text is long: the page has it twice, and its colours.
func checkSizes(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".html" {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() <= 100_000 {
			return err
		}
		own := int64(0)
		if others, _ := filepath.Glob(filepath.Join(filepath.Dir(p), "*.yaml")); len(others) == 1 {
			if o, err := os.Stat(others[0]); err == nil {
				own = o.Size()
			}
		}
		rel, _ := filepath.Rel(dir, p)
		if info.Size() > 100_000+8*own || own < 5000 {
			t.Errorf("%s has %d KB; its rule has %d KB", rel, info.Size()/1000, own/1000)
		} else {
			t.Logf("%s has %d KB; its rule has %d KB", rel, info.Size()/1000, own/1000)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTenThousandRules holds the static site of 10,000 rules to a minute.
func TestTenThousandRules(t *testing.T) {
	if os.Getenv("GOSHAWK_LONG") == "" {
		t.Skip("takes minutes; set GOSHAWK_LONG to run it")
	}
	book, n := corpusBook(t, func(r corpusRule) bool { return r.Kind == "analytic" || r.Kind == "hunting" }, 7)
	start := time.Now()
	_, said := buildSite(t, book)
	t.Logf("%d rules: %s", n, said)
	if took := time.Since(start); n >= 10_000 && took > time.Minute {
		t.Errorf("%d rules took %v", n, took)
	}
	if m := largest.FindStringSubmatch(said); m == nil {
		t.Errorf("no size in %q", said)
	}
}
