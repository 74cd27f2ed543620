package rule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"goshawk/internal/source"
)

// maxFile bounds one file. The largest published rule is below 1 MB; lists of
// indicators inside queries make them big.
const maxFile = 8 << 20

// maxFiles bounds what is taken from folders: all public collections together
// hold fewer than 40,000 rule files.
const maxFiles = 200_000

// Set is what was found in files and folders.
type Set struct {
	Rules []*Rule
	// Diagnostics of all files, file after file.
	Diagnostics source.Diagnostics
	Files       int // files that hold rules
	Broken      int // files with an error
	Skipped     int // files that are no rules: pictures, templates, symbolic links
}

// Load reads the rules of one file. The diagnostics of its rules are also in
// their Warnings.
func Load(path string) ([]*Rule, source.Diagnostics) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return loadFrom(path, f)
}

func loadFrom(name string, f io.Reader) ([]*Rule, source.Diagnostics) {
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return Parse(name, data)
}

func unreadable(name string, err error) source.Diagnostics {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	rep := &report{text: source.New(name, "")}
	rep.add(source.Error, codeRead, source.Span{}, fmt.Sprintf("the file cannot be read: %v", err), "")
	return rep.ds
}

// Parse reads the rules of a file's bytes. The ending of the name says what it
// is: YAML or JSON, Markdown, or else one query.
func Parse(name string, data []byte) ([]*Rule, source.Diagnostics) {
	rep := &report{text: source.New(name, "")}
	if len(data) > maxFile {
		rep.add(source.Error, codeTooLarge, source.Span{}, fmt.Sprintf("the file is larger than %d MB", maxFile>>20), "")
		return nil, rep.ds
	}
	d, ok := decode(data)
	if !ok {
		rep.add(source.Error, codeNotText, source.Span{}, "the file is not text", "")
		return nil, rep.ds
	}
	rd := &reader{path: name, file: source.New(name, d.text)}
	rep.text = rd.file
	rd.rep = rep
	if d.note != "" {
		rep.add(source.Warning, codeEncoding, source.Span{Start: d.at, End: d.at}, d.note, "save the file as UTF-8")
	}
	switch ending(name) {
	case ".yaml", ".yml", ".json":
		for _, v := range documents(d.text, rep) {
			rd.document(v)
		}
	case ".md", ".markdown":
		rd.markdown()
	default:
		rd.plain()
	}
	return rd.rules, rep.ds.Sort()
}

func ending(name string) string { return strings.ToLower(filepath.Ext(name)) }

// LoadPaths reads files and folders, these with all below them, in the order
// given and by name within a folder. A file that cannot be read or holds a
// broken rule is in the diagnostics, and the rest goes on. In folders,
// symbolic links and hidden folders are not followed, and only files that can
// be rules are read.
func LoadPaths(paths []string) *Set {
	set := &Set{}
	var files []candidate
	for _, p := range paths {
		files = append(files, set.collect(os.DirFS, p)...)
	}
	set.read(files, func(name string) (io.ReadCloser, error) { return os.Open(name) })
	return set
}

// LoadFS reads all rules of a file system, such as an embedded one.
func LoadFS(fsys fs.FS) *Set {
	set := &Set{}
	files := set.walk(fsys, "")
	set.read(files, func(name string) (io.ReadCloser, error) { return fsys.Open(name) })
	return set
}

// candidate is a file to read; named is false when a folder was given, and
// then the content must look like a rule.
type candidate struct {
	path  string
	named bool
}

func (s *Set) collect(dirFS func(string) fs.FS, p string) []candidate {
	info, err := os.Stat(p)
	if err != nil {
		s.fail(unreadable(p, err))
		return nil
	}
	if !info.IsDir() {
		return []candidate{{path: p, named: true}}
	}
	return s.walk(dirFS(p), p)
}

func (s *Set) fail(ds source.Diagnostics) {
	s.Broken++
	s.Diagnostics = append(s.Diagnostics, ds...)
}

