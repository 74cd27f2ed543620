package kqltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"goshawk/internal/bind"
	"goshawk/internal/parser"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// generatedQueries is how many queries are compared with the official
// analyzer; GOSHAWK_GENERATED asks for another number (5000 say more), and
// GOSHAWK_SEED for other queries.
const generatedQueries = 500

// TestGeneratedAgreeWithOfficial compares verdicts and result columns of
// generated queries with the official analyzer's. It needs node and the
// analyzer's package beside the repository.
func TestGeneratedAgreeWithOfficial(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of queries take a while")
	}
	shared := besideRepository(t, "shared")
	pkg := os.Getenv("KUSTO_LANGUAGE_SERVICE")
	if pkg == "" {
		pkg = filepath.Join(besideRepository(t, "tools"), "node_modules", "@kusto", "language-service-next")
	}
	if _, err := os.Stat(pkg); err != nil {
		t.Skip("no package @kusto/language-service-next: set KUSTO_LANGUAGE_SERVICE")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node to run the official analyzer with")
	}
	catalog := sharedTables(t, filepath.Join(shared, "schemas", "tables.json"))
	n, seed := envNumber("GOSHAWK_GENERATED", generatedQueries), envNumber("GOSHAWK_SEED", 1)
	g := NewGenerator(catalog, uint64(seed))
	queries := make([]string, n)
	var in bytes.Buffer
	for i := range queries {
		queries[i] = g.Query(5)
		line, _ := json.Marshal(map[string]string{"id": strconv.Itoa(i), "query": queries[i]})
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command(node, filepath.Join(shared, "tools", "official", "analyze.js"), pkg, filepath.Join(shared, "schemas", "tables.json"))
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	official := map[string]analysis{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var a analysis
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		official[a.ID] = a
	}
	same, wrong := 0, map[string][]string{}
	for i, q := range queries {
		theirs, ours := official[strconv.Itoa(i)], analyze(catalog, q)
		why := difference(theirs, ours)
		if why == "" {
			same++
			continue
		}
		wrong[why] = append(wrong[why], fmt.Sprintf("%s\n  official %s\n  here     %s", q, theirs, ours))
	}
	kinds := make([]string, 0, len(wrong))
	for k := range wrong {
		kinds = append(kinds, k)
	}
	sort.Slice(kinds, func(i, j int) bool { return len(wrong[kinds[i]]) > len(wrong[kinds[j]]) })
	limit := envNumber("GOSHAWK_SHOW", 2)
	for _, k := range kinds {
		t.Logf("%d: %s\n%s", len(wrong[k]), k, strings.Join(wrong[k][:min(limit, len(wrong[k]))], "\n"))
	}
	rejected, reasons, samePlace := 0, map[string]int{}, 0
	for i := range queries {
		a := official[strconv.Itoa(i)]
		if a.OK {
			continue
		}
		rejected++
		theirs, ours := a.first(), analyze(catalog, queries[i]).first()
		reasons[theirs.Code+" "+ours.Code]++
		if theirs.Start == ours.Start {
			samePlace++
		} else if os.Getenv("GOSHAWK_PLACES") != "" {
			t.Logf("%s\n  official %s\n  here     %s", queries[i], a, analyze(catalog, queries[i]))
		}
	}
	for k, c := range reasons {
		t.Logf("%d rejected for %s", c, k)
	}
	t.Logf("%d of %d rejections begin at the same place", samePlace, rejected)
	t.Logf("%d of %d agree (%.2f %%); %d are rejected; %d functions, aggregates and operators reached", same, n, 100*float64(same)/float64(n), rejected, len(g.Reached()))
	if same*100 < n*99 {
		t.Errorf("only %d of %d queries agree", same, n)
	}
}

// analysis is a verdict with the columns and the errors.
type analysis struct {
	ID      string
	OK      bool `json:"bind_ok"`
	Open    bool
	Columns []struct{ Name, Type string }
	Diags   []finding
}

type finding struct {
	Code, Message, Severity string
	Start, Length           int
}

