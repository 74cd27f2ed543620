package ingest

import (
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func shared(t *testing.T, path string) string {
	t.Helper()
	p := filepath.Join("..", "..", "..", "shared", path)
	if _, err := os.Stat(p); err != nil {
		t.Skip("the shared test data is not here")
	}
	return p
}

// read gives the asked columns of a table as text, a line a row.
func read(t *testing.T, w *Workspace, name string, cols ...string) []string {
	t.Helper()
	tab, ok := w.Table(name)
	if !ok {
		t.Fatalf("no table %s: %+v", name, w.Report())
	}
	req := scan.Request{}
	for _, c := range cols {
		path := strings.Split(c, ".")
		i := tab.Schema().Index(path[0])
		if i < 0 {
			t.Fatalf("%s has no column %s", name, path[0])
		}
		col := scan.Column{Name: path[0], Path: path[1:], Type: tab.Schema()[i].Type}
		req.Columns = append(req.Columns, col)
	}
	return readRequest(t, tab, req)
}

func readRequest(t *testing.T, tab scan.Table, req scan.Request) []string {
	t.Helper()
	ctx := context.Background()
	parts, err := tab.Open(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range parts {
		for {
			b, err := p.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if b == nil {
				break
			}
			for i := range b.N {
				var line []string
				for _, c := range b.Cols {
					if c.N != b.N {
						t.Fatalf("a column has %d entries, the batch %d", c.N, b.N)
					}
					line = append(line, c.ToDynamic(i).String())
				}
				out = append(out, strings.Join(line, "|"))
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t *testing.T, table, path string) *Workspace {
	t.Helper()
	w, err := Open([]Spec{{Table: table, Path: path}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSignInShapesAgree(t *testing.T) {
	cols := []string{"Id", "UserPrincipalName", "AppDisplayName", "ResultType", "IPAddress", "Location", "DeviceDetail.operatingSystem", "DeviceDetail.browser",
		"Status.errorCode", "LocationDetails.city", "LocationDetails.state", "CorrelationId", "UserId", "ClientAppUsed", "Type"}
	for _, set := range []string{"derived", "seccxp"} {
		for _, table := range []string{"SigninLogs", ""} {
			want := read(t, open(t, table, shared(t, "data/entra-signin/"+set+"_la_rows.ndjson")), "SigninLogs", cols...)
			for _, f := range []string{"la_tables.json", "la_export.csv", "diag.ndjson", "diag_eventhub.json", "graph.json", "portal.csv", "portal.json"} {
				w := open(t, table, shared(t, "data/entra-signin/"+set+"_"+f))
				got := read(t, w, "SigninLogs", cols...)
				if len(got) != len(want) {
					t.Errorf("%s_%s: %d rows, want %d; %+v", set, f, len(got), len(want), w.Report())
					continue
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%s_%s row %d:\n got %s\nwant %s", set, f, i, got[i], want[i])
						break
					}
				}
			}
		}
	}
}

func TestTimesAndTypesOfSignIns(t *testing.T) {
	for _, f := range []string{"la_rows.ndjson", "la_tables.json", "la_export.csv", "diag.ndjson", "graph.json", "portal.csv"} {
		w := open(t, "", shared(t, "data/entra-signin/derived_"+f))
		got := read(t, w, "SigninLogs", "TimeGenerated")
		if len(got) == 0 || !strings.HasPrefix(got[0], "2020-05-20T18:20:00") {
			t.Errorf("%s: %q", f, got)
		}
	}
}

func TestBadLinesAreCountedAndNothingElseIsLost(t *testing.T) {
	p := write(t, "x.ndjson", `{"a":"1","b":{"c":"x"}}
{"a":"2"
not json
`+`{"a":`+strings.Repeat("[", 100000)+strings.Repeat("]", 100000)+`}
{"a":"3","b":"{\"c\":\"y\"}"}`)
	w := open(t, "T", p)
	got := read(t, w, "T", "a", "b.c")
	if strings.Join(got, " ") != "1|x 3|y" {
		t.Errorf("got %q", got)
	}
	r := w.Report()[0]
	if r.Bad != 3 || len(r.Lines) != 3 || r.Rows != 2 {
		t.Errorf("report %+v", r)
	}
}

func TestLinesAcrossPartsAreReadOnce(t *testing.T) {
	var b strings.Builder
	n := 0
	for b.Len() < rangeSize*2+rangeSize/2 {
		fmt.Fprintf(&b, `{"n":%d,"pad":%q}`+"\n", n, strings.Repeat("x", 1000+n%1777))
		n++
	}
	w := open(t, "T", write(t, "x.ndjson", b.String()))
	got := read(t, w, "T", "n")
	if len(got) != n {
		t.Fatalf("%d rows, want %d", len(got), n)
	}
	for i, g := range got {
		if g != fmt.Sprint(i) {
			t.Fatalf("row %d is %s", i, g)
		}
	}
}

func TestOneLongLineInManyParts(t *testing.T) {
	p := write(t, "x.ndjson", `{"a":1}`+"\n"+`{"a":2,"b":"`+strings.Repeat("y", 50<<20)+"\"}\n"+`{"a":3}`+"\n")
	if got := read(t, open(t, "T", p), "T", "a"); strings.Join(got, " ") != "1 2 3" {
		t.Errorf("got %q", got)
	}
	w, err := Open([]Spec{{Table: "T", Path: p}}, Options{MaxLine: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, w, "T", "a")
	if strings.Join(got, " ") != "1 3" || w.Report()[0].Bad != 1 {
		t.Errorf("got %q, %+v", got, w.Report())
	}
}

func TestCutGzipKeepsWhatIsBefore(t *testing.T) {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	for i := range 100000 {
		fmt.Fprintf(z, `{"n":%d,"h":"%x"}`+"\n", i, i*7919)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := read(t, open(t, "T", write(t, "x.gz", b.String())), "T", "n")
	w := open(t, "T", write(t, "x.gz", b.String()[:b.Len()/2]))
	got := read(t, w, "T", "n")
	if len(whole) != 100000 || len(got) < 1000 || len(got) >= 100000 || w.Report()[0].Bad == 0 {
		t.Errorf("%d whole, %d of the cut file, %+v", len(whole), len(got), w.Report())
	}
}

func TestCSV(t *testing.T) {
	p := write(t, "x.csv", "\xef\xbb\xbfTimeGenerated [UTC],a,a,X_dynamic,X_string\r\n\"4/28/2021, 2:08:45.221 PM\",1,2,\"{\"\"k\"\":\r\n\"\"v\"\"}\",\r\nragged,1\r\n\"4/28/2021, 2:08:46 AM\",3,4,,text\r\n")
	w := open(t, "T", p)
	got := read(t, w, "T", "TimeGenerated", "a", "a_2", "X")
	want := "2021-04-28T14:08:45.2210000Z|1|2|{\"k\":\n\"v\"};2021-04-28T02:08:46.0000000Z|3|4|text"
	if strings.Join(got, ";") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ";"), want)
	}
	if r := w.Report()[0]; r.Bad != 1 || r.Lines[0].Line != 4 {
		t.Errorf("report %+v", r)
	}
}

func TestConditionsNeverDropWantedRows(t *testing.T) {
	w := open(t, "", shared(t, "data/entra-signin/derived_la_rows.ndjson"))
	tab, _ := w.Table("SigninLogs")
	app := scan.Column{Name: "AppDisplayName", Type: types.String}
	req := scan.Request{Columns: []scan.Column{app}}
	want := 0
	for _, s := range readRequest(t, tab, req) {
		if s == "Azure Portal" {
			want++
		}
	}
	for _, op := range []string{"Equal", "Contains", "Has", "StartsWith"} {
		req.Conds = []scan.Cond{{Column: app, Op: op, Values: []vector.Datum{{T: types.String, V: "Azure Portal"}}}}
		got := 0
		for _, s := range readRequest(t, tab, req) {
			if s == "Azure Portal" {
				got++
			}
		}
		if got != want || want == 0 {
			t.Errorf("%s: %d rows, want %d", op, got, want)
		}
	}
	if !containsFold("xx aZuRe PORTAL", "azure portal") || containsFold("azure porta", "azure portal") {
		t.Error("containsFold")
	}
}

func TestOtherRecordKinds(t *testing.T) {
	for _, c := range []struct{ file, table, cols, first string }{
		{"aws/stratus/DeleteCloudtrailTrail.json", "AWSCloudTrail", "EventName", "DeleteTrail"},
		{"defender/mde_DeviceProcessEvents.ndjson", "DeviceProcessEvents", "ActionType", "ProcessCreated"},
		{"office365/invictus_ual.csv.gz", "OfficeActivity", "Type", "OfficeActivity"},
		{"windows-json/empire_wmic_add_user_backdoor.zip", "SecurityEvent", "Type", "SecurityEvent"},
	} {
		got := read(t, open(t, "", shared(t, "data/"+c.file)), c.table, strings.Split(c.cols, ",")...)
		if len(got) == 0 || got[0] != c.first {
			t.Errorf("%s: %d rows, %q", c.file, len(got), got[:min(1, len(got))])
		}
	}
}

func TestNumbersOfOfficeRecordsAreNamed(t *testing.T) {
	p := write(t, "o.ndjson", `{"CreationTime":"2024-01-02T03:04:05","Id":"1","Operation":"New-InboxRule","Workload":"Exchange","RecordType":1,"UserType":2}
{"CreationTime":"2024-01-02T03:04:06","Id":"2","Operation":"UserLoggedIn","Workload":"AzureActiveDirectory","RecordType":15,"UserType":0}`)
	got := read(t, open(t, "", p), "OfficeActivity", "TimeGenerated", "OfficeId", "RecordType", "UserType")
	if strings.Join(got, ";") != "2024-01-02T03:04:05.0000000Z|1|ExchangeAdmin|Admin" {
		t.Errorf("got %q", got)
	}
}

func TestNothingHere(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "binary": "\x00\x01\x02", "evtx": "ElfFile\x00abc", "text": "hello\nworld\n", "gz": "\x1f\x8b\x08"} {
		w := open(t, "T", write(t, name, content))
		if r := w.Report()[0]; r.Skipped == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A file whose records belong to several tables gives each its own; kinds that
// nobody knows are counted.
func TestRecordsOfSeveralTablesInOneFile(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		cat := "SignInLogs"
		switch {
		case i == 2500:
			cat = "AuditLogs"
		case i%1000 == 7:
			cat = "B2CRequestLogs"
		}
		fmt.Fprintf(&b, `{"time":"2026-03-01T00:00:00Z","category":%q,"operationName":"x","properties":{"id":"%d","category":"Other"}}`+"\n", cat, i)
	}
	w := open(t, "", write(t, "x.ndjson", b.String()))
	if got := read(t, w, "AuditLogs", "Id"); len(got) != 1 || got[0] != "2500" {
		t.Errorf("audit %q", got)
	}
	if got := read(t, w, "SigninLogs", "Id"); len(got) != 2996 {
		t.Errorf("%d sign-ins", len(got))
	}
	r := w.Report()[0]
	if len(r.Other) != 1 || r.Other[0].Count != 3 || !strings.Contains(r.Other[0].Reason, `"B2CRequestLogs"`) {
		t.Errorf("%+v", r.Other)
	}
}

func TestSameFileIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	p := filepath.Join(dir, "x.ndjson")
	if err := os.WriteFile(p, []byte(`{"a":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(p, filepath.Join(dir, "y.ndjson")); err != nil {
		t.Skip("no links here:", err)
	}
	w, err := Open([]Spec{{Table: "T", Path: dir}, {Table: "T", Path: p}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, w, "T", "a"); len(got) != 1 {
		t.Errorf("%q %+v", got, w.Report())
	}
}

// Values that do not read as their column's type are null, and counted with
// the first of them.
func TestValuesOfAnotherTypeAreCounted(t *testing.T) {
	w := open(t, "SigninLogs", write(t, "x.ndjson", `{"TimeGenerated":"2026-03-01T00:00:00Z","DurationMs":1}
{"TimeGenerated":"yesterday","DurationMs":"many"}
{"TimeGenerated":"later","DurationMs":null}
`))
	if got := read(t, w, "SigninLogs", "TimeGenerated", "DurationMs"); strings.Join(got, " ") != "2026-03-01T00:00:00.0000000Z|1 | |" {
		t.Errorf("%q", got)
	}
	v := w.Report()[0].Values
	if len(v) != 2 || v[0].Column != "TimeGenerated" || v[0].Count != 2 || v[0].First != "yesterday" || v[0].Line != 2 || v[1].Count != 1 {
		t.Errorf("%+v", v)
	}
}

func TestLineNumbersOfBadLines(t *testing.T) {
	text := strings.Repeat(`{"a":1}`+"\n", 6) + "{\"a\n" + strings.Repeat(`{"a":1}`+"\n", 3) + "}\n"
	plain := open(t, "T", write(t, "x.ndjson", text))
	var zipped strings.Builder
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, text)
	z.Close()
	packed := open(t, "T", write(t, "x.ndjson.gz", zipped.String()))
	whole := open(t, "T", write(t, "x.json", "[\n{\"a\":1},\n 5,\n{\"a\":2}]"))
	for _, w := range []*Workspace{plain, packed, whole} {
		read(t, w, "T", "a")
	}
	for _, w := range []*Workspace{plain, packed} {
		if l := w.Report()[0].Lines; len(l) != 2 || l[0].Line != 7 || l[1].Line != 11 {
			t.Errorf("%+v", l)
		}
	}
	if l := whole.Report()[0].Lines; len(l) != 1 || l[0].Line != 3 || l[0].Column != 2 {
		t.Errorf("%+v", l)
	}
}

// A row of one table whose Type was overwritten still is a row of it; one that
// names another table is not.
func TestTypeThatIsNoTable(t *testing.T) {
	row := `{"TimeGenerated":"2026-03-01T00:00:00Z","Type":%q,"OperationName":"x","Result":"success","InitiatedBy":"{}","TargetResources":"[]","Id":%q}` + "\n"
	var b strings.Builder
	for i, typ := range []string{"AuditLogs", "Application", "AuditLogs"} {
		fmt.Fprintf(&b, row, typ, fmt.Sprint(i))
	}
	w := open(t, "", write(t, "x.ndjson", b.String()))
	if got := read(t, w, "AuditLogs", "Id"); strings.Join(got, " ") != "0 1 2" || len(w.Report()[0].Other) != 0 {
		t.Errorf("%q %+v", got, w.Report())
	}
	fmt.Fprintf(&b, row, "SigninLogs", "3")
	w = open(t, "", write(t, "x.ndjson", b.String()))
	if got := read(t, w, "AuditLogs", "Id"); strings.Join(got, " ") != "0 2" || len(w.Report()[0].Other) != 1 {
		t.Errorf("%q %+v", got, w.Report())
	}
	if got := read(t, w, "SigninLogs", "Id"); strings.Join(got, " ") != "3" {
		t.Errorf("%q %+v", got, w.Report())
	}
}
