// Package goshawk holds the tests about the shape of the whole tree.
package goshawk

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// importTable says which packages of the project each package may import, a
// line each. A package that is missing here fails the test: adding one is a
// decision.
const importTable = `
internal/source:
internal/ast: source
internal/parser: source ast
internal/printer: source ast parser
internal/types:
internal/dynamic: types
internal/vector: types dynamic
internal/geo: dynamic
internal/fn: types dynamic vector geo
internal/fn/gen:
internal/fn/gen/zones:
internal/plugin: types dynamic vector fn
internal/scan: types dynamic vector
internal/plan: source types dynamic vector fn scan plugin
internal/bind: source ast parser types dynamic vector fn scan plan plugin
internal/opt: source types dynamic vector fn scan plan
internal/exec: source types dynamic vector fn scan plan opt plugin
internal/schema: types
internal/schema/gen: types
internal/ingest: types dynamic vector scan schema
internal/segment: types dynamic vector
internal/store: types dynamic vector scan segment
internal/engine: source ast parser types dynamic vector fn scan plan bind opt exec schema
internal/rule: source
internal/attack: source
internal/upstream:
internal/enrich: source ast types rule attack
internal/llm: enrich rule
internal/verdict: engine hunt rule rulebook source vector
internal/coverage: attack
internal/site: attack coverage enrich fn parser source
internal/server/web: site
internal/external: types dynamic vector fn plan
internal/geoip: dynamic
internal/geoip/geoiptest:
internal/watchlist: types dynamic vector scan external
internal/stored: source ast parser types rule
internal/rulebook: source parser rule upstream
internal/demo:
internal/hunt: source ast types dynamic vector plan engine rule
internal/manual: types fn plugin
internal/kqltest: source parser printer types dynamic vector fn scan plan bind opt exec engine ingest rule stored external watchlist manual plugin store
internal/kqltest: source parser printer types dynamic vector fn scan plan bind opt exec engine ingest rule stored external watchlist geoip geoip/geoiptest manual plugin store
internal/lang: source ast parser printer types fn bind engine manual plugin
internal/lsp: source rule lang
internal/cli: *
rules/starter:
cmd/goshawk: cli
conformance:
`

// imports is importTable by package.
var imports = func() map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(importTable), "\n") {
		pkg, allowed, _ := strings.Cut(line, ":")
		m[pkg] = strings.TrimSpace(allowed)
	}
	return m
}()

func TestImportsGoOneWay(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		allowed, ok := imports[pkg]
		if !ok {
			t.Errorf("package %s is not in the import table: decide what it may import", pkg)
			return nil
		}
		seen[pkg] = true
		checkFile(t, path, pkg, allowed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 10 {
		t.Fatalf("only %d packages found; the test looks in the wrong place", len(seen))
	}
}

func checkFile(t *testing.T, path, pkg, allowed string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	ok := map[string]bool{}
	for _, a := range strings.Fields(allowed) {
		ok["goshawk/internal/"+a] = true
	}
	for _, im := range f.Imports {
		name := strings.Trim(im.Path.Value, `"`)
		if strings.HasPrefix(name, "goshawk/") && allowed != "*" && !ok[name] {
			t.Errorf("%s: %s must not import %s", path, pkg, name)
		}
	}
}

// TestArchitectureNamesExist keeps ARCHITECTURE.md true: each path it names
// in backquotes exists.
func TestArchitectureNamesExist(t *testing.T) {
	raw, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`((?:internal|cmd|rules)/[a-z0-9_/.]*)`").FindAllStringSubmatch(string(raw), -1)
	if len(names) < 10 {
		t.Fatalf("ARCHITECTURE.md names only %d paths", len(names))
	}
	var missing []string
	for _, n := range names {
		if _, err := os.Stat(strings.TrimSuffix(n[1], "/")); err != nil {
			missing = append(missing, n[1])
		}
	}
	sort.Strings(missing)
	for _, m := range missing {
		t.Errorf("ARCHITECTURE.md names %s, which does not exist", m)
	}
}
