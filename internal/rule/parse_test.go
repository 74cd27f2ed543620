package rule

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"goshawk/internal/source"
)

const sample = `id: 5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10
name: Many failures
description: |
  Counts failures.
severity: Medium
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
    dataTypes:
      - SigninLogs
queryFrequency: 1h
queryPeriod: P1D
triggerOperator: GreaterThan
triggerThreshold: 3
tactics:
  - CredentialAccess
relevantTechniques:
  - T1110.003
query: |
  SigninLogs
  | where ResultType == "50126"
    | count
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: UserPrincipalName
customDetails:
  Attempts: Count
alertDetailsOverride:
  alertDisplayNameFormat: "{{Count}} failures"
eventGroupingSettings:
  aggregationKind: AlertPerResult
suppressionDuration: 5h
suppressionEnabled: true
version: 1.10
kind: Scheduled
`

func one(t *testing.T, name, text string) (*Rule, source.Diagnostics) {
	t.Helper()
	rules, ds := Parse(name, []byte(text))
	if len(rules) != 1 {
		t.Fatalf("%s gave %d rules, want 1: %v", name, len(rules), ds)
	}
	return rules[0], ds
}

func TestEveryFieldIsRead(t *testing.T) {
	r, ds := one(t, "a.yaml", sample)
	if len(ds) > 0 {
		t.Errorf("diagnostics: %v", ds)
	}
	checks := []struct {
		what      string
		got, want any
	}{
		{"id", r.ID, "5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10"},
		{"name", r.Name, "Many failures"},
		{"description", r.Description, "Counts failures."},
		{"kind", r.Kind, Scheduled},
		{"version", r.Version, "1.10"},
		{"severity", r.Severity, Medium},
		{"frequency", r.QueryFrequency, time.Hour},
		{"period", r.QueryPeriod, 24 * time.Hour},
		{"operator", r.TriggerOperator, GreaterThan},
		{"threshold", r.TriggerThreshold, int64(3)},
		{"tactic", r.Tactics[0], "CredentialAccess"},
		{"technique", r.Techniques[0], "T1110.003"},
		{"connector", r.RequiredDataConnectors[0].DataTypes[0], "SigninLogs"},
		{"entity", r.EntityMappings[0].Fields[0], EntityField{"FullName", "UserPrincipalName"}},
		{"details", r.CustomDetails[0], Pair{"Attempts", "Count"}},
		{"alert", r.AlertDetails.NameFormat, "{{Count}} failures"},
		{"grouping", r.EventGrouping, "AlertPerResult"},
		{"suppression", r.SuppressionDuration, 5 * time.Hour},
		{"suppressed", r.SuppressionEnabled, true},
		{"query", r.Query, "SigninLogs\n| where ResultType == \"50126\"\n  | count\n"},
		{"fields", len(r.Fields), 20},
	}
	for _, c := range checks {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	at := strings.Index(r.Query, "ResultType")
	if p := r.Text.Position(at); p != (source.Position{Line: 20, Col: 11}) {
		t.Errorf("ResultType stands at %v, want 20:11", p)
	}
	at = strings.Index(r.Query, "count")
	if p := r.Text.Position(at); p != (source.Position{Line: 21, Col: 7}) {
		t.Errorf("count stands at %v, want 21:7", p)
	}
}

// Every byte of the query must be found in the file at the place it is said
// to stand, whatever the YAML needed.
func TestPlacesOfQuery(t *testing.T) {
	cases := map[string]string{
		"literal":         "query: |\n  T\n  | where a == \"x\"\n\n      | take 1\n",
		"literal keep":    "query: |+\n  T\n  | take 1\n\n\n",
		"literal digit":   "query: |2\n    T\n  | take 1\n",
		"literal comment": "query: |  # what\n\n  T\n  | take 1",
		"folded":          "query: >\n  T\n  | where a\n  and b\n\n  | take 1\n    | more\n  | end\n",
		"folded strip":    "query: >-\n  T\n  | take 1\n",
		"plain":           "query: T | take 1\n",
		"plain lines":     "query: T\n  | where a\n\n  | take 1\n",
		"single":          "query: 'T | where a == ''x'' | take 1'\n",
		"single lines":    "query: 'T\n  | where a == ''x''\n\n  | take 1'\n",
		"double":          "query: \"T | where a == \\\"x\\\" \\n| take 1 // \\u00e9 \\x41 end\"\n",
		"double lines":    "query: \"T\n  | where a\\\n  bc == 'é'\n\n\n  | take 1\"\n",
		"next line":       "query:\n  \"T | take 1\"\n",
		"anchor":          "query: &q |\n  T\n  | take 1\nother: *q\n",
		"crlf":            "query: |\r\n  T\r\n  | take 1\r\n",
		"accents":         "name: \"é\"\nquery: |\n  T // é\n  | take 1 // ü x\n",
		"tabs":            "requiredDataConnectors:\n\t- connectorId: x\nquery: |\n\tT\n\t| take 1\n\t\t| more\n",
		"flow":            "{name: x, query: 'T | take 1'}\n",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			r, _ := one(t, "a.yaml", "id: 5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10\n---\n"+text)
			wantPlaces(t, r)
		})
	}
}

