package kqltest

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"goshawk/internal/fn"
	"goshawk/internal/types"
)

// samples are literals of each type, null or empty first. They are read by
// the binder, so a wrong one fails the test.
var samples = map[types.Type][]string{
	types.Bool:     {"bool(null)", "true", "false"},
	types.Int:      {"int(null)", "int(3)", "int(0)", "int(-7)", "int(2147483647)"},
	types.Long:     {"long(null)", "2", "0", "-5", "9223372036854775807"},
	types.Real:     {"real(null)", "real(1.5)", "real(0)", "real(-2.5)", "real(nan)", "real(+inf)"},
	types.Decimal:  {"decimal(null)", "decimal(2.5)", "decimal(0)", "decimal(-1)"},
	types.Datetime: {"datetime(null)", "datetime(2024-02-29T13:45:56.1234567Z)", "datetime(0001-01-01)", "datetime(9999-12-31T23:59:59.9999999Z)"},
	types.Timespan: {"timespan(null)", "timespan(1.02:03:04.5)", "timespan(0)", "timespan(-00:00:01)"},
	types.Guid:     {"guid(null)", "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"},
	types.String: {`""`, `"Hello, World"`, `"a"`, `"10.0.0.1"`, `"https://x.org:80/a/b?c=d#e"`, `"{\"a\":[1,2]}"`, `"日本"`, `"-5"`,
		`"2024-01-01T00:00:00Z"`, `"1.5"`, `" blank "`},
	types.Dynamic: {"dynamic(null)", "dynamic([1,2,3])", `dynamic({"a":1,"b":"x"})`, "dynamic([])", "dynamic({})", "dynamic(5)", `dynamic("text")`,
		`dynamic(["a",null,2.5])`, "dynamic([[1,2],[3]])", "dynamic(true)"},
}

var allTypes = []types.Type{types.Bool, types.Int, types.Long, types.Real, types.Decimal, types.Datetime, types.Timespan, types.Guid, types.String, types.Dynamic}

// kindTypes are types that a kind of parameter accepts, those that say most
// first.
var kindTypes = map[string][]types.Type{
	"Number": {types.Long, types.Real, types.Int, types.Decimal}, "Integer": {types.Long, types.Int},
	"Summable":     {types.Long, types.Real, types.Timespan, types.Datetime, types.Decimal, types.Int},
	"DynamicArray": {types.Dynamic}, "DynamicBag": {types.Dynamic}, "StringOrDynamic": {types.String, types.Dynamic},
	"StringOrArray": {types.String, types.Dynamic}, "IntegerOrArray": {types.Long, types.Dynamic}, "NumberOrBool": {types.Long, types.Bool},
	"NotDynamic": {types.String, types.Long, types.Datetime, types.Guid, types.Bool, types.Decimal}, "Tabular": {},
}

// form is one way to write a call: arguments as columns or literals. write
// puts their texts together.
type form struct {
	name  string
	write func(args []string) string
	row   *fn.Scalar
	// params gives, per argument, the types to try and fixed literals.
	params []arg
}

type arg struct {
	types  []types.Type
	fixed  []string // literals that must be used, when only some will do
	column bool     // must be a column
}

func argOf(p *fn.Param) arg {
	a := arg{types: p.Types, column: p.Arg == "Column"}
	for _, v := range p.Values {
		a.fixed = append(a.fixed, `"`+v+`"`)
	}
	if len(a.types) > 0 && a.types[0] == types.Unknown {
		return arg{types: []types.Type{types.Long}, fixed: []string{"typeof(long)"}}
	}
	if len(a.types) == 0 {
		if a.types = kindTypes[p.Kind]; a.types == nil {
			a.types = allTypes
		}
	}
	if p.Arg == "Constant" || p.Arg == "Literal" || p.Arg == "LiteralNotEmpty" {
		if len(a.fixed) == 0 && len(a.types) > 0 {
			a.fixed = samples[a.types[0]][1:2]
		}
	}
	return a
}

