package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"

	"goshawk/internal/dynamic"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

var eventSchema = types.Schema{{Name: "TimeGenerated", Type: types.Datetime}, {Name: "Seq", Type: types.Long}, {Name: "User", Type: types.String}, {Name: "Loc", Type: types.Dynamic}}

const day0 = int64(738000) * types.Day // some day

// lines is a Source: a file of lines that hold a sequence number each.
type lines struct {
	name string
	data []byte
	// stream makes it a file that is read whole.
	stream bool
	schema types.Schema
}

// numbers makes a file with the numbers lo to hi (not included).
func numbers(name string, lo, hi int) *lines {
	var b bytes.Buffer
	for i := lo; i < hi; i++ {
		fmt.Fprintf(&b, "{\"seq\":%d}\n", i)
	}
	return &lines{name: name, data: b.Bytes(), schema: eventSchema}
}

func (l *lines) Name() string               { return l.name }
func (l *lines) Tables() []string           { return []string{"Events"} }
func (l *lines) Schema(string) types.Schema { return l.schema }
func (l *lines) Lines() bool                { return !l.stream }
func (l *lines) Bad() int64                 { return 0 }
func (l *lines) Content() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(l.data)), nil
}

func (l *lines) Parts(_ string, _ scan.Request, from, to int64) []scan.Part {
	if l.stream {
		from, to = 0, int64(len(l.data))
	}
	const size = 2000
	var out []scan.Part
	for at := from; at < to; at += size {
		out = append(out, &linesPart{l, at, min(at+size, to)})
	}
	return out
}

type linesPart struct {
	l        *lines
	from, to int64
}

func (p *linesPart) Close() error { return nil }

// Next gives the lines that begin in the range, as ingest's parts do.
func (p *linesPart) Next(context.Context) (*vector.Batch, error) {
	var seqs []int64
	at := p.from
	if at > 0 && p.l.data[at-1] != '\n' {
		at += int64(bytes.IndexByte(p.l.data[at:], '\n')) + 1
	}
	for at < p.to {
		end := bytes.IndexByte(p.l.data[at:], '\n')
		if end < 0 {
			end = len(p.l.data) - int(at)
		}
		var row struct{ Seq int64 }
		if err := json.Unmarshal(p.l.data[at:at+int64(end)], &row); err == nil {
			seqs = append(seqs, row.Seq)
		}
		at += int64(end) + 1
	}
	p.from = p.to
	if len(seqs) == 0 {
		return nil, nil
	}
	return events(p.l.schema, seqs), nil
}

// events makes the row of each number: 1,000 of them a day.
func events(s types.Schema, seqs []int64) *vector.Batch {
	out := &vector.Batch{N: len(seqs)}
	for _, c := range s {
		b := vector.NewBuilder(c.Type, len(seqs))
		for _, n := range seqs {
			var v any
			switch c.Name {
			case "TimeGenerated":
				v = day0 + n*(types.Day/1000)
			case "Seq":
				v = n
			case "User":
				v = fmt.Sprintf("user%d", n%17)
			case "Loc":
				d, _ := dynamic.Parse(fmt.Sprintf(`{"city":"c%d","n":%d}`, n%5, n))
				v = d
			default:
				v = n
			}
			b.Append(vector.Datum{T: c.Type, V: v})
		}
		out.Cols = append(out.Cols, b.Done())
	}
	return out
}