// wantPlaces checks each letter and digit of the query against its file.
func wantPlaces(t *testing.T, r *Rule) {
	t.Helper()
	var lines [][]rune
	for _, ln := range strings.Split(r.File.Src, "\n") {
		lines = append(lines, []rune(ln))
	}
	seen := 0
	for i, c := range r.Query {
		if c == ' ' || c == '\n' || c == '\t' || c == '"' || c == '\'' {
			continue
		}
		p := r.Text.Position(i)
		ln := lines[p.Line-1]
		if p.Col > len(ln) {
			t.Fatalf("byte %d (%q) of %q placed at %v, past the line %q", i, c, r.Query, p, string(ln))
		}
		if got := ln[p.Col-1]; got != c && got != '\\' {
			t.Fatalf("byte %d (%q) of %q placed at %v, where %q stands in %q", i, c, r.Query, p, got, string(ln))
		}
		seen++
	}
	if seen < 5 {
		t.Fatalf("query %q is too short to prove anything", r.Query)
	}
}

func utf16Bytes(s string, big, mark bool) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func TestEncodingsGiveTheSameRule(t *testing.T) {
	crlf := strings.ReplaceAll(sample, "\n", "\r\n")
	for name, data := range map[string][]byte{
		"bom":         []byte("\ufeff" + sample),
		"crlf":        []byte(crlf),
		"bom crlf":    []byte("\ufeff" + crlf),
		"lone cr":     []byte(strings.ReplaceAll(sample, "\n", "\r")),
		"utf16le":     utf16Bytes(crlf, false, true),
		"utf16be":     utf16Bytes(sample, true, true),
		"utf16 naked": utf16Bytes(sample, false, false),
		"tabs":        []byte(strings.ReplaceAll(sample, "    ", "\t\t")),
	} {
		rules, ds := Parse("a.yaml", data)
		if len(rules) != 1 || ds.HasErrors() {
			t.Errorf("%s: %d rules, %v", name, len(rules), ds)
			continue
		}
		if got := strings.ReplaceAll(rules[0].Query, "\t", "  "); got != "SigninLogs\n| where ResultType == \"50126\"\n  | count\n" {
			t.Errorf("%s: query %q", name, got)
		}
		if p := rules[0].Text.Position(strings.Index(rules[0].Query, "where")); p.Line != 20 {
			t.Errorf("%s: where stands in line %d, want 20", name, p.Line)
		}
	}
}

