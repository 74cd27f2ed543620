package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// file is a file, or a member of a zip file, with its counts.
type file struct {
	report FileReport
	seen   seen
	opts   Options
	// plain says that the file is lines that can be read at any offset.
	plain, packed bool
	path          string
	size          int64
	total         *atomic.Int64 // of the workspace
	// records starts a read of the unpacked content.
	records func() (producer, io.Closer, error)
	open    opener // the unpacked content
}

// sniffSize is how much of a file is looked at to know its kind.
const sniffSize = 64 << 10

// maxRatio is the most that a packed file may unpack to, times its size.
// Real logs pack 10 to 100 times; deflate cannot do more than about 1030.
// Content is read as a stream, so freeUnpacked costs a second at most and is
// allowed to any file: a few odd lines can pack better than that.
const (
	maxRatio     = 1000
	freeUnpacked = 256 << 20
)

// bounded stops a stream that unpacks to more than its bound.
type bounded struct {
	r          io.Reader
	left, most int64
}

func newBounded(r io.Reader, size int64, opts Options) *bounded {
	most := min(opts.MaxUnpacked, max(size*maxRatio, freeUnpacked))
	return &bounded{r, most, most}
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if n, err := b.r.Read(p[:1]); n == 0 {
			return 0, err
		}
		return 0, fmt.Errorf("it unpacks to more than %d bytes, the bound for a file of its size; what lies beyond is not read", b.most)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

type closers []io.Closer

func (c closers) Close() error {
	var err error
	for i := len(c) - 1; i >= 0; i-- {
		err = errors.Join(err, c[i].Close())
	}
	return err
}

// unpack opens gzip and zstd by their first bytes, and turns UTF-16 into UTF-8.
// It says whether the content is other bytes than the file's.
func unpack(r io.Reader, size int64, opts Options, cl *closers) (io.Reader, bool, error) {
	br := bufio.NewReaderSize(r, sniffSize)
	head, _ := br.Peek(4)
	packed := true
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, true, err
		}
		br = bufio.NewReaderSize(newBounded(z, size, opts), sniffSize)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(br, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, true, err
		}
		*cl = append(*cl, z.IOReadCloser())
		br = bufio.NewReaderSize(newBounded(z, size, opts), sniffSize)
	default:
		packed = false
	}
	text, wide := fromUTF16(br)
	return text, packed || wide, nil
}

func (w *Workspace) add(s Spec, path string, opts Options) {
	f, err := os.Open(path)
	if err != nil {
		w.damaged(s, path, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		w.damaged(s, path, err)
		return
	}
	if first, again := w.known(s, path, info); again {
		w.skip(s, path, "it is the same file as "+first+", which is read already")
		w.files[len(w.files)-1].report.Same = first
		return
	}
	head := make([]byte, 4)
	n, _ := f.ReadAt(head, 0)
	if string(head[:n]) == "PK\x03\x04" {
		w.addZip(s, path, opts)
		return
	}
	open := func() (io.Reader, closers, bool, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, false, err
		}
		cl := closers{f}
		r, packed, err := unpack(f, info.Size(), opts, &cl)
		if err != nil {
			return nil, nil, packed, errors.Join(err, cl.Close())
		}
		return r, cl, packed, nil
	}
	w.addFile(s, &file{path: path, size: info.Size(), opts: opts, report: FileReport{Path: path, Given: s.Path, Bytes: info.Size()}}, open)
}

func (w *Workspace) addZip(s Spec, path string, opts Options) {
	z, err := zip.OpenReader(path)
	if err != nil {
		w.damaged(s, path, err)
		return
	}
	defer z.Close()
	for i, m := range z.File {
		if m.FileInfo().IsDir() || strings.HasPrefix(m.Name, "__MACOSX/") {
			continue
		}
		name := path + "!" + m.Name
		size := int64(m.CompressedSize64)
		open := func() (io.Reader, closers, bool, error) {
			z, err := zip.OpenReader(path)
			if err != nil {
				return nil, nil, true, err
			}
			cl := closers{z}
			if i >= len(z.File) {
				return nil, nil, true, errors.Join(errors.New("the zip file has changed"), cl.Close())
			}
			m, err := z.File[i].Open()
			if err != nil {
				return nil, nil, true, errors.Join(err, cl.Close())
			}
			cl = append(cl, m)
			r, _, err := unpack(newBounded(m, size, opts), size, opts, &cl)
			if err != nil {
				return nil, nil, true, errors.Join(err, cl.Close())
			}
			return r, cl, true, nil
		}
		w.addFile(s, &file{path: name, size: size, opts: opts, report: FileReport{Path: name, Given: s.Path, Bytes: size}}, open)
	}
}

