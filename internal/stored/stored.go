// Package stored reads stored functions from files as people publish them:
// ASIM and solution parsers in YAML, saved searches in ARM templates,
// management commands that create functions, and plain query files whose
// remarks or name say what the function is called. It parses them and runs
// nothing.
package stored

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// Function is a stored function with its body.
type Function struct {
	Name   string
	Params []*ast.FuncParam
	Body   *ast.Body
	// Text is where Body counts.
	Text *source.Text
	Path string
	// Problem says what is wrong with the text, which then is not run; else "".
	Problem string

	// rank says how surely the name is meant.
	rank rank
}

// rank orders what a name rests on. Of two functions with one name the higher
// rank counts.
type rank uint8

const (
	byFile   rank = iota // the file's name, when the file says another one
	byRemark             // a remark in the file
	byName               // the file's name, and the file says nothing else
	byKey                // a key or command, or remark and file agree
)

// Set is what was found in files and folders.
type Set struct {
	// Functions by name; each name once.
	Functions   []*Function
	Diagnostics source.Diagnostics
	Files       int // files that hold functions
	Broken      int // files with an error
}

// bounds on what is read: the largest public parser is below 1 MB, and all
// public collections together hold fewer than 40,000 files.
const (
	maxFile  = 8 << 20
	maxFiles = 200_000
)

// endings are the files in folders that can hold functions. A file without
// ending can be one too: many solutions publish their parser so.
var endings = []string{".yaml", ".yml", ".json", ".kql", ".kusto", ".csl", ".txt", ""}

// Load reads files and folders, these with all below them. A broken file is in
// the diagnostics and the rest goes on. In folders, symbolic links and hidden
// folders are not followed, and files that hold no function are passed over.
func Load(paths []string) *Set {
	l := &loader{byName: map[string]*Function{}}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			l.unreadable(p, err)
		case info.IsDir():
			l.folder(p)
		default:
			l.file(p, true)
		}
	}
	return l.done()
}

// loader collects what files give.
type loader struct {
	set    Set
	byName map[string]*Function
	files  int
}

func (l *loader) folder(root string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unreadable(path, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if path != root && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && slices.Contains(endings, ending(path)) && !strings.HasPrefix(d.Name(), "."):
			if l.files++; l.files > maxFiles {
				l.fail(source.New(path, ""), codeRead, fmt.Sprintf("there are more than %d files; this one and the rest are left out", maxFiles))
				return fs.SkipAll
			}
			l.file(path, false)
		}
		return nil
	})
}

func ending(path string) string { return strings.ToLower(filepath.Ext(path)) }

// file reads one file; named says that it was given by itself, so that finding
// no function in it is worth a message.
func (l *loader) file(path string, named bool) {
	f, err := os.Open(path)
	if err != nil {
		l.unreadable(path, err)
		return
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		l.unreadable(path, err)
		return
	}
	found, ds := parse(path, data)
	if len(found) == 0 && !named {
		return
	}
	if len(found) == 0 && !ds.HasErrors() {
		l.fail(source.New(path, ""), codeNone, "the file holds no function")
		return
	}
	l.set.Diagnostics = append(l.set.Diagnostics, ds...)
	if ds.HasErrors() {
		l.set.Broken++
	}
	if len(found) > 0 {
		l.set.Files++
	}
	for _, fn := range found {
		l.add(fn)
	}
}

// add keeps a function unless one with its name is surer. Of two equally sure
// ones the first stays, and the other is named in a warning.
func (l *loader) add(f *Function) {
	old, taken := l.byName[f.Name]
	switch {
	case !taken, f.rank > old.rank:
		l.byName[f.Name] = f
	case f.rank == old.rank && f.rank > byFile && old.Path != f.Path:
		at := source.Span{}
		l.set.Diagnostics = append(l.set.Diagnostics, source.Diagnostic{
			Severity: source.Warning, Code: codeTwice, Span: at, Text: f.Text,
			Message: fmt.Sprintf("the function %q is defined in %s already; that one is used", f.Name, old.Path),
		})
	}
}

func (l *loader) done() *Set {
	for _, f := range l.byName {
		l.set.Functions = append(l.set.Functions, f)
	}
	sort.Slice(l.set.Functions, func(i, k int) bool { return l.set.Functions[i].Name < l.set.Functions[k].Name })
	return &l.set
}

func (l *loader) unreadable(path string, err error) {
	if pe, ok := err.(*fs.PathError); ok {
		err = pe.Err
	}
	l.fail(source.New(path, ""), codeRead, fmt.Sprintf("the file cannot be read: %v", err))
}

func (l *loader) fail(text *source.Text, code, message string) {
	l.set.Broken++
	l.set.Diagnostics = append(l.set.Diagnostics, source.Diagnostic{Severity: source.Error, Code: code, Message: message, Text: text})
}