// walk lists the files below a folder that can hold rules.
func (s *Set) walk(fsys fs.FS, root string) []candidate {
	var out []candidate
	_ = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		full := p
		if root != "" {
			full = filepath.Join(root, filepath.FromSlash(p))
		}
		switch {
		case err != nil:
			s.fail(unreadable(full, err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if p != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
		case !d.Type().IsRegular() || !slices.Contains(ruleEndings, ending(p)):
			s.Skipped++
		case len(out) >= maxFiles:
			rep := &report{text: source.New(full, "")}
			rep.add(source.Error, codeTooLarge, source.Span{}, fmt.Sprintf("there are more than %d files; this one and the rest are left out", maxFiles), "name smaller folders")
			s.fail(rep.ds)
			return fs.SkipAll
		default:
			out = append(out, candidate{path: full})
		}
		return nil
	})
	return out
}

// ruleEndings are the files in folders that can hold rules.
var ruleEndings = []string{".yaml", ".yml", ".json", ".kql", ".kusto", ".csl", ".txt", ".md", ".markdown"}

// outcome is what one file gave.
type outcome struct {
	rules   []*Rule
	ds      source.Diagnostics
	skipped bool
}

// read reads the files on all cores and adds them in order.
func (s *Set) read(files []candidate, open func(string) (io.ReadCloser, error)) {
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(c candidate) bool {
		again := seen[filepath.Clean(c.path)]
		seen[filepath.Clean(c.path)] = true
		return again
	})
	outcomes := make([]outcome, len(files))
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() { // ends when next is closed
			for i := range next {
				outcomes[i] = readOne(files[i], open)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, o := range outcomes {
		s.add(o)
	}
	s.sameIDs()
}

func readOne(c candidate, open func(string) (io.ReadCloser, error)) outcome {
	f, err := open(c.path)
	if err != nil {
		return outcome{ds: unreadable(c.path, err)}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return outcome{ds: unreadable(c.path, err)}
	}
	if !c.named && !looksLikeRule(c.path, data) {
		return outcome{skipped: true}
	}
	rules, ds := Parse(c.path, data)
	if c.named && len(rules) == 0 && !ds.HasErrors() {
		rep := &report{text: source.New(c.path, "")}
		rep.noRule()
		ds = append(ds, rep.ds...)
	}
	return outcome{rules: rules, ds: ds, skipped: len(rules) == 0 && !ds.HasErrors()}
}

// looksLikeRule sorts out files in folders whose ending alone says little. A
// broken YAML file is only worth a message when it speaks of a query.
func looksLikeRule(name string, data []byte) bool {
	d, ok := decode(data[:min(len(data), maxFile)])
	if !ok {
		return false
	}
	low := strings.ToLower(d.text)
	switch ending(name) {
	case ".json":
		return strings.Contains(low, "microsoft.securityinsights") && strings.Contains(low, `"query"`)
	case ".yaml", ".yml":
		return strings.Contains(low, "query")
	case ".txt":
		return strings.Contains(d.text, "\n|") || strings.Contains(d.text, "\n  |")
	}
	return true
}

func (s *Set) add(o outcome) {
	if o.skipped {
		s.Skipped++
		return
	}
	if o.ds.HasErrors() {
		s.Broken++
	}
	if len(o.rules) > 0 {
		s.Files++
	}
	s.Rules = append(s.Rules, o.rules...)
	s.Diagnostics = append(s.Diagnostics, o.ds...)
}

// sameIDs warns of rules that share an id, because their alerts would mix.
func (s *Set) sameIDs() {
	first := map[string]*Rule{}
	for _, r := range s.Rules {
		if r.ID == "" {
			continue
		}
		id := strings.ToLower(r.ID)
		o, taken := first[id]
		if !taken {
			first[id] = r
			continue
		}
		f, _ := r.Field("id")
		rep := &report{text: r.File}
		rep.add(source.Warning, codeSameID, f.Value.Span, fmt.Sprintf("the id %q is also that of %s", r.ID, o.Path), "give each rule its own id")
		r.Warnings = append(r.Warnings, rep.ds...)
		s.Diagnostics = append(s.Diagnostics, rep.ds...)
	}
}
