package attack

import (
	"bytes"
	"strings"
	"testing"
)

func TestBuiltin(t *testing.T) {
	m := Builtin()
	parents, subs := 0, 0
	for _, x := range m.Techniques {
		if x.Parent == "" {
			parents++
		} else {
			subs++
		}
		if len(x.Tactics) == 0 || x.Name == "" {
			t.Errorf("%s has no tactic or no name", x.ID)
		}
	}
	// The published figures of version 18.
	if m.Version != "18.0" || len(m.Tactics) != 14 || parents != 216 || subs != 475 {
		t.Errorf("version %s: %d tactics, %d techniques, %d sub-techniques", m.Version, len(m.Tactics), parents, subs)
	}
	x := m.Technique("T1078.004")
	if x == nil || m.Full(x) != "Valid Accounts: Cloud Accounts" || strings.Join(x.Tactics, " ") != "InitialAccess Persistence PrivilegeEscalation DefenseEvasion" {
		t.Errorf("T1078.004: %+v", x)
	}
	if n := len(m.Children("T1110")); n != 4 {
		t.Errorf("T1110 has %d children", n)
	}
	for from, to := range m.replaced {
		if m.byID[from] != nil {
			t.Errorf("%s is withdrawn and in force", from)
		}
		if to != "" && m.byID[to] == nil {
			t.Errorf("%s is replaced by %s, which is not in force", from, to)
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		given, id string
		problem   Problem
		note      string
	}{
		{"T1078", "T1078", Fine, ""},
		{"t1078.4", "T1078.004", Spelling, "T1078.004"},
		{"T1086", "T1059.001", Revoked, "PowerShell"},
		{"T1064", "", Deprecated, "without a successor"},
		{"T0866", "", OtherMatrix, "industrial"},
		{"T1404", "", OtherMatrix, "phones"},
		{"T1078.099", "", Unknown, "no technique"},
		{"T9999", "", Unknown, "no technique"},
		{"", "", Unknown, "no technique"},
	} {
		r := Builtin().Resolve(c.given)
		id := ""
		if r.Technique != nil {
			id = r.Technique.ID
		}
		if id != c.id || r.Problem != c.problem || !strings.Contains(r.Note, c.note) {
			t.Errorf("%q: %s %d %q", c.given, id, r.Problem, r.Note)
		}
	}
}

// bundle is a small bundle in the published layout.
const bundle = `{"type":"bundle","objects":[
{"type":"x-mitre-collection","id":"c","x_mitre_version":"99.1"},
{"type":"x-mitre-matrix","id":"m","tactic_refs":["t2","t1"]},
{"type":"x-mitre-tactic","id":"t1","name":"Impact","x_mitre_shortname":"impact","external_references":[{"source_name":"mitre-attack","external_id":"TA0040"}]},
{"type":"x-mitre-tactic","id":"t2","name":"Initial Access","x_mitre_shortname":"initial-access","external_references":[{"source_name":"mitre-attack","external_id":"TA0001"}]},
{"type":"attack-pattern","id":"a1","name":"New Thing","x_mitre_platforms":["Linux"],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"impact"}],"external_references":[{"source_name":"mitre-attack","external_id":"T2000"}]},
{"type":"attack-pattern","id":"a2","name":"Part","x_mitre_is_subtechnique":true,"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"impact"}],"external_references":[{"source_name":"mitre-attack","external_id":"T2000.001"}]},
{"type":"attack-pattern","id":"a3","name":"Old","revoked":true,"external_references":[{"source_name":"mitre-attack","external_id":"T1500"}]},
{"type":"attack-pattern","id":"a4","name":"Gone","x_mitre_deprecated":true,"external_references":[{"source_name":"mitre-attack","external_id":"T1501"}]},
{"type":"x-mitre-data-component","id":"d1","name":"Process Creation"},
{"type":"relationship","id":"r1","relationship_type":"detects","source_ref":"d1","target_ref":"a1"},
{"type":"relationship","id":"r2","relationship_type":"revoked-by","source_ref":"a3","target_ref":"a2"}]}`

func TestFromSTIX(t *testing.T) {
	m, err := FromSTIX(strings.NewReader(bundle))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	if m, err = Load(&b); err != nil {
		t.Fatal(err)
	}
	if m.Version != "99.1" || m.Tactics[0].ID != "TA0001" || len(m.Techniques) != 2 {
		t.Fatalf("%+v", m)
	}
	x := m.Technique("T2000")
	if x == nil || x.Platforms[0] != "Linux" || x.DataSources[0] != "Process Creation" || x.Tactics[0] != "Impact" {
		t.Errorf("T2000: %+v", x)
	}
	if r := m.Resolve("T1500"); r.Technique == nil || r.Technique.ID != "T2000.001" || r.Technique.Parent != "T2000" {
		t.Errorf("T1500: %+v", r)
	}
	if r := m.Resolve("T1501"); r.Problem != Deprecated {
		t.Errorf("T1501: %+v", r)
	}
	for _, bad := range []string{"", "{", `{"type":"x"}`, `{"type":"bundle","objects":[]}`} {
		if _, err := FromSTIX(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken for a bundle", bad)
		}
	}
}
