package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// countState counts rows: enough of an aggregate to test grouping.
type countState struct{ n []int64 }

func (s *countState) Grow(n int) {
	for len(s.n) < n {
		s.n = append(s.n, 0)
	}
}
func (s *countState) Add(_ *fn.Call, groups []int32, _ []*vector.Vector) error {
	for _, g := range groups {
		s.n[g]++
	}
	return nil
}
func (s *countState) Merge(other fn.State, to []int32) error {
	for g, n := range other.(*countState).n {
		s.n[to[g]] += n
	}
	return nil
}
func (s *countState) Results(n int) ([]*vector.Vector, error) {
	return []*vector.Vector{vector.Of(types.Long, s.n[:n], nil)}, nil
}
func (s *countState) Bytes() int64 { return int64(len(s.n)) * 8 }

var countFn = &fn.Aggregate{Name: "count", New: func(fn.AggArgs) (fn.State, error) { return &countState{}, nil }}

// over is a comparison `x > n` that is null for a null x.
func over(c *plan.Col, n int64) plan.Expr {
	return &plan.Call{
		Fn: &fn.Scalar{Name: "Over"}, Ret: types.Bool, Args: []plan.Expr{&plan.ColRef{Col: c}},
		Kernel: func(c *fn.Call, args []*vector.Vector) (*vector.Vector, error) {
			out := make([]bool, c.N)
			for i := range out {
				out[i] = args[0].Int(i) > n
			}
			return vector.Of(types.Bool, out, nil), nil
		},
	}
}

func constant(n int64) plan.Expr {
	return &plan.Const{Datum: vector.Datum{T: types.Long, V: n}}
}

// sample is a table of parts*rows rows: i counts up, s repeats, m is null in
// every fifth row.
func sample(parts, rows int) (*plan.Scan, []*plan.Col) {
	cols := []*plan.Col{{Name: "i", Type: types.Long}, {Name: "s", Type: types.String}, {Name: "m", Type: types.Long}}
	t := &scan.Memory{}
	s := &plan.Scan{Name: "T", Table: t}
	for _, c := range cols {
		t.Cols = append(t.Cols, types.Column{Name: c.Name, Type: c.Type})
		s.Sources = append(s.Sources, scan.Column{Name: c.Name, Type: c.Type})
	}
	s.Columns = cols
	for p := range parts {
		i, m := vector.NewBuilder(types.Long, rows), vector.NewBuilder(types.Long, rows)
		codes := make([]int32, rows)
		for r := range rows {
			n := int64(p*rows + r)
			i.Append(vector.Datum{T: types.Long, V: n})
			if n%5 == 0 {
				m.AppendNull()
			} else {
				m.Append(vector.Datum{T: types.Long, V: n % 7})
			}
			codes[r] = int32(n*n%11) % 4
		}
		dict := vector.NewDict(vector.Of(types.String, []string{"a", "b", "c", "d", "unused"}, nil), codes)
		t.Batches = append(t.Batches, &vector.Batch{N: rows, Cols: []*vector.Vector{i.Done(), dict, m.Done()}})
	}
	return s, cols
}

