package rule

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared is the folder of test material beside the repository, or a skip.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		p := filepath.Join(dir, "shared", path)
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	t.Skipf("the test material shared/%s is not beside the repository", path)
	return ""
}

func TestPublishedCasesLoad(t *testing.T) {
	set := LoadPaths([]string{shared(t, "cases")})
	if len(set.Rules) < 20 || set.Broken > 0 || set.Diagnostics.HasErrors() {
		t.Errorf("%d rules, %d broken: %v", len(set.Rules), set.Broken, set.Diagnostics.Err())
	}
	for _, r := range set.Rules {
		wantPlaces(t, r)
	}
}

// The queries of the public corpus, put into YAML in each style of scalar that
// can hold them, come back byte for byte and at their places.
func TestCorpusQueriesComeBack(t *testing.T) {
	f, err := os.Open(shared(t, "corpus/rules.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	n := 0
	for lines.Scan() {
		var rec struct{ ID, Query string }
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			t.Fatal(err)
		}
		q := strings.TrimRight(rec.Query, "\n") + "\n"
		if strings.ContainsFunc(q, func(r rune) bool { return forbidden(r) || r == '\r' || r == '\u0085' || r == '\u2028' }) {
			continue
		}
		for style, text := range inStyles(q, n) {
			rules, ds := Parse(rec.ID+".yaml", []byte(text))
			if len(rules) != 1 {
				t.Errorf("%s %s: %d rules, %v", rec.ID, style, len(rules), ds)
				continue
			}
			if rules[0].Query != q {
				t.Errorf("%s %s: the query changed", rec.ID, style)
			}
			if len(q) > 20 && len(q) < 5000 && n%10 == 0 {
				wantPlaces(t, rules[0])
			}
		}
		n++
	}
	if n < 5000 {
		t.Errorf("only %d queries", n)
	}
}

// inStyles writes a query as a block and as a quoted scalar.
func inStyles(q string, n int) map[string]string {
	indent := []string{"  ", "    "}[n%2]
	block := "name: x\nquery: |" + indentDigit(q, len(indent)) + "\n"
	for _, ln := range strings.Split(strings.TrimSuffix(q, "\n"), "\n") {
		block += indent + ln + "\n"
	}
	if n%3 == 0 {
		block = strings.ReplaceAll(block, "\n", "\r\n")
	}
	quoted, _ := json.Marshal(q)
	return map[string]string{"block": block, "quoted": "name: x\nquery: " + string(quoted) + "\n"}
}

// indentDigit is needed when the block begins with a blank.
func indentDigit(q string, width int) string {
	if strings.HasPrefix(strings.TrimLeft(q, "\n"), " ") || strings.HasPrefix(q, " ") || strings.HasPrefix(q, "\n") {
		return string(rune('0' + width))
	}
	return ""
}

func TestFoldersAreReadInOrder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	id := "id: 5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10\n"
	write("b/one.yaml", id+"name: one\nquery: T\n")
	write("b/two.yml", id+"name: two\nquery: T\n")
	write("a.kql", "T")
	write("c/broken.yaml", "name: a: b\nquery: T\n")
	write("c/chart.yaml", "name: chart\nversion: 1\n")
	write("c/readme.md", "# Nothing\n")
	write("c/picture.png", "x")
	write("c/requirements.txt", "x==1\n")
	write(".git/x.yaml", "name: hidden\nquery: T\n")
	outside := filepath.Join(t.TempDir(), "out.yaml")
	if err := os.WriteFile(outside, []byte("name: out\nquery: T\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "b", "link.yaml")); err != nil {
		t.Log("no symbolic links here:", err)
	}
	set := LoadPaths([]string{dir, filepath.Join(dir, "a.kql"), filepath.Join(dir, "missing.yaml")})
	var names []string
	for _, r := range set.Rules {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "a one two" {
		t.Errorf("rules %q", got)
	}
	if set.Files != 3 || set.Broken != 2 || set.Skipped < 4 {
		t.Errorf("files %d, broken %d, skipped %d", set.Files, set.Broken, set.Skipped)
	}
	var codes []string
	for _, d := range set.Diagnostics {
		codes = append(codes, d.Code)
	}
	if got := strings.Join(codes, " "); got != "KQL5001 KQL5003 KQL5113" {
		t.Errorf("codes %s", got)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("a.yaml", []byte(sample))
	f.Add("a.yaml", []byte("a: &a [*a]\nquery: |2\n\tT\n"))
	f.Add("a.yaml", []byte("query: \"T\\\n  x\\u0041\"\n--- >\n x\n"))
	f.Add("a.yaml", []byte("? [a]\n: !!binary x\n<<: [{query: >-\n   T}]\n"))
	f.Add("a.md", []byte("---\na: b\n---\n# x\n```kql\nT\n```\n"))
	f.Add("a.kql", []byte("// severity: High\nT"))
	f.Add("a.yaml", utf16Bytes(sample, true, true))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		rules, ds := Parse(name, data)
		for _, r := range rules {
			for i := range len(r.Query) + 1 {
				r.Text.Position(i)
			}
		}
		for _, d := range ds {
			_ = d.Render()
		}
	})
}
