package schema

import (
	"testing"
	"time"

	"goshawk/internal/types"
)

func TestTableFirstLookupIsFast(t *testing.T) {
	start := time.Now()
	s, ok := Table("SigninLogs")
	took := time.Since(start)
	if !ok || s[0].Name != "AADTenantId" {
		t.Fatalf("SigninLogs: ok %v, %v", ok, s)
	}
	t.Logf("first lookup %v", took)
	for name, want := range map[string]types.Type{"TimeGenerated": types.Datetime, "DeviceDetail": types.Dynamic, "ResultType": types.String, "DurationMs": types.Long, "IsInteractive": types.Bool} {
		if i := s.Index(name); i < 0 || s[i].Type != want {
			t.Errorf("%s: at %d, want type %v", name, i, want)
		}
	}
}

func TestEveryTableOpens(t *testing.T) {
	names := TableNames()
	if len(names) < 1900 {
		t.Fatalf("%d tables", len(names))
	}
	for _, n := range names {
		s, ok := Table(n)
		if !ok || len(s) == 0 {
			t.Errorf("table %s: ok %v, %d columns", n, ok, len(s))
		}
	}
	for _, n := range []string{"", "A", "NoSuchTable", "zzz", "signinlogs"} {
		if _, ok := Table(n); ok {
			t.Errorf("%q is no table", n)
		}
	}
}
