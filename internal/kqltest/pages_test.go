package kqltest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"goshawk/internal/fn"
)

var titled = regexp.MustCompile(`([a-z0-9_]+)\(\)`)

func readPages(t *testing.T, pattern string) map[string]*Page {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages at %s: %v", pattern, err)
	}
	out := map[string]*Page{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParsePage(string(text))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out[filepath.Base(f)] = p
	}
	return out
}

func TestGoldenPages(t *testing.T) {
	for _, pattern := range []string{"../fn/*.md", "../manual/operators/*.md", "../manual/errors/*.md"} {
		for name, p := range readPages(t, pattern) {
			for _, c := range p.Cases {
				for _, size := range []int{1, 3, 1024} {
					if err := Run(c, size); err != nil {
						t.Errorf("%s, batches of %d: %v", name, size, err)
						break
					}
				}
			}
		}
	}
}

// Pages of scalar functions are not written yet, so only aggregates are asked
// for theirs here.
func TestEveryAggregateHasAPage(t *testing.T) {
	paged := map[string]bool{}
	for name, p := range readPages(t, "../fn/agg_*.md") {
		for _, m := range titled.FindAllStringSubmatch(p.Title, -1) {
			if fn.AggregateNamed(m[1]) == nil {
				t.Errorf("%s is about %s(), which has no row", name, m[1])
			}
			paged[m[1]] = true
		}
	}
	for _, n := range fn.AggregateNames() {
		if !paged[n] {
			t.Errorf("aggregate %s has no page", n)
		}
	}
}
