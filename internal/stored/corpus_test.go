package stored

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/internal/bind"
	"goshawk/internal/engine"
	"goshawk/internal/source"
)

// record is what the test reads of a record of the corpus.
type record struct {
	Kind, Path, Query, Container string
	Meta                         map[string]any
	Oracle                       struct {
		ParseOK bool `json:"parse_ok"`
		BindOK  bool `json:"bind_ok"`
	}
}

// publicParsers writes the public parsers as files of the layout they come in.
func publicParsers(t *testing.T) (dir string, records []record) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "..", "shared", "corpus", "rules.jsonl"))
	if err != nil {
		t.Skip("the public rules are not beside the repository")
	}
	defer f.Close()
	dir = t.TempDir()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var r record
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Kind != "parser" {
			continue
		}
		text := []byte(r.Query)
		if r.Container == "yaml" {
			fields := map[string]any{}
			for k, v := range r.Meta {
				if k != "licence" && k != "odd" && k != "also" {
					fields[k] = v
				}
			}
			key := "FunctionQuery"
			if fields["ParserName"] != nil {
				key = "ParserQuery"
			}
			fields[key] = r.Query
			if text, err = json.Marshal(fields); err != nil {
				t.Fatal(err)
			}
		}
		p := filepath.Join(dir, filepath.FromSlash(r.Path))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, text, 0o600); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return dir, records
}

// TestPublicParsersLoad loads every public parser, and binds a call of each
// one that needs no argument in a workspace that holds them all.
func TestPublicParsersLoad(t *testing.T) {
	dir, records := publicParsers(t)
	set := Load([]string{dir})
	byPath := map[string]bool{}
	cat := engine.NewCatalog(nil)
	broken := 0
	for _, f := range set.Functions {
		byPath[f.Path] = true
		if f.Problem != "" {
			broken++
		}
		cat.Add(&bind.Function{Name: f.Name, Params: f.Params, Body: f.Body, Text: f.Text, From: f.Path, Problem: f.Problem})
	}
	t.Logf("%d records, %d functions, %d broken", len(records), len(set.Functions), broken)
	lost := 0
	for _, r := range records {
		p := filepath.Join(dir, filepath.FromSlash(r.Path))
		// Templates for parsers have placeholders for names, and of two files
		// with one name the second is not there.
		if !byPath[p] && r.Oracle.ParseOK && !strings.Contains(r.Path, "emplate") && !saidTwice(set, p) {
			t.Logf("%s gives no function", r.Path)
			lost++
		}
	}
	// An older file of one vendor gives the name of the newer one.
	if lost > 1 {
		t.Errorf("%d files give no function", lost)
	}
	e := &engine.Engine{Catalog: cat}
	called, failed := 0, map[string]string{}
	for _, f := range set.Functions {
		if required(f) || f.Problem != "" {
			continue
		}
		called++
		if _, ds := e.Bind(source.New("query", f.Name+" | take 1"), engine.Options{}); ds.HasErrors() {
			failed[f.Name] = ds.Err().Error()
		}
	}
	// What is left reads tables of vendors whose columns are not documented, or
	// functions that are not among the public files.
	if called < 250 || len(failed)*4 > called {
		for n, why := range failed {
			t.Logf("%s: %s", n, why)
		}
		t.Errorf("%d of %d functions do not bind", len(failed), called)
	}
	for _, n := range []string{"imAuthentication", "_Im_Authentication", "vimAuthenticationSigninLogs"} {
		if why := failed[n]; why != "" {
			t.Errorf("%s: %s", n, why)
		}
	}
}

func required(f *Function) bool {
	for _, p := range f.Params {
		if p.Default == nil {
			return true
		}
	}
	return false
}

func saidTwice(s *Set, path string) bool {
	for _, d := range s.Diagnostics {
		if d.Code == codeTwice && d.Text.Name == path {
			return true
		}
	}
	return false
}
