package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"goshawk/internal/scan"
	"goshawk/internal/types"
)

func FuzzRecord(f *testing.F) {
	f.Add(`{"a":"x\"y","b":{"c":[1,{"d":null}]},"e":-1.5e3}`)
	f.Add(`{"a":`)
	f.Fuzz(func(t *testing.T, s string) {
		root := newNode()
		root.child("a").slot = 0
		root.child("b").child("c").slot = 1
		slots := make([]string, 2)
		if scanRecord(root, s, slots) == nil {
			for _, v := range slots {
				text(v)
				dyn(v)
				for _, typ := range []types.Type{types.Bool, types.Long, types.Real, types.Datetime, types.Timespan, types.Guid, types.Decimal} {
					newColumn(typ).add(v)
				}
			}
		}
		topLevel(s)
	})
}

// small bounds what a fuzzed file may do.
var small = Options{Threads: 2, Memory: 1 << 20, MaxLine: 1 << 16, MaxUnpacked: 1 << 22}

// fuzzFile is one file per process, which is written again and again.
func fuzzFile(f *testing.F) string { return filepath.Join(f.TempDir(), "log") }

// all reads every column of every table of a file; what it gives is the rows
// and how many lines and records could not be read.
func all(t *testing.T, path, table string) (rows []string, bad int64) {
	t.Helper()
	w, err := Open([]Spec{{Table: table, Path: path}}, small)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range w.Names() {
		tab, _ := w.Table(n)
		req := scan.Request{}
		for _, c := range tab.Schema() {
			req.Columns = append(req.Columns, scan.Column{Name: c.Name, Type: c.Type})
			if c.Type == types.Dynamic {
				req.Columns = append(req.Columns, scan.Column{Name: c.Name, Path: []string{"a"}, Type: types.Dynamic})
			}
		}
		rows = append(rows, readRequest(t, tab, req)...)
	}
	for _, r := range w.Report() {
		bad += r.Bad
	}
	return rows, bad
}

// packer is used again and again, since making one takes longer than using it.
var packer = func() *gzip.Writer {
	z, err := gzip.NewWriterLevel(nil, gzip.HuffmanOnly)
	if err != nil {
		panic(err)
	}
	return z
}()

// readable wants of any content that it is read without a panic, with the
// table named and not, and that packing it does not change what is read.
func readable(t *testing.T, path string, content []byte) {
	t.Helper()
	put := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(content)
	all(t, path, "")
	rows, bad := all(t, path, "T")
	var packed bytes.Buffer
	packer.Reset(&packed)
	_, _ = packer.Write(content)
	_ = packer.Close()
	if bytes.HasPrefix(content, []byte{0x1f, 0x8b}) || bytes.HasPrefix(content, []byte("PK")) || bytes.HasPrefix(content, []byte{0x28, 0xb5}) {
		return // packed already; packing is opened once only
	}
	put(packed.Bytes())
	rows2, bad2 := all(t, path, "T")
	if strings.Join(rows, "\n") != strings.Join(rows2, "\n") || bad != bad2 {
		t.Errorf("plain: %d rows, %d bad; packed: %d rows, %d bad\n%q\n%.300q\n%.300q", len(rows), bad, len(rows2), bad2, content, rows, rows2)
	}
}

const (
	seedRow  = `{"TimeGenerated":"2026-03-01T00:00:00Z","Type":"SigninLogs","ResultType":"50126","Status":{"errorCode":50126},"DurationMs":"7","IsRisky":true}`
	seedDiag = `{"time":"2026-03-01T00:00:00Z","category":"SignInLogs","resultType":50126,"properties":{"id":"1","status":{"errorCode":50126},"createdDateTime":"2026-03-01T00:00:00+02:00"}}`
	seedGrph = `{"createdDateTime":"2026-03-01T00:00:00Z","userPrincipalName":"a@example.test","appDisplayName":"x","status":{"errorCode":0}}`
)