func TestOddFilesAreReadWithWarnings(t *testing.T) {
	cases := []struct {
		name, text string
		code       string // "" for none
		check      func(r *Rule) bool
	}{
		{"severity list", "severity: [High]\nquery: T\n", codeType, func(r *Rule) bool { return r.Severity == High }},
		{"severity case", "severity: medium\nquery: T\n", "", func(r *Rule) bool { return r.Severity == Medium }},
		{"severity typo", "severity: Hight\nquery: T\n", codeSeverity, func(r *Rule) bool { return r.Severity == High && r.SeverityText == "Hight" }},
		{"severity unknown", "severity: Test\nquery: T\n", codeSeverity, func(r *Rule) bool { return r.Severity == "" && r.SeverityText == "Test" }},
		{"severity number", "severity: 3\nquery: T\n", codeSeverity, func(r *Rule) bool { return r.SeverityText == "3" }},
		{"tactics text", "tactics: Initial Access, Execution\nquery: T\n", codeType, func(r *Rule) bool {
			return strings.Join(r.Tactics, " ") == "InitialAccess Execution"
		}},
		{"tactic words", "tactics:\n- Command and control\n- Defence Evasion\nquery: T\n", "", func(r *Rule) bool {
			return strings.Join(r.Tactics, " ") == "CommandAndControl DefenseEvasion"
		}},
		{"tactic unknown", "tactics: [Ransomware]\nquery: T\n", codeTactic, func(r *Rule) bool { return r.Tactics[0] == "Ransomware" }},
		{"tactics null", "tactics:\nrelevantTechniques:\nquery: T\n", "", func(r *Rule) bool { return r.Tactics == nil }},
		{"technique case", "relevantTechniques: [t1574]\nquery: T\n", codeTechnique, func(r *Rule) bool { return r.Techniques[0] == "T1574" }},
		{"technique name", "relevantTechniques: [\"T1078.4 - Cloud Accounts\"]\nquery: T\n", codeTechnique, func(r *Rule) bool { return r.Techniques[0] == "T1078.004" }},
		{"technique number", "relevantTechniques:\n- 1078\nquery: T\n", codeTechnique, func(r *Rule) bool { return r.Techniques[0] == "T1078" }},
		{"technique word", "relevantTechniques: [phishing]\nquery: T\n", codeTechnique, func(r *Rule) bool { return r.Techniques == nil }},
		{"key singular", "relevantTechnique: [T1078]\nquery: T\n", codeKey, func(r *Rule) bool { return r.Techniques[0] == "T1078" }},
		{"key case", "Tactics: [Impact]\nname: x\nquery: T\n", codeKey, func(r *Rule) bool { return r.Tactics[0] == "Impact" }},
		{"key swapped", "tatics: [Impact]\nquery: T\n", codeKey, func(r *Rule) bool { return r.Tactics[0] == "Impact" }},
		{"key lower", "requireddataconnectors:\n- connectorId: X\nquery: T\n", codeKey, func(r *Rule) bool { return r.RequiredDataConnectors[0].ID == "X" }},
		{"key blank", "query frequency: 1h\nquery: T\n", codeKey, func(r *Rule) bool { return r.QueryFrequency == time.Hour }},
		{"key near but there", "tactic: [Impact]\ntactics: [Discovery]\nquery: T\n", codeKey, func(r *Rule) bool { return r.Tactics[0] == "Discovery" }},
		{"query misspelt", "querry: T | take 1\nname: x\n", codeKey, func(r *Rule) bool { return r.Query == "T | take 1" }},
		{"key zero width", "\u200bquery: T\nname: x\n", "", func(r *Rule) bool { return r.Query == "T" }},
		{"double key", "name: a\nname: b\nquery: T\n", codeDuplicate, func(r *Rule) bool { return r.Name == "b" }},
		{"name is date", "name: 2021-01-02\nversion: 1.0\nquery: T\n", "", func(r *Rule) bool { return r.Name == "2021-01-02" && r.Version == "1.0" }},
		{"description number", "description: 42\nquery: T\n", "", func(r *Rule) bool { return r.Description == "42" }},
		{"duration iso", "queryFrequency: PT5M\nid: 5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10\nquery: T\n", "", func(r *Rule) bool { return r.QueryFrequency == 5*time.Minute }},
		{"duration bad", "queryPeriod: soon\nquery: T\n", codeDuration, func(r *Rule) bool { return r.QueryPeriod == 0 }},
		{"id missing", "queryFrequency: 1h\nquery: T\n", codeID, func(r *Rule) bool { return r.Kind == Scheduled }},
		{"id no guid", "id: 12345\nquery: T\n", codeID, func(r *Rule) bool { return r.ID == "12345" }},
		{"kind odd", "kind: Schedulled\nqueryFrequency: 1h\nquery: T\n", codeKind, func(r *Rule) bool { return r.Kind == Scheduled }},
		{"trigger word", "triggerOperator: above\nquery: T\n", codeTrigger, func(r *Rule) bool { return r.TriggerOperator == GreaterThan }},
		{"threshold text", "triggerThreshold: many\nquery: T\n", codeTrigger, func(r *Rule) bool { return r.TriggerThreshold == 0 }},
		{"threshold quoted", "triggerThreshold: '7'\nquery: T\n", "", func(r *Rule) bool { return r.TriggerThreshold == 7 }},
		{"alias", "displayName: x\ntechniques: [T1001]\nquery: T\n", "", func(r *Rule) bool { return r.Name == "x" && r.Techniques[0] == "T1001" }},
		{"tags maps", "tags:\n- Schema: A\n  SchemaVersion: 0.10\n- Solorigate\nquery: T\n", "", func(r *Rule) bool {
			return strings.Join(r.Tags, " ") == "Schema:A SchemaVersion:0.10 Solorigate"
		}},
		{"anchors", "a: &a [T1001]\nrelevantTechniques: *a\nquery: T\n", "", func(r *Rule) bool { return r.Techniques[0] == "T1001" }},
		{"merge", "x: &x {severity: Low}\n<<: *x\nquery: T\n", "", func(r *Rule) bool { return r.Severity == Low }},
		{"directive", "%YAML 1.2\n---\nquery: T\n", "", func(r *Rule) bool { return r.Query == "T" }},
		{"nbsp indent", "tactics:\n\u00a0\u00a0- Impact\nquery: T\n", "", func(r *Rule) bool { return len(r.Tactics) > 0 }},
		{"smart quotes", "name: “Bad”\nquery: T | where a == “x”\n", "", func(r *Rule) bool { return r.Query == "T | where a == “x”" }},
		{"nbsp in query", "query: |\n  T\u00a0| take 1\n", "", func(r *Rule) bool { return r.Query == "T\u00a0| take 1\n" }},
		{"windows 1252", "name: caf\xe9 \x93x\x94\nquery: T\n", codeEncoding, func(r *Rule) bool { return r.Name == "café “x”" }},
		{"parser", "Function:\n  Title: x\nFunctionName: f\nFunctionParams:\n- Name: a\n  Type: string\n  Default: '*'\nFunctionQuery: T\n", "", func(r *Rule) bool {
			return r.Kind == Parser && r.Function == "f" && r.Name == "x" && r.Params[0] == Param{"a", "string", "*", true}
		}},
		{"exploration", "Id: 4c541df8-a680-4da5-96c9-74456927213f\nDisplayName: x\nInputEntityType: Account\nTactics: [Impact]\nquery: T\n", "", func(r *Rule) bool {
			return r.Kind == Exploration && r.Name == "x" && r.Tactics[0] == "Impact"
		}},
		{"arm", "resources:\n- name: \"[concat('a')]\"\n  kind: NRT\n  properties:\n    displayName: x\n    severity: Low\n    query: T | take 1\n", "", func(r *Rule) bool {
			return r.Kind == NRT && r.Name == "x" && r.Severity == Low
		}},
		{"list of rules", "- name: x\n  query: T\n", "", func(r *Rule) bool { return r.Name == "x" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, ds := one(t, "a.yaml", c.text)
			if !c.check(r) {
				t.Errorf("%q was read as %+v", c.text, r)
			}
			found := c.code == ""
			for _, d := range ds {
				found = found || d.Code == c.code
				if d.Severity == source.Error {
					t.Errorf("%q: %v", c.text, d)
				}
			}
			if !found {
				t.Errorf("%q: want %s, got %v", c.text, c.code, ds)
			}
		})
	}
}