// first is the first error.
func (a analysis) first() finding {
	out := finding{Start: -1}
	for _, d := range a.Diags {
		if d.Severity == "error" && (out.Start < 0 || d.Start < out.Start) {
			out = d
		}
	}
	return out
}

// String is the first error, or the columns.
func (a analysis) String() string {
	for _, d := range a.Diags {
		if d.Severity == "error" {
			return fmt.Sprintf("%d+%d %s %s", d.Start, d.Length, d.Code, d.Message)
		}
	}
	var cols []string
	for _, c := range a.Columns {
		cols = append(cols, c.Name+":"+c.Type)
	}
	return strings.Join(cols, ", ")
}

// difference says in a word what differs, "" for nothing.
func difference(theirs, ours analysis) string {
	first := func(a analysis) string { return a.first().Code }
	switch {
	case theirs.OK && !ours.OK:
		return "rejected here: " + first(ours)
	case !theirs.OK && ours.OK:
		return "accepted here: " + first(theirs)
	case !theirs.OK || theirs.Open || ours.Open:
		return ""
	case len(theirs.Columns) != len(ours.Columns):
		return "number of columns"
	}
	for i, c := range theirs.Columns {
		if c.Name != ours.Columns[i].Name {
			return "name of a column"
		}
		if c.Type != ours.Columns[i].Type && c.Type != "unknown" {
			return "type of a column: " + c.Type + " and not " + ours.Columns[i].Type
		}
	}
	return ""
}

func analyze(c bind.Catalog, query string) analysis {
	text := source.New("generated", query)
	q, diags := parser.Parse(text)
	a := analysis{}
	if !diags.HasErrors() {
		results, more := bind.Check(q, text, bind.Options{Schema: c, Now: now})
		diags = more
		if len(results) > 0 {
			for _, col := range results[0].Rel.Cols() {
				a.Columns = append(a.Columns, struct{ Name, Type string }{col.Name, col.Type.String()})
			}
		}
	}
	a.OK = !diags.HasErrors()
	units := func(at int) int { return len(utf16.Encode([]rune(query[:at]))) }
	for _, d := range diags {
		a.Diags = append(a.Diags, finding{d.Code, d.Message, d.Severity.String(), units(d.Span.Start), units(d.Span.End) - units(d.Span.Start)})
	}
	return a
}

func envNumber(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// besideRepository finds a folder beside the repository, or skips the test.
func besideRepository(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := dir; up != filepath.Dir(up); up = filepath.Dir(up) {
		if path := filepath.Join(up, name); up != dir {
			if _, err := os.Stat(filepath.Join(path, ".")); err == nil {
				if _, err := os.Stat(filepath.Join(up, "go.mod")); err != nil {
					return path
				}
			}
		}
	}
	t.Skipf("no folder %s beside the repository", name)
	return ""
}

// tablesOnly is a catalogue of schemas without data.
type tablesOnly struct {
	schemas map[string]types.Schema
	names   []string
}

func (c *tablesOnly) Table(name string) (scan.Table, types.Schema, bool) {
	s, ok := c.schemas[name]
	return nil, s, ok
}
func (c *tablesOnly) TableNames() []string                   { return c.names }
func (c *tablesOnly) Function(string) (*bind.Function, bool) { return nil, false }
func (c *tablesOnly) FunctionNames() []string                { return nil }

// sharedTables reads {table: {column: type}} with the columns in their order.
func sharedTables(t *testing.T, path string) *tablesOnly {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("no schemas: %v", err)
	}
	var tables map[string]json.RawMessage
	if err := json.Unmarshal(raw, &tables); err != nil {
		t.Fatal(err)
	}
	c := &tablesOnly{schemas: map[string]types.Schema{}}
	for name, cols := range tables {
		d := json.NewDecoder(bytes.NewReader(cols))
		d.Token()
		var s types.Schema
		for d.More() {
			k, _ := d.Token()
			v, _ := d.Token()
			typ, _ := types.Parse(fmt.Sprint(v))
			s = append(s, types.Column{Name: fmt.Sprint(k), Type: typ})
		}
		c.schemas[name] = s
		c.names = append(c.names, name)
	}
	sort.Strings(c.names)
	return c
}