func FuzzLines(f *testing.F) {
	for _, s := range []string{seedRow, seedDiag, seedGrph, seedRow + "\r\n\r\n" + seedDiag, "\xef\xbb\xbf" + seedGrph + "\n{\"a\":\n" + seedGrph, `{"a":1}` + "\n" + `{"a":1.5}` + "\n" + `{"a":"x"}`,
		`{"a":[1,{"b":null}],"c":"\ud83d\ude00"}` + "\n", `{"Records":[]}` + "\n" + `{"eventName":"x","eventSource":"y","eventVersion":"1"}`} {
		f.Add([]byte(s))
	}
	path := fuzzFile(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		readable(t, path, content)
		pieces(t, path, content)
	})
}

// pieces wants of lines that it does not matter where the file is cut into
// parts.
func pieces(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := Open([]Spec{{Table: "T", Path: path}}, small)
	if err != nil || len(w.files) != 1 || !w.files[0].plain || w.tables["T"] == nil {
		return
	}
	tab := w.tables["T"]
	q := compile(tab, tab.files[0].layout, scan.Request{})
	size := int64(len(content))
	want := -1
	for _, step := range []int64{size, size/2 + 1, 7, 1} {
		if step < 1 || size/step > 300 {
			continue
		}
		rows := 0
		for at := int64(0); at < size; at += step {
			p := &rangePart{file: &file{path: path, size: size, opts: small, plain: true}, query: q, from: at, to: min(at+step, size)}
			b, err := p.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if b != nil {
				rows += b.N
			}
		}
		if want < 0 {
			want = rows
		}
		if rows != want {
			t.Errorf("%d rows whole, %d in parts of %d bytes\n%q", want, rows, step, content)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, s := range []string{`[` + seedRow + `,` + seedGrph + `]`, `{"value":[` + seedGrph + `]}`, `{"records": [` + seedDiag + `, 5, ` + seedDiag, "[\n" + seedRow + "\n]", `{"value":[` + seedGrph + `]}{"value":[]}`,
		`{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"d","type":"dynamic"}],"rows":[["2026-03-01","{\"a\":1}"],[null]]}]}`,
		`[{"FrameType":"DataSetHeader"},{"FrameType":"DataTable","TableKind":"PrimaryResult","Columns":[{"ColumnName":"a"}],"Rows":[[1],["x"]]}]`,
		`{"a":` + strings.Repeat("[", 600) + `}`, `[[` + seedRow + `],[` + seedRow + `]]`} {
		f.Add([]byte(s))
	}
	path := fuzzFile(f)
	f.Fuzz(func(t *testing.T, content []byte) { readable(t, path, content) })
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"x\ny\"\n", "\xef\xbb\xbf\"TimeGenerated [UTC]\",ResultType,Status_dynamic,Status_string\r\n\"3/1/2026, 1:02:03.004 PM\",0,\"{\"\"a\"\":1}\",\r\n",
		"Date (UTC),Request ID,User,Location,Status\n2026-03-01T00:00:00Z,1,A,\"City, State, CC\",Success\n", "a;b\n1;2\n3\n", "a\tb\n1\t\"open\n2\t3\n", "RecordType,AuditData\n1,\"{\"\"a\"\":1}\"\n2,x\n"} {
		f.Add([]byte(s))
	}
	path := fuzzFile(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		readable(t, path, content)
		next := csvRecords(bytes.NewReader(content), ',', 1<<16)
		for range 100 {
			c, err := next()
			if c == nil {
				if err == nil {
					t.Fatal("neither rows nor an end")
				}
				return
			}
			if n := bytes.Count(c.data, []byte{'\n'}); n != len(c.marks) {
				t.Fatalf("%d records with %d places\n%q", n, len(c.marks), content)
			}
		}
	})
}

func FuzzPacked(f *testing.F) {
	var z bytes.Buffer
	gz := gzip.NewWriter(&z)
	fmt.Fprintln(gz, seedRow)
	gz.Close()
	f.Add(z.Bytes())
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(enc.EncodeAll([]byte(seedRow), nil))
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, name := range []string{"a.json", "b/../c.csv"} {
		w, err := zw.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		_, _ = io.WriteString(w, seedRow)
	}
	zw.Close()
	f.Add(out.Bytes())
	f.Add([]byte("\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00"))
	path := fuzzFile(f)
	f.Fuzz(func(t *testing.T, content []byte) { readable(t, path, content) })
}
