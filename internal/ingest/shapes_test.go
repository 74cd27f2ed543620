package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// signinShapes are the eight shapes that sign-in logs are exported in.
var signinShapes = []string{"la_rows.ndjson", "la_tables.json", "la_export.csv", "diag.ndjson", "diag_eventhub.json", "graph.json", "portal.csv", "portal.json"}

// packings are what becomes of files on their way.
var packings = map[string]func(t *testing.T, b []byte) []byte{
	"gz": func(t *testing.T, b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write(b)
		z.Close()
		return out.Bytes()
	},
	"zst": func(t *testing.T, b []byte) []byte {
		z, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return z.EncodeAll(b, nil)
	},
	"zip": func(t *testing.T, b []byte) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.Create("folder/without-ending")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(b)
		z.Close()
		return out.Bytes()
	},
	"utf16": func(t *testing.T, b []byte) []byte {
		out := []byte{0xfe, 0xff}
		for _, r := range strings.TrimPrefix(string(b), "\ufeff") {
			if r > 0xffff {
				t.Fatal("beyond the basic plane")
			}
			out = append(out, byte(r>>8), byte(r))
		}
		return out
	},
	"crlf": func(t *testing.T, b []byte) []byte {
		return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	},
}

// signinColumns are what the shapes have in common.
var signinColumns = []string{"Id", "UserPrincipalName", "AppDisplayName", "ResultType", "IPAddress", "Location", "DeviceDetail.operatingSystem",
	"Status.errorCode", "LocationDetails.city", "CorrelationId", "Type", "SourceSystem"}

// Every shape is recognised in every packing, whatever the file is called, and
// gives the same rows.
func TestSignInShapesInEveryPacking(t *testing.T) {
	want := read(t, open(t, "", shared(t, "data/entra-signin/derived_la_rows.ndjson")), "SigninLogs", signinColumns[:len(signinColumns)-2]...)
	for _, s := range signinShapes {
		plain, err := os.ReadFile(shared(t, "data/entra-signin/derived_"+s))
		if err != nil {
			t.Fatal(err)
		}
		for name, pack := range packings {
			w := open(t, "", write(t, "data.txt", string(pack(t, plain))))
			got := read(t, w, "SigninLogs", signinColumns[:len(signinColumns)-2]...)
			if strings.Join(got, "\n") != strings.Join(want, "\n") || w.Report()[0].Bad != 0 || w.Report()[0].Damage != "" {
				t.Errorf("%s as %s: %d rows, want %d; %+v", s, name, len(got), len(want), w.Report())
			}
		}
	}
}

