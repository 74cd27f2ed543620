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
	"sort"
	"strings"

	"github.com/klauspost/compress/zstd"

	"goshawk/internal/schema"
	"goshawk/internal/types"
)

// file is a file, or a member of a zip file, with its counts.
type file struct {
	report FileReport
	seen   seen
	opts   Options
	// plain says that the file is lines that can be read at any offset.
	plain bool
	path  string
	size  int64
	// records starts a read of the unpacked content.
	records func() (producer, io.Closer, error)
}

// sniffSize is how much of a file is looked at to know its kind.
const sniffSize = 64 << 10

// maxRatio is the most that a packed file may unpack to, times its size.
// Real logs pack 10 to 100 times; deflate cannot do more than about 1030.
const maxRatio = 1000

// bounded stops a stream that unpacks to more than its bound.
type bounded struct {
	r          io.Reader
	left, most int64
}

func newBounded(r io.Reader, size int64, opts Options) *bounded {
	most := min(opts.MaxUnpacked, max(size, 1<<16)*maxRatio)
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

// unpack opens gzip and zstd by their first bytes, inside one another too.
func unpack(r io.Reader, size int64, opts Options, cl *closers) (io.Reader, bool, error) {
	br := bufio.NewReaderSize(r, sniffSize)
	head, _ := br.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, true, err
		}
		return bufio.NewReaderSize(newBounded(z, size, opts), sniffSize), true, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(br, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, true, err
		}
		*cl = append(*cl, z.IOReadCloser())
		return bufio.NewReaderSize(newBounded(z, size, opts), sniffSize), true, nil
	}
	return br, false, nil
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

// addFile recognises one file's content and joins it to its tables.
func (w *Workspace) addFile(s Spec, f *file, open func() (io.Reader, closers, bool, error)) {
	w.files = append(w.files, f)
	r, cl, packed, err := open()
	if err != nil {
		f.unread(err)
		return
	}
	head, err := peek(r)
	_ = cl.Close()
	if len(head) == 0 && err != nil {
		f.unread(err)
		return
	}
	form, why := formOf(head)
	if why != "" {
		f.report.Skipped = why
		return
	}
	f.plain = form == formLines && !packed
	f.records = func() (producer, io.Closer, error) {
		r, cl, _, err := open()
		if err != nil {
			return nil, nil, err
		}
		switch form {
		case formLines:
			return lines(r, f.opts.MaxLine), cl, nil
		case formDocument:
			return document(r, f.opts.Memory), cl, nil
		case formTabs:
			return csvRecords(r, '\t', f.opts.MaxLine), cl, nil
		case formSemicolons:
			return csvRecords(r, ';', f.opts.MaxLine), cl, nil
		}
		return csvRecords(r, ',', f.opts.MaxLine), cl, nil
	}
	f.report.Shape = form.String()
	w.sample(s, f)
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
	if i := strings.IndexByte(s, '\n'); i < 0 && len(s) >= sniffSize-4 && arrayStart(s[:4096], 0) < 0 {
		return formLines
	}
	return formDocument
}

// maxSample bounds how many bytes of a file with records of several tables
// are looked at to know the tables.
const maxSample = 64 << 20

// sample looks at the first records of f, and joins it to its tables.
func (w *Workspace) sample(s Spec, f *file) {
	next, cl, err := f.records()
	if err != nil {
		f.unread(err)
		return
	}
	defer cl.Close()
	type found struct {
		shape   *shape
		spelled map[string]string
		types   map[string]types.Type
	}
	tables := map[string]*found{}
	cache := map[string]string{}
	var total int64
	several, unknown := false, ""
	var broken error
	nbad, reason := int64(0), ""
	for total < maxSample && (total == 0 || several) {
		c, err := next()
		if c == nil {
			if err != nil && err != io.EOF {
				broken = err
			}
			break
		}
		total += max(c.read, 1)
		if nbad += c.nbad; reason == "" && len(c.bad) > 0 {
			reason = c.bad[0].Reason
		}
		if reason == "" && c.damage != "" {
			nbad, reason = nbad+1, c.damage
		}
		rest := asString(c.data)
		for n := 0; rest != "" && (n < 2000 || several); n++ {
			line, more, _ := strings.Cut(rest, "\n")
			rest = more
			keys, vals := topLevel(line)
			if len(keys) == 0 {
				if err := whole(line); err != nil {
					if nbad++; reason == "" {
						reason = err.Error()
					}
				}
				continue
			}
			sh, name := classify(keys, vals, s.Table, cache)
			if sh != nil && sh.picks != "" {
				several = true
			}
			if name == "" {
				unknown = "no table is known whose columns or record kind it has; name one with TABLE=" + f.path
				if sh != nil && sh.picks != "" {
					unknown = fmt.Sprintf("%s: no table is known for %s %q", sh.name, sh.picks, text(pick(keys, vals, sh.picks)))
				}
				continue
			}
			t := tables[name]
			if t == nil {
				t = &found{shape: sh, spelled: map[string]string{}, types: map[string]types.Type{}}
				tables[name] = t
			}
			if n > 2000 {
				continue
			}
			for i, k := range keys {
				note(t.spelled, t.types, "", strings.Clone(k), vals[i], sh == nil)
				if sh != nil && sh.prefix == k+"." {
					sub, subVals := topLevel(vals[i])
					for j, k2 := range sub {
						note(t.spelled, t.types, sh.prefix, strings.Clone(k2), subVals[j], true)
					}
				}
			}
		}
	}
	if len(tables) == 0 {
		switch {
		case broken != nil:
			f.unread(broken)
		case unknown != "":
			f.report.Skipped = unknown
		case nbad > 0:
			f.unread(fmt.Errorf("no record in it can be read: %s", reason))
		default:
			f.report.Skipped = "it has no records"
		}
		return
	}
	var names []string
	for n := range tables {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t := tables[n]
		f.report.Tables = append(f.report.Tables, n)
		if t.shape != nil {
			f.report.Shape = t.shape.name + ", " + strings.TrimPrefix(f.report.Shape, t.shape.name+", ")
		}
		l := newLayout(t.shape, n, t.spelled)
		if t.shape == nil && len(names) > 1 {
			l.filter = "Type"
		}
		w.join(n, f, l, t.types)
	}
}

