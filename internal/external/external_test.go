package external

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// node makes an externaldata operator: columns as "a:string,b:long".
func node(uri, format, columns string, props ...string) *plan.External {
	n := &plan.External{URIs: []string{uri}, Format: format, Props: map[string]string{}}
	for _, c := range strings.Split(columns, ",") {
		name, typ, _ := strings.Cut(c, ":")
		t, ok := types.Parse(typ)
		if !ok {
			panic("bug: type " + typ)
		}
		n.Columns = append(n.Columns, &plan.Col{Name: name, Type: t})
	}
	for i := 0; i < len(props); i += 2 {
		n.Props[props[i]] = props[i+1]
	}
	return n
}

// show writes rows: values with | between, rows with / between; null is -.
func show(bs []*vector.Batch) string {
	var rows []string
	for _, b := range bs {
		for i := range b.N {
			var vals []string
			for _, c := range b.Cols {
				if c.IsNull(i) {
					vals = append(vals, "-")
				} else {
					vals = append(vals, c.ToDynamic(i).String())
				}
			}
			rows = append(rows, strings.Join(vals, "|"))
		}
	}
	return strings.Join(rows, "/")
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFormats(t *testing.T) {
	const cols = "a:string,b:long"
	mapping := `[{"column":"b","Properties":{"Path":"$.x.y"}},{"Column":"a","path":"$['k 1']"}]`
	tests := []struct {
		format, text, cols string
		props              []string
		want               string
	}{
		{"csv", "x,1\n\"y,\"\"z\"\"\n2\",2\n\nshort\nlong,3,more\n", cols, nil, "x|1/y,\"z\"\n2|2/short|-/long|3"},
		{"csv", "a,b\r\nx,1\r\n", cols, []string{"ignoreFirstRecord", "True"}, "x|1"},
		{"csv", "\xef\xbb\xbfx,1\ny,not\n", cols, nil, "x|1/y|-"},
		{"csv", "x,1,z\n", cols, []string{"ingestionMapping", `[{"column":"a","Properties":{"ordinal":"2"}},{"column":"b","ordinal":1}]`}, "z|1"},
		{"tsv", "x\t1\n", cols, nil, "x|1"},
		{"psv", "x|1\n", cols, nil, "x|1"},
		{"scsv", "x;1\n", cols, nil, "x|1"},
		{"sohsv", "x\x011\n", cols, nil, "x|1"},
		{"txt", "# head\n\n1.2.3.4,5\r\nlast", "a:string", []string{"ignoreFirstRecord", "true", "ignoreLastRecord", "true"}, "1.2.3.4,5"},
		{"raw", "a\nb", "a:string", nil, "a\nb"},
		{"json", "{\"a\":\"x\",\"b\":1}\n{\"b\":2.9,\"A\":3}\n", cols, nil, "x|1/|2"},
		{"multijson", " [ {\"a\":{\"q\":1},\n\"b\":\"7\"},\n {} ]\n{\"a\":null}", cols, nil, "{\"q\":1}|7/|-/|-"},
		{"multijson", `[{"k 1":"v","x":{"y":5}}]`, cols, []string{"ingestionMapping", mapping}, "v|5"},
		{"multijson", `[{"k":1}]`, "all:dynamic", []string{"ingestionMapping", `[{"column":"all","Properties":{"path":"$"}}]`}, `{"k":1}`},
		{"", "2024-01-02,true,1.5,00000000-0000-0000-0000-000000000001,\"{\"\"a\"\":1}\",01:00:00,,5\n", "d:datetime,b:bool,r:real,g:guid,o:dynamic,t:timespan,e:dynamic,i:int", nil,
			`2024-01-02T00:00:00.0000000Z|true|1.5|00000000-0000-0000-0000-000000000001|{"a":1}|01:00:00|-|5`},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		write(t, dir, "list", tt.text)
		r, err := New(Config{Files: []string{dir}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Read(context.Background(), node("list", tt.format, tt.cols, tt.props...))
		if err != nil || show(got) != tt.want {
			t.Errorf("%s %q:\ngot  %s, %v\nwant %s", tt.format, tt.text, show(got), err, tt.want)
		}
	}
}

func TestFormatFromName(t *testing.T) {
	for name, want := range map[string]string{
		"https://x/a.csv?q=1": "csv", "https://x/a.txt": "txt", "https://x/a.json.gz": "multijson", "a.ndjson.zip": "json", "https://x/list": "csv",
		"a.tsv": "tsv", "a.parquet": "parquet", "a.JSON": "multijson",
	} {
		if got := formatOfName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestWhatIsNotReadIsRefusedByName(t *testing.T) {
	r, err := New(Config{Files: []string{t.TempDir()}, URLs: []string{"https://example.com/lists/"}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		node *plan.External
		want string
	}{
		{node("a.parquet", "", "a:string"), `the format "parquet" is not supported`},
		{node("a", "avro", "a:string"), `the format "avro" is not supported`},
		{node("a.csv", "", "a:string", "zipPattern", "*.csv"), `the property "zipPattern"`},
		{node("a", "json", "a:string", "ingestionMapping", `[{"column":"a","Properties":{"path":"$.a[*].b"}}]`), `the path "$.a[*].b"`},
		{node("a", "json", "a:string", "ingestionMapping", `[{"column":"a","path":"$.a","transform":"DateTimeFromUnixSeconds"}]`), `the transform`},
		{node("https://example.org/lists/a.csv", "", "a:string"), "https://example.org/lists/a.csv is not read"},
		{node("https://x.blob.core.windows.net/c/a.csv;key", "", "a:string"), "connection string"},
		{node("abfss://x/y.csv", "", "a:string"), "sources of kind abfss://"},
		{node("/etc/passwd", "txt", "a:string"), "the file /etc/passwd is not read"},
		{node("../x.csv", "", "a:string"), "the file ../x.csv is not read"},
		{node("file:///etc/passwd", "txt", "a:string"), "is not read"},
	}
	for _, tt := range tests {
		if err := r.Allow(tt.node.URIs[0], tt.node); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.node.URIs[0], err, tt.want)
		}
	}
	var none *Reader
	if err := none.Allow("https://example.com/a.csv", node("", "csv", "a:string")); err == nil {
		t.Error("no reader allows an address")
	}
}

func TestLinksDoNotLeadOut(t *testing.T) {
	secret := write(t, t.TempDir(), "secret.csv", "s\n")
	dir := t.TempDir()
	write(t, dir, "sub/in.csv", "in\n")
	for link, to := range map[string]string{"out.csv": secret, "folder": filepath.Dir(secret), "sub/within.csv": "in.csv"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	r, err := New(Config{Files: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out.csv", "folder/secret.csv", filepath.Join(dir, "out.csv"), "sub/../../secret.csv"} {
		if got, err := r.Read(context.Background(), node(name, "csv", "a:string")); err == nil {
			t.Errorf("%s gives %s", name, show(got))
		}
	}
	for _, name := range []string{"sub/in.csv", "sub/within.csv", filepath.Join(dir, "sub", "in.csv"), "sub/../sub/in.csv", "file://" + filepath.ToSlash(filepath.Join(dir, "sub/in.csv"))} {
		if got, err := r.Read(context.Background(), node(name, "csv", "a:string")); err != nil || show(got) != "in" {
			t.Errorf("%s: %s, %v", name, show(got), err)
		}
	}
}

func TestPrefixes(t *testing.T) {
	p, err := newPrefix("https://Example.com/lists")
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{urls: []prefix{p}}
	for uri, want := range map[string]bool{
		"https://example.com/lists": true, "https://example.com/lists/a.csv?x=1": true, "https://EXAMPLE.com/lists/b/": true,
		"http://example.com/lists/a": false, "https://example.com/listsx": false, "https://example.com/lists/../secret": false,
		"https://example.com.evil.org/lists/a": false, "https://example.com:8443/lists/a": false, "https://me@example.com/lists/a": false,
		"https://example.com/%6cists/a": true, "https://example.com/lists/%2e%2e/secret": false,
	} {
		if _, err := r.locate(uri); (err == nil) != want {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, bad := range []string{"example.com/x", "ftp://example.com/", "https://", "https://u:p@example.com/", "https://example.com/?a"} {
		if _, err := newPrefix(bad); err == nil {
			t.Errorf("%s is taken as a prefix", bad)
		}
	}
}

func TestFetch(t *testing.T) {
	var packed, archive bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("gz,1\n"))
	_ = z.Close()
	zw := zip.NewWriter(&archive)
	w, _ := zw.Create("one.csv")
	_, _ = w.Write([]byte("zip,2\n"))
	_ = zw.Close()
	asked := map[string]int{}
	mux := http.NewServeMux()
	mux.HandleFunc("/lists/", func(w http.ResponseWriter, req *http.Request) {
		asked[req.URL.Path]++
		switch req.URL.Path {
		case "/lists/a.csv":
			_, _ = w.Write([]byte("x,1\n"))
		case "/lists/b.csv.gz":
			_, _ = w.Write(packed.Bytes())
		case "/lists/c.zip":
			_, _ = w.Write(archive.Bytes())
		case "/lists/within":
			http.Redirect(w, req, "/lists/a.csv", http.StatusFound)
		case "/lists/away":
			http.Redirect(w, req, "/secret", http.StatusFound)
		case "/lists/loop":
			http.Redirect(w, req, "/lists/loop", http.StatusFound)
		default:
			http.NotFound(w, req)
		}
	})
	mux.HandleFunc("/secret", func(w http.ResponseWriter, _ *http.Request) {
		t.Error("a redirect off the prefix was followed")
		_, _ = w.Write([]byte("secret"))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	r, err := New(Config{URLs: []string{srv.URL + "/lists/"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, rows, failure string }{
		{"/lists/a.csv", "x|1", ""}, {"/lists/b.csv.gz", "gz|1", ""}, {"/lists/c.zip", "zip|2", ""}, {"/lists/within", "x|1", ""},
		{"/lists/away", "", "redirects to"}, {"/lists/loop", "", "redirects"}, {"/lists/none", "", "404"}, {"/secret", "", "is not read"},
	} {
		got, err := r.Read(context.Background(), node(srv.URL+tt.path, "csv", "a:string,n:long"))
		if tt.failure == "" && (err != nil || show(got) != tt.rows) {
			t.Errorf("%s: %s, %v", tt.path, show(got), err)
		}
		if tt.failure != "" && (err == nil || !strings.Contains(err.Error(), tt.failure)) {
			t.Errorf("%s: %v, want %s", tt.path, err, tt.failure)
		}
	}
	if _, err := r.Read(context.Background(), node(srv.URL+"/lists/a.csv", "txt", "a:string")); err != nil || asked["/lists/a.csv"] != 2 {
		t.Errorf("a.csv was asked for %d times, %v", asked["/lists/a.csv"], err)
	}
}

func TestPublicNamesDoNotReachPrivateNetworks(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) }))
	defer srv.Close()
	for _, address := range []string{"127.0.0.1:80", "10.1.2.3:443", "192.168.0.1:443", "169.254.169.254:80", "[::1]:80", "[fe80::1]:80", "0.0.0.0:80"} {
		if publicOnly("tcp", address, nil) == nil {
			t.Errorf("%s is reached", address)
		}
	}
	if err := publicOnly("tcp", "93.184.216.34:443", nil); err != nil {
		t.Error(err)
	}
	// A prefix by public name does not open the loopback; one by address does.
	r, err := New(Config{URLs: []string{"http://lists.example:80/"}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.dial(context.Background(), "tcp", srv.Listener.Addr().String()); err == nil {
		c.Close()
		t.Error("a private address was reached")
	}
}

func TestCopies(t *testing.T) {
	dir := t.TempDir()
	one := write(t, dir, "one.csv", "copy\n")
	write(t, dir, "repo/lists/two.csv", "below\n")
	r, err := New(Config{Copies: map[string]string{"https://Example.com/a b.csv": one, "https://raw.example.com/owner/": filepath.Join(dir, "repo")}})
	if err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"https://example.com/a%20b.csv": "copy", "http://example.com/a b.csv": "copy", "https://raw.example.com/owner/lists/two.csv": "below",
		"https://raw.example.com/owner/../owner/lists/two.csv": "", "https://raw.example.com/owner/../../one.csv": "", "https://example.com/b.csv": "",
	} {
		got, err := r.Read(context.Background(), node(uri, "csv", "a:string"))
		if want == "" && err == nil || want != "" && show(got) != want {
			t.Errorf("%s: %q, %v", uri, show(got), err)
		}
	}
	if _, err := New(Config{Copies: map[string]string{"https://x/a": filepath.Join(dir, "none")}}); err == nil {
		t.Error("a copy that is not there is taken")
	}
}

func TestBounds(t *testing.T) {
	if _, err := bounded(strings.NewReader("12345"), 4); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("abc"))
	_ = z.Close()
	if _, err := readAll(bytes.NewReader(packed.Bytes()[:packed.Len()-4])); err == nil {
		t.Error("a cut gzip file is read")
	}
	var two bytes.Buffer
	zw := zip.NewWriter(&two)
	_, _ = zw.Create("a")
	_, _ = zw.Create("b")
	_ = zw.Close()
	if _, err := readAll(&two); err == nil || !strings.Contains(err.Error(), "more than one file") {
		t.Errorf("%v", err)
	}
}
