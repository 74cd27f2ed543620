package plugin

import (
	"testing"

	"goshawk/internal/fn"
)

// TestRowsPagesAndCatalogueAgree keeps the three places where a plugin is
// known together: its row, its page, its parameters.
func TestRowsPagesAndCatalogueAgree(t *testing.T) {
	for _, e := range fn.Plugins {
		if Named(e.Name) == nil {
			t.Errorf("plugin %s of the language has no row: refuse it with a reason at least", e.Name)
		}
	}
	for _, n := range Names() {
		p := Named(n)
		if fn.Find(fn.Plugins, n) == nil && p.Params == nil {
			t.Errorf("plugin %s has no parameters", n)
		}
		if p.Columns == nil {
			t.Errorf("plugin %s does not say its columns", n)
		}
		runs := p.Each != nil || p.All != nil
		if runs == (p.Status == fn.Planned) {
			t.Errorf("plugin %s must run or be refused", n)
		}
		if p.Status != fn.Full && p.Reason == "" {
			t.Errorf("plugin %s is not complete and has no reason", n)
		}
		if runs && Page(n) == "" {
			t.Errorf("plugin %s has no page", n)
		}
	}
	files, err := pages.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := f.Name()[:len(f.Name())-len(".md")]
		if p := Named(name); p == nil || p.Status == fn.Planned {
			t.Errorf("page %s is about no plugin that runs", f.Name())
		}
	}
}
