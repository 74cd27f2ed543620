package exec

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// table makes rows of cells; a nil is null.
func table(cols []*plan.Col, cells ...any) *plan.Values {
	b := &vector.Batch{N: len(cells) / len(cols)}
	for k, c := range cols {
		vb := vector.NewBuilder(c.Type, b.N)
		for i := 0; i < b.N; i++ {
			vb.Append(vector.Datum{T: c.Type, V: cells[i*len(cols)+k]})
		}
		b.Cols = append(b.Cols, vb.Done())
	}
	return &plan.Values{Out: plan.Out{Columns: cols}, Rows: b}
}

// show runs a relation and prints its rows.
func show(t *testing.T, rel plan.Rel, cfg Config) string {
	t.Helper()
	res, err := Run(context.Background(), &plan.Query{Results: []plan.Result{{Rel: rel}}}, cfg)
	if err != nil {
		return "error: " + err.Error()
	}
	var rows []string
	res[0].Each(func(b *vector.Batch, row int) bool {
		var cells []string
		for _, c := range b.Cols {
			s := c.ToDynamic(row).String()
			if c.IsNull(row) {
				s = "-"
			}
			cells = append(cells, s)
		}
		rows = append(rows, strings.Join(cells, ","))
		return true
	})
	return strings.Join(rows, " ")
}

func long(name string) *plan.Col { return &plan.Col{Name: name, Type: types.Long} }
func text(name string) *plan.Col { return &plan.Col{Name: name, Type: types.String} }
func dyn(name string) *plan.Col  { return &plan.Col{Name: name, Type: types.Dynamic} }

func TestJoinKinds(t *testing.T) {
	tests := []struct {
		kind plan.JoinKind
		want string
	}{
		{plan.InnerUnique, "1,a,1,x 1,a,1,y -,c,-,z"},
		{plan.Inner, "1,a,1,x 1,a,1,y 1,b,1,x 1,b,1,y -,c,-,z"},
		{plan.LeftOuter, "1,a,1,x 1,a,1,y 1,b,1,x 1,b,1,y -,c,-,z 2,d,-,"},
		{plan.RightOuter, "1,a,1,x 1,a,1,y 1,b,1,x 1,b,1,y -,c,-,z -,,3,w"},
		{plan.FullOuter, "1,a,1,x 1,a,1,y 1,b,1,x 1,b,1,y -,c,-,z 2,d,-, -,,3,w"},
		{plan.LeftSemi, "1,a 1,b -,c"},
		{plan.LeftAnti, "2,d"},
		{plan.RightSemi, "1,x -,z 1,y"},
		{plan.RightAnti, "3,w"},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 2, 1000} {
			t.Run(fmt.Sprint(tt.kind, size), func(t *testing.T) {
				lc, rc := []*plan.Col{long("k"), text("l")}, []*plan.Col{long("k"), text("r")}
				j := &plan.Join{
					Kind:     tt.kind,
					Left:     table(lc, int64(1), "a", int64(1), "b", nil, "c", int64(2), "d"),
					Right:    table(rc, int64(1), "x", nil, "z", int64(1), "y", int64(3), "w"),
					LeftKeys: []plan.Expr{&plan.ColRef{Col: lc[0]}}, RightKeys: []plan.Expr{&plan.ColRef{Col: rc[0]}},
				}
				switch tt.kind {
				case plan.LeftSemi, plan.LeftAnti:
					j.From = lc
				case plan.RightSemi, plan.RightAnti:
					j.From = rc
				default:
					j.From = append(append(j.From, lc...), rc...)
				}
				for _, c := range j.From {
					j.Columns = append(j.Columns, &plan.Col{Name: c.Name, Type: c.Type})
				}
				if got := show(t, j, Config{BatchSize: size}); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
			})
		}
	}
}

func TestJoinOnTextAndSeveralKeys(t *testing.T) {
	lc, rc := []*plan.Col{text("a"), long("b")}, []*plan.Col{text("a"), long("b")}
	j := &plan.Join{
		Kind:     plan.Inner,
		Left:     table(lc, "", int64(1), "x", nil, "X", nil, "x", int64(1)),
		Right:    table(rc, "x", nil, "", int64(1)),
		LeftKeys: []plan.Expr{&plan.ColRef{Col: lc[0]}, &plan.ColRef{Col: lc[1]}}, RightKeys: []plan.Expr{&plan.ColRef{Col: rc[0]}, &plan.ColRef{Col: rc[1]}},
		From: []*plan.Col{lc[0], rc[1]},
		Out:  plan.Out{Columns: []*plan.Col{text("a"), long("b")}},
	}
	if got, want := show(t, j, Config{}), ",1 x,-"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	j.LeftKeys, j.RightKeys = j.LeftKeys[:1], j.RightKeys[:1]
	if got, want := show(t, j, Config{}), ",1 x,- x,-"; got != want {
		t.Errorf("one key: got %q, want %q", got, want)
	}
}

