package exec

import (
	"strings"
	"testing"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func longConst(n int64) plan.Expr {
	return &plan.Const{Datum: vector.Datum{T: types.Long, V: n}}
}

func TestMakeSeries(t *testing.T) {
	k, s, x := text("k"), long("s"), long("x")
	in := table([]*plan.Col{k, s, x}, "a", int64(1), int64(0), "b", int64(5), int64(4), "a", int64(2), int64(4))
	node := func() *plan.MakeSeries {
		return &plan.MakeSeries{Input: in, Keys: []*plan.Col{k}, Aggs: []*plan.Col{s}, Axis: x, Defaults: []plan.Expr{nil},
			Step: longConst(2), Out: plan.Out{Columns: []*plan.Col{text("k"), dyn("s"), dyn("x")}}}
	}
	open := node()
	if got, want := show(t, open, Config{}), "a,[1,0,2],[0,2,4] b,[5],[4]"; got != want {
		t.Errorf("own bounds: got %s, want %s", got, want)
	}
	bound := node()
	bound.From, bound.To, bound.Defaults = longConst(0), longConst(6), []plan.Expr{longConst(-1)}
	if got, want := show(t, bound, Config{}), "a,[1,-1,2],[0,2,4] b,[-1,-1,5],[0,2,4]"; got != want {
		t.Errorf("half open: got %s, want %s", got, want)
	}
	bound.Closed = true
	if got, want := show(t, bound, Config{}), "a,[1,-1,2,-1],[0,2,4,6] b,[-1,-1,5,-1],[0,2,4,6]"; got != want {
		t.Errorf("closed: got %s, want %s", got, want)
	}
	long := node()
	long.From, long.To, long.Step = longConst(0), longConst(1<<40), longConst(1)
	if got := show(t, long, Config{}); !strings.Contains(got, "longer than") {
		t.Errorf("got %q", got)
	}
	long.Step = longConst(0)
	if got := show(t, long, Config{}); !strings.Contains(got, "not positive") {
		t.Errorf("got %q", got)
	}
}

func TestApplyRunsOncePerRow(t *testing.T) {
	n, d := long("n"), dyn("d")
	in := table([]*plan.Col{n, d}, int64(1), parsed(`[3,1,2]`), int64(2), parsed(`[]`), int64(3), parsed(`[9]`))
	given := &plan.Given{Input: in}
	e := dyn("d")
	expand := &plan.MvExpand{Input: given, Items: []plan.MvItem{{Col: e, Expr: &plan.ColRef{Col: d}}}, Out: plan.Out{Columns: []*plan.Col{n, e}}}
	first := &plan.Take{Input: expand, Count: longConst(1)}
	a := &plan.Apply{Input: in, Given: given, Sub: first, From: []*plan.Col{n, e}, Out: plan.Out{Columns: []*plan.Col{long("n"), dyn("d")}}}
	for _, size := range []int{1, 2, 100} {
		if got, want := show(t, a, Config{BatchSize: size}), "1,3 3,9"; got != want {
			t.Errorf("size %d: got %s, want %s", size, got, want)
		}
	}
}