func TestBrokenFilesSayWhere(t *testing.T) {
	deep := strings.Repeat("[", 60) + strings.Repeat("]", 60)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" +
		"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\nquery: T\n"
	cases := []struct{ name, text, want string }{
		{"colon", "id: x\nname: a: b\nquery: T\n", "a.yaml:2:8: error KQL5003"},
		{"open quote", "name: 'x\nquery: T\n", "a.yaml:3:1: error KQL5003"},
		{"indent", "name: x\nquery: |\n    T\n  | take 1\n", "a.yaml:4:5: error KQL5003"},
		{"control", "name: x\nquery: T\x01\n", "a.yaml:2:9: error KQL5003"},
		{"no anchor", "name: *x\nquery: T\n", "a.yaml:1:7: error KQL5003"},
		{"deep", "x: " + deep + "\nquery: T\n", "error KQL5005"},
		{"bomb", bomb, "error KQL5005"},
		{"cycle", "a: &x [*x]\nquery: T\n", "error KQL5005"},
		{"no query", "name: x\nqueryFrequency: 1h\n", "a.yaml:1:1: error KQL5006"},
		{"query list", "name: x\nqueryFrequency: 1h\nquery: [a]\n", "a.yaml:3:1: error KQL5007"},
		{"query empty", "name: x\nqueryFrequency: 1h\nid: 5b0fd1a3-5a4f-4b51-9c0e-5f2f1c2a9d10\nquery: ''\n", "a.yaml:4:1: error KQL5007"},
		{"binary", "a\x00b", "error KQL5004"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, ds := Parse("a.yaml", []byte(c.text))
			if !ds.HasErrors() || !strings.Contains(ds[len(ds)-1].String(), c.want) {
				t.Errorf("%q: want %s, got %v", c.text, c.want, ds)
			}
		})
	}
}

