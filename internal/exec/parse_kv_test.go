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
		{plan.Pairs{Pair: ",", Key: ":", Quotes: []plan.Quote{{Open: "(", Close: ")"}}, Escapes: []string{"\\"}}, `a:(x, \)y),b:2`, []string{"x, )y", "2"}},
		{plan.Pairs{Pair: ",", Key: ":", Quotes: []plan.Quote{{Open: `"`, Close: `"`}}}, `a:"open,b:2`, []string{`"open`, "2"}},
		{plan.Pairs{Pair: ",", Key: "=", Quotes: []plan.Quote{{Open: "'", Close: "'"}}}, `'a'=1,' b'=2,'b' = 3`, []string{"1", "3"}},
		{plan.Pairs{Quotes: []plan.Quote{{Open: "'", Close: "'"}}}, `b [x] a::'1 2', b=a`, []string{"1 2", "x"}},
		{plan.Pairs{Regex: `<(\w+) (.*?)>`}, `<a 1><b x y ><a 2>`, []string{"1", "x y"}},
	} {
		got := []string{"old", "old"}
		match, err := pairsMatcher(parts, &c.how)
		if err != nil {
			t.Fatal(err)
		}
		match(c.text, got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q with %+v: got %q, want %q", c.text, c.how, got, c.want)
		}
	}
}
