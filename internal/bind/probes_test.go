package bind

import (
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// probeFile is what the official analyzer says about small queries over one
// table with a column of each type, twice.
type probeFile struct {
	Binary       map[string]map[string][]string `json:"binary"`
	Unary        map[string]map[string][]string `json:"unary"`
	IffBranches  map[string][]string            `json:"iff_branches"`
	Functions    map[string]map[string]map[string][]string
	ProjectNames map[string]*string `json:"project_names"`
	Aggregates   map[string]struct {
		Args1    map[string][]string
		AutoName map[string]string `json:"auto_name"`
		Examples map[string]string
	}
	ShapesSource string `json:"shapes_source"`
	Shapes       []struct {
		Query, Error string
		Columns      *string
	}
}

// probe is a query with its result columns, "" when it must be rejected.
type probe struct {
	query, want string
	names       bool // only the names are known
}

var probeTypes = strings.Fields("bool int long real decimal string datetime timespan guid dynamic")

func (f *probeFile) probes() []probe {
	var cols []string
	for _, side := range "ab" {
		for _, t := range probeTypes {
			cols = append(cols, string(side)+"_"+t+":"+t)
		}
	}
	table := "datatable(" + strings.Join(cols, ", ") + ")[] | "
	var out []probe
	// typed adds a query for each combination of argument types.
	typed := func(results map[string][]string, n int, query func(a, b string) string) {
		want := map[string]string{}
		for r, list := range results {
			if !strings.Contains(r, ":") {
				r = "r:" + r
			}
			for _, args := range list {
				want[args] = r
			}
		}
		for _, x := range probeTypes {
			if n == 1 {
				out = append(out, probe{query: table + query("a_"+x, ""), want: want[x]})
				continue
			}
			for _, y := range probeTypes {
				out = append(out, probe{query: table + query("a_"+x, "b_"+y), want: want[x+","+y]})
			}
		}
	}
	for op, results := range f.Binary {
		typed(results, 2, func(a, b string) string {
			switch op {
			case "in", "in~", "has_any", "has_all":
				b = "(" + b + ")"
			case "between":
				b = "(" + b + " .. " + b + ")"
			}
			return "project r = " + a + " " + op + " " + b
		})
	}
	for op, results := range f.Unary {
		typed(results, 1, func(a, _ string) string { return "project r = " + op + a })
	}
	typed(f.IffBranches, 2, func(a, b string) string { return "project r = iff(a_bool, " + a + ", " + b + ")" })
	for name, args := range f.Functions {
		first := ""
		if r, ok := args["args1"]; ok {
			typed(r, 1, func(a, _ string) string { return "project r = " + name + "(" + a + ")" })
			first = firstType(r)
		}
		if r, ok := args["args2"]; ok {
			typed(r, 2, func(a, b string) string { return "project r = " + name + "(" + a + ", " + b + ")" })
		}
		if want := f.ProjectNames[name]; want != nil {
			out = append(out, probe{query: table + "project " + name + "(" + first + ")", want: *want, names: true})
		}
	}
	for name, a := range f.Aggregates {
		if a.Args1 != nil {
			typed(a.Args1, 1, func(x, _ string) string { return "summarize r = " + name + "(" + x + ")" })
		}
		for call, want := range a.AutoName {
			out = append(out, probe{query: table + "summarize " + call, want: want, names: true})
		}
		for call, want := range a.Examples {
			if !strings.Contains(want, "...") { // cut in the file
				out = append(out, probe{query: table + "summarize " + call, want: want})
			}
		}
	}
	for _, s := range f.Shapes {
		if s.Columns != nil || s.Error != "" {
			p := probe{query: f.ShapesSource + " | " + s.Query}
			if s.Error == "" {
				p.want = *s.Columns
			}
			out = append(out, p)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].query < out[j].query })
	return out
}

// firstType is the first column, in the order of types, that a function takes.
func firstType(results map[string][]string) string {
	for _, t := range probeTypes {
		for _, list := range results {
			for _, x := range list {
				if x == t {
					return "a_" + t
				}
			}
		}
	}
	return ""
}

// knownProbes are differences on purpose: Kusto itself answers otherwise than
// its analyzer (count of any value, the names of covariances, kind=inner, one series of a forecast, the split column of
// diffpatterns), or
// the reverse.
var knownProbes = []string{"summarize r = count(a_", "covarianceif(", "covariancepif(", "union kind=inner", "| scan declare",
	"series_decompose_forecast(", "evaluate diffpatterns("}

// TestTypesAndNames holds result types, names and verdicts against those of
// the official analyzer.
func TestTypesAndNames(t *testing.T) {
	raw, err := os.ReadFile(shared(t, "kql/type_probes.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file probeFile
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	all, wrong := 0, 0
probes:
	for _, p := range file.probes() {
		got := probeColumns(p)
		all++
		if got == p.want {
			continue
		}
		wrong++
		for _, k := range knownProbes {
			if strings.Contains(p.query, k) {
				continue probes
			}
		}
		t.Errorf("%s\n got %q\nwant %q", p.query[strings.Index(p.query, "| ")+2:], got, p.want)
	}
	t.Logf("%d of %d probes equal", all-wrong, all)
	if all < 9000 || wrong*200 > all {
		t.Errorf("%d of %d probes differ", wrong, all)
	}
}

func probeColumns(p probe) string {
	text := source.New("probe", p.query)
	q, diags := parser.Parse(text)
	if diags.HasErrors() {
		return ""
	}
	results, diags := Check(q, text, Options{})
	if diags.HasErrors() || len(results) == 0 {
		return ""
	}
	var cols []string
	for _, c := range results[0].Rel.Cols() {
		if p.names {
			cols = append(cols, c.Name)
		} else {
			cols = append(cols, c.Name+":"+c.Type.String())
		}
	}
	if p.names {
		return strings.Join(cols, ",")
	}
	return strings.Join(cols, ", ")
}