func TestBrokenDocumentLeavesTheOthers(t *testing.T) {
	rules, ds := Parse("a.yaml", []byte("name: a\nquery: A\n---\nname: b: c\nquery: B\n---\nname: c\nquery: |\n  C\n"))
	if len(rules) != 2 || rules[0].Name != "a" || rules[1].Query != "C\n" {
		t.Errorf("got %d rules", len(rules))
	}
	if len(ds) != 1 || ds[0].Text.Position(ds[0].Span.Start) != (source.Position{Line: 4, Col: 8}) {
		t.Errorf("diagnostics: %v", ds)
	}
	if p := rules[1].Text.Position(0); p != (source.Position{Line: 9, Col: 3}) {
		t.Errorf("C stands at %v", p)
	}
}

func TestThingsThatAreNoRules(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "just text\n", "- 1\n- 2\n", "swagger: 2.0\npaths: {}\n",
		"kind: MicrosoftSecurityIncidentCreation\nname: x\nrequiredDataConnectors: []\n", "title: sigma\ndetection:\n  selection: {a: b}\n"} {
		if rules, ds := Parse("a.yaml", []byte(text)); len(rules) > 0 || len(ds) > 0 {
			t.Errorf("%q: %d rules, %v", text, len(rules), ds)
		}
	}
}