// calls are the forms of one signature, with the fewest arguments and with
// one or two more.
func calls(name string, s *fn.Sig) []form {
	var out []form
	for n := s.MinArgs; n <= min(s.MaxArgs, s.MinArgs+2); n++ {
		f := form{name: name, row: fn.ScalarNamed(name), write: func(args []string) string { return name + "(" + strings.Join(args, ", ") + ")" }}
		for i := range n {
			p := paramOf(s, i, n)
			if p == nil {
				return out
			}
			f.params = append(f.params, argOf(p))
		}
		out = append(out, f)
	}
	return out
}

// paramOf is the parameter that argument i of n belongs to, roughly: repeated
// parameters take turns until the last ones.
func paramOf(s *fn.Sig, i, n int) *fn.Param {
	at := 0
	for k := range s.Params {
		p := &s.Params[k]
		rest := 0
		for _, q := range s.Params[k+1:] {
			rest += q.Min
		}
		take := min(max(p.Max, 1), max(n-at-rest, p.Min))
		if i < at+take {
			return p
		}
		at += take
	}
	return nil
}

// forms are the ways to call every scalar row that computes.
func forms(t *testing.T) []form {
	t.Helper()
	var out []form
	for i := range fn.Functions {
		e := &fn.Functions[i]
		row := fn.ScalarNamed(e.Name)
		if row == nil || row.Status == fn.Planned || row.Impure || row.Window {
			continue
		}
		for k := range e.Sigs {
			out = append(out, calls(e.Name, &e.Sigs[k])...)
		}
	}
	for _, s := range fn.Signs {
		e := fn.Find(fn.Operators, s.Name)
		if e == nil {
			t.Errorf("operator %s is not in the catalogue", s.Name)
			continue
		}
		for k := range e.Sigs {
			f := form{name: s.Sign, row: fn.ScalarNamed(s.Name), write: signWriter(s.Name, s.Sign)}
			for i := range e.Sigs[k].MinArgs {
				if p := paramOf(&e.Sigs[k], i, e.Sigs[k].MinArgs); p != nil && p.Arg != "StarOnly" {
					f.params = append(f.params, argOf(p))
				}
			}
			if len(f.params) == e.Sigs[k].MinArgs {
				out = append(out, f)
			}
		}
	}
	return out
}

func signWriter(name, sign string) func([]string) string {
	return func(a []string) string {
		switch {
		case strings.HasPrefix(name, "Unary"):
			return sign + "(" + a[0] + ")"
		case strings.HasSuffix(name, "Between"):
			return a[0] + " " + sign + " (" + a[1] + " .. " + a[2] + ")"
		case strings.Contains(name, "In") && !strings.Contains(name, "Min") || strings.HasPrefix(name, "HasA"):
			return a[0] + " " + sign + " (" + strings.Join(a[1:], ", ") + ")"
		}
		return a[0] + " " + sign + " " + a[1]
	}
}

// trial is a form with one type for each argument.
type trial struct {
	form
	types []types.Type
}

// trials are combinations of types: each argument takes each of its types
// once, the others their first; and all take the same where they can.
func (f form) trials() []trial {
	base := make([]types.Type, len(f.params))
	for i, p := range f.params {
		if len(p.types) == 0 {
			return nil
		}
		base[i] = p.types[0]
	}
	out := []trial{{f, base}}
	for i, p := range f.params {
		if few[f.name] == 2 {
			break // values of different types are far apart
		}
		for _, t := range p.types[1:] {
			ts := append([]types.Type(nil), base...)
			ts[i] = t
			out = append(out, trial{f, ts})
		}
	}
	for _, t := range allTypes {
		ts, same := make([]types.Type, len(f.params)), len(f.params) > 1
		for i, p := range f.params {
			ts[i] = t
			same = same && has(p.types, t)
		}
		if same {
			out = append(out, trial{f, ts})
		}
	}
	return out
}

func has(ts []types.Type, t types.Type) bool {
	for _, x := range ts {
		if x == t {
			return true
		}
	}
	return false
}

// few says how many samples the functions take whose answer grows with a
// number: with the largest ones they would make sixteen million values.
var few = map[string]int{"range": 2, "repeat": 4, "strrep": 4}

