package verdict

import (
	"context"
	"fmt"
	"testing"
	"time"

	"goshawk/internal/engine"
	"goshawk/internal/rulebook"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/upstream"
	"goshawk/internal/vector"
)

// signins is a table with one failed sign-in.
func signins(t *testing.T) scan.Table {
	t.Helper()
	cols := types.Schema{{Name: "TimeGenerated", Type: types.Datetime}, {Name: "ResultType", Type: types.String}}
	at, _ := types.FromTime(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	var vecs []*vector.Vector
	for i, v := range []any{at, "50126"} {
		b := vector.NewBuilder(cols[i].Type, 1)
		b.Append(vector.Datum{T: cols[i].Type, V: v})
		vecs = append(vecs, b.Done())
	}
	return &scan.Memory{Cols: cols, Batches: []*vector.Batch{{N: 1, Cols: vecs}}}
}

func TestJudge(t *testing.T) {
	dir := t.TempDir()
	b, err := rulebook.Open(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Add(upstream.Config{Name: "u", Kind: "folder", URL: "x", Preset: "any"}); err != nil {
		t.Fatal(err)
	}
	s := &upstream.Snapshot{Commit: "c"}
	for name, q := range map[string]string{
		"fires": `SigninLogs | where ResultType == "50126" | project ResultType`, "quiet": `SigninLogs | where ResultType == "0"`,
		"nodata": `AuditLogs | count`, "broken": `SigninLogs | where Nope == 1`, "refused": `SigninLogs | evaluate python(typeof(*), "x")`,
	} {
		s.Files = append(s.Files, upstream.File{Path: name + ".yaml", Data: fmt.Appendf(nil, "id: %s\nname: %s\nquery: |\n  %s\n", name, name, q)})
	}
	if _, err := b.Take("u", s, time.Now()); err != nil {
		t.Fatal(err)
	}
	set := Set{}
	c := Config{
		Engine: &engine.Engine{Catalog: engine.NewCatalog(map[string]scan.Table{"SigninLogs": signins(t)})}, Data: "test data",
		HasData: func(n string) bool { return n == "SigninLogs" },
		Text:    func(b *vector.Batch, row int) []string { return []string{fmt.Sprint(b.Cols[0].Datum(row).V)} },
	}
	if err := set.Judge(context.Background(), b, b.Records, c); err != nil {
		t.Fatal(err)
	}
	byName := map[string]*Verdict{}
	for _, r := range b.Records {
		byName[r.Name] = set[r.Key]
	}
	for name, want := range map[string]State{"fires": Runs, "quiet": Runs, "nodata": Runs, "broken": Broken, "refused": Refused} {
		if v := byName[name]; v.State != want || (want != Runs) == (v.Reason == "") {
			t.Errorf("%s: %s %q", name, v.State, v.Reason)
		}
	}
	if e := byName["fires"].Fired(); e == nil || e.Rows != 1 || len(e.Sample) != 1 || e.Sample[0] != [2]string{"ResultType", "50126"} || !e.Has {
		t.Errorf("evidence: %+v", e)
	}
	if v := byName["quiet"]; v.Fired() != nil || !v.Evidence[0].Has || len(v.Tables()) != 1 {
		t.Errorf("quiet: %+v", v)
	}
	if v := byName["nodata"]; v.Fired() != nil || v.Evidence[0].Has {
		t.Errorf("a table without data counts as evidence: %+v", v.Evidence)
	}
	// Evidence on other data stays.
	c.Data = "other data"
	if err := set.Judge(context.Background(), b, b.Records, c); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Records {
		if r.Name == "fires" && len(set[r.Key].Evidence) != 2 {
			t.Errorf("evidence after a second run: %+v", set[r.Key].Evidence)
		}
	}
	if err := set.Save(dir); err != nil {
		t.Fatal(err)
	}
	if again, err := Load(dir); err != nil || len(again) != 5 {
		t.Errorf("after saving: %d verdicts, %v", len(again), err)
	}
	states, reasons := set.Count()
	if states[Runs] != 3 || len(reasons) != 2 {
		t.Errorf("%v %v", states, reasons)
	}
}
