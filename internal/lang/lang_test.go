package lang

import (
	"strings"
	"testing"

	"goshawk/internal/engine"
	"goshawk/internal/source"
)

func service() *Service {
	return &Service{Engine: &engine.Engine{Catalog: engine.NewCatalog(nil)}}
}

// cut takes the cursor mark out of a text.
func cut(t *testing.T, marked string) (*source.Text, int) {
	t.Helper()
	i := strings.Index(marked, "¦")
	if i < 0 {
		t.Fatalf("no cursor in %q", marked)
	}
	return source.New("query", marked[:i]+marked[i+len("¦"):]), i
}

// TestComplete says for each place what must be offered, what must not, and
// what comes first.
func TestComplete(t *testing.T) {
	for _, c := range []struct{ text, has, hasNot, first string }{
		{"Signin¦", "SigninLogs", "IPAddress where", "SigninLogs"},
		{"¦", "SigninLogs let print union", "where IPAddress", ""},
		{"let x = 5; ¦", "x SigninLogs let", "where", ""},
		{"SigninLogs | ¦", "where summarize project-away", "IPAddress strlen", ""},
		{"SigninLogs | proj¦", "project project-away", "where", "project"},
		{"SigninLogs | project-a¦", "project-away", "project", "project-away"},
		{"SigninLogs | where ¦", "IPAddress ResultType strlen ago", "summarize count", ""},
		{"SigninLogs | where IP¦", "IPAddress", "ResultType", "IPAddress"},
		{"SigninLogs | where IPAddress ¦", "== has in and", "strlen2", ""},
		{"SigninLogs | where IPAddress == ¦", "UserPrincipalName tostring", "==", ""},
		{"SigninLogs | where Res¦ | summarize count()", "ResultType", "count", "Resource"},
		{"SigninLogs | summarize ¦", "count dcount arg_max IPAddress", "where", ""},
		{"SigninLogs | summarize n = count() by ¦", "IPAddress bin", "dcount", ""},
		{"SigninLogs | summarize n = count() by IPAddress | where ¦", "n IPAddress", "UserPrincipalName", ""},
		{"SigninLogs | extend a = 1, b = ¦", "IPAddress strcat", "dcount", ""},
		{"SigninLogs | project-away ¦", "IPAddress", "strlen", ""},
		{"let f = (a:string, n:long) { SigninLogs | where IPAddress == a | where ¦ }; f('x', 1)", "a n IPAddress", "", ""},
		{"let who = datatable(Name:string)['a']; SigninLogs | join kind=inner (wh¦", "who", "", "who"},
		{"SigninLogs | join kind=¦", "innerunique leftanti", "IPAddress", ""},
		{"SigninLogs | join (AuditLogs | where ¦", "OperationName InitiatedBy", "ResultDescription2 AppDisplayName", ""},
		{"SigninLogs | join (AuditLogs) on ¦", "CorrelationId $left $right", "strlen", ""},
		{"SigninLogs | join (AuditLogs) on $left.IPAddress == $right.Ide¦", "Identity", "IPAddress", "Identity"},
		{"SigninLogs | where strlen(¦", "IPAddress", "", ""},
		{"SigninLogs | evaluate ¦", "bag_unpack pivot", "strlen", ""},
		{"SigninLogs | render ¦", "timechart barchart", "IPAddress", ""},
		{"SigninLogs | where IPAddress == \"¦", "", "IPAddress where", ""},
		{"SigninLogs // note ¦", "", "IPAddress where", ""},
		{"print x = dynamic({\"a b\":1}) | extend ['odd name'] = 1 | where od¦", "odd name", "", "odd name"},
		{"union ¦", "SigninLogs AuditLogs", "IPAddress", ""},
	} {
		text, at := cut(t, c.text)
		items := service().Complete(text, at)
		got := map[string]bool{}
		for _, it := range items {
			got[it.Label] = true
		}
		for _, w := range strings.Fields(c.has) {
			if !got[w] && !got[c.has] {
				t.Errorf("%s: %q is not offered (%d items)", c.text, w, len(items))
			}
		}
		for _, w := range strings.Fields(c.hasNot) {
			if got[w] {
				t.Errorf("%s: %q is offered", c.text, w)
			}
		}
		if c.first != "" && (len(items) == 0 || items[0].Label != c.first) {
			t.Errorf("%s: the first item is not %q: %+v", c.text, c.first, items[:min(3, len(items))])
		}
	}
}