// unread says that err keeps the file from being read at all.
func (f *file) unread(err error) {
	f.report.Damage = plainError(err)
	f.report.Skipped = f.report.Damage
}

// whole says what is wrong with a line, nil for a record and a blank line.
func whole(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	return scanRecord(newNode(), line, nil)
}

func note(spelled map[string]string, kinds map[string]types.Type, prefix, key, raw string, extra bool) {
	low := strings.ToLower(prefix + key)
	if _, ok := spelled[low]; !ok {
		spelled[low] = key
	}
	if !extra {
		return
	}
	name := key
	if prefix != "" {
		name = upperFirst(key)
	}
	t := guessType(raw)
	switch old := kinds[name]; {
	case old == types.Unknown:
		kinds[name] = t
	case t == types.Unknown || t == old:
	case old.Numeric() && t.Numeric():
		kinds[name] = types.Real
	default:
		kinds[name] = types.Dynamic
	}
}

// topLevel lists the keys of a record and their raw values.
func topLevel(s string) (keys, vals []string) {
	i := blank(s, 0)
	if i >= len(s) || s[i] != '{' {
		return nil, nil
	}
	i = blank(s, i+1)
	for i < len(s) && s[i] == '"' {
		end, err := stringEnd(s, i)
		if err != nil {
			return nil, nil
		}
		key := text(s[i:end])
		i = blank(s, end)
		if i >= len(s) || s[i] != ':' {
			return nil, nil
		}
		i = blank(s, i+1)
		end, err = skipValue(s, i)
		if err != nil || end > len(s) {
			return nil, nil
		}
		keys, vals = append(keys, key), append(vals, s[i:end])
		i = blank(s, end)
		if i < len(s) && s[i] == ',' {
			i = blank(s, i+1)
		}
	}
	return keys, vals
}

func pick(keys, vals []string, key string) string {
	for i, k := range keys {
		if k == key {
			return vals[i]
		}
	}
	return ""
}

// classify finds the shape of a record and its table; want is the table that
// the user named, if any.
func classify(keys, vals []string, want string, cache map[string]string) (*shape, string) {
next:
	for _, sh := range shapes {
		for _, k := range sh.keys {
			if pick(keys, vals, k) == "" {
				continue next
			}
		}
		table := sh.table
		if sh.picks != "" {
			got := text(pick(keys, vals, sh.picks))
			table = sh.tables[got]
			if t, ok := strings.CutPrefix(got, "AdvancedHunting-"); ok {
				table = t
			}
		}
		if want == "" || want == table {
			return sh, table
		}
		if sh.picks != "" && table != "" {
			return sh, ""
		}
		// The user knows better: rows that happen to have such keys.
		break
	}
	if want != "" {
		return nil, want
	}
	for _, k := range []string{"Type", "$table"} {
		if name := text(pick(keys, vals, k)); name != "" {
			if _, ok := schema.Table(name); ok {
				return nil, name
			}
		}
	}
	id := strings.Join(keys, "\x00")
	name, ok := cache[id]
	if !ok {
		name = bestTable(keys)
		cache[strings.Clone(id)] = name
	}
	return nil, name
}

// favourites win when a file fits several tables equally well.
var favourites = []string{"SigninLogs", "AuditLogs", "SecurityEvent", "OfficeActivity", "AzureActivity", "AWSCloudTrail", "CommonSecurityLog", "Syslog",
	"DeviceProcessEvents", "DeviceNetworkEvents", "DeviceFileEvents", "DeviceRegistryEvents", "DeviceLogonEvents", "DeviceEvents"}

// bestTable finds the table that has most of the columns, if it has at least
// two in three of them and five at all.
func bestTable(keys []string) string {
	best, bestHits := "", 4
	for _, name := range append(append([]string(nil), favourites...), schema.TableNames()...) {
		s, _ := schema.Table(name)
		hits := 0
		for _, k := range keys {
			if s.Index(k) >= 0 {
				hits++
			}
		}
		if hits > bestHits && hits*3 >= len(keys)*2 {
			best, bestHits = name, hits
		}
	}
	return best
}
