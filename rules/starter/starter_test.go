package starter

import (
	"testing"

	"goshawk/internal/rule"
)

func TestStarterRulesAreWhole(t *testing.T) {
	set := rule.LoadFS(Files)
	if len(set.Rules) < 16 || set.Skipped > 0 {
		t.Errorf("%d rules, %d files skipped", len(set.Rules), set.Skipped)
	}
	for _, d := range set.Diagnostics {
		t.Error(d.Render())
	}
	for _, r := range set.Rules {
		switch {
		case r.ID == "" || r.Name == "" || r.Description == "" || r.Version == "" || r.Severity == "":
			t.Errorf("%s lacks a field", r.Path)
		case len(r.Tactics) == 0 || len(r.Techniques) == 0 || len(r.EntityMappings) == 0 || len(r.Tags) == 0:
			t.Errorf("%s lacks tactics, techniques, entities or tags", r.Path)
		case len(r.RequiredDataConnectors) != 1 || r.RequiredDataConnectors[0].DataTypes[0] != "SigninLogs":
			t.Errorf("%s does not say that it needs SigninLogs", r.Path)
		case r.Kind == rule.Scheduled && (r.QueryFrequency == 0 || r.QueryPeriod < r.QueryFrequency):
			t.Errorf("%s has the schedule %v over %v", r.Path, r.QueryFrequency, r.QueryPeriod)
		}
	}
}
