// Package ingest reads log files where they lie, as tables of the documented
// schema. It recognises a file by its content, maps records to columns, and
// counts what it could not read. It keeps nothing: each query reads the files
// again.
package ingest

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"
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
	// 64 GB. What lies behind a thousand times the packed size is not
	// read either.
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
	// Line counts from 1; 0 means that only Offset is known. Column, in bytes
	// from 1, is given for records inside a document only.
	Line, Column int
	// Offset is in the unpacked file.
	Offset int64
	Reason string
}

// BadValues are the values of one column that do not read as its type; the
// rows have null there.
type BadValues struct {
	Column, Type string
	Count        int64
	// First is the first of them, at Line or, where that is 0, at Offset.
	First  string
	Line   int
	Offset int64
}

// Other counts records that no table takes.
type Other struct {
	// Reason goes on behind "3 records are not read: ".
	Reason string
	Count  int64
}

// FileReport says what became of one file, or one member of a zip file.
type FileReport struct {
	Path string
	// Given is the path of the Spec that led to the file.
	Given string
	// Shape is what the content was recognised as, e.g. "sign-in records, NDJSON".
	Shape  string
	Tables []string
	// Bytes is the size on disk.
	Bytes int64
	// Rows and Read count what queries have read so far (bytes unpacked).
	Rows, Read int64
	// Newest is the latest TimeGenerated in the rows that were read, in ticks; 0
	// when none was.
	Newest int64
	// Bad counts lines or records that could not be read; Lines has the first.
	Bad   int64
	Lines []BadLine
	// Values are the columns with values of another type.
	Values []BadValues
	// Other are the records that can be read but belong to no table here.
	Other []Other
	// Skipped is the reason why the file is not read at all.
	Skipped string
	// Same is the path under which the file is read already, if it is.
	Same string
	// Damage is what kept the file from being read, or read to its end: no
	// permission, a cut stream, a bound. It is empty for files that are no logs.
	Damage string
}

// Workspace is the tables found in some files.
type Workspace struct {
	tables map[string]*table
	files  []*file
	read   atomic.Int64 // bytes that queries have read so far, each once
	// While it is opened: what is to look at each file, and the files so far.
	jobs []func() *sampler
	seen map[stamp][]identity
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

// Progress is how many bytes queries have read so far, and how many there are
// to read; all is 0 when packed files leave that open. It is quick, and safe to
// call while queries run.
func (w *Workspace) Progress() (read, all int64) {
	for _, f := range w.files {
		switch {
		case f.records == nil:
		case !f.plain && f.packed:
			return w.read.Load(), 0
		default:
			all += f.size
		}
	}
	return w.read.Load(), all
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
	w := &Workspace{tables: map[string]*table{}, seen: map[stamp][]identity{}}
	for _, s := range specs {
		info, err := os.Stat(s.Path)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("read logs: there is no file or folder %s", s.Path)
			}
			return nil, fmt.Errorf("read logs: %w", err)
		}
		if !info.IsDir() {
			w.add(s, s.Path, opts)
			continue
		}
		err = filepath.WalkDir(s.Path, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				w.damaged(s, path, err)
			case d.Type()&fs.ModeSymlink != 0:
				w.link(s, path, opts)
			case d.Type().IsRegular():
				w.add(s, path, opts)
			case !d.IsDir():
				w.skip(s, path, "it is no regular file")
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read logs under %s: %w", s.Path, err)
		}
	}
	w.look(opts.Threads)
	for _, t := range w.tables {
		t.finish()
	}
	return w, nil
}

// look samples the files, several at once, and joins them in their order.
func (w *Workspace) look(threads int) {
	found := make([]*sampler, len(w.jobs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(threads, len(w.jobs)) {
		wg.Add(1)
		go func() { // ends when next is closed
			defer wg.Done()
			for i := range next {
				found[i] = w.jobs[i]()
			}
		}()
	}
	for i := range w.jobs {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, m := range found {
		if m != nil {
			w.joinSampled(m)
		}
	}
	w.jobs, w.seen = nil, nil
}

// identity is a file that was met, to read none twice.
type identity struct {
	info  fs.FileInfo
	table string
	path  string
}

// stamp is equal for equal files, so that few need to be compared.
type stamp struct {
	size int64
	time time.Time
}

// known says under which path a file was met before, by another name or
// through a link. A file may be given to several tables by name.
func (w *Workspace) known(s Spec, path string, info fs.FileInfo) (string, bool) {
	at := stamp{info.Size(), info.ModTime()}
	for _, k := range w.seen[at] {
		if os.SameFile(k.info, info) && (k.table == s.Table || k.table == "" || s.Table == "") {
			return k.path, true
		}
	}
	w.seen[at] = append(w.seen[at], identity{info, s.Table, path})
	return "", false
}

// link reads a symbolic link in a folder when it leads to a file. Links to
// folders are not followed: they may lead back up, or to the same files again.
func (w *Workspace) link(s Spec, path string, opts Options) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		w.damaged(s, path, err)
	case info.IsDir():
		w.skip(s, path, "it is a link to a folder; name the folder itself with --logs to read it")
	case !info.Mode().IsRegular():
		w.skip(s, path, "it is no regular file")
	default:
		w.add(s, path, opts)
	}
}

func (w *Workspace) skip(s Spec, path, why string) {
	w.files = append(w.files, &file{report: FileReport{Path: path, Given: s.Path, Skipped: why}})
}

func (w *Workspace) damaged(s Spec, path string, err error) {
	why := plainError(err)
	w.files = append(w.files, &file{report: FileReport{Path: path, Given: s.Path, Skipped: why, Damage: why}})
}

// plainError is an error without the path, which the report has already, and
// in words that say what happened to the file.
func plainError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file is cut off: it ends in the middle of packed data"
	case errors.Is(err, zip.ErrFormat):
		return "it is no whole zip file: its list of members is missing (cut off?)"
	case errors.Is(err, gzip.ErrHeader):
		return "it begins like gzip, but its header is broken"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zip.ErrChecksum):
		return "its packed data is damaged: the checksum is wrong"
	}
	return err.Error()
}
