package stored

import "testing"

// FuzzParse holds that no file makes a panic, and that every function has a
// name, and a body or a problem.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		".create function F(a:long=1) { T | where x == a }", ".create-or-alter function with (a=b) ['x y'](){", "let f = (a:(b:long)) { a }; let g = () { f(T) };",
		"// alias set to X\nT | take 1", "FunctionName: F\nFunctionParams:\n- Name: a\n  Type: string\n  Default: '\"'\nFunctionQuery: T", "ParserName: imDns\nParserQuery: |\n  T\n",
		`{"properties":{"functionAlias":"F","functionParameters":"a:long","query":"T"}}`, ".", ".create function", "\x00",
	} {
		for _, name := range []string{"a.yaml", "a.kql", "a.json", "a"} {
			f.Add(name, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(name) > 100 {
			return
		}
		found, _ := parse(name, data)
		for _, fn := range found {
			if fn.Name == "" || fn.Body == nil && fn.Problem == "" {
				t.Fatalf("%+v", fn)
			}
		}
	})
}
