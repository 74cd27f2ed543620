package kqltest

import (
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"goshawk/internal/fn"
	"goshawk/internal/manual"
	"goshawk/internal/parser"
)

const supportFile = "../manual/support.md"

// probe is what trying a name showed.
type probe struct {
	name, state string
	runs        bool
}

// TestSupport tries every operator, function, aggregate and plugin of the
// language, and holds what came out against the page that lists it. The
// number of those that run may only rise.
func TestSupport(t *testing.T) {
	if testing.Short() {
		t.Skip("tries every name of the language")
	}
	page := supportPage(t)
	old, err := os.ReadFile(supportFile)
	if err != nil && !*update {
		t.Fatalf("%v; make it with -update", err)
	}
	was, is := counts(string(old)), counts(page)
	for kind, n := range was {
		if is[kind] < n {
			t.Errorf("%s: %d run, and %d did before", kind, is[kind], n)
		}
	}
	switch {
	case t.Failed() || page == string(old) || !*update && uncounted(page) == uncounted(string(old)):
	case *update:
		if err := os.WriteFile(supportFile, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what trying shows; rewrite it with `make golden`:\n%s", supportFile, changed(uncounted(string(old)), uncounted(page)))
	}
}

// uncounted is the page without the numbers of examples, which change with
// every page and say nothing about what runs.
func uncounted(page string) string { return exampleCount.ReplaceAllString(page, "") }

var exampleCount = regexp.MustCompile(` \(\d+ examples?\)`)

// counts reads the figures off a page's headings: "## Operators: 50 of 57 run".
func counts(page string) map[string]int {
	out := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^## (\w+): (\d+) of`).FindAllStringSubmatch(page, -1) {
		out[m[1]], _ = strconv.Atoi(m[2])
	}
	return out
}

// changed are the lines that one of two pages has and the other has not.
func changed(a, b string) string {
	has := map[string]bool{}
	for _, l := range strings.Split(a, "\n") {
		has[l] = true
	}
	var out []string
	for _, l := range strings.Split(b, "\n") {
		if !has[l] {
			out = append(out, l)
		}
	}
	return strings.Join(out[:min(len(out), 20)], "\n")
}

func supportPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# support\n\nWhat of the language runs here. Each name was tried: with the examples of its page, or without a page with a call of\n" +
		"values of its types. `make golden` tries again and rewrites this page.\n")
	section := func(title string, list []probe) {
		sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
		n := 0
		for _, p := range list {
			if p.runs {
				n++
			}
		}
		fmt.Fprintf(&b, "\n## %s: %d of %d run\n\n| name | state |\n|:--|:--|\n", title, n, len(list))
		for _, p := range list {
			fmt.Fprintf(&b, "| `%s` | %s |\n", p.name, p.state)
		}
	}
	var ops []probe
	for _, w := range parser.Operators() {
		if !strings.HasPrefix(w, "__") {
			ops = append(ops, tryPage(t, w, manual.Operator, applying(w)))
		}
	}
	section("Operators", ops)
	section("Functions", tryAll(t, fn.Functions, manual.Function, "print x = %s"))
	section("Aggregates", tryAll(t, fn.Aggregates, manual.Agg, "range x from 1 to 3 step 1 | summarize r = %s"))
	section("Plugins", tryAll(t, fn.Plugins, manual.Plugin, "range x from 1 to 3 step 1 | evaluate %s"))
	return b.String()
}

func tryAll(t *testing.T, list []fn.Entry, kind manual.Kind, frame string) []probe {
	var out []probe
	for i := range list {
		if !strings.HasPrefix(list[i].Name, "__") {
			out = append(out, tryPage(t, list[i].Name, kind, calling(&list[i], frame)))
		}
	}
	return out
}

// tryPage runs the examples of a name's page that use it, else the calls.
func tryPage(t *testing.T, name string, kind manual.Kind, calls []string) probe {
	t.Helper()
	uses := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(name) + `($|[^\w-])`)
	n := 0
	for _, p := range manual.Find(name) {
		if p.Kind != kind {
			continue
		}
		page, err := ParsePage(p.Text, false)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, c := range page.Cases {
			if len(c.Want) == 0 || !uses.MatchString(c.Query) {
				continue
			}
			w, err := load(c, t.TempDir())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if o := compute(c, w, variants()[0]); !o.refused {
				n++
			}
		}
	}
	if n > 0 {
		return probe{name, fmt.Sprintf("runs (%d examples)", n), true}
	}
	said := "no page and no call shows that it runs"
	for _, q := range calls {
		o := answer(q)
		if !o.refused {
			return probe{name, "runs", true}
		}
		line, _, _ := strings.Cut(o.diags, "\n")
		if i := strings.Index(line, ": "); i >= 0 {
			line = line[i+2:]
		}
		if strings.Contains(line, "KQL29") {
			return probe{name, "refused: " + line, false}
		}
		said = "not run: " + line
	}
	return probe{name, strings.ReplaceAll(said, "|", "\\|"), false}
}

// sampleOf are values for parameters, by type.
var sampleOf = map[string]string{
	"bool": "true", "int": "int(1)", "long": "1", "real": "1.5", "decimal": "decimal(1.5)", "string": "'a'", "datetime": "datetime(2026-03-01)",
	"timespan": "1h", "guid": "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", "dynamic": "dynamic([1,2])",
}

// applying are ways in which an operator may be written; an older spelling has
// no page of its own.
func applying(word string) []string {
	var out []string
	for _, rest := range []string{"", " 1", " x", " x > 1", " by x", " x on (take 1)", " narrow()", " (true)"} {
		out = append(out, "range x from 1 to 3 step 1 | extend y = dynamic([1]) | "+word+rest)
	}
	return append(out, "range x from 1 to 3 step 1 | extend y = dynamic([1]) | "+word+" y", "range x from 1 to 3 step 1 | extend y = dynamic([1]) | "+word+" y on (take 1)")
}

// calling are calls of a name with the fewest arguments of each signature.
func calling(e *fn.Entry, frame string) []string {
	var out []string
	for _, s := range e.Sigs {
		var args []string
		for i := 0; i < s.MinArgs; i++ {
			v := "1"
			if p := &s.Params[min(i, len(s.Params)-1)]; len(p.Types) > 0 {
				v = sampleOf[p.Types[0].String()]
			}
			args = append(args, v)
		}
		out = append(out, fmt.Sprintf(frame, e.Name+"("+strings.Join(args, ", ")+")"))
	}
	return out
}
