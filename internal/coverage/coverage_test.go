package coverage

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"goshawk/internal/attack"
)

var rules = []Rule{
	{Key: "fired", Techniques: []string{"T1110.003"}, Severity: "High", Sources: []string{"one"}, Tables: []string{"SigninLogs"}, Runs: true, Fired: true},
	{Key: "runs", Techniques: []string{"T1110", "t1078"}, Severity: "Low", Sources: []string{"two"}, Tables: []string{"SigninLogs"}, Runs: true},
	{Key: "lacks", Techniques: []string{"T1059.001"}, Tables: []string{"DeviceProcessEvents"}, Runs: true},
	{Key: "lacks2", Techniques: []string{"T1105", "T1059.001"}, Tables: []string{"SigninLogs", "DeviceProcessEvents"}, Runs: true},
	{Key: "lacksmany", Techniques: []string{"T1021"}, Tables: []string{"A", "B"}, Runs: true},
	{Key: "refused", Techniques: []string{"T1086"}, Tables: []string{"SigninLogs"}, Why: "plugin"},
	{Key: "odd", Techniques: []string{"T9999"}, Runs: true},
}

func have(t string) bool { return t == "SigninLogs" }

func TestLevels(t *testing.T) {
	m := Make(Config{Matrix: attack.Builtin(), Rules: rules, Have: have})
	for id, want := range map[string]Level{"T1110.003": Fires, "T1110": Runs, "T1078": Runs, "T1059.001": Exists, "T1105": Exists, "T1021": Exists, "T1003": None} {
		if got := m.Cells[id].Level; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if m.Best("T1110") != Fires {
		t.Errorf("the best of T1110 and its sub-techniques is %s", m.Best("T1110"))
	}
	if len(m.Unlock) != 1 || m.Unlock[0].Table != "DeviceProcessEvents" || strings.Join(m.Unlock[0].Techniques, " ") != "T1059.001 T1105" || m.Unlock[0].Rules != 2 {
		t.Errorf("unlock: %+v", m.Unlock)
	}
	if len(m.Odd) != 3 || len(m.Idle) != 1 || m.Idle[0].Key != "refused" {
		t.Errorf("odd %+v, idle %+v", m.Odd, m.Idle)
	}
	if got := m.Cells["T1059.001"].Rules; len(got) != 3 {
		t.Errorf("rules of T1059.001 (one says T1086): %v", got)
	}
	total := 0
	for _, n := range m.Counts() {
		total += n
	}
	if total != 216 {
		t.Errorf("%d techniques counted", total)
	}
}

func TestFilters(t *testing.T) {
	for _, c := range []struct {
		c    Config
		want int
	}{{Config{Source: "one"}, 1}, {Config{Table: "deviceprocessevents"}, 2}, {Config{Severity: "low"}, 1}, {Config{}, 7}} {
		c.c.Matrix, c.c.Rules = attack.Builtin(), rules
		if m := Make(c.c); m.Rules != c.want {
			t.Errorf("%+v: %d rules", c.c, m.Rules)
		}
	}
}

func TestExports(t *testing.T) {
	m := Make(Config{Matrix: attack.Builtin(), Rules: rules, Have: have})
	var b bytes.Buffer
	if err := m.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	if rows, err := csv.NewReader(&b).ReadAll(); err != nil || len(rows) != 1+216+475 {
		t.Errorf("CSV: %d rows, %v", len(rows), err)
	}
	b.Reset()
	if err := m.WriteJSON(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("JSON: %v", err)
	}
	b.Reset()
	if err := m.WriteNavigator(&b, "test"); err != nil {
		t.Fatal(err)
	}
	// What the published layer format 4.5 asks for.
	var l struct {
		Name, Domain string
		Versions     struct{ Attack, Navigator, Layer string }
		Techniques   []struct {
			ID     string `json:"techniqueID"`
			Tactic string
			Score  *int
			Color  string
		}
	}
	if err := json.Unmarshal(b.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if l.Domain != "enterprise-attack" || l.Versions.Layer != "4.5" || l.Versions.Attack != "18" || l.Name != "test" {
		t.Errorf("layer: %+v", l)
	}
	for _, x := range l.Techniques {
		if attack.Builtin().Technique(x.ID) == nil || x.Tactic == "" || strings.Contains(x.Tactic, " ") || x.Score == nil || len(x.Color) != 7 {
			t.Errorf("%+v", x)
		}
	}
}
