package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"goshawk/internal/demo"
)

// durations are all that may differ between two runs of the same hunt.
var durations = regexp.MustCompile(`"(duration_ms|elapsed_ms)":[0-9.e+-]+`)

// tenant writes a small sample tenant and gives its folder and now.
func tenant(t *testing.T) (logs, now string) {
	t.Helper()
	logs = filepath.Join(t.TempDir(), "logs")
	truth, _, err := demo.WriteDays(logs, demo.Config{Signins: 20000})
	if err != nil {
		t.Fatal(err)
	}
	return logs, truth.Now.Format("2006-01-02T15:04:05Z")
}

// together hunts with all rules at once, which reads the logs once, twice, and
// with each rule alone, and wants the same bytes and the same rows.
func together(t *testing.T, rules []string, args ...string) {
	t.Helper()
	hunt := func(rules []string) string {
		all := append([]string{"hunt", "--format", "json"}, args...)
		for _, r := range rules {
			all = append(all, "--rules", r)
		}
		return durations.ReplaceAllString(goshawk(t, all...).out, `"$1":0`)
	}
	first := hunt(rules)
	if second := hunt(rules); first != second {
		t.Errorf("two hunts differ:\n%.2000s\n%.2000s", first, second)
	}
	type answer struct{ Rules []map[string]any }
	var many answer
	if err := json.Unmarshal([]byte(first), &many); err != nil || len(many.Rules) != len(rules) {
		t.Fatalf("%d rules for %d files: %v\n%.2000s", len(many.Rules), len(rules), err, first)
	}
	byPath := map[string]map[string]any{}
	for _, r := range many.Rules {
		byPath[r["path"].(string)] = r
	}
	hits := 0
	for _, file := range rules {
		var one answer
		if err := json.Unmarshal([]byte(hunt([]string{file})), &one); err != nil || len(one.Rules) != 1 {
			t.Fatalf("%s: %v", file, err)
		}
		if one.Rules[0]["status"] == "hit" {
			hits++
		}
		if got := byPath[file]; !reflect.DeepEqual(got, one.Rules[0]) {
			t.Errorf("%s differs together with others:\n%.2000v\n%.2000v", file, got, one.Rules[0])
		}
	}
	if hits == 0 {
		t.Error("no rule hit, so nothing was compared")
	}
}

func TestRulesTogetherGiveTheRowsOfEachAlone(t *testing.T) {
	logs, now := tenant(t)
	rules, err := filepath.Glob("../../rules/starter/*.yaml")
	if err != nil || len(rules) < 12 {
		t.Fatalf("%d starter rules: %v", len(rules), err)
	}
	together(t, rules, "--logs", logs, "--now", now)
}

func TestPublicRulesTogetherGiveTheRowsOfEachAlone(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared")
	files, _ := filepath.Glob(filepath.Join(shared, "cases", "*", "rule.yaml"))
	if len(files) == 0 {
		t.Skip("the shared test material is not here")
	}
	for _, logs := range []string{"entra-signin", "office365", "aws", "entra-audit", "windows-json"} {
		if _, err := os.Stat(filepath.Join(shared, "data", logs)); err != nil {
			t.Skip("the shared test material is not here")
		}
	}
	data := filepath.Join(shared, "data")
	together(t, files, "--logs", filepath.Join(data, "entra-signin"), "--logs", filepath.Join(data, "office365"), "--logs", filepath.Join(data, "aws"),
		"--logs", filepath.Join(data, "entra-audit"), "--logs", filepath.Join(data, "windows-json"), "--now", "2021-05-01T00:00:00Z", "--lookback", "0")
}