// rowsOf are rows of literals, a column per argument. The columns move at
// different speeds, so that pairs vary.
func (tr trial) rowsOf() [][]string {
	const n = 16
	out := make([][]string, n)
	for r := range out {
		for i, t := range tr.types {
			pool := samples[t]
			if fixed := tr.params[i].fixed; fixed != nil {
				pool = fixed[:1]
			} else if n := few[tr.name]; n > 0 && len(pool) > n {
				pool = pool[:n]
			}
			out[r] = append(out[r], pool[(r*(i+1)+i*r/len(samples[tr.types[0]]))%len(pool)])
		}
	}
	return out
}

// query is the call over a table of rows; columns are a0, a1, ...; fixed
// arguments stand as literals.
func (tr trial) query(rows [][]string) string {
	var heads, cells, args []string
	heads = append(heads, "row:long")
	for i, t := range tr.types {
		if tr.params[i].fixed != nil {
			args = append(args, rows[0][i])
			continue
		}
		heads = append(heads, fmt.Sprintf("a%d:%s", i, t))
		args = append(args, fmt.Sprintf("a%d", i))
	}
	for n, r := range rows {
		cells = append(cells, fmt.Sprint(n))
		for i, c := range r {
			if tr.params[i].fixed == nil {
				cells = append(cells, c)
			}
		}
	}
	return fmt.Sprintf("datatable(%s)[%s] | project r = %s", strings.Join(heads, ", "), strings.Join(cells, ", "), tr.write(args))
}

// answer runs a query in the plainest way.
func answer(q string) *outcome {
	w, err := load(&Case{Query: q}, "")
	if err != nil {
		return &outcome{diags: err.Error(), refused: true}
	}
	return compute(&Case{Query: q}, w, variants()[0])
}

// broken says that a message is about a mistake of ours.
func broken(o *outcome) bool {
	return o.refused && (strings.Contains(o.diags, "bug") || strings.Contains(o.diags, "panic"))
}

// TestEveryRowGivesOneAnswer runs every scalar row over values of every type
// it declares: as columns in flat and dictionary form in batches of every
// size, and as constants. All must agree, nulls must follow the declared rule,
// and no rows must give no rows.
func TestEveryRowGivesOneAnswer(t *testing.T) {
	var all []trial
	for _, f := range forms(t) {
		all = append(all, f.trials()...)
	}
	each(t, all, 500, func(tr trial) bool { return tr.check(t, tr.rowsOf()) })
}

// check says whether the call could be run at all.
func (tr trial) check(t *testing.T, rows [][]string) bool {
	t.Helper()
	q := tr.query(rows)
	c := &Case{Query: q}
	base := answer(q)
	if broken(base) {
		t.Errorf("%s\n%s", q, base.diags)
		return false
	}
	if base.refused && base.bare == "" || base.refused && strings.HasPrefix(base.bare, "KQL") {
		return false // the binder wants other types or values here
	}
	if v, got := disagreement(c, "", base, ways()); got != nil && !(got.refused && base.refused) {
		t.Errorf("%s\n%s:\n%s\nplain:\n%s", q, v, got.text(v.reprint), base.text(v.reprint))
		return true
	}
	if base.refused {
		return true
	}
	if none := answer(q + " | where false | take 0"); none.refused || len(none.tables[0].Rows) != 0 {
		t.Errorf("%s over no rows: %s", q, none.text(false))
	}
	for i, r := range rows {
		want := base.tables[0].Rows[i][0]
		if tr.row != nil && tr.row.Nulls == fn.NullIfAny && anyNull(r) && want != "null" && want != "" {
			t.Errorf("%s: row %v gives %s, and its rule is null if any argument is", q, r, want)
		}
		tr.constant(t, r, want, base.tables[0].Types[0])
	}
	return true
}

func anyNull(row []string) bool {
	for _, c := range row {
		if strings.HasSuffix(c, "(null)") {
			return true
		}
	}
	return false
}

