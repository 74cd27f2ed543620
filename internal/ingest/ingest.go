// Package ingest reads log files where they lie, as tables of the documented
// schema. It recognises a file by its content, maps records to columns, and
// counts what it could not read. It keeps nothing: each query reads the files
// again.
package ingest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"goshawk/internal/scan"
)

// Spec names logs to read.
type Spec struct {
	// Table is the table the rows belong to; empty means that the content tells.
	Table string
	// Path is a file, or a folder that is read with all below it.
	Path string
}

// Options bounds and steers reading. The zero value is sensible.
type Options struct {
	// Threads is how many goroutines unpack and parse one stream; 0 means 4.
	Threads int
	// Memory bounds, in bytes, a document that must be held whole (a JSON array,
	// an export with columns and rows); 0 means 1 GB.
	Memory int64
	// MaxLine bounds one line in bytes; 0 means 64 MB.
	MaxLine int
	// MaxUnpacked bounds, in bytes, what one packed file may unpack to; 0 means
	// 64 GB. Whatever unpacks to more than a thousand times its size is refused
	// as well.
	MaxUnpacked int64
	// Now is unused by formats that carry whole dates; zero means the clock.
	Now time.Time
}

func (o Options) withDefaults() Options {
	if o.Threads <= 0 {
		o.Threads = 4
	}
	if o.Memory <= 0 {
		o.Memory = 1 << 30
	}
	if o.MaxLine <= 0 {
		o.MaxLine = 64 << 20
	}
	if o.MaxUnpacked <= 0 {
		o.MaxUnpacked = 64 << 30
	}
	return o
}

// BadLine is a line or record that could not be read.
type BadLine struct {
	// Line counts from 1; 0 means that only Offset is known.
	Line   int
	Offset int64
	Reason string
}

// FileReport says what became of one file, or one member of a zip file.
type FileReport struct {
	Path string
	// Shape is what the content was recognised as, e.g. "sign-in records, NDJSON".
	Shape  string
	Tables []string
	// Bytes is the size on disk.
	Bytes int64
	// Rows and Read count what queries have read so far (bytes unpacked).
	Rows, Read int64
	// Bad counts lines or records that could not be read; Lines has the first.
	Bad   int64
	Lines []BadLine
	// Skipped is the reason why the file is not read at all.
	Skipped string
}

// Workspace is the tables found in some files.
type Workspace struct {
	tables map[string]*table
	files  []*file
}

// Table finds a table by name.
func (w *Workspace) Table(name string) (scan.Table, bool) {
	t, ok := w.tables[name]
	if !ok {
		return nil, false
	}
	return t, true
}

// Names lists the tables that have files, in order.
func (w *Workspace) Names() []string {
	var out []string
	for n := range w.tables {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Report says what became of each file, in the order read. After queries it
// also counts their rows and bad lines.
func (w *Workspace) Report() []FileReport {
	var out []FileReport
	for _, f := range w.files {
		out = append(out, f.snapshot())
	}
	return out
}

// Open looks at the files and says which tables they hold. A path that is not
// there is an error; a file that cannot be read or understood is reported as
// skipped.
func Open(specs []Spec, opts Options) (*Workspace, error) {
	opts = opts.withDefaults()
	w := &Workspace{tables: map[string]*table{}}
	for _, s := range specs {
		info, err := os.Stat(s.Path)
		if err != nil {
			return nil, fmt.Errorf("read logs: %w", err)
		}
		if !info.IsDir() {
			w.add(s, s.Path, opts)
			continue
		}
		err = filepath.WalkDir(s.Path, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				w.skip(path, err.Error())
			case d.Type().IsRegular():
				w.add(s, path, opts)
			case !d.IsDir():
				w.skip(path, "it is no regular file")
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read logs under %s: %w", s.Path, err)
		}
	}
	for _, t := range w.tables {
		t.finish()
	}
	return w, nil
}

func (w *Workspace) skip(path, why string) {
	w.files = append(w.files, &file{report: FileReport{Path: path, Skipped: why}})
}
