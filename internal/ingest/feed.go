package ingest

import (
	"io"
	"os"
	"strings"

	"goshawk/internal/scan"
	"goshawk/internal/types"
)

// Feed is one file of a workspace, to be read once from its beginning to its
// end, piece by piece: what taking logs into a store needs.
type Feed struct {
	w    *Workspace
	file *file
}

// Feeds lists the files that have rows, in the order read.
func (w *Workspace) Feeds() []*Feed {
	var out []*Feed
	for _, f := range w.files {
		if f.report.Skipped == "" && len(f.report.Tables) > 0 {
			out = append(out, &Feed{w, f})
		}
	}
	return out
}

// Name is the path of the file; a member of a zip file has its name behind !.
func (f *Feed) Name() string { return f.file.report.Path }

// Tables are the tables that the file has rows of.
func (f *Feed) Tables() []string { return f.file.snapshot().Tables }

// Schema is the columns of a table over all files of the workspace.
func (f *Feed) Schema(table string) types.Schema { return f.w.tables[table].Schema() }

// Lines says whether the file is plain lines, so that Parts can read a piece
// of it. Other files are read whole.
func (f *Feed) Lines() bool { return f.file.plain }

// Content opens the bytes that stand for the content of the file.
func (f *Feed) Content() (io.ReadCloser, error) {
	path := f.file.path
	if f.file.open == nil || !strings.Contains(path, "!") {
		return os.Open(path)
	}
	r, cl, _, err := f.file.open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{r, cl}, nil
}

// Parts reads the rows of a table: of the lines that begin in [from, to), or,
// of a file that is not plain lines, all.
func (f *Feed) Parts(table string, req scan.Request, from, to int64) []scan.Part {
	t := f.w.tables[table]
	var parts []scan.Part
	for _, tf := range t.files {
		if tf.file != f.file {
			continue
		}
		q := compile(t, tf.layout, req)
		if !tf.file.plain {
			parts = append(parts, &streamPart{file: tf.file, query: q})
			continue
		}
		for at := from; at < to; at += rangeSize {
			parts = append(parts, &rangePart{file: tf.file, query: q, from: at, to: min(at+rangeSize, to)})
		}
	}
	return parts
}

// Bad is how many lines or records of the file could not be read so far.
func (f *Feed) Bad() int64 { return f.file.snapshot().Bad }
