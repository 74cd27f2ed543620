package schema

import (
	"testing"
	"time"

	"goshawk/internal/types"
)

func TestFunctionFirstLookupIsFast(t *testing.T) {
	start := time.Now()
	f, ok := Function("_Im_Dns")
	took := time.Since(start)
	t.Logf("first lookup %v", took)
	if !ok || len(f.Params) != 10 || f.Params[0] != (Param{Name: "starttime", Type: types.Datetime, Optional: true}) {
		t.Fatalf("_Im_Dns: ok %v, %+v", ok, f)
	}
	if i := f.Columns.Index("DnsQuery"); i < 0 || f.Columns[i].Type != types.String || f.Open {
		t.Errorf("_Im_Dns: DnsQuery at %d, open %v", i, f.Open)
	}
}

func TestFunctionKinds(t *testing.T) {
	profile, _ := Function("FileProfile")
	if !profile.Extends || profile.Params[0].Table != "(*)" || profile.Declaration() != `T:(*), x:string="", y:long=long(null)` {
		t.Errorf("FileProfile: %+v, %s", profile, profile.Declaration())
	}
	list, _ := Function("_GetWatchlist")
	if !list.Open || list.Columns.Index("SearchKey") < 0 || list.Params[0].Optional {
		t.Errorf("_GetWatchlist: %+v", list)
	}
	resolve, _ := Function("ASIM_ResolveFQDN")
	if got := resolve.Declaration(); got != "T:(TimeGenerated:datetime), field:string" {
		t.Errorf("ASIM_ResolveFQDN: %s", got)
	}
	if _, ok := Function("NoSuchFunction"); ok {
		t.Error("NoSuchFunction is known")
	}
}

func TestEveryFunctionOpens(t *testing.T) {
	names := FunctionNames()
	if len(names) < 1200 {
		t.Fatalf("%d functions", len(names))
	}
	for _, n := range names {
		f, ok := Function(n)
		if !ok || f.Name != n || len(f.Columns) == 0 {
			t.Errorf("function %s: ok %v, %+v", n, ok, f)
			continue
		}
		seen := map[string]bool{}
		for _, c := range f.Columns {
			if seen[c.Name] || c.Name == "" || c.Type == types.Unknown {
				t.Errorf("function %s: column %q of type %s", n, c.Name, c.Type)
			}
			seen[c.Name] = true
		}
	}
}
