package ingest

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnpackingStopsAtTheBound(t *testing.T) {
	p := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(p)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"small.ndjson", "../big.ndjson"} {
		m, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 10
		if strings.Contains(name, "big") {
			n = 200000
		}
		for i := range n {
			fmt.Fprintf(m, `{"n":%d}`+"\n", i)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := Open([]Spec{{Table: "T", Path: p}}, Options{MaxUnpacked: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, w, "T", "n")
	r := w.Report()
	if len(r) != 2 || r[0].Rows != 10 || r[0].Bad != 0 {
		t.Fatalf("%+v", r)
	}
	// The line that the bound cuts is bad too.
	if len(got) < 10+50000 || len(got) > 10+120000 || r[1].Bad == 0 || !strings.Contains(r[1].Damage, "bound") {
		t.Errorf("%d rows, %+v", len(got), r[1])
	}
}

// A document is read as a stream: its size does not matter, only that of a
// record, and a record that cannot be read costs nothing but itself.
func TestDocumentLosesOnlyWhatCannotBeRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("{\"@odata.context\": \"x\", \"value\": [\n")
	for i := range 20000 {
		fmt.Fprintf(&b, "{\"a\": %d, \"pad\": %q},\n", i, strings.Repeat("x", 100))
	}
	b.WriteString(`{"a": ` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "},\n") // too deep
	b.WriteString(`{"a": "` + strings.Repeat("y", 1<<17) + "\"},\n")                         // too long
	b.WriteString("{\"a\" 1},\n5,\n{\"a\": 20000}],\n\"@odata.nextLink\": {\"value\": [5]}}")
	w, err := Open([]Spec{{Table: "T", Path: write(t, "x.json", b.String())}}, Options{Memory: 1 << 20, MaxLine: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, w, "T", "a")
	r := w.Report()[0]
	if len(got) != 20001 || got[20000] != "20000" || r.Bad != 4 || r.Damage != "" {
		t.Fatalf("%d rows; %+v", len(got), r)
	}
	for i, l := range r.Lines {
		if l.Line != 20002+i || l.Column != 1 {
			t.Errorf("%+v", l)
		}
	}
}

func TestCutDocumentKeepsItsWholeRecords(t *testing.T) {
	p := write(t, "x.json", "{\n\"value\": [\n{\"a\": 1},\n{\"a\": 2},\n{\"a\": ")
	w := open(t, "T", p)
	if got := read(t, w, "T", "a"); strings.Join(got, " ") != "1 2" || w.Report()[0].Bad != 1 {
		t.Errorf("%q %+v", got, w.Report())
	}
}

func TestSeveralWrappersOneALine(t *testing.T) {
	p := write(t, "x.json", `{"records":[{"a":1},{"a":2}]}`+"\n"+`{"records":[{"a":3}]}`+"\n")
	if got := read(t, open(t, "T", p), "T", "a"); strings.Join(got, " ") != "1 2 3" {
		t.Errorf("%q", got)
	}
}

func TestFolderIsReadWithAllBelow(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"x.json": `[{"a":1}]`, "a/b/y.csv": "a,c\n2,3\n", "a/z.bin": "\x00\x01"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := open(t, "T", dir)
	if got := read(t, w, "T", "a"); len(got) != 2 || len(w.Report()) != 3 {
		t.Errorf("%q %+v", got, w.Report())
	}
	if _, err := Open([]Spec{{Path: filepath.Join(dir, "none")}}, Options{}); err == nil {
		t.Error("a path that is not there is no error")
	}
}

func TestQuoteLeftOpenIsBounded(t *testing.T) {
	p := write(t, "x.csv", "a,b\n1,2\n3,\"open\n"+strings.Repeat("x,y\n", 1<<20))
	w, err := Open([]Spec{{Table: "T", Path: p}}, Options{MaxLine: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, w, "T", "a")
	if len(got) != 1 || w.Report()[0].Bad == 0 || !strings.Contains(fmt.Sprint(w.Report()[0].Lines), "quote") {
		t.Errorf("%q %+v", got, w.Report())
	}
}

// A file that is gone when it is read is damage, and the one beside it is read.
func TestFileThatVanishesIsDamage(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.ndjson", "b.ndjson", "c.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"a":1}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := open(t, "T", dir)
	for _, name := range []string{"a.ndjson", "c.json"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, w, "T", "a"); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if r := w.Report(); r[0].Damage == "" || r[1].Damage != "" || r[2].Damage == "" {
		t.Errorf("%+v", r)
	}
}