// TestCompleteNeverPanics puts the cursor at every place of awkward texts.
func TestCompleteNeverPanics(t *testing.T) {
	s := service()
	for _, src := range []string{
		"let f = (T:(a:long)) { T | where a > 1 }; f(datatable(a:long)[1]) | join kind=inner (range x from 1 to 2 step 1) on $left.a == $right.x",
		"SigninLogs | where (((", "|||", "let", "let x =", "\"", "T | summarize by", "é日本 | where 名 == 'x'",
	} {
		text := source.New("query", src)
		for i := 0; i <= len(src); i++ {
			s.Complete(text, i)
			s.Hover(text, i)
			s.Signatures(text, i)
			s.Definition(text, i)
		}
	}
}

func TestHover(t *testing.T) {
	for _, c := range []struct{ text, has string }{
		{"Signin¦Logs | take 1", "| IPAddress | string |"},
		{"SigninLogs | where IP¦Address == 'x'", "column `IPAddress`: string"},
		{"print strl¦en('x')", "strlen(string: "},
		{"SigninLogs | summ¦arize count()", "# summarize"},
		{"SigninLogs | summarize cou¦nt()", "count()"},
		{"let limit1 = 5; SigninLogs | take lim¦it1", "value `limit1`: long"},
	} {
		text, at := cut(t, c.text)
		h, ok := service().Hover(text, at)
		if !ok || !strings.Contains(h.Markdown, c.has) {
			t.Errorf("%s: got %q, want %q in it", c.text, h.Markdown, c.has)
		}
	}
}

func TestSignatures(t *testing.T) {
	for _, c := range []struct {
		text, label string
		active      int
	}{
		{"print strcat('a', ¦", "strcat(", 0},
		{"print substring('abc', 1, ¦)", "substring(string: ", 2},
		{"SigninLogs | where iff(isempty(IPAddress), ¦", "iff(", 1},
		{"let f = (a:string, n:long) { print a, n }; f('x', ¦", "f(a: string, n: long)", 1},
		{"SigninLogs | summarize arg_max(¦", "arg_max(", 0},
	} {
		text, at := cut(t, c.text)
		got := service().Signatures(text, at)
		if len(got) == 0 || !strings.HasPrefix(got[0].Label, c.label) || got[0].Active != c.active {
			t.Errorf("%s: got %+v", c.text, got)
		}
	}
	text, at := cut(t, "SigninLogs | where ¦")
	if got := service().Signatures(text, at); got != nil {
		t.Errorf("a signature outside of calls: %+v", got)
	}
}

func TestDefinition(t *testing.T) {
	for _, c := range []struct{ text, def string }{
		{"let limit1 = 5; SigninLogs | take lim¦it1", "limit1"},
		{"let T1 = SigninLogs; T¦1 | count", "T1"},
		{"let f = (a:long) { a + 1 }; print f¦(1)", "f"},
		{"let f = (par:long) { print par¦ }; f(1)", "par:long"},
	} {
		text, at := cut(t, c.text)
		sp, ok := service().Definition(text, at)
		if !ok || text.Src[sp.Start:sp.End] != c.def || sp.Start >= at {
			t.Errorf("%s: got %v %v", c.text, sp, ok)
		}
	}
}

func TestDiagnosticsAndFormat(t *testing.T) {
	s := service()
	ds := s.Diagnostics(source.New("query", "SigninLogs | where IPAddres == 'x' | where ResultTyp == 1"))
	if len(ds) != 2 || !strings.Contains(ds[0].Hint, "IPAddress") {
		t.Errorf("diagnostics: %v", ds)
	}
	if out, ok := s.Format(source.New("query", "SigninLogs|where a==1|take 5")); !ok || out != "SigninLogs\n| where a == 1\n| take 5\n" {
		t.Errorf("format gave %q", out)
	}
	if _, ok := s.Format(source.New("query", "SigninLogs | where (")); ok {
		t.Error("a text with syntax errors was formatted")
	}
}