func TestJoinStopsAtBudget(t *testing.T) {
	lc, rc := []*plan.Col{long("k")}, []*plan.Col{long("k")}
	cells := make([]any, 10000)
	for i := range cells {
		cells[i] = int64(i)
	}
	j := &plan.Join{
		Kind: plan.Inner, Left: table(lc, int64(1)), Right: table(rc, cells...),
		LeftKeys: []plan.Expr{&plan.ColRef{Col: lc[0]}}, RightKeys: []plan.Expr{&plan.ColRef{Col: rc[0]}},
		From: lc, Out: plan.Out{Columns: []*plan.Col{long("k")}},
	}
	if got := show(t, j, Config{Memory: NewBudget(100_000)}); !strings.HasPrefix(got, "error: join needs") {
		t.Errorf("got %q", got)
	}
}

func parsed(s string) dynamic.Value {
	v, err := dynamic.Parse(s)
	if err != nil {
		panic(err)
	}
	return v
}

func TestMvExpand(t *testing.T) {
	cols := []*plan.Col{long("n"), dyn("d"), dyn("e")}
	in := table(cols,
		int64(1), parsed(`[1,"a",null]`), parsed(`[7]`),
		int64(2), parsed(`{"k":1,"l":[2]}`), parsed(`[]`),
		int64(3), nil, parsed(`[]`),
		int64(4), parsed(`[]`), parsed(`[]`),
		int64(5), parsed(`"[1]"`), parsed(`{}`))
	d, e, idx := dyn("d"), dyn("e"), long("i")
	one := []plan.MvItem{{Col: d, Expr: &plan.ColRef{Col: cols[1]}, To: types.Dynamic}}
	two := append(one[:1:1], plan.MvItem{Col: e, Expr: &plan.ColRef{Col: cols[2]}})
	tests := []struct {
		name string
		node *plan.MvExpand
		want string
	}{
		{"one", &plan.MvExpand{Items: one, Out: plan.Out{Columns: []*plan.Col{cols[0], d}}}, `1,1 1,a 1,- 2,{"k":1} 2,{"l":[2]} 3,- 5,[1]`},
		{"pairs", &plan.MvExpand{Items: one, BagArray: true, Limit: 2, Index: idx, Out: plan.Out{Columns: []*plan.Col{cols[0], d, idx}}},
			`1,1,0 1,a,1 2,["k",1],0 2,["l",[2]],1 3,-,0 5,[1],0`},
		{"two", &plan.MvExpand{Items: two, Out: plan.Out{Columns: []*plan.Col{cols[0], d, e}}},
			`1,1,7 1,a,- 1,-,- 2,{"k":1},- 2,{"l":[2]},- 3,-,- 5,[1],-`},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 2, 1000} {
			tt.node.Input = in
			if got := show(t, tt.node, Config{BatchSize: size}); got != tt.want {
				t.Errorf("%s, size %d:\ngot  %s\nwant %s", tt.name, size, got, tt.want)
			}
		}
	}
}