// constant compares a row with the same call over literals.
func (tr trial) constant(t *testing.T, row []string, want, typ string) {
	t.Helper()
	for _, p := range tr.params {
		if p.column {
			return
		}
	}
	if tr.name == "pack_all" {
		return // it is about the columns of the row
	}
	if strings.HasSuffix(strings.TrimSuffix(tr.name, "~"), "in") && tr.types[0] == types.Dynamic {
		return // the type of a constant list decides what a dynamic value is read as
	}
	q := "print r = " + tr.write(row)
	got := answer(q)
	if broken(got) {
		t.Errorf("%s\n%s", q, got.diags)
		return
	}
	if got.refused {
		return // a constant may be refused where a column gives null
	}
	if g := got.tables[0]; g.Rows[0][0] != want || g.Types[0] != typ {
		t.Errorf("%s gives %s:%s, and %s:%s over a column", q, g.Rows[0][0], g.Types[0], want, typ)
	}
}

// ways are some of the variants: a page is run in all, thousands of calls in
// those that differ most.
func ways() []variant {
	var out []variant
	for _, m := range Media {
		out = append(out, variant{m, 1024, 4, true, false}, variant{m, 3, 1, false, false}, variant{m, 1, 4, true, true})
	}
	return out
}

// each runs f over trials on all cores and asks that at least so many of them
// could be run.
func each(t *testing.T, all []trial, least int64, f func(trial) bool) {
	t.Helper()
	var ran atomic.Int64
	var wg sync.WaitGroup
	next := make(chan trial)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() { // ends when next is closed
			for tr := range next {
				if f(tr) {
					ran.Add(1)
				}
			}
		})
	}
	for _, tr := range all {
		next <- tr
	}
	close(next)
	wg.Wait()
	t.Logf("%d of %d calls ran", ran.Load(), len(all))
	if ran.Load() < least {
		t.Errorf("only %d calls could be run; the test looks in the wrong place", ran.Load())
	}
}

// TestNoTypePanics calls every row with every type at every place.
func TestNoTypePanics(t *testing.T) {
	for _, f := range forms(t) {
		for i := range f.params {
			for _, typ := range allTypes {
				tr := trial{f, make([]types.Type, len(f.params))}
				ok := true
				for k, p := range f.params {
					if len(p.types) == 0 {
						ok = false
						break
					}
					tr.types[k] = p.types[0]
				}
				if !ok {
					continue
				}
				tr.types[i] = typ
				if has(f.params[i].types, typ) {
					continue // the other test has it
				}
				rows := tr.rowsOf()
				for _, q := range []string{tr.query(rows), "print r = " + tr.write(rows[1])} {
					if o := answer(q); broken(o) {
						t.Errorf("%s\n%s", q, o.diags)
					}
				}
			}
		}
	}
}

// TestEveryAggregateGivesOneAnswer runs every aggregate over values of every
// type it declares, grouped and not, in all ways; a state that merges wrongly
// shows in small batches.
func TestEveryAggregateGivesOneAnswer(t *testing.T) {
	var all []trial
	for i := range fn.Aggregates {
		e := &fn.Aggregates[i]
		row := fn.AggregateNamed(e.Name)
		if row == nil || row.Status == fn.Planned {
			continue
		}
		for k := range e.Sigs {
			for _, f := range calls(e.Name, &e.Sigs[k]) {
				all = append(all, f.trials()...)
			}
		}
	}
	each(t, all, 200, func(tr trial) bool {
		alone := tr.aggregated(t, "")
		return tr.aggregated(t, " by g = row % 3") && alone
	})
}

func (tr trial) aggregated(t *testing.T, by string) bool {
	t.Helper()
	table, call, _ := strings.Cut(tr.query(tr.rowsOf()), " | project r = ")
	q := table + " | summarize " + call + by
	base := answer(q)
	if broken(base) {
		t.Errorf("%s\n%s", q, base.diags)
	}
	if base.refused {
		return false
	}
	if v, got := disagreement(&Case{Query: q}, "", base, ways()); got != nil {
		t.Errorf("%s\n%s:\n%s\nplain:\n%s", q, v, got.text(v.reprint), base.text(v.reprint))
	}
	none := answer(table + " | where row < 0 | summarize " + call + by)
	rows := 1
	if by != "" {
		rows = 0
	}
	if none.refused || len(none.tables[0].Rows) != rows {
		t.Errorf("%s over no rows: %s", q, none.text(false))
	}
	return true
}
