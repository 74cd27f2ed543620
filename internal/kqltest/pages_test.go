package kqltest

import (
	"flag"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the expectations that do not say where they come from")

// folders hold the golden pages: those that teach ship in the binary, those
// that only test sit in testdata/kql.
var folders = []string{"../fn/*.md", "../plugin/*.md", "../manual/operators/*.md", "../manual/errors/*.md", "../manual/topics/*.md", "../../testdata/kql/*.md"}

func pageFiles(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages at %s: %v", pattern, err)
	}
	sort.Strings(files)
	return files
}

func readPage(t *testing.T, file string) *Page {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePage(string(text), *update)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

func TestPages(t *testing.T) {
	for _, pattern := range folders {
		for _, file := range pageFiles(t, pattern) {
			t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				if *update {
					rewrite(t, file)
					return
				}
				for _, c := range readPage(t, file).Cases {
					if err := Run(c, t.TempDir()); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// writing keeps two tests from writing at once.
var writing sync.Mutex

func rewrite(t *testing.T, file string) {
	t.Helper()
	p := readPage(t, file)
	text, err := p.Updated(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	writing.Lock()
	defer writing.Unlock()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
