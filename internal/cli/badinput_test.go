package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// signin is one Log Analytics row of SigninLogs.
func signin(i int, user string) string {
	return fmt.Sprintf(`{"TimeGenerated":"2026-03-01T%02d:00:00Z","Type":"SigninLogs","UserPrincipalName":%q,"ResultType":"50126",`+
		`"AppDisplayName":"Azure Portal","IPAddress":"198.51.100.%d","Id":"%d"}`, i%24, user, i%250, i)
}

func signins(n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		b.WriteString(signin(i, fmt.Sprintf("user%d@example.test", i%5)) + "\n")
	}
	return b.String()
}

const countRule = `id: 11111111-2222-4333-8444-555555555555
name: Count per user
severity: Low
query: |
  SigninLogs
  | summarize Attempts = count() by UserPrincipalName
`

// ran is what a command gave.
type ran struct {
	code     int
	out, err string
}

func goshawk(t *testing.T, args ...string) ran {
	t.Helper()
	var out, errw bytes.Buffer
	code := Main(args, strings.NewReader(""), &out, &errw)
	return ran{code, out.String(), errw.String()}
}

// folder writes files into a new folder and gives its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// huntJSON hunts and reads the JSON answer.
func huntJSON(t *testing.T, args ...string) (map[string]any, ran) {
	t.Helper()
	r := goshawk(t, append([]string{"hunt", "--format", "json", "--now", "2026-03-02T00:00:00Z"}, args...)...)
	var v map[string]any
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		t.Fatalf("no JSON: %v\nexit %d\n%s\n%s", err, r.code, r.out, r.err)
	}
	return v, r
}

func ruleAt(v map[string]any, i int) map[string]any { return v["rules"].([]any)[i].(map[string]any) }

func summary(v map[string]any) map[string]any { return v["summary"].(map[string]any) }

func attempts(t *testing.T, v map[string]any) (n float64) {
	t.Helper()
	for _, row := range ruleAt(v, 0)["rows"].([]any) {
		n += row.([]any)[1].(float64)
	}
	return n
}

// A cut gz gives its whole rows, is named, and the file beside it counts in full.
func TestCutGzipLosesNothingBesideIt(t *testing.T) {
	var zipped bytes.Buffer
	zw := gzip.NewWriter(&zipped)
	fmt.Fprint(zw, signins(20000))
	zw.Close()
	logs := folder(t, map[string]string{"a.ndjson": signins(100), "b.ndjson.gz": zipped.String()[:zipped.Len()/2]})
	rules := folder(t, map[string]string{"r.yaml": countRule})
	v, r := huntJSON(t, "--rules", rules, "--logs", logs)
	if r.code != exitError || summary(v)["damaged_log_files"] != 1.0 {
		t.Errorf("exit %d, want %d; summary %v", r.code, exitError, summary(v))
	}
	if n := attempts(t, v); n < 101 || n >= 20100 {
		t.Errorf("counted %v rows; want the 100 good ones and a part of the cut file", n)
	}
	if notes := fmt.Sprint(summary(v)["notes"]); !strings.Contains(notes, "b.ndjson.gz") {
		t.Errorf("the cut file is not named: %s", notes)
	}
}

