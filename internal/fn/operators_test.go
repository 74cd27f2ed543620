package fn

import (
	"testing"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// call applies a row to single values.
func call(t *testing.T, name string, ret types.Type, args ...vector.Datum) vector.Datum {
	t.Helper()
	row := ScalarNamed(name)
	if row == nil {
		t.Fatalf("no row for %s", name)
	}
	var ts []types.Type
	var vs []*vector.Vector
	for _, a := range args {
		ts, vs = append(ts, a.T), append(vs, vector.Constant(a, 3))
	}
	k := row.KernelFor(ts, ret)
	if k == nil {
		t.Fatalf("%s: no kernel for %v", name, ts)
	}
	v, err := Apply(row, k, &Call{Env: &Env{}, N: 3, Ret: ret}, vs)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v.Datum(2)
}

func str(s string) vector.Datum   { return vector.Datum{T: types.String, V: s} }
func num(n int64) vector.Datum    { return vector.Datum{T: types.Long, V: n} }
func frac(f float64) vector.Datum { return vector.Datum{T: types.Real, V: f} }

var none = vector.Datum{T: types.Long}

// TestOperators checks facts of the language on constants.
func TestOperators(t *testing.T) {
	for _, c := range []struct {
		name string
		args []vector.Datum
		ret  types.Type
		want any
	}{
		{"Divide", []vector.Datum{num(-7), num(2)}, types.Long, int64(-3)},
		{"Divide", []vector.Datum{num(1), num(0)}, types.Long, nil},
		{"Modulo", []vector.Datum{num(-5), num(3)}, types.Long, int64(1)},
		{"Modulo", []vector.Datum{num(5), num(-3)}, types.Long, int64(2)},
		{"Modulo", []vector.Datum{num(-7), num(-3)}, types.Long, int64(2)},
		{"Modulo", []vector.Datum{frac(-7.5), frac(2)}, types.Real, 0.5},
		{"Equal", []vector.Datum{num(5), none}, types.Bool, false},
		{"NotEqual", []vector.Datum{num(5), none}, types.Bool, true},
		{"Equal", []vector.Datum{none, none}, types.Bool, nil},
		{"LessThan", []vector.Datum{num(5), none}, types.Bool, nil},
		{"Has", []vector.Datum{str("category"), str("cat")}, types.Bool, false},
		{"Has", []vector.Datum{str("foo.bar"), str("BAR")}, types.Bool, true},
		{"Has", []vector.Datum{str("alpha_beta"), str("alpha")}, types.Bool, true},
		{"Has", []vector.Datum{str("МИР привет"), str("ПРИВЕТ")}, types.Bool, true},
		{"Has", []vector.Datum{str("café"), str("cafe")}, types.Bool, false},
		{"HasSuffix", []vector.Datum{str("end."), str("end")}, types.Bool, true},
		{"EndsWith", []vector.Datum{str("end."), str("end")}, types.Bool, false},
		{"NotHas", []vector.Datum{str("x"), str("")}, types.Bool, false},
		{"Contains", []vector.Datum{str("PowerShell.EXE"), str("shell.exe")}, types.Bool, true},
		{"ContainsCs", []vector.Datum{str("PowerShell.EXE"), str("shell.exe")}, types.Bool, false},
		{"MatchRegex", []vector.Datum{str("abc123"), str(`c\d`)}, types.Bool, true},
		{"toint", []vector.Datum{str("12.5")}, types.Int, nil},
		{"toint", []vector.Datum{frac(-2.9)}, types.Int, int64(-2)},
		{"tolong", []vector.Datum{str("9223372036854775808")}, types.Long, nil},
		{"tobool", []vector.Datum{str(" true")}, types.Bool, nil},
		{"tobool", []vector.Datum{str("-1")}, types.Bool, true},
		{"tostring", []vector.Datum{frac(1)}, types.String, "1.0"},
		{"totimespan", []vector.Datum{str("13:00")}, types.Timespan, 13 * types.Hour},
		{"totimespan", []vector.Datum{str("abc")}, types.Timespan, nil},
		{"substring", []vector.Datum{str("abc"), num(-1), num(2)}, types.String, "c"},
		{"indexof", []vector.Datum{str("abc"), str("")}, types.Long, nil},
		{"trim", []vector.Datum{str("x"), str("xxabcxx")}, types.String, "xabcx"},
		{"countof", []vector.Datum{str("aaa"), str("aa")}, types.Long, int64(2)},
		{"strlen", []vector.Datum{str("😀")}, types.Long, int64(1)},
		{"parse_ipv4", []vector.Datum{str("192.168.1.1/24")}, types.Long, int64(3232235776)},
		{"ipv4_is_private", []vector.Datum{str("x")}, types.Bool, nil},
		{"has_ipv4_prefix", []vector.Datum{str("05:04:54 127.0.0.256 GET"), str("127.0.")}, types.Bool, false},
		{"url_encode", []vector.Datum{str("https://www.bing.com/hello world")}, types.String, "https%3a%2f%2fwww.bing.com%2fhello+world"},
	} {
		if got := call(t, c.name, c.ret, c.args...); got.V != c.want {
			t.Errorf("%s %v: %v, want %v", c.name, c.args, got.V, c.want)
		}
	}
}

// TestDatetimeForms reads the same instant in all its spellings.
func TestDatetimeForms(t *testing.T) {
	want, _ := parseDatetime("2020-06-15T13:45:09.0000000Z")
	for _, s := range []string{"2020-06-15 13:45:09", "6/15/2020 1:45:09 PM", "06-15-2020 13:45:09", "Mon, 15 Jun 2020 13:45:09 GMT",
		"2020-06-15T15:45:09+02:00", "20200615 13:45:09", "June 15, 2020 13:45:09", "2020-06-15T13:45:09.00000000001Z"} {
		if got, ok := parseDatetime(s); !ok || got != want {
			t.Errorf("%q: %s, %v", s, datetimeText(got), ok)
		}
	}
	for _, s := range []string{"", "not a date", "13-01-2022", "2020-02-30", "2020-06-15T25:00:00Z", "5"} {
		if got, ok := parseDatetime(s); ok {
			t.Errorf("%q is read as %s", s, datetimeText(got))
		}
	}
}

// TestForms checks that constants, flat columns and dictionaries agree.
func TestForms(t *testing.T) {
	texts := []string{"", "Hello World", "a,b", "192.168.1.1", "https://x.org/a?b=c", `{"a":1}`, "日本", "-5", "2020-01-01", "true"}
	codes := make([]int32, 3*len(texts))
	for i := range codes {
		codes[i] = int32(i % len(texts))
	}
	dict := vector.NewDict(vector.Of(types.String, texts, nil), codes)
	for name, ret := range map[string]types.Type{"toint": types.Int, "tolong": types.Long, "toreal": types.Real, "tobool": types.Bool, "todatetime": types.Datetime,
		"totimespan": types.Timespan, "todecimal": types.Decimal, "parse_json": types.Dynamic, "parse_url": types.Dynamic, "parse_path": types.Dynamic,
		"tolower": types.String, "reverse": types.String, "isempty": types.Bool, "parse_ipv4": types.Long, "parse_xml": types.Dynamic, "parse_csv": types.Dynamic,
		"url_decode": types.String, "base64_decode_tostring": types.String, "parse_version": types.Decimal} {
		row := ScalarNamed(name)
		k := row.KernelFor([]types.Type{types.String}, ret)
		apply := func(v *vector.Vector) *vector.Vector {
			out, err := Apply(row, k, &Call{Env: &Env{}, N: v.N, Ret: ret}, []*vector.Vector{v})
			if err != nil {
				t.Fatal(name, err)
			}
			return out
		}
		a, b := apply(dict), apply(dict.Flatten())
		for i := range codes {
			c := apply(vector.Constant(vector.Datum{T: types.String, V: texts[codes[i]]}, 1))
			if x, y, z := a.ToDynamic(i).JSON(), b.ToDynamic(i).JSON(), c.ToDynamic(0).JSON(); x != y || y != z {
				t.Errorf("%s(%q): %s in a dictionary, %s in a column, %s as a constant", name, texts[codes[i]], x, y, z)
			}
		}
	}
}
