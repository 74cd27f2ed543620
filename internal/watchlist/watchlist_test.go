package watchlist

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"goshawk/internal/scan"
)

func file(t *testing.T, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if strings.HasSuffix(name, ".gz") {
		var b strings.Builder
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		text = b.String()
	}
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	one := file(t, dir, "one.csv", "\ufeffName,Code, ,Name\r\na,1,x,y\r\n\"b\nc\"\r\n")
	folder := t.TempDir()
	file(t, folder, "Two.csv", "A,SearchKey\n1,k1\n2,k2\n")
	file(t, folder, "Three.csv.gz", "A\n1\n")
	file(t, folder, "notes.txt", "x")
	lists, err := Load([]string{"One:Code=" + one, folder}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lists {
		m := l.Table().(*scan.Memory)
		var keys []string
		for i := range m.Batches[0].N {
			keys = append(keys, m.Batches[0].Cols[2].Str(i))
		}
		var cols []string
		for _, c := range m.Cols[4:] {
			cols = append(cols, c.Name)
		}
		got = append(got, l.Alias+" by "+l.Key+": "+strings.Join(keys, ",")+" ("+strings.Join(cols, ",")+")")
	}
	want := "One by Code: 1, (Name,Code,Column3,Name1); Three by A: 1 (A); Two by SearchKey: k1,k2 (A)"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if n := All(lists).(*scan.Memory).Batches[0].N; n != 5 {
		t.Errorf("all lists hold %d items", n)
	}
}

func TestItemIDsStay(t *testing.T) {
	p := file(t, t.TempDir(), "a.csv", "A\n1\n1\n")
	id := func() (string, string) {
		lists, err := Load([]string{p}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		b := lists[0].Table().(*scan.Memory).Batches[0]
		return b.Cols[0].Str(0), b.Cols[0].Str(1)
	}
	a1, a2 := id()
	b1, b2 := id()
	if a1 != b1 || a2 != b2 || a1 == a2 || len(a1) != 36 {
		t.Errorf("ids %s %s, then %s %s", a1, a2, b1, b2)
	}
}

func TestItemsAreOlderThanNow(t *testing.T) {
	p := file(t, t.TempDir(), "a.csv", "A\n1\n")
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	lists, err := Load([]string{p}, now)
	if err != nil {
		t.Fatal(err)
	}
	if at := lists[0].Table().(*scan.Memory).Batches[0].Cols[1].ToDynamic(0).String(); at != "2019-12-31T23:59:59.0000000Z" {
		t.Errorf("updated %s", at)
	}
}

func TestWrongListsAreErrors(t *testing.T) {
	dir := t.TempDir()
	a := file(t, dir, "a.csv", "A\n1\n")
	empty := file(t, dir, "empty.csv", "")
	for spec, want := range map[string]string{
		"X=" + filepath.Join(dir, "none.csv"): "no such file", "X:B=" + a: `no column "B"`, "X=" + empty: "it is empty", "=" + a: "no alias",
		t.TempDir(): "holds no .csv file", filepath.Join(dir, "nothing"): "no such file",
	} {
		if _, err := Load([]string{spec}, time.Now()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", spec, err, want)
		}
	}
	if _, err := Load([]string{"X=" + a, "X=" + a}, time.Now()); err == nil || !strings.Contains(err.Error(), "both") {
		t.Errorf("one alias twice: %v", err)
	}
}
