package enrich

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"goshawk/internal/attack"
	"goshawk/internal/parser"
	"goshawk/internal/rule"
	"goshawk/internal/source"
)

// look has the analyst look at a query without a workspace.
func look(t *testing.T, r *rule.Rule, query string) *Enrichment {
	t.Helper()
	text := source.New("rule", query)
	q, _ := parser.Parse(text)
	return Offline(Input{Rule: r, Query: q, Text: text, Matrix: attack.Builtin()})
}

func all(e *Enrichment) string { return e.Text() }

// TestSpecific says what must stand in the guidance for queries of several
// kinds, because the query says it.
func TestSpecific(t *testing.T) {
	for _, c := range []struct {
		name, query string
		has         []string
		hasNot      []string
	}{
		{"portal failures", `SigninLogs
| where AppDisplayName contains "Azure Portal" and ResultType in ("50126", "50020")
| summarize FirstSeen = min(TimeGenerated), Attempts = count() by UserPrincipalName, IPAddress`,
			[]string{"guessing passwords", "another tenant", `"Azure Portal"`, "50034", "no threshold", "| where Attempts >= 10", "partner", "no time filter", "IPAddress == \"<address>\""},
			[]string{"powershell"}},
		{"spray", `let limit1 = 15;
SigninLogs | where TimeGenerated > ago(1d) and ResultType == "50126"
| summarize Users = dcount(UserPrincipalName) by IPAddress | where Users > limit1`,
			[]string{"many accounts", "line 1: Threshold limit1 (15)", "last day", "Users is above 15"}, []string{"no threshold", "no time filter"}},
		{"program", `DeviceProcessEvents | where FileName == "Certutil.exe" and ProcessCommandLine has_any ("urlcache", "decode")`,
			[]string{"certutil.exe", "decode files", "compared with case", "certificate work"}, []string{"password"}},
		{"new country", `let before = SigninLogs | where TimeGenerated between (ago(30d) .. ago(1d)) and ResultType == "0" | distinct UserPrincipalName, Location;
SigninLogs | where TimeGenerated > ago(1d) and ResultType == "0" | join kind=leftanti before on UserPrincipalName, Location`,
			[]string{"way it was not used before", "takes out what was seen in the 30 days before", "Travel"}, nil},
		{"role", `AuditLogs | where OperationName == "Add member to role"`,
			[]string{"more rights", "access request", "PIM"}, nil},
		{"watchlist", `SecurityEvent | where EventID == 4625 | where Account !in ((_GetWatchlist('VIP') | project SearchKey)) | summarize count() by Account`,
			[]string{"watchlist VIP", "4771", "a logon failed"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := all(look(t, &rule.Rule{}, c.query))
			flat := strings.Join(strings.Fields(got), " ")
			for _, w := range c.has {
				if !strings.Contains(flat, w) {
					t.Errorf("%q is missing in\n%s", w, got)
				}
			}
			for _, w := range c.hasNot {
				if strings.Contains(strings.ToLower(flat), w) {
					t.Errorf("%q stands in\n%s", w, got)
				}
			}
		})
	}
}

// TestDeterministic says that the same rule gives the same words.
func TestDeterministic(t *testing.T) {
	q := `SigninLogs | where ResultType in ("50126","50053","50034") | summarize count(), make_set(IPAddress) by UserPrincipalName`
	first := all(look(t, &rule.Rule{}, q))
	for range 20 {
		if again := all(look(t, &rule.Rule{}, q)); again != first {
			t.Fatalf("differs:\n%s\n%s", first, again)
		}
	}
}

// TestHostile says that awkward queries neither panic nor run away.
func TestHostile(t *testing.T) {
	for _, q := range []string{
		"", "|", "let a = a; a", "let a = b; let b = a; a | where x == b", "let f = () { f() }; f()", "union *", "print 1",
		"T | where " + strings.Repeat("(", 90) + "a" + strings.Repeat(")", 90), "T | where a == \"" + strings.Repeat("x", 10000) + "\"",
	} {
		if e := look(t, &rule.Rule{}, q); e.Hypothesis == "" {
			t.Errorf("%.40q: no hypothesis", q)
		}
	}
}

// TestCorpus looks at every public rule at hand: no section that must not be
// empty is, and the pivots and exclusions parse.
func TestCorpus(t *testing.T) {
	f, err := os.Open("../../../shared/corpus/rules.jsonl")
	if err != nil {
		t.Skip("the corpus of public rules is not here")
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(make([]byte, 1<<20), 64<<20)
	n := 0
	for in.Scan() {
		var r struct{ ID, Query, Kind string }
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Kind != "analytic" && r.Kind != "hunting" {
			continue
		}
		n++
		e := look(t, &rule.Rule{ID: r.ID}, r.Query)
		if e.Hypothesis == "" || e.Means == "" || len(e.Benign) == 0 || len(e.Escalate) == 0 || e.Why == "" {
			t.Errorf("%s: a section is empty", r.ID)
		}
		for _, p := range e.Triage {
			q := strings.NewReplacer("<hit>", "2026-01-01").Replace(p.KQL)
			if _, ds := parser.Parse(source.New("pivot", q)); ds.HasErrors() {
				t.Errorf("%s: the pivot does not parse: %s\n%s", r.ID, ds[0], q)
			}
		}
		for _, b := range e.Benign {
			if b.Exclude == "" {
				continue
			}
			if _, ds := parser.Parse(source.New("exclusion", "T "+b.Exclude)); ds.HasErrors() {
				t.Errorf("%s: the exclusion does not parse: %s\n%s", r.ID, ds[0], b.Exclude)
			}
		}
		if t.Failed() {
			return
		}
	}
	if n < 1000 {
		t.Errorf("only %d rules", n)
	}
}

func ExampleEnrichment_Text() {
	fmt.Println(wrap("- one two three", 12, ""))
	// Output:
	// - one two
	//   three
}
