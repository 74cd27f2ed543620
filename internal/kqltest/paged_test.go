package kqltest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"goshawk/internal/fn"
)

// rowsByKind are the rows as pages name them: "fn strlen", "agg sum", "op ==".
func rowsByKind() map[string]bool {
	rows := map[string]bool{}
	for _, n := range fn.ScalarNames() {
		if fn.Find(fn.Operators, n) == nil {
			rows["fn "+n] = true
		}
	}
	for _, n := range fn.AggregateNames() {
		rows["agg "+n] = true
	}
	for _, s := range fn.Signs {
		rows["op "+s.Sign] = true
	}
	return rows
}

func TestEveryRowHasAPageAndEveryPageARow(t *testing.T) {
	rows, pages := rowsByKind(), map[string]bool{}
	for _, p := range fn.Paged() {
		pages[p] = true
		if !rows[p] {
			t.Errorf("there is a page on %s and no row", p)
		}
	}
	for r := range rows {
		if !pages[r] {
			t.Errorf("there is a row of %s and no page", r)
		}
	}
	for _, n := range fn.ScalarNames() {
		if fn.Find(fn.Operators, n) == nil {
			continue
		}
		if signOf(n) == "" {
			t.Errorf("the operator %s has no sign", n)
		}
	}
}

func signOf(name string) string {
	for _, s := range fn.Signs {
		if s.Name == name {
			return s.Sign
		}
	}
	return ""
}

// nothing is what a case about null or emptiness holds.
var nothing = regexp.MustCompile(`null|""|''|\[\]|\{\}`)

// TestPagesShowTheUsualAndTheEmpty asks each page for every name in its title
// in a query, and, where there are arguments that can be null or empty, for a
// case with nothing.
func TestPagesShowTheUsualAndTheEmpty(t *testing.T) {
	if *update {
		t.Skip("pages are being rewritten")
	}
	files, err := filepath.Glob("../fn/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := readPage(t, file)
		names := fn.Titled(string(raw))
		if len(names) == 0 {
			t.Errorf("%s: no title", file)
		}
		empty, takes := false, false
		for _, n := range names {
			used := false
			for _, c := range p.Cases {
				text := c.Query
				for _, d := range c.Data {
					text += d.Text()
				}
				empty = empty || nothing.MatchString(text)
				used = used || strings.Contains(c.Query, n)
			}
			takes = takes || takesValues(filepath.Base(file), n)
			if !used {
				t.Errorf("%s: no case shows %s", file, n)
			}
		}
		if takes && !empty {
			t.Errorf("%s: no case with null or nothing", file)
		}
	}
}

// TestOperatorPagesShowTheUsualAndTheEmpty asks the same of the pages on
// tabular operators and statements.
func TestOperatorPagesShowTheUsualAndTheEmpty(t *testing.T) {
	if *update {
		t.Skip("pages are being rewritten")
	}
	for _, file := range pageFiles(t, "../manual/operators/*.md") {
		p := readPage(t, file)
		empty := false
		for _, c := range p.Cases {
			text := c.Query
			for _, d := range c.Data {
				text += d.Text()
				empty = empty || len(d.Rows) == 0
			}
			for _, w := range c.Want {
				text += w.Text
			}
			empty = empty || nothing.MatchString(text) || strings.Contains(text, "where false") || strings.Contains(text, "take 0")
		}
		if !empty || len(p.Cases) < 2 {
			t.Errorf("%s: %d cases, and none with null, nothing or no rows: %v", file, len(p.Cases), !empty)
		}
	}
}

// takesValues says whether a name computes with values that can be null.
func takesValues(file, name string) bool {
	if strings.HasPrefix(file, "agg_") || strings.HasPrefix(file, "op_") {
		return true
	}
	row := fn.ScalarNamed(name)
	if row == nil || row.Status == fn.Planned || row.Entry() == nil || row.Kernel == nil && row.Pick == nil {
		return false // it computes nothing, or names a place or a part of a graph
	}
	for _, s := range row.Entry().Sigs {
		if s.MaxArgs > 0 {
			return true
		}
	}
	return false
}