// Lines that are no JSON, nest 100,000 deep or have 50 MB are counted; the
// lines beside them are not lost.
func TestBadLinesAreCountedAndTheRestKept(t *testing.T) {
	deep := `{"TimeGenerated":"2026-03-01T00:00:00Z","Status":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"
	long := `{"TimeGenerated":"2026-03-01T00:00:00Z","UserPrincipalName":"` + strings.Repeat("x", 50<<20) + `"}`
	logs := folder(t, map[string]string{"a.ndjson": signins(50) + "{broken\n" + deep + "\n" + long + "\n" + signins(50)})
	rules := folder(t, map[string]string{"r.yaml": strings.Replace(countRule, "| summarize", "| where UserPrincipalName startswith \"user\" | extend S = tostring(Status) | summarize", 1)})
	v, _ := huntJSON(t, "--rules", rules, "--logs", "SigninLogs="+filepath.Join(logs, "a.ndjson"))
	if n := attempts(t, v); n != 100 {
		t.Errorf("counted %v rows, want 100", n)
	}
	if bad := summary(v)["unreadable_lines"].(float64); bad < 2 {
		t.Errorf("%v unreadable lines counted, want at least the broken and the deep one", bad)
	}
}

func TestRaggedCSVKeepsItsGoodRows(t *testing.T) {
	logs := folder(t, map[string]string{"a.csv": "TimeGenerated,UserPrincipalName,ResultType,AppDisplayName\n" +
		"2026-03-01T00:00:00Z,a@example.test,0,Portal\n2026-03-01T00:00:00Z,b@example.test\n2026-03-01T00:00:00Z,c@example.test,0,Portal,more,more\n2026-03-01T00:00:00Z,d@example.test,0,Portal\n"})
	rules := folder(t, map[string]string{"r.yaml": countRule})
	v, _ := huntJSON(t, "--rules", rules, "--logs", "SigninLogs="+filepath.Join(logs, "a.csv"))
	text := fmt.Sprint(ruleAt(v, 0)["rows"])
	if !strings.Contains(text, "a@example.test") || !strings.Contains(text, "d@example.test") {
		t.Errorf("good rows are lost: %s", text)
	}
	if bad := summary(v)["unreadable_lines"].(float64); bad < 1 {
		t.Errorf("the ragged rows are not counted")
	}
}

// A wrong rule is refused with its place in the YAML; the good rule beside it
// runs.
func TestWrongRulesDoNotStopTheRest(t *testing.T) {
	rules := folder(t, map[string]string{
		"a-good.yaml":   countRule,
		"b-syntax.yaml": "id: s\nname: Syntax\nquery: |\n  SigninLogs\n  | where ResultType == \n  | count\n",
		"c-table.yaml":  "id: t\nname: Table\nquery: |\n  SigninLog\n  | count\n",
		"d-column.yaml": "id: c\nname: Column\nquery: |\n  SigninLogs\n  | where UserPrincipalNam == 'x'\n",
		"e-yaml.yaml":   "id: y\nname: [unclosed\nquery: |\n  SigninLogs\n",
	})
	logs := folder(t, map[string]string{"a.ndjson": signins(10)})
	v, r := huntJSON(t, "--rules", rules, "--logs", logs)
	if r.code != exitHits {
		t.Errorf("exit %d, want %d\n%s", r.code, exitHits, r.err)
	}
	if s := ruleAt(v, 0)["status"]; s != "hit" {
		t.Errorf("the good rule is %v: %v", s, ruleAt(v, 0)["reason"])
	}
	for i, want := range []string{"b-syntax.yaml:6", `"SigninLogs"`, `"UserPrincipalName"`} {
		x := ruleAt(v, i+1)
		full := goshawk(t, "check", x["path"].(string))
		if x["status"] != "refused" || !strings.Contains(full.out+full.err, want) {
			t.Errorf("rule %v: status %v; want refused and %s in\n%s", x["name"], x["status"], want, full.out+full.err)
		}
	}
	if n := summary(v)["broken_rule_files"]; n != 1.0 {
		t.Errorf("%v broken files, want 1", n)
	}
}

func TestUnreadableFileIsNamed(t *testing.T) {
	rules := folder(t, map[string]string{"r.yaml": countRule})
	r := goshawk(t, "hunt", "--rules", rules, "--logs", filepath.Join(t.TempDir(), "absent.ndjson"))
	if r.code != exitError || !strings.Contains(r.err+r.out, "absent.ndjson") {
		t.Errorf("exit %d, want %d and the name of the file in:\n%s%s", r.code, exitError, r.out, r.err)
	}
}

func TestMemoryBoundNamesOperatorAndFlag(t *testing.T) {
	r := goshawk(t, "query", "--memory", "200MB", "range x from 1 to 30000000 step 1 | sort by x desc")
	if r.code != exitError || !strings.Contains(r.err, "--memory") || !strings.Contains(r.err, "sort") {
		t.Errorf("exit %d, want %d with the operator and --memory in:\n%s", r.code, exitError, r.err)
	}
}
