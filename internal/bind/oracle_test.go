package bind

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"goshawk/internal/ast"
	"goshawk/internal/parser"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// shared finds a file of the shared test material beside the repository.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if p := filepath.Join(filepath.Dir(dir), "shared", name); exist(p) {
			return p
		}
		dir = filepath.Dir(dir)
	}
	t.Skipf("../shared/%s is not there", name)
	return ""
}

func exist(p string) bool { _, err := os.Stat(p); return err == nil }

// sharedCatalog is the shared schemas as a Catalog.
type sharedCatalog struct {
	tables    map[string]types.Schema
	names     []string
	functions map[string]*Function
}

func (c *sharedCatalog) Table(n string) (scan.Table, types.Schema, bool) {
	s, ok := c.tables[n]
	return nil, s, ok
}
func (c *sharedCatalog) TableNames() []string { return c.names }
func (c *sharedCatalog) Function(n string) (*Function, bool) {
	f, ok := c.functions[n]
	return f, ok
}
func (c *sharedCatalog) FunctionNames() []string { return nil }

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// ordered reads an object of column types in its order.
func ordered(raw json.RawMessage) types.Schema {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	var out types.Schema
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		k, _ := d.Token()
		v, _ := d.Token()
		t, _ := types.Parse(v.(string))
		out = append(out, types.Column{Name: k.(string), Type: t})
	}
	return out
}

func loadCatalog(t testing.TB) *sharedCatalog {
	c := &sharedCatalog{tables: map[string]types.Schema{}, functions: map[string]*Function{}}
	var tables map[string]json.RawMessage
	readJSON(t, shared(t, "schemas/tables.json"), &tables)
	for n, raw := range tables {
		c.tables[n] = ordered(raw)
		c.names = append(c.names, n)
	}
	sort.Strings(c.names)
	return c
}

type oracleRule struct {
	ID     string
	Query  string
	Oracle struct {
		ParseOK   bool        `json:"parse_ok"`
		BindOK    bool        `json:"bind_ok"`
		Result    [][2]string `json:"result"`
		Open      bool        `json:"result_open"`
		SchemaO   bool        `json:"schema_open"`
		Tables    []any       `json:"unresolved_tables"`
		Columns   []any       `json:"unresolved_columns"`
		Functions []any       `json:"unresolved_functions"`
		Workspace []any       `json:"workspace_functions"`
	}
}

// check binds one query as a verdict.
func check(c Catalog, query string) (cols []string, open bool, diags source.Diagnostics) {
	text := source.New("query", query)
	q, ds := parser.Parse(text)
	if ds.HasErrors() {
		return nil, false, ds
	}
	results, ds := Check(q, text, Options{Schema: c, Now: 638000000000000000})
	if n := len(results); n > 0 {
		for _, col := range results[n-1].Rel.Cols() {
			cols = append(cols, col.Name+":"+col.Type.String())
		}
	}
	return cols, false, ds
}

var _ = ast.At

// TestOracleColumns compares verdicts and result columns with those of the
// language's own analyzer over the public rules that name no stored function.
func TestOracleColumns(t *testing.T) {
	c := loadCatalog(t)
	f, err := os.Open(shared(t, "corpus/rules.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(make([]byte, 1<<20), 64<<20)
	var binds, bindsOK, shapes, shapesOK int
	for sc.Scan() {
		var r oracleRule
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		o := r.Oracle
		if !o.ParseOK || len(o.Tables)+len(o.Columns)+len(o.Functions)+len(o.Workspace) > 0 {
			continue
		}
		cols, _, ds := check(c, r.Query)
		binds++
		if ok := !ds.HasErrors(); ok == o.BindOK {
			bindsOK++
		} else {
			t.Logf("BIND %s official %v: %v", r.ID, o.BindOK, firstError(ds))
			continue
		}
		if !o.BindOK || o.Open || o.SchemaO || len(o.Result) == 0 {
			continue
		}
		shapes++
		if d := columnDiff(o.Result, cols); d == "" {
			shapesOK++
		} else {
			t.Logf("COLS %s %s", r.ID, d)
		}
	}
	t.Logf("SCORE bind %d/%d = %.2f %%, columns %d/%d = %.2f %%", bindsOK, binds, 100*float64(bindsOK)/float64(binds),
		shapesOK, shapes, 100*float64(shapesOK)/float64(max(shapes, 1)))
}

func firstError(ds source.Diagnostics) string {
	for _, d := range ds {
		if d.Severity == source.Error {
			return d.String()
		}
	}
	return "no error"
}

func columnDiff(want [][2]string, have []string) string {
	for i, w := range want {
		if i >= len(have) {
			return fmt.Sprintf("%d columns, not %d; missing %s", len(have), len(want), w[0])
		}
		if s := w[0] + ":" + w[1]; have[i] != s && !(w[1] == "unknown" && strings.HasPrefix(have[i], w[0]+":")) {
			return fmt.Sprintf("column %d is %s, not %s", i, have[i], s)
		}
	}
	if len(have) > len(want) {
		return fmt.Sprintf("%d columns, not %d; extra %s", len(have), len(want), have[len(want)])
	}
	return ""
}
