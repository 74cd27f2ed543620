package fn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// TestNumberedTextsCountAsTexts feeds the aggregates that look at distinct
// values with texts that are numbered in a space, and with the same as plain
// texts: all at once, in partial states, and mixed.
func TestNumberedTextsCountAsTexts(t *testing.T) {
	for _, name := range []string{"dcount", "count_distinct", "make_set"} {
		for _, texts := range []int{3, 200, 70000} {
			t.Run(fmt.Sprint(name, " of ", texts), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(texts)))
				space := vector.NewSpace()
				use := AggArgs{Types: []types.Type{types.String}, Consts: []*vector.Datum{nil}, Ret: types.Long}
				fresh := func() State {
					s, err := AggregateNamed(name).New(use)
					if err != nil {
						t.Fatal(err)
					}
					return s
				}
				const groups = 5
				plain, whole, mixed, merged := fresh(), fresh(), fresh(), fresh()
				same := make([]int32, groups)
				for g := range same {
					same[g] = int32(g)
				}
				for part := range 6 {
					vals := make([]string, texts/2+1)
					for i := range vals {
						vals[i] = fmt.Sprint("text ", r.IntN(texts))
					}
					seen := map[string]bool{}
					var distinct []string
					for _, v := range vals {
						if !seen[v] {
							seen[v] = true
							distinct = append(distinct, v)
						}
					}
					dict := vector.Of(types.String, distinct, nil)
					dict.Number(space)
					n := 2 * texts
					codes, gs, flat := make([]int32, n), make([]int32, n), make([]string, n)
					for i := range codes {
						codes[i], gs[i] = int32(r.IntN(len(distinct))), int32(r.IntN(groups))
						flat[i] = distinct[codes[i]]
					}
					asDict, asText := vector.NewDict(dict, codes), vector.Of(types.String, flat, nil)
					partial := fresh()
					add := func(s State, v *vector.Vector) {
						s.Grow(groups)
						if err := s.Add(&Call{Env: &Env{}, N: n}, gs, []*vector.Vector{v}); err != nil {
							t.Fatal(err)
						}
					}
					add(plain, asText)
					add(whole, asDict)
					if part%2 == 0 {
						add(mixed, asDict)
					} else {
						add(mixed, asText)
					}
					add(partial, asDict)
					if part == 3 {
						add(partial, asText)
					}
					merged.Grow(groups)
					if err := merged.Merge(partial, same); err != nil {
						t.Fatal(err)
					}
				}
				want := results(t, plain, groups)
				estimated := name == "dcount" && texts > maxExact
				for what, s := range map[string]State{"numbered": whole, "mixed": mixed, "merged": merged} {
					for g, x := range results(t, s, groups) {
						if estimated {
							if a, b := x.V.(int64), want[g].V.(int64); a*100 < b*96 || a*96 > b*100 {
								t.Errorf("%s, group %d: %d, want about %d", what, g, a, b)
							}
						} else if shown(x) != shown(want[g]) {
							t.Errorf("%s, group %d differs", what, g)
						}
					}
				}
			})
		}
	}
}

func shown(d vector.Datum) string { return fmt.Sprint(d.V) }

func results(t *testing.T, s State, n int) []vector.Datum {
	t.Helper()
	cols, err := s.Results(n)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]vector.Datum, n)
	for g := range out {
		out[g] = cols[0].Datum(g)
		if cols[0].Type == types.Dynamic {
			out[g].V = cols[0].Dyn(g).JSON()
		}
	}
	return out
}