func rowsOf(t *testing.T, r plan.Rel, cfg Config) string {
	t.Helper()
	out, err := Run(context.Background(), &plan.Query{Results: []plan.Result{{Rel: r}}}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	out[0].Each(func(batch *vector.Batch, row int) bool {
		for _, c := range batch.Cols {
			fmt.Fprintf(&b, "%v|", c.Datum(row).V)
		}
		b.WriteByte('\n')
		return true
	})
	return b.String()
}

// The same answer, in the same order, whatever the number of threads.
func TestThreads(t *testing.T) {
	plans := map[string]func() plan.Rel{
		"where": func() plan.Rel {
			s, cols := sample(40, 50)
			return &plan.Filter{Input: s, Cond: over(cols[2], 3)}
		},
		"summarize": func() plan.Rel {
			s, cols := sample(90, 50)
			f := &plan.Filter{Input: s, Cond: over(cols[0], 700)}
			k1, k2, n := &plan.Col{Name: "s", Type: types.String}, &plan.Col{Name: "m", Type: types.Long}, &plan.Col{Name: "count_", Type: types.Long}
			return &plan.Summarize{Out: plan.Out{Columns: []*plan.Col{k1, k2, n}}, Input: f,
				Keys: []plan.Item{{Col: k1, Expr: &plan.ColRef{Col: cols[1]}}, {Col: k2, Expr: &plan.ColRef{Col: cols[2]}}},
				Aggs: []plan.Agg{{Call: plan.AggCall{Fn: countFn}, Cols: []*plan.Col{n}}}}
		},
		"top": func() plan.Rel {
			s, cols := sample(40, 50)
			return &plan.Sort{Input: s, Keys: []plan.Key{{Expr: &plan.ColRef{Col: cols[2]}}, {Expr: &plan.ColRef{Col: cols[1]}, Desc: true}}, Limit: constant(30)}
		},
		"take": func() plan.Rel {
			s, _ := sample(40, 50)
			return &plan.Take{Input: s, Count: constant(123)}
		},
	}
	for name, make := range plans {
		want := rowsOf(t, make(), Config{Threads: 1})
		if strings.Count(want, "\n") < 20 {
			t.Errorf("%s: only\n%s", name, want)
		}
		for _, n := range []int{2, 4, 9} {
			if got := rowsOf(t, make(), Config{Threads: n}); got != want {
				t.Errorf("%s with %d threads differs:\n%s\nnot\n%s", name, n, got, want)
			}
		}
	}
}

func TestSortNulls(t *testing.T) {
	s, cols := sample(1, 7)
	key := plan.Key{Expr: &plan.ColRef{Col: cols[2]}, NullsFirst: true}
	got := rowsOf(t, &plan.Project{Input: &plan.Sort{Input: s, Keys: []plan.Key{key}},
		Items: []plan.Item{{Col: cols[0], Expr: &plan.ColRef{Col: cols[0]}}}}, Config{})
	if want := "0|\n5|\n1|\n2|\n3|\n4|\n6|\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScalarSummarizeOfNothing(t *testing.T) {
	s, cols := sample(2, 10)
	n := &plan.Col{Name: "count_", Type: types.Long}
	r := &plan.Summarize{Out: plan.Out{Columns: []*plan.Col{n}}, Input: &plan.Filter{Input: s, Cond: over(cols[0], 1000)},
		Aggs: []plan.Agg{{Call: plan.AggCall{Fn: countFn}, Cols: []*plan.Col{n}}}, Scalar: true}
	if got := rowsOf(t, r, Config{Threads: 3}); got != "0|\n" {
		t.Errorf("got %q", got)
	}
}

func TestIn(t *testing.T) {
	s, cols := sample(1, 12)
	in := &plan.In{X: &plan.ColRef{Col: cols[2]}, List: []plan.Expr{constant(1), constant(4)}, Not: true}
	got := rowsOf(t, &plan.Project{Input: &plan.Filter{Input: s, Cond: in}, Items: []plan.Item{{Col: cols[0], Expr: &plan.ColRef{Col: cols[0]}}}}, Config{})
	if want := "0|\n2|\n3|\n5|\n6|\n7|\n9|\n10|\n"; got != want { // a null is in no list
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBudget(t *testing.T) {
	s, cols := sample(40, 500)
	r := &plan.Sort{Input: s, Keys: []plan.Key{{Expr: &plan.ColRef{Col: cols[0]}}}}
	_, err := Run(context.Background(), &plan.Query{Results: []plan.Result{{Rel: r}}}, Config{Memory: NewBudget(20000), Threads: 4})
	if err == nil || !strings.Contains(err.Error(), "sort") || !strings.Contains(err.Error(), "--memory") {
		t.Errorf("got %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s, cols := sample(40, 500)
	r := &plan.Sort{Input: s, Keys: []plan.Key{{Expr: &plan.ColRef{Col: cols[0]}}}}
	for _, n := range []int{1, 4} {
		_, err := Run(ctx, &plan.Query{Results: []plan.Result{{Rel: r}}}, Config{Threads: n})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%d threads: %v", n, err)
		}
	}
}
