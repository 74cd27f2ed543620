package site

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"goshawk/internal/enrich"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// csp allows what the site itself holds and nothing else: a rule's text that
// got past the escaping could still load and run nothing.
const csp = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"

// perPage is how many rules a page of a list shows; a page stays near 60 KB.
const perPage = 60

// builder writes one site.
type builder struct {
	m      *Model
	out    string
	byKey  map[string]*Rule
	tables map[string][]*Rule
	techs  map[string][]*Rule
	// names are tables that have a page.
	names map[string]bool

	mu    sync.Mutex // guards what follows
	paths []string
	dirs  map[string]bool // folders that were made
	errs  []error
	// byRoot are the templates by the way to the site's root.
	byRoot map[string]*template.Template
}

// Report is what a build wrote.
type Report struct {
	Pages int
	// Largest is the largest HTML page in bytes, and which.
	Largest     int
	LargestPath string
}

// Build writes the site into a folder. Files that an earlier build wrote and
// this one does not are removed; other files there are left alone.
func Build(m *Model, out string) (*Report, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("make the site's folder: %w", err)
	}
	b := newBuilder(m, out)
	b.assets()
	b.rulePages()
	var wg sync.WaitGroup
	for _, part := range []func(){b.feeds, b.tablePages, b.techniquePages, b.sourcePages, b.coverage, b.search} {
		wg.Go(part)
	}
	wg.Wait()
	b.index() // lists what the others wrote
	if err := errors.Join(b.errs...); err != nil {
		return nil, err
	}
	return b.finish()
}

func newBuilder(m *Model, out string) *builder {
	b := &builder{m: m, out: out, byKey: map[string]*Rule{}, tables: map[string][]*Rule{}, techs: map[string][]*Rule{}, names: map[string]bool{}}
	for _, r := range m.Rules {
		b.byKey[r.Key] = r
		for _, t := range r.Verdict.Tables {
			b.tables[t.Name] = append(b.tables[t.Name], r)
			b.names[t.Name] = true
		}
		for _, id := range b.resolved(r) {
			b.techs[id] = append(b.techs[id], r)
		}
	}
	return b
}

// resolved are the technique ids of a rule that the matrix knows, each once.
func (b *builder) resolved(r *Rule) []string {
	var out []string
	seen := map[string]bool{}
	for _, given := range r.Techniques {
		if t := b.m.Matrix.Resolve(given).Technique; t != nil && !seen[t.ID] {
			seen[t.ID] = true
			out = append(out, t.ID)
		}
	}
	return out
}

// page is what every template gets.
type page struct {
	Site, Title, About, Root, Feed, CSP, Version string
	Built                                        time.Time
	Live                                         bool
}

func (b *builder) page(path, title, about string) page {
	return page{
		Site: b.m.Title, Title: title, About: about, Root: up(path), CSP: csp, Version: b.m.Version, Built: b.m.Built.UTC(), Live: b.m.Live,
	}
}

// up is the way from a page to the site's root.
func up(path string) string {
	n := strings.Count(path, "/")
	if n == 0 {
		return "./"
	}
	return strings.Repeat("../", n)
}

// render fills a template and writes the page at a path such as
// "rules/x/index.html".
func (b *builder) render(name, path string, data any) {
	t, err := b.templates(path)
	if err == nil {
		var buf bytes.Buffer
		if err = t.ExecuteTemplate(&buf, name, data); err == nil {
			b.write(path, buf.Bytes())
			return
		}
	}
	b.fail(fmt.Errorf("page %s: %w", path, err))
}

func (b *builder) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.errs = append(b.errs, err)
}

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(dummyFuncs()).ParseFS(templateFiles, "templates/*.html")
})

// templates are the templates with functions that know how deep the page is.
func (b *builder) templates(path string) (*template.Template, error) {
	root := up(path)
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.byRoot[root]; t != nil {
		return t, nil
	}
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	if t, err = t.Clone(); err != nil {
		return nil, err
	}
	t = t.Funcs(b.funcs(root))
	if b.byRoot == nil {
		b.byRoot = map[string]*template.Template{}
	}
	b.byRoot[root] = t
	return t, nil
}

// write writes a file below the site's folder.
func (b *builder) write(path string, data []byte) {
	full := filepath.Join(b.out, filepath.FromSlash(path))
	if err := b.folder(filepath.Dir(full)); err != nil {
		b.fail(fmt.Errorf("write page: %w", err))
		return
	}
	if err := os.WriteFile(full, data, 0o644); err != nil {
		b.fail(fmt.Errorf("write page: %w", err))
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paths = append(b.paths, path)
}

// folder makes a folder once.
func (b *builder) folder(dir string) error {
	b.mu.Lock()
	made := b.dirs[dir]
	b.mu.Unlock()
	if made {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dirs == nil {
		b.dirs = map[string]bool{}
	}
	b.dirs[dir] = true
	return nil
}

func (b *builder) assets() {
	for _, n := range []string{"style.css", "app.js"} {
		raw, err := assetFiles.ReadFile("assets/" + n)
		if err != nil {
			b.fail(err)
			continue
		}
		b.write("assets/"+n, raw)
	}
}

// rulePages writes the rules' pages on all cores.
func (b *builder) rulePages() {
	next := make(chan *Rule)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() { // ends when next is closed
			for r := range next {
				b.rulePage(r)
			}
		})
	}
	for _, r := range b.m.Rules {
		next <- r
	}
	close(next)
	wg.Wait()
}

func (b *builder) rulePage(r *Rule) {
	dir := "rules/" + r.Key + "/"
	about := r.Name
	if r.Enrichment != nil {
		about = enrich.FirstSentence(r.Enrichment.Hypothesis)
	}
	b.render("rule.html", dir+"index.html", struct {
		page
		Rule *Rule
	}{b.page(dir, r.Name, about), r})
	b.write(dir+r.RawName, []byte(r.Raw))
	b.write(dir+"rule.arm.json", armTemplate(r))
	b.write(dir+"rule.bicep", bicep(r))
}

// SafeName keeps a rule's file name to what is safe in a path and a link.
func SafeName(name, other string) string {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	clean := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			return c
		}
		return '_'
	}, base)
	clean = strings.TrimLeft(clean, ".")
	if clean == "" || clean == "index.html" {
		return other
	}
	return clean
}

// link is a URL to show, "" when it is none that a reader should follow.
func link(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

// finish removes what an earlier build left, and measures.
func (b *builder) finish() (*Report, error) {
	sort.Strings(b.paths)
	rep := &Report{}
	now := map[string]bool{}
	for _, p := range b.paths {
		now[p] = true
		if strings.HasSuffix(p, ".html") {
			rep.Pages++
			if info, err := os.Stat(filepath.Join(b.out, filepath.FromSlash(p))); err == nil && int(info.Size()) > rep.Largest {
				rep.Largest, rep.LargestPath = int(info.Size()), p
			}
		}
	}
	list := filepath.Join(b.out, ".goshawk-files")
	if old, err := os.ReadFile(list); err == nil {
		for _, p := range strings.Split(string(old), "\n") {
			if p != "" && !now[p] && filepath.IsLocal(filepath.FromSlash(p)) {
				_ = os.Remove(filepath.Join(b.out, filepath.FromSlash(p)))
			}
		}
	}
	if err := os.WriteFile(list, []byte(strings.Join(b.paths, "\n")+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("write the list of pages: %w", err)
	}
	return rep, nil
}