// A folder with all shapes at once, some under wrong names, gives the rows of
// each file once.
func TestMixedFolderOfSignIns(t *testing.T) {
	dir := t.TempDir()
	wrong := map[string]string{"la_export.csv": "export.json", "graph.json": "graph.csv", "diag.ndjson": "PT1H.json", "portal.csv": "SignIns (1).txt"}
	for _, s := range signinShapes {
		b, err := os.ReadFile(shared(t, "data/entra-signin/derived_"+s))
		if err != nil {
			t.Fatal(err)
		}
		name := s
		if wrong[s] != "" {
			name = wrong[s]
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := open(t, "", dir)
	if n := w.Names(); len(n) != 1 || n[0] != "SigninLogs" {
		t.Fatalf("tables %q; %+v", n, w.Report())
	}
	one := read(t, open(t, "", shared(t, "data/entra-signin/derived_la_rows.ndjson")), "SigninLogs", "Id")
	seen := map[string]int{}
	for _, id := range read(t, w, "SigninLogs", "Id") {
		seen[id]++
	}
	for _, id := range one {
		if seen[id] != len(signinShapes) {
			t.Errorf("%s stands %d times, want %d", id, seen[id], len(signinShapes))
		}
	}
}

// The traps that exports set, one a line: how the value stands in the file, and
// what the table has.
func TestSpellingsOfExports(t *testing.T) {
	csv := func(header, row string) string { return "\xef\xbb\xbf" + header + "\r\n" + row + "\r\n" }
	for _, c := range []struct{ name, text, cols, want string }{
		{"US date with [UTC]", csv(`"TimeGenerated [UTC]",UserPrincipalName,"CreatedDateTime [UTC]",ResultType,AppDisplayName`, `"4/28/2021, 2:08:45.221 PM",a,"4/28/2021, 12:00:00.000 AM",0,x`),
			"TimeGenerated CreatedDateTime", "2021-04-28T14:08:45.2210000Z|2021-04-28T00:00:00.0000000Z"},
		{"no TimeGenerated", csv(`UserPrincipalName,"CreatedDateTime [UTC]",ResultType,AppDisplayName,IPAddress`, `a,"4/28/2021, 2:08:45.221 PM",0,x,192.0.2.1`),
			"TimeGenerated", "2021-04-28T14:08:45.2210000Z"},
		{"offset of a record", `{"time":"2021-04-28T14:08:45.2211234Z","category":"SignIn","properties":{"createdDateTime":"2021-04-28T09:08:45.2211234-05:00"}}`,
			"TimeGenerated CreatedDateTime", "2021-04-28T14:08:45.2211234Z|2021-04-28T14:08:45.2211234Z"},
		{"number as result and level", `{"time":"2021-04-28T14:08:45Z","category":"SignInLogs","resultType":50126,"Level":4,"properties":{"status":{"errorCode":50126}}}`,
			"ResultType Level Status.errorCode", "50126|4|50126"},
		{"tenant is not the workspace", `{"time":"2021-04-28T14:08:45Z","category":"SignInLogs","tenantId":"t","properties":{"resourceId":"r"}}`,
			"TenantId AADTenantId ResourceIdentity", "|t|r"},
		{"time without seconds, null as a word", csv("TimeGenerated,UserPrincipalName,ResultType,AppDisplayName,DurationMs", "7/8/2019 16:08,a,null,x,null"),
			"TimeGenerated ResultType DurationMs", "2019-07-08T16:08:00.0000000Z|null|"},
		{"booleans in capitals", csv("UserPrincipalName,ResultType,AppDisplayName,IsRisky,IsInteractive", "a,0,x,TRUE,false"), "IsRisky IsInteractive", "true|false"},
		{"dynamic and string after a union", csv("UserPrincipalName,ResultType,AppDisplayName,IPAddress,Status_dynamic,Status_string", `a,0,x,y,"{""errorCode"": 0}",`), "Status.errorCode", "0"},
		{"the other one of them", csv("UserPrincipalName,ResultType,AppDisplayName,IPAddress,Status_dynamic,Status_string", `a,0,x,y,,"{""errorCode"": 1}"`), "Status.errorCode", "1"},
		{"quoted line breaks", csv("UserPrincipalName,ResultType,AppDisplayName,IPAddress,DeviceDetail", "a,0,x,,\"{\r\n  \"\"browser\"\": \"\"Edge, \"\"\r\n}\""), "DeviceDetail.browser", "Edge, "},
		{"table in a column", csv("$table,UserPrincipalName,ResultType", "SigninLogs,a,0"), "UserPrincipalName Type", "a|SigninLogs"},
		{"older portal download", csv("CreatedDateTime,UserPrincipalName,UserDisplayName,AppDisplayName,IPAddress,City,Country", "3/14/2019 5:04:09 PM,a,A,x,192.0.2.1,Oslo,NO"),
			"TimeGenerated Location LocationDetails.city", "2019-03-14T17:04:09.0000000Z|NO|Oslo"},
		{"one header twice, blanks behind", csv("Date (UTC),Request ID,Application ID ,Incoming token type,Status,Incoming token type,Sign-in error code", "2021-04-28T14:08:45Z,1,app,none,Success,primary,"),
			"TimeGenerated AppId ResultType", "2021-04-28T14:08:45.0000000Z|app|0"},
		{"success has no reason", `{"value":[{"createdDateTime":"2021-04-28T14:08:45Z","userPrincipalName":"a","appDisplayName":"x","status":{"errorCode":0,"failureReason":"Other."}}]}`,
			"ResultType ResultDescription Status.failureReason", "0||Other."},
		{"null in place of values", `{"createdDateTime":"2021-04-28T14:08:45Z","userPrincipalName":"a","appDisplayName":"x","status":null,"location":null,"riskDetail":null}`,
			"ResultType Location RiskDetail Status.errorCode", "|||"},
		{"text that holds JSON", `{"TimeGenerated":"2021-04-28T14:08:45Z","Type":"SigninLogs","Status":"{\"errorCode\":7}","AuthenticationDetails":[{"a": 1}]}`,
			"Status.errorCode AuthenticationDetails", `7|[{"a":1}]`},
	} {
		w := open(t, "", write(t, "x", c.text))
		if _, ok := w.Table("SigninLogs"); !ok {
			t.Errorf("%s: not recognised: %+v", c.name, w.Report())
			continue
		}
		if got := read(t, w, "SigninLogs", strings.Fields(c.cols)...); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: got %q, want %q; %+v", c.name, got, c.want, w.Report())
		}
	}
}
