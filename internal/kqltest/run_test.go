package kqltest

import (
	"strings"
	"testing"

	"goshawk/internal/opt"
	"goshawk/internal/plan"
)

// failure runs a page of one case and gives what it says is wrong.
func failure(t *testing.T, page string) string {
	t.Helper()
	p, err := ParsePage(strings.ReplaceAll(page, "~~~", "```"), false)
	if err != nil {
		return err.Error()
	}
	for _, c := range p.Cases {
		if err := Run(c, t.TempDir()); err != nil {
			return err.Error()
		}
	}
	return ""
}

const rows = "~~~data T\na:long\n1\n2\n3\n~~~\n"

func TestRunnerSeesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"a wrong value":         {"~~~kql\nprint a = 1\n~~~\n~~~table\na:long\n2\n~~~\n", "got\na:long\n1\nwant\na:long\n2"},
		"a wrong type":          {"~~~kql\nprint a = 1\n~~~\n~~~table\na:int\n1\n~~~\n", "got\na:long"},
		"a wrong order":         {rows + "~~~kql\nT | sort by a desc\n~~~\n~~~table ordered\na:long\n1\n2\n3\n~~~\n", "got\na:long\n3\n2\n1"},
		"a refused query":       {"~~~kql\nprint b\n~~~\n~~~table\na:int\n1\n~~~\n", "it is refused:\n1:7: KQL2002"},
		"a message in part":     {"~~~kql\nprint b\n~~~\n~~~error\n1:7: KQL2002: unknown\n~~~\n", "got the messages"},
		"a result, no message":  {"~~~kql\nprint 1\n~~~\n~~~error\n1:7: KQL2002: unknown\n~~~\n", "got the messages"},
		"a second result":       {"~~~kql\nprint a = 1; print b = 2\n~~~\n~~~table\na:long\n1\n~~~\n", "it gives 2 results"},
		"a query without want":  {"~~~kql\nprint a = 1\n~~~\n", "expects nothing"},
		"an unknown word":       {"~~~kql\nprint a = 1\n~~~\n~~~table from=memory\na:long\n1\n~~~\n", "takes no"},
		"a null in a string":    {"~~~kql\nprint a = 1\n~~~\n~~~table\na:string\nnull\n~~~\n", "a string has no null"},
		"a rewrite that rests":  {rows + "~~~kql\nT\n~~~\n~~~plan rule=limit-into-scan\nscan T [a]\n~~~\n", "did not fire"},
		"a rewrite that fires":  {rows + "~~~kql\nT | take 1\n~~~\n~~~plan no-rule=limit-into-scan\nscan T [a]\n~~~\n", "must not"},
		"an unknown rewrite":    {rows + "~~~kql\nT\n~~~\n~~~plan rule=magic\nscan T [a]\n~~~\n", "no rewrite"},
		"a fence left open":     {"~~~kql\nprint 1\n", "not closed"},
		"nothing wrong at all":  {rows + "~~~kql\nT | count\n~~~\n~~~table\nCount:long\n3\n~~~\n", ""},
		"a page of prose alone": {"# words\n", ""},
	} {
		got := failure(t, c.page)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestDisagreementIsMadeSmall(t *testing.T) {
	kept := opt.Rewrites
	defer func() { opt.Rewrites = kept }()
	// A rewrite that is wrong when a row is above 2.
	opt.Rewrites = append(append([]opt.Rewrite(nil), kept...), opt.Rewrite{Name: "wrong", Apply: func(q *plan.Query) {
		for i := range q.Results {
			q.Results[i].Rel = &plan.Take{Input: q.Results[i].Rel, Count: q.Results[i].Rel.(*plan.Take).Input.(*plan.Take).Count}
		}
	}})
	got := failure(t, rows+"~~~kql\nT | take 1 | take 3\n~~~\n~~~table\na:long\n1\n~~~\n")
	if got != "" {
		t.Errorf("a rewrite that changes nothing: %s", got)
	}
	opt.Rewrites[len(opt.Rewrites)-1].Apply = func(q *plan.Query) { q.Results[0].Rel = q.Results[0].Rel.(*plan.Filter).Input }
	got = failure(t, rows+"~~~kql\nT | where a != 2\n~~~\n~~~table\na:long\n1\n3\n~~~\n")
	want := "let T = datatable(['a']:long)[long(2)];\nT | where a != 2"
	if !strings.Contains(got, "disagree") || !strings.Contains(got, want) {
		t.Errorf("got %s\nwant it to hold %s", got, want)
	}
}
