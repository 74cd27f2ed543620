package stored

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// load writes files and loads their folder.
func load(t *testing.T, files map[string]string) *Set {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load([]string{dir})
}

// names lists what a set holds: name, and the parameters' names.
func names(s *Set) string {
	var out []string
	for _, f := range s.Functions {
		text := f.Name + "("
		for i, p := range f.Params {
			if i > 0 {
				text += ","
			}
			text += p.Name.Text
		}
		out = append(out, text+")")
	}
	return strings.Join(out, " ")
}

func TestDialects(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"ASIM parser", "vimX.yaml", "Parser:\n  Title: X\nParserName: vimX\nEquivalentBuiltInParser: _Im_X\nParserParams:\n  - Name: starttime\n    Type: datetime\n    Default: datetime(null)\n" +
			"  - Name: who\n    Type: string\n    Default: \"*\"\n  - Name: disabled\n    Type: bool\n    Default: False\nParserQuery: |\n  T | where not(disabled)\n",
			"_Im_X(starttime,who,disabled) vimX(starttime,who,disabled)"},
		{"solution parser", "p.yaml", "id: 1\nFunction:\n  Title: Y\nCategory: Z\nFunctionName: Y\nFunctionAlias: YAlias\nFunctionQuery: |\n  T | take 1\n", "YAlias()"},
		{"library function", "l.yml", "FunctionName: Look\nFunctionParams:\n  - Name: T:(a:long)\n    Type: table\n  - Name: field\n    Type: string\nFunctionQuery: |\n  T | extend b = field\n", "Look(T,field)"},
		{"ARM template", "a.json", `{"resources":[{"type":"Microsoft.OperationalInsights/workspaces/savedSearches","properties":{"category":"f","displayName":"My Fn","functionAlias":"MyFn","functionParameters":"a:long=1, b:string","query":"T | where x == a"}}]}`, "MyFn(a,b)"},
		{"commands", "c.kql", "// two\n.create-or-alter function with (folder = \"a\", docstring = \"b)\") F1(a:long, b:string = \"x\") { T | where n == a }\n\n.create function ifnotexists F2() {\n  print 1\n}\n", "F1(a,b) F2()"},
		{"remark", "Foo parser.txt", "// specifying function name and alias as FooEvent.\nT\n| take 1\n", "FooEvent() Foo_parser()"},
		{"remark and file", "vcenter_old.txt", "// name the Function Alias, as vcenter\nT\n| take 1\n", "vcenter() vcenter_old()"},
		{"file only", "Bar.kql", "T\n| take 1\n", "Bar()"},
		{"no ending", "Baz", "// (e.g. Baz | take 10)\nT\n| take 1\n", "Baz()"},
		{"lets", "lib.kql", "let k = 5;\nlet plus = (n:long) { n + k };\nlet rows = () { T | take k };\n", "plus(n) rows()"},
		{"a rule", "rule.yaml", "id: 1\nname: r\nseverity: Low\nquery: |\n  T | take 1\n", ""},
		{"prose", "README.txt", "Put the files | here.\n", ""},
		{"prose in lines", "notes", "Nothing to see.\n", ""},
	}
	for _, tt := range tests {
		s := load(t, map[string]string{tt.file: tt.text})
		if got := names(s); got != tt.want {
			t.Errorf("%s: got %q, want %q\n%v", tt.name, got, tt.want, s.Diagnostics)
		}
		if s.Diagnostics.HasErrors() {
			t.Errorf("%s: %v", tt.name, s.Diagnostics)
		}
	}
}

func TestBrokenFileIsNamedAndTheRestGoesOn(t *testing.T) {
	s := load(t, map[string]string{
		"bad.yaml":  "FunctionName: Bad\nFunctionQuery: |\n  T\n  | where (a == )\n",
		"cmds.kql":  ".create function A() { T | where ( }\n\n.create function B() { print 1 }\n\n.drop function C\n",
		"good.yaml": "FunctionName: Good\nFunctionQuery: |\n  T | take 1\n",
	})
	if got := names(s); got != "A() B() Bad() Good()" {
		t.Errorf("functions %s", got)
	}
	problems := map[string]string{}
	for _, f := range s.Functions {
		problems[f.Name] = f.Problem
	}
	if !strings.Contains(problems["Bad"], "bad.yaml:4:") || !strings.Contains(problems["A"], "cmds.kql:1:") || problems["B"] != "" || problems["Good"] != "" {
		t.Errorf("problems %q", problems)
	}
	if s.Broken != 2 {
		t.Errorf("%d broken files", s.Broken)
	}
	text := ""
	for _, d := range s.Diagnostics {
		text += d.Render() + "\n"
	}
	for _, want := range []string{"bad.yaml:4:", "cmds.kql:1:", "cmds.kql:5:1", "only commands that make functions"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestSurerNameWins(t *testing.T) {
	s := load(t, map[string]string{
		"Cyl-old.txt": "// name the Function Alias, as Cyl\nOld\n| take 1\n",
		"Cyl.txt":     "New\n| take 1\n",
		"b/Dup.yaml":  "FunctionName: Dup\nFunctionQuery: |\n  T | take 2\n",
		"a/Dup.yaml":  "FunctionName: Dup\nFunctionQuery: |\n  T | take 1\n",
	})
	for _, f := range s.Functions {
		if f.Name == "Dup" && !strings.Contains(filepath.ToSlash(f.Path), "a/Dup") {
			t.Errorf("Dup comes from %s", f.Path)
		}
	}
	for _, f := range s.Functions {
		if f.Name == "Cyl" && !strings.HasSuffix(f.Path, "Cyl.txt") {
			t.Errorf("Cyl comes from %s", f.Path)
		}
	}
	if len(s.Diagnostics) == 0 || !strings.Contains(s.Diagnostics[0].Message, `"Dup" is defined in`) {
		t.Errorf("no word on the second Dup: %v", s.Diagnostics)
	}
}

func TestNamedFiles(t *testing.T) {
	dir := t.TempDir()
	p := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(p, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Load([]string{p, filepath.Join(dir, "none.yaml")})
	if len(s.Diagnostics) != 2 || s.Diagnostics[0].Code != codeNone || s.Diagnostics[1].Code != codeRead {
		t.Errorf("%v", s.Diagnostics)
	}
}

func TestBuiltInNames(t *testing.T) {
	for name, want := range map[string]string{
		"imDns": "_Im_Dns", "ASimDns": "_ASim_Dns", "vimDnsZeek": "_Im_Dns_Zeek", "ASimNetworkSessionVectraAI": "_ASim_NetworkSession_VectraAI",
		"ASIM_ResolveFQDN": "_ASIM_ResolveFQDN", "imDnsZeek": "", "vimDns": "", "vimSomething": "", "CiscoASA": "", "important": "",
	} {
		if got := builtIn(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