func TestTextMatcher(t *testing.T) {
	star := plan.ParsePart{Star: true}
	lit := func(s string) plan.ParsePart { return plan.ParsePart{Text: s} }
	a, n := plan.ParsePart{Col: text("a")}, plan.ParsePart{Col: long("n")}
	tests := []struct {
		parts []plan.ParsePart
		in    string
		want  string // "no" for no match
	}{
		{[]plan.ParsePart{lit("a="), a, lit(" n="), n}, "a=x n=5", "x|5"},
		{[]plan.ParsePart{lit("a="), a, lit(" n="), n}, "garbage", "no"},
		{[]plan.ParsePart{lit("a="), a}, "xa=y", "no"},
		{[]plan.ParsePart{star, lit("a="), a}, "xa=y z", "y z"},
		{[]plan.ParsePart{a, lit("###"), a}, "a###b###c", "a|b###c"},
		{[]plan.ParsePart{lit("n="), n, star, lit("a="), a, lit(";"), star}, "n=27, more a=z;tail", "27|z"},
		{[]plan.ParsePart{lit("n="), n, star}, "n=12 tail", "12"},
		{[]plan.ParsePart{lit("n="), n, a}, "n=12tail", "12|tail"},
		{[]plan.ParsePart{lit("<"), a, lit(">")}, "<[.*>", "[.*"},
	}
	for _, tt := range tests {
		out := make([]string, strings.Count(tt.want, "|")+1)
		got := "no"
		if textMatcher(tt.parts)(tt.in, out) {
			got = strings.Join(out, "|")
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestRegexMatcher(t *testing.T) {
	star := plan.ParsePart{Star: true}
	lit := func(s string) plan.ParsePart { return plan.ParsePart{Text: s} }
	a, n := plan.ParsePart{Col: text("a")}, plan.ParsePart{Col: long("n")}
	tests := []struct {
		parts []plan.ParsePart
		flags string
		in    string
		want  string
	}{
		{[]plan.ParsePart{star, lit("r="), a, lit(","), star}, "", "x r=1, s=2, t", "1, s=2"},
		{[]plan.ParsePart{star, lit("R="), a, lit(","), star}, "Ui", "x r=1, s=2, t", "1"},
		{[]plan.ParsePart{lit("([a-z])"), n, lit("b|c"), n}, "", "a12c3", "12|3"},
		{[]plan.ParsePart{lit("x"), a, lit("y")}, "", "x\ny", "no"},
		{[]plan.ParsePart{lit("x"), a, lit("y")}, "s", "x\ny", "\n"},
	}
	for _, tt := range tests {
		m, err := regexMatcher(tt.parts, tt.flags)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]string, strings.Count(tt.want, "|")+1)
		got := "no"
		if m(tt.in, out) {
			got = strings.Join(out, "|")
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	if _, err := regexMatcher([]plan.ParsePart{lit("(")}, ""); err == nil {
		t.Error("a broken pattern must be refused")
	}
	if _, err := regexMatcher([]plan.ParsePart{lit("a")}, "x"); err == nil {
		t.Error("an unknown flag must be refused")
	}
}

func TestParseDropsRows(t *testing.T) {
	in, a := []*plan.Col{text("s")}, text("a")
	p := &plan.Parse{Input: table(in, "k=1", "no", "k=2"), Expr: &plan.ColRef{Col: in[0]},
		Parts: []plan.ParsePart{{Text: "k="}, {Col: a}}, Out: plan.Out{Columns: []*plan.Col{in[0], a}}}
	if got, want := show(t, p, Config{}), "k=1,1 no, k=2,2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Where = true
	if got, want := show(t, p, Config{}), "k=1,1 k=2,2"; got != want {
		t.Errorf("where: got %q, want %q", got, want)
	}
}

func TestUnionAndMaterialize(t *testing.T) {
	c := []*plan.Col{long("x")}
	m := &plan.Materialize{Input: table(c, int64(1), int64(2), int64(3))}
	u := &plan.Union{Inputs: []plan.Rel{m, m}, Out: plan.Out{Columns: []*plan.Col{long("x"), text("t")}}, Maps: [][]plan.Expr{
		{&plan.ColRef{Col: c[0]}, &plan.Const{Datum: vector.Datum{T: types.String, V: "a"}}},
		{&plan.ColRef{Col: c[0]}, &plan.Const{Datum: vector.Datum{T: types.String}}},
	}}
	if got, want := show(t, u, Config{BatchSize: 2}), "1,a 2,a 3,a 1, 2, 3,"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExternalIsRefusedUnlessAllowed(t *testing.T) {
	c := []*plan.Col{long("x")}
	x := &plan.External{URIs: []string{"https://example.org/a.csv"}, Out: plan.Out{Columns: c}}
	if got := show(t, x, Config{}); !strings.Contains(got, "not allowed") {
		t.Errorf("got %q", got)
	}
	read := func(context.Context, *plan.External) ([]*vector.Batch, error) {
		return []*vector.Batch{table(c, int64(4)).Rows}, nil
	}
	if got := show(t, x, Config{External: read}); got != "4" {
		t.Errorf("got %q", got)
	}
}