// seqs reads the numbers in a store, in order.
func seqs(t testing.TB, fs FS, dir string) []int64 {
	t.Helper()
	s, err := Open(dir, Config{FS: fs, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := readSeqs(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func readSeqs(s *Store, conds []scan.Cond) ([]int64, error) {
	tab, ok := s.Table("Events")
	if !ok {
		return nil, nil
	}
	parts, err := tab.Open(context.Background(), scan.Request{Columns: []scan.Column{{Name: "Seq", Type: types.Long}, {Name: "User", Type: types.String},
		{Name: "Loc", Path: []string{"n"}, Type: types.Dynamic}}, Conds: conds})
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, p := range parts {
		for {
			b, err := p.Next(context.Background())
			if err != nil {
				return nil, err
			}
			if b == nil {
				break
			}
			for i := range b.N {
				n := b.Cols[0].Int(i)
				if want := fmt.Sprintf("user%d", n%17); b.Cols[1].Str(i) != want || b.Cols[2].Dyn(i).Long() != n {
					return nil, fmt.Errorf("row %d has user %q and n %s", n, b.Cols[1].Str(i), b.Cols[2].Dyn(i).JSON())
				}
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func upTo(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}

// create opens a store for writing whose parts and pieces are small.
func create(t testing.TB, fs FS, dir string) *Writer {
	t.Helper()
	w, err := Create(dir, Config{FS: fs, Threads: 2, Flush: 40_000, Piece: 5000})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func loadAll(t testing.TB, w *Writer, files ...*lines) (sum Loaded) {
	t.Helper()
	for _, f := range files {
		got, err := w.Load(context.Background(), f, nil)
		if err != nil {
			t.Fatal(err)
		}
		sum.Rows += got.Rows
		sum.Known += got.Known
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestRowsComeBackFromTheDisk(t *testing.T) {
	dir := t.TempDir() + "/store"
	w := create(t, OS{}, dir)
	loadAll(t, w, numbers("a", 0, 3500), numbers("b", 3500, 5000))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := seqs(t, OS{}, dir); !slices.Equal(got, upTo(5000)) {
		t.Fatalf("%d rows came back, want 5000", len(got))
	}
	s, _ := Open(dir, Config{})
	defer s.Close()
	rep, err := s.Verify(context.Background())
	if err != nil || len(rep.Damage) > 0 || len(rep.Stray) > 0 || rep.Rows != 5000 {
		t.Errorf("verify: %+v, %v", rep, err)
	}
	if x := s.Summary(); len(x) != 1 || x[0].Days != 5 || x[0].Rows != 5000 {
		t.Errorf("summary: %+v", x)
	}
}

func TestFilesAreKnownByContent(t *testing.T) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprint("stream=", stream), func(t *testing.T) {
			fs := newMemFS()
			w := create(t, fs, "s")
			defer w.Close()
			a := numbers("a", 0, 2000)
			a.stream = stream
			loadAll(t, w, a)
			again := *a
			again.name = "another name"
			if got := loadAll(t, w, &again); got.Rows != 0 || got.Known != int64(len(a.data)) {
				t.Errorf("the same content gave %+v", got)
			}
			if !stream { // a file that has grown
				if got := loadAll(t, w, numbers("a", 0, 2500)); got.Rows != 500 {
					t.Errorf("500 new lines gave %d rows", got.Rows)
				}
				if got := loadAll(t, w, numbers("a", 0, 2600), numbers("a", 0, 2600)); got.Rows != 100 {
					t.Errorf("100 new lines gave %d rows", got.Rows)
				}
				if got := seqs(t, fs, "s"); !slices.Equal(got, upTo(2600)) {
					t.Errorf("%d rows, want 2600", len(got))
				}
			}
		})
	}
}

func TestALastLineWithoutAnEndIsNotTakenTwice(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	defer w.Close()
	a := numbers("a", 0, 700)
	whole := a.data
	a.data = whole[:len(whole)-1] // no line feed behind the last row
	loadAll(t, w, a)
	a.data = whole
	loadAll(t, w, a)
	loadAll(t, w, numbers("a", 0, 900))
	if got := seqs(t, fs, "s"); !slices.Equal(got, upTo(900)) {
		t.Errorf("%d rows, want 900", len(got))
	}
}

func TestColumnsCanBeAddedAndWidened(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	a := numbers("a", 0, 1500)
	b := numbers("b", 1500, 2000)
	b.schema = append(slices.Clone(eventSchema), types.Column{Name: "New", Type: types.Long})
	b.schema[1].Type = types.Long
	c := numbers("c", 2000, 2500)
	c.schema = append(slices.Clone(eventSchema), types.Column{Name: "New", Type: types.Int})
	loadAll(t, w, a, b, c)
	d := numbers("d", 2500, 2600)
	loadAll(t, w, d)
	if err := w.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if got := seqs(t, fs, "s"); !slices.Equal(got, upTo(2600)) {
		t.Fatalf("%d rows, want 2600", len(got))
	}
	s, _ := Open("s", Config{FS: fs})
	tab, _ := s.Table("Events")
	if c := tab.Schema()[4]; c.Name != "New" || c.Type != types.Long {
		t.Errorf("the new column is %v", c)
	}
	parts, err := tab.Open(context.Background(), scan.Request{Columns: []scan.Column{{Name: "Seq", Type: types.Long}, {Name: "New", Type: types.Long}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		for b, err := p.Next(context.Background()); b != nil; b, err = p.Next(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.N {
				n := b.Cols[0].Int(i)
				if has := n >= 1500 && n < 2500; b.Cols[1].IsNull(i) == has || has && b.Cols[1].Int(i) != n {
					t.Fatalf("row %d: New is %v", n, b.Cols[1].Datum(i))
				}
			}
		}
	}
}

func TestPartsOutsideTheTimeAreNotOpened(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	loadAll(t, w, numbers("a", 0, 10000))
	w.Close()
	s, _ := Open("s", Config{FS: fs})
	at := day0 + 3*types.Day
	cond := func(op string, x int64) scan.Cond {
		return scan.Cond{Column: scan.Column{Name: "TimeGenerated", Type: types.Datetime}, Op: op, Values: []vector.Datum{{T: types.Datetime, V: x}}}
	}
	got, err := readSeqs(s, []scan.Cond{cond("GreaterThanOrEqual", at), cond("LessThan", at+types.Day)})
	if err != nil || len(got) != 1000 || got[0] != 3000 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	if n := len(s.readers); n > 2 {
		t.Errorf("%d parts were opened for one day", n)
	}
}

func TestDropForgetsFiles(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	defer w.Close()
	loadAll(t, w, numbers("a", 0, 2000))
	if err := w.Drop("Events"); err != nil {
		t.Fatal(err)
	}
	if left := fs.paths(segmentExt); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
	if got := loadAll(t, w, numbers("a", 0, 2000)); got.Rows != 2000 {
		t.Errorf("after drop %d rows were taken in, want 2000", got.Rows)
	}
}

func TestRetentionDropsWholeDays(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	defer w.Close()
	loadAll(t, w, numbers("a", 0, 10000))
	if err := w.Keep("Events", 3); err != nil {
		t.Fatal(err)
	}
	n, err := w.Expire(types.ToTime(day0 + 9*types.Day + types.Hour))
	if err != nil || n != 6000 {
		t.Errorf("%d rows dropped, %v; want 6000", n, err)
	}
	if got := seqs(t, fs, "s"); len(got) != 4000 || got[0] != 6000 {
		t.Errorf("%d rows left, the first %d", len(got), got[0])
	}
	if got := loadAll(t, w, numbers("a", 0, 10000)); got.Rows != 0 {
		t.Errorf("%d dropped rows came back", got.Rows)
	}
}
