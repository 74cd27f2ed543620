package segment

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func parse(t testing.TB, s string) dynamic.Value {
	v, err := dynamic.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var allTypes = types.Schema{
	{Name: "TimeGenerated", Type: types.Datetime}, {Name: "Created", Type: types.Datetime}, {Name: "User", Type: types.String}, {Name: "Name", Type: types.String},
	{Name: "Id", Type: types.String}, {Name: "Text", Type: types.String}, {Name: "Empty", Type: types.String}, {Name: "B", Type: types.Bool}, {Name: "I", Type: types.Int},
	{Name: "L", Type: types.Long}, {Name: "R", Type: types.Real}, {Name: "G", Type: types.Guid}, {Name: "D", Type: types.Decimal}, {Name: "Span", Type: types.Timespan},
	{Name: "Loc", Type: types.Dynamic}, {Name: "Mixed", Type: types.Dynamic}, {Name: "Wide", Type: types.Dynamic}, {Name: "Nothing", Type: types.Dynamic},
}

// sample makes rows of all types in a given order.
func sample(t testing.TB, n int, seed uint64) *vector.Batch {
	r := rand.New(rand.NewPCG(seed, 7))
	bs := make([]*vector.Builder, len(allTypes))
	for i, c := range allTypes {
		bs[i] = vector.NewBuilder(c.Type, n)
	}
	at := int64(638400000000000000)
	for range n {
		at += r.Int64N(50_000_000) * 10
		u := r.IntN(300)
		set := func(i int, v any) { bs[i].Append(vector.Datum{T: allTypes[i].Type, V: v}) }
		maybe := func(i int, v any) {
			if r.IntN(5) == 0 {
				v = nil
			}
			set(i, v)
		}
		set(0, at)
		set(1, at-int64(u)*types.Second)
		set(2, fmt.Sprintf("user%d@contoso.com", u))
		set(3, fmt.Sprintf("User No %d", u))
		var g vector.Guid
		for k := range g {
			g[k] = byte(r.Uint32())
		}
		set(4, vector.GuidText(g))
		set(5, fmt.Sprintf("cmd.exe /c run %d --x %d é", r.IntN(1e9), r.IntN(1e9)))
		set(6, "")
		maybe(7, r.IntN(2) == 0)
		maybe(8, int64(r.Int32()))
		maybe(9, int64(r.Uint64()))
		maybe(10, r.NormFloat64())
		maybe(11, g)
		d, _ := vector.ParseDecimal(fmt.Sprintf("%d.%d", r.IntN(1000), r.IntN(1000)))
		maybe(12, d)
		maybe(13, r.Int64N(types.Day)-types.Hour)
		city := r.IntN(40)
		set(14, parse(t, fmt.Sprintf(`{"city":"City %d","geo":{"lat":%d.5,"lon":-%d.25},"n":%d}`, city, city, city, u)))
		maybe(15, parse(t, []string{`{"a":1}`, `{"a":"x","b":[1,2]}`, `{"b":2,"a":3}`, `[1,{"q":1}]`, `"text"`, `12`, `{"a":{"z":null}}`, `{}`, `{"a":null}`}[r.IntN(9)]))
		set(16, parse(t, fmt.Sprintf(`{"id":"%s","v":%d,"s":"value %d"}`, vector.GuidText(g), r.IntN(1e9), r.IntN(1e9))))
		set(17, nil)
	}
	out := &vector.Batch{N: n}
	for _, b := range bs {
		out.Cols = append(out.Cols, b.Done())
	}
	return out
}

func write(t testing.TB, schema types.Schema, opts Options, batches ...*vector.Batch) ([]byte, *Info) {
	t.Helper()
	b := NewBuilder(schema)
	for _, x := range batches {
		if err := b.Add(x, nil); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	info, err := b.Write(&buf, opts)
	if err != nil {
		t.Fatal(err)
	}
	if info.Bytes != int64(buf.Len()) {
		t.Errorf("Info says %d bytes, written %d", info.Bytes, buf.Len())
	}
	return buf.Bytes(), info
}

func open(t testing.TB, raw []byte) *Reader {
	t.Helper()
	r, err := Open(bytes.NewReader(raw), int64(len(raw)), "x.seg", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// same compares entry i of a to entry j of b by value and, for dynamic, kind
// and text.
func same(a *vector.Vector, i int, b *vector.Vector, j int) bool {
	x, y := a.Datum(i), b.Datum(j)
	if x.Null() || y.Null() {
		return x.Null() == y.Null()
	}
	switch v := x.V.(type) {
	case dynamic.Value:
		w := y.V.(dynamic.Value)
		return v.Kind() == w.Kind() && v.JSON() == w.JSON()
	case vector.Decimal:
		return vector.DecimalText(v) == vector.DecimalText(y.V.(vector.Decimal))
	case float64:
		return math.Float64bits(v) == math.Float64bits(y.V.(float64))
	}
	return x.V == y.V
}

// check compares all rows of a part to those given.
func check(t *testing.T, r *Reader, want *vector.Batch, schema types.Schema) {
	t.Helper()
	if r.Rows() != want.N {
		t.Fatalf("%d rows, want %d", r.Rows(), want.N)
	}
	for ci, c := range schema {
		col := r.Column(c.Name, nil, c.Type)
		for bi := range r.Blocks() {
			b := r.Block(bi)
			v, err := b.Column(col, nil)
			if err != nil {
				t.Fatal(err)
			}
			if v.N != b.N() {
				t.Fatalf("column %s, block %d: %d rows, want %d", c.Name, bi, v.N, b.N())
			}
			rows := []int32{}
			for i := range v.N {
				if !same(v, i, want.Cols[ci], bi*BlockRows+i) {
					t.Fatalf("column %s, row %d: got %v, want %v", c.Name, bi*BlockRows+i, v.Datum(i), want.Cols[ci].Datum(bi*BlockRows+i))
				}
				if (i*7+bi)%100 < 3 {
					rows = append(rows, int32(i))
				}
			}
			v, err = b.Column(col, rows)
			if err != nil {
				t.Fatal(err)
			}
			for k, i := range rows {
				if !same(v, k, want.Cols[ci], bi*BlockRows+int(i)) {
					t.Fatalf("column %s, picked row %d: got %v, want %v", c.Name, i, v.Datum(k), want.Cols[ci].Datum(bi*BlockRows+int(i)))
				}
			}
		}
	}
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for _, n := range []int{1, 2, 1023, 1024, 1025, 40000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			batch := sample(t, n, uint64(n))
			raw, info := write(t, allTypes, Options{Sort: "TimeGenerated"}, batch)
			if info.Rows != n || info.Min != batch.Cols[0].Ints[0] || info.Max != batch.Cols[0].Ints[n-1] {
				t.Errorf("Info is %+v", info)
			}
			check(t, open(t, raw), batch, allTypes)
		})
	}
}

func TestRowsAreSortedByTimeAndStay(t *testing.T) {
	batch := sample(t, 30000, 5)
	rows := make([]int32, batch.N)
	for i := range rows {
		rows[i] = int32(i)
	}
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	mixed := batch.Gather(rows)
	raw, _ := write(t, allTypes, Options{Sort: "TimeGenerated"}, mixed.Slice(0, 10000), mixed.Slice(10000, 30000))
	check(t, open(t, raw), batch, allTypes)
	again, _ := write(t, allTypes, Options{Sort: "TimeGenerated"}, mixed.Slice(0, 10000), mixed.Slice(10000, 30000))
	if !bytes.Equal(raw, again) {
		t.Error("the same rows give another file")
	}
}

func TestEveryFormOfVectorIsTaken(t *testing.T) {
	batch := sample(t, 5000, 3)
	raw, _ := write(t, allTypes, Options{}, batch)
	r := open(t, raw)
	// What a part gives has all forms: write that again.
	b := NewBuilder(allTypes)
	for i := range r.Blocks() {
		blk := r.Block(i)
		in := &vector.Batch{N: blk.N()}
		for _, c := range allTypes {
			v, err := blk.Column(r.Column(c.Name, nil, c.Type), nil)
			if err != nil {
				t.Fatal(err)
			}
			in.Cols = append(in.Cols, v)
		}
		if err := b.Add(in, nil); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if _, err := b.Write(&buf, Options{}); err != nil {
		t.Fatal(err)
	}
	check(t, open(t, buf.Bytes()), batch, allTypes)
	if !bytes.Equal(buf.Bytes(), raw) {
		t.Error("a part that is read and written again is another file")
	}
}

func TestPathsCostOneColumn(t *testing.T) {
	batch := sample(t, 20000, 9)
	raw, _ := write(t, allTypes, Options{}, batch)
	r := open(t, raw)
	for _, path := range [][]string{{"Loc", "city"}, {"Loc", "geo"}, {"Loc", "geo", "lat"}, {"Loc", "none"}, {"Loc", "city", "deeper"}, {"Mixed", "a"}, {"Mixed", "b"}, {"Mixed", "a", "z"}, {"Wide", "id"}, {"Nothing", "x"}} {
		col := r.Column(path[0], path[1:], types.Dynamic)
		ci := allTypes.Index(path[0])
		for bi := range r.Blocks() {
			for _, rows := range [][]int32{nil, {0, 5, 1024, 3000}} {
				v, err := r.Block(bi).Column(col, rows)
				if err != nil {
					t.Fatal(err)
				}
				for k := range v.N {
					i := k
					if rows != nil {
						i = int(rows[k])
					}
					want := batch.Cols[ci].Dyn(bi*BlockRows + i)
					for _, key := range path[1:] {
						want = want.Get(key)
					}
					if got := v.Dyn(k); got.Kind() != want.Kind() || got.JSON() != want.JSON() {
						t.Fatalf("%v, row %d: got %s, want %s", path, i, got.JSON(), want.JSON())
					}
				}
			}
		}
	}
}

func TestColumnsThatFollowShareCodes(t *testing.T) {
	batch := sample(t, 20000, 2)
	raw, _ := write(t, allTypes, Options{}, batch)
	r := open(t, raw)
	b := r.Block(0)
	user, _ := b.Column(r.Column("User", nil, types.String), nil)
	name, _ := b.Column(r.Column("Name", nil, types.String), nil)
	if &user.Codes[0] != &name.Codes[0] {
		t.Error("Name follows from User, and has codes of its own")
	}
	u2, _ := b.Column(r.Column("User", nil, types.String), nil)
	if u2.Values != user.Values {
		t.Error("a dictionary has changed its pointer between reads")
	}
}

func TestAColumnThatIsNotThereIsNull(t *testing.T) {
	raw, _ := write(t, allTypes, Options{}, sample(t, 10, 1))
	r := open(t, raw)
	c := r.Column("New", nil, types.Long)
	v, err := r.Block(0).Column(c, nil)
	if err != nil || !c.Empty() || !v.IsNull(3) {
		t.Errorf("got %v, %v", v, err)
	}
}

// readAll reads every piece of a part.
func readAll(r *Reader) error {
	for _, c := range r.Schema() {
		col := r.Column(c.Name, nil, c.Type)
		for i := range r.Blocks() {
			v, err := r.Block(i).Column(col, nil)
			if err != nil {
				return err
			}
			for k := range v.N {
				_ = v.Datum(k)
			}
		}
	}
	return nil
}

func TestAFileCutAtAnyByteIsDamage(t *testing.T) {
	raw, _ := write(t, allTypes, Options{}, sample(t, 300, 4))
	for n := range raw {
		_, err := Open(bytes.NewReader(raw[:n]), int64(n), "x.seg", nil)
		var d *Damage
		if !errors.As(err, &d) || d.File != "x.seg" {
			t.Fatalf("cut at byte %d of %d: %v", n, len(raw), err)
		}
	}
}

func TestAFlippedByteIsFoundAndConfined(t *testing.T) {
	batch := sample(t, 300, 4)
	raw, _ := write(t, allTypes, Options{}, batch)
	quiet := 0
	for at := range raw {
		if at%23 != 0 && at > 16 && at < len(raw)-64 {
			continue
		}
		bad := slices.Clone(raw)
		bad[at] ^= 1 << (at % 8)
		r, err := Open(bytes.NewReader(bad), int64(len(bad)), "x.seg", nil)
		var d *Damage
		if err != nil {
			if !errors.As(err, &d) {
				t.Fatalf("byte %d: %v", at, err)
			}
			continue
		}
		if d := r.Verify(); len(d) == 0 {
			quiet++
			t.Errorf("byte %d of %d is flipped, and nobody sees it", at, len(raw))
		}
		// What can be read is right.
		for ci, c := range allTypes {
			v, err := r.Block(0).Column(r.Column(c.Name, nil, c.Type), nil)
			if err != nil {
				if !errors.As(err, &d) {
					t.Fatalf("byte %d: %v", at, err)
				}
				continue
			}
			if !same(v, 77, batch.Cols[ci], 77) {
				t.Fatalf("byte %d is flipped, and column %s has another value", at, c.Name)
			}
		}
		if quiet > 3 {
			break
		}
	}
}

func FuzzOpen(f *testing.F) {
	raw, _ := write(f, allTypes, Options{}, sample(f, 40, 4))
	f.Add(raw)
	f.Fuzz(func(_ *testing.T, raw []byte) {
		r, err := Open(bytes.NewReader(raw), int64(len(raw)), "x.seg", nil)
		if err == nil {
			_ = readAll(r)
		}
	})
}
