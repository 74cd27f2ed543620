package kqltest

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"goshawk/internal/engine"
	"goshawk/internal/opt"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

var aCode = regexp.MustCompile(`^KQL\d{4}$`)

// codesInCode collects the codes of diagnostics from the source, and fails
// for a constant that holds one and is never used.
func codesInCode(t *testing.T) map[string]string {
	t.Helper()
	codes, constants, used := map[string]string{}, map[string]string{}, map[string]int{}
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		pkg := filepath.Dir(path)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && aCode.MatchString(s) {
					codes[s] = path
				}
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if lit, ok := v.(*ast.BasicLit); ok && aCode.MatchString(strings.Trim(lit.Value, `"`)) {
						constants[pkg+"."+n.Names[i].Name] = lit.Value
					}
				}
			case *ast.Ident:
				used[pkg+"."+n.Name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, code := range constants {
		if used[name] < 2 {
			t.Errorf("%s is %s and nothing raises it", name, code)
		}
	}
	return codes
}

// TestEveryCodeHasAPage also asks that the page's examples raise the code, so
// that a code nobody can meet any more is found.
func TestEveryCodeHasAPage(t *testing.T) {
	if *update {
		t.Skip("pages are being rewritten")
	}
	codes := codesInCode(t)
	if len(codes) < 50 {
		t.Fatalf("only %d codes found; the test looks in the wrong place", len(codes))
	}
	paged := map[string]bool{}
	for _, file := range pageFiles(t, "../manual/errors/*.md") {
		code := strings.TrimSuffix(filepath.Base(file), ".md")
		p := readPage(t, file)
		paged[code] = true
		if codes[code] == "" {
			t.Errorf("%s is about a code that nothing raises", file)
		}
		if !strings.HasPrefix(p.Title, code+": ") {
			t.Errorf("%s: the title is %q", file, p.Title)
		}
		raised := code == bugCode
		for _, c := range p.Cases {
			if c.Error != nil && strings.Contains(c.Error.Text, code+": ") {
				raised = true
			}
		}
		if !raised {
			t.Errorf("%s: no example raises %s", file, code)
		}
	}
	var missing []string
	for code, path := range codes {
		if !paged[code] {
			missing = append(missing, code+" of "+path)
		}
	}
	sort.Strings(missing)
	for _, m := range missing {
		t.Errorf("no page on %s", m)
	}
}

// bugCode is raised by a mistake of ours only, so no query can show it; the
// test below does.
const bugCode = "KQL9001"

// brokenTable breaks its promise to have columns.
type brokenTable struct{}

func (brokenTable) Schema() types.Schema { panic("a broken promise") }
func (brokenTable) Open(context.Context, scan.Request) ([]scan.Part, error) {
	return nil, nil
}

func TestABugIsADiagnostic(t *testing.T) {
	e := &engine.Engine{Catalog: engine.NewCatalog(map[string]scan.Table{"Broken": brokenTable{}})}
	_, ds := e.Bind(source.New("", "Broken | count"), engine.Options{})
	if len(ds) != 1 || ds[0].Code != bugCode {
		t.Fatalf("got %v, want one %s", ds, bugCode)
	}
	page := strings.Join(readPage(t, "../manual/errors/"+bugCode+".md").lines, "\n")
	if text := strings.SplitN(Messages(ds), "\n", 2)[0]; !strings.Contains(page, "```\n"+text+"\n") {
		t.Errorf("the page does not show the message\n%s", text)
	}
}

// TestEveryRewriteHasGoldens asks for a plan in which each rewrite of the
// optimizer fires and one in which it must not.
func TestEveryRewriteHasGoldens(t *testing.T) {
	if *update {
		t.Skip("pages are being rewritten")
	}
	fires, rests := map[string]bool{}, map[string]bool{}
	for _, file := range pageFiles(t, "../../testdata/kql/*.md") {
		for _, c := range readPage(t, file).Cases {
			if c.Plan == nil {
				continue
			}
			for _, n := range c.Plan.Fires {
				fires[n] = true
			}
			for _, n := range c.Plan.Rests {
				rests[n] = true
			}
		}
	}
	for _, r := range opt.Rewrites {
		if !fires[r.Name] || !rests[r.Name] {
			t.Errorf("rewrite %s: a golden where it fires: %v, one where it must not: %v", r.Name, fires[r.Name], rests[r.Name])
		}
	}
}
