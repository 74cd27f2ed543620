package exec

import (
	"slices"
	"testing"

	"goshawk/internal/plan"
)

func TestPairs(t *testing.T) {
	parts := []plan.ParsePart{{Col: &plan.Col{Name: "a"}}, {Col: &plan.Col{Name: "b"}}}
	for _, c := range []struct {
		how  plan.Pairs
		text string
		want []string
	}{
		{plan.Pairs{Pair: ";", Key: "="}, "a=1;b=2;a=3", []string{"1", "2"}},
		{plan.Pairs{Pair: " ", Key: "="}, "  a  =  1  b=x", []string{"1", "x"}},
		{plan.Pairs{Pair: ";", Key: "="}, "noise;b=;", []string{"", ""}},
		{plan.Pairs{Pair: " ", Key: "=", Greedy: true}, "a=one two b=3", []string{"one two", "3"}},
		{plan.Pairs{Pair: ",", Key: ":", Open: "(", Close: ")", Escape: "\\"}, `a:(x, \)y),b:2`, []string{"x, )y", "2"}},
		{plan.Pairs{Pair: ",", Key: ":", Open: `"`, Close: `"`}, `a:"open,b:2`, []string{`"open`, "2"}},
	} {
		got := []string{"old", "old"}
		pairsMatcher(parts, &c.how)(c.text, got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q with %+v: got %q, want %q", c.text, c.how, got, c.want)
		}
	}
}