func TestQueryFiles(t *testing.T) {
	r, ds := one(t, "dir/find_it.kql", "\ufeff// Many failures\r\n// Severity: high\r\n// Tactics: Initial Access, Impact\r\nT\r\n| take 1\r\n")
	if r.Name != "Many failures" || r.Severity != High || len(r.Tactics) != 2 || r.Kind != Query || len(ds) > 0 {
		t.Errorf("got %+v %v", r, ds)
	}
	if want := "// Many failures\n// Severity: high\n// Tactics: Initial Access, Impact\nT\n| take 1\n"; r.Query != want {
		t.Errorf("query %q", r.Query)
	}
	if r, _ = one(t, "dir/find_it.kql", "T | take 1"); r.Name != "find_it" {
		t.Errorf("name %q", r.Name)
	}
	if r, _ = one(t, "a.txt", "// Name: x\nT"); r.Name != "x" {
		t.Errorf("name %q", r.Name)
	}
	if _, ds := Parse("a.kql", nil); !ds.HasErrors() {
		t.Error("an empty query file is an error")
	}
}

func TestMarkdownBlocks(t *testing.T) {
	page := "---\nseverity: High\ntactics: [Impact]\n---\n# Page\n\n## First\n\nSays why.\n\n```kql\nT\n| take 1\n```\n\n```kql\nU | count\n```\n" +
		"```powershell\nGet-X\n```\n\n### Second\n- x\n  ~~~KQL\n  V | take 2\n  ~~~\n"
	rules, ds := Parse("a.md", []byte(page))
	if len(rules) != 3 || len(ds) > 0 {
		t.Fatalf("%d rules, %v", len(rules), ds)
	}
	for i, want := range []string{"First", "First (2)", "Second"} {
		if rules[i].Name != want || rules[i].Severity != High || rules[i].Tactics[0] != "Impact" {
			t.Errorf("rule %d: %q %s", i, rules[i].Name, rules[i].Severity)
		}
		wantPlaces(t, rules[i])
	}
	if rules[0].Query != "T\n| take 1\n" || rules[0].Description != "Says why." {
		t.Errorf("got %q, %q", rules[0].Query, rules[0].Description)
	}
}

func TestDurations(t *testing.T) {
	day := 24 * time.Hour
	for s, want := range map[string]time.Duration{
		"1d": day, "P1D": day, "PT5M": 5 * time.Minute, "14D": 14 * day, "P1DT2H30M": day + 150*time.Minute,
		"90m": 90 * time.Minute, " 5h ": 5 * time.Hour, "00:05:00": 5 * time.Minute, "1.00:00:00": day, "30s": 30 * time.Second, "P2W": 14 * day,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%q: got %v %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "P", "PT", "P1DT", "5", "1y", "-1d", "1.5h", "99999999999d", "99999999999999999999d", "P106751DT23H59M99999999999S"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q: got %v, want an error", s, d)
		}
	}
}

func TestFilter(t *testing.T) {
	r, _ := one(t, "a.yaml", sample)
	for name, c := range map[string]struct {
		f    Filter
		want bool
	}{
		"all":           {Filter{}, true},
		"severity":      {Filter{Severity: []Severity{"medium", Low}}, true},
		"other":         {Filter{Severity: []Severity{High}}, false},
		"tactic":        {Filter{Tactic: []string{"credential access"}}, true},
		"parent":        {Filter{Technique: []string{"t1110"}}, true},
		"no prefix":     {Filter{Technique: []string{"T111"}}, false},
		"id":            {Filter{ID: []string{"5B0FD1A3-5a4f-4b51-9c0e-5f2f1c2a9d10"}}, true},
		"part of name":  {Filter{ID: []string{"failures"}}, true},
		"kind":          {Filter{Kind: []Kind{Hunting}}, false},
		"both":          {Filter{Kind: []Kind{Scheduled}, Severity: []Severity{High}}, false},
		"tag of no tag": {Filter{Tag: []string{"x"}}, false},
	} {
		if got := c.f.Match(r); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
