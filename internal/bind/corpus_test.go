package bind

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"sort"
	"strings"
	"testing"

	"goshawk/internal/ast"
	"goshawk/internal/parser"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// shared finds material beside the repository, or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			for up := dir; up != "/"; up = filepath.Dir(up) {
				path := filepath.Join(up, "..", "shared", name)
				if _, err := os.Stat(path); err == nil {
					return path
				}
			}
			t.Skipf("no ../shared/%s beside the repository", name)
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no repository root")
		}
		dir = filepath.Dir(dir)
	}
}

// testCatalog knows the tables and functions of the shared schemas.
type testCatalog struct {
	tables map[string]types.Schema
	funcs  map[string]*Function
	names  []string
}

func (c *testCatalog) Table(name string) (scan.Table, types.Schema, bool) {
	s, ok := c.tables[name]
	return nil, s, ok
}
func (c *testCatalog) TableNames() []string                   { return c.names }
func (c *testCatalog) Function(name string) (*Function, bool) { f, ok := c.funcs[name]; return f, ok }
func (c *testCatalog) FunctionNames() []string                { return nil }

func loadCatalog(t *testing.T) *testCatalog {
	c := &testCatalog{tables: map[string]types.Schema{}, funcs: map[string]*Function{}}
	for name, cols := range readOrdered(t, shared(t, "schemas/tables.json")) {
		c.tables[name] = cols
		c.names = append(c.names, name)
	}
	sort.Strings(c.names)
	return c
}

// readOrdered reads {table: {column: type}} with the columns in order.
func readOrdered(t *testing.T, path string) map[string]types.Schema {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var raw map[string]json.RawMessage
	if err := json.NewDecoder(f).Decode(&raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]types.Schema{}
	for name, r := range raw {
		out[name] = orderedSchema(r)
	}
	return out
}

func orderedSchema(r json.RawMessage) types.Schema {
	d := json.NewDecoder(strings.NewReader(string(r)))
	d.Token()
	var s types.Schema
	for d.More() {
		k, _ := d.Token()
		v, _ := d.Token()
		t, _ := types.Parse(fmt.Sprint(v))
		s = append(s, types.Column{Name: fmt.Sprint(k), Type: t})
	}
	return s
}

// overAll finds queries over all tables.
var overAll = regexp.MustCompile(`(?i)\b(find|search)\b`)

// ruleRecord is one record of the corpus.
type ruleRecord struct {
	ID, Query string
	Oracle    struct {
		ParseOK bool `json:"parse_ok"`
		BindOK  bool `json:"bind_ok"`
		Diags   []struct {
			Message  string
			Severity string
		}
		Result     [][2]string
		ResultOpen bool     `json:"result_open"`
		SchemaOpen bool     `json:"schema_open"`
		Tables     []string `json:"unresolved_tables"`
		Columns    []string `json:"unresolved_columns"`
		Functions  []string `json:"unresolved_functions"`
		Workspace  []string `json:"workspace_functions"`
	}
}

func TestCorpusVerdictsAndColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("the corpus takes a while")
	}
	path := shared(t, "corpus/rules.jsonl")
	cat := loadCatalog(t)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<26)
	var bindAll, bindGood, colAll, colGood int
	why := map[string]int{}
	sample := map[string]string{}
	for in.Scan() {
		var r ruleRecord
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		o := r.Oracle
		if overAll.MatchString(r.Query) {
			continue // unions over all 1971 tables take too long here
		}
		if !o.ParseOK || len(o.Tables)+len(o.Columns)+len(o.Functions)+len(o.Workspace) > 0 {
			continue
		}
		text := source.New(r.ID, r.Query)
		q, diags := parser.Parse(text)
		if diags.HasErrors() {
			continue
		}
		ok, cols, first := checkOne(t, q, text, cat)
		bindAll++
		if ok == o.BindOK {
			bindGood++
		} else {
			key := "ours: " + first
			if ok {
				for _, d := range o.Diags {
					if d.Severity == "Error" {
						key = "official: " + d.Message
						break
					}
				}
			}
			why[key]++
			sample[key] = r.ID
			continue
		}
		if !ok || o.SchemaOpen || o.ResultOpen || len(o.Result) == 0 {
			continue
		}
		colAll++
		want := ""
		good := len(cols) == len(o.Result)
		for i, c := range o.Result {
			if i < len(cols) && (cols[i].Name != c[0] || c[1] != "unknown" && cols[i].Type.String() != c[1]) {
				good = false
				if want == "" {
					want = fmt.Sprintf("column %v, ours %v", c, cols[i])
				}
			}
		}
		if good {
			colGood++
			continue
		}
		if want == "" {
			want = fmt.Sprintf("%d columns, ours %d", len(o.Result), len(cols))
		}
		why["columns: "+want]++
		sample["columns: "+want] = r.ID
	}
	var keys []string
	for k := range why {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return why[keys[i]] > why[keys[j]] })
	for i, k := range keys {
		if i == 150 {
			break
		}
		t.Logf("%4d %s  (%s)", why[k], k, sample[k])
	}
	t.Logf("bind %d/%d = %.2f %%; columns %d/%d = %.2f %%", bindGood, bindAll, 100*float64(bindGood)/float64(bindAll), colGood, colAll, 100*float64(colGood)/float64(max(colAll, 1)))
	if 100*bindGood < 96*bindAll || 100*colGood < 97*colAll {
		t.Error("fewer verdicts or columns agree than should")
	}
}

// checkOne binds one query; a panic is a failure of the test.
func checkOne(t *testing.T, q *ast.Query, text *source.Text, cat Catalog) (ok bool, cols types.Schema, first string) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v\n%s", text.Name, p, debug.Stack())
		}
	}()
	results, diags := Check(q, text, Options{Schema: cat, Now: 638000000000000000})
	for _, d := range diags {
		if d.Severity == source.Error && first == "" {
			first = d.Message
		}
	}
	if len(results) > 0 {
		for _, c := range results[len(results)-1].Rel.Cols() {
			cols = append(cols, types.Column{Name: c.Name, Type: c.Type})
		}
	}
	return !diags.HasErrors(), cols, first
}