// addFile notes a file to be looked at.
func (w *Workspace) addFile(s Spec, f *file, open opener) {
	f.total = &w.read
	f.open = open
	w.files = append(w.files, f)
	w.jobs = append(w.jobs, func() *sampler { return f.recognise(s, open) })
}

// opener opens a file's unpacked content, and says whether it was packed.
type opener func() (io.Reader, closers, bool, error)

// recognise looks at the beginning of one file; nil when it is not read.
func (f *file) recognise(s Spec, open opener) (m *sampler) {
	var bug error
	defer func() {
		if bug != nil {
			f.unread(bug)
			m = nil
		}
	}()
	defer recovered(f.path, &bug)
	r, cl, packed, err := open()
	if err != nil {
		f.unread(err)
		return nil
	}
	head, err := peek(r)
	_ = cl.Close()
	if len(head) == 0 && err != nil {
		f.unread(err)
		return nil
	}
	form, why := formOf(head)
	if why != "" {
		f.report.Skipped = why
		return nil
	}
	f.plain, f.packed = form == formLines && !packed, packed
	f.records = func() (producer, io.Closer, error) {
		r, cl, _, err := open()
		if err != nil {
			return nil, nil, err
		}
		switch form {
		case formLines:
			return lines(r, f.opts.MaxLine, f.opts.chunkSize()), cl, nil
		case formDocument:
			return document(r, f.opts.MaxLine, f.opts.chunkSize()), cl, nil
		case formTabs:
			return csvRecords(r, '\t', f.opts.MaxLine), cl, nil
		case formSemicolons:
			return csvRecords(r, ';', f.opts.MaxLine), cl, nil
		}
		return csvRecords(r, ',', f.opts.MaxLine), cl, nil
	}
	f.report.Shape = form.String()
	return f.sample(s)
}

func peek(r io.Reader) ([]byte, error) {
	head := make([]byte, sniffSize)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF && n > 0 {
		err = nil
	}
	return head[:n], err
}

type form int

const (
	formLines form = iota
	formDocument
	formCSV
	formTabs
	formSemicolons
)

func (f form) String() string {
	return [...]string{"JSON, one record a line", "JSON document", "CSV", "tab-separated", "CSV with semicolons"}[f]
}

// formOf recognises the form of unpacked content by its beginning.
func formOf(head []byte) (form, string) {
	s := string(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	i := blank(s, 0)
	switch {
	case i >= len(s):
		return 0, "the file is empty"
	case strings.HasPrefix(s, "ElfFile\x00"):
		return 0, "Windows event log files (EVTX) are not read"
	case strings.HasPrefix(s, "PAR1"):
		return 0, "Parquet files are not read"
	case strings.IndexByte(s, 0) >= 0:
		return 0, "its content is of no known kind (binary)"
	case s[i] == '[':
		return formDocument, ""
	case s[i] == '{':
		return jsonForm(s[i:]), ""
	}
	first, _, _ := strings.Cut(s, "\n")
	for _, c := range []struct {
		sep  string
		form form
	}{{",", formCSV}, {"\t", formTabs}, {";", formSemicolons}} {
		if strings.Contains(first, c.sep) && !strings.HasPrefix(strings.TrimSpace(first), "<") && !strings.HasPrefix(first, "CEF:") {
			return c.form, ""
		}
	}
	return 0, "its content is of no known kind"
}

// jsonForm tells records one a line from a document that begins with an
// object. One of the first lines must be a record of its own.
func jsonForm(s string) form {
	rest := s
	for k := 0; k < 5 && rest != ""; k++ {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		root := newNode()
		for i, w := range append([]string{"tables", "Tables"}, wrappers...) {
			root.child(w).slot = i
		}
		slots := make([]string, 5)
		err := scanRecord(root, strings.TrimSpace(line), slots)
		for _, v := range slots {
			if v != "" && v[0] == '[' && listOfObjects(v) {
				return formDocument
			}
		}
		if err == nil && len(line) > 2 {
			return formLines
		}
	}
	// No line is whole within the sample: pretty-printed, or lines that are
	// longer than the sample.
	if i := strings.IndexByte(s, '\n'); i < 0 && len(s) >= sniffSize-4 && !wrapped(s[:4096]) {
		return formLines
	}
	return formDocument
}

// wrapped says whether a list of records begins in s.
func wrapped(s string) bool {
	for _, k := range wrappers {
		for _, form := range []string{`"` + k + `":`, `"` + k + `" :`} {
			if i := strings.Index(s, form); i >= 0 {
				if j := blank(s, i+len(form)); j < len(s) && s[j] == '[' {
					return true
				}
			}
		}
	}
	return false
}
