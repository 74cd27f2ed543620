package kqltest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"goshawk/internal/bind"
	"goshawk/internal/parser"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// Generator writes random queries over a catalogue of tables: pipes of most
// operators with calls of all documented functions. Equal seeds give equal
// queries. It asks the binder which columns there are after each operator, so
// that most of what it writes is right; now and then an argument, a name or an
// operator is wrong on purpose.
type Generator struct {
	// Catalog holds the tables.
	Catalog bind.Catalog
	// Wrong is how many arguments in a thousand have another type than they
	// should.
	Wrong int
	// Plain leaves out what only an analyzer can answer: functions without a
	// kernel, operators that cannot run, chance and time.
	Plain bool

	rng   *rand.Rand
	names int
	// done counts what has been written, for the report of what was reached.
	done map[string]int
}

// NewGenerator makes a generator of the queries of a seed.
func NewGenerator(c bind.Catalog, seed uint64) *Generator {
	return &Generator{Catalog: c, Wrong: 15, rng: rand.New(rand.NewPCG(seed, 1)), done: map[string]int{}}
}

// Reached is how often each function ("f:strlen"), aggregate ("a:sum") and
// operator ("o:where") has been written.
func (g *Generator) Reached() map[string]int { return g.done }

func (g *Generator) n(n int) int         { return g.rng.IntN(n) }
func (g *Generator) chance(in int) bool  { return g.rng.IntN(in) == 0 }
func (g *Generator) note(what string)    { g.done[what]++ }
func (g *Generator) wrong() bool         { return g.rng.IntN(1000) < g.Wrong }
func pick[T any](g *Generator, of []T) T { return of[g.rng.IntN(len(of))] }

// fresh is a new name.
func (g *Generator) fresh() string {
	g.names++
	return "v" + strconv.Itoa(g.names)
}

// Query writes a query of at most steps operators.
func (g *Generator) Query(steps int) string {
	g.names = 0
	prefix, lets := "", []types.Column(nil)
	if g.chance(4) {
		c := types.Column{Name: g.fresh(), Type: pick(g, scalarTypes)}
		prefix, lets = "let "+c.Name+" = "+g.literal(c.Type)+"; ", append(lets, c)
	}
	from := g.source(lets)
	if g.chance(8) {
		name := g.fresh()
		if g.chance(2) {
			from = "materialize(" + from + ")"
		}
		prefix += "let " + name + " = " + from + "; "
		from = name
	}
	text := prefix + from
	cols, ok := g.columns(text)
	for i := g.n(steps) + 1; i > 0 && ok && len(cols) > 0; i-- {
		r := &row{cols: cols, lets: lets}
		op := g.operator(r)
		if op == "" {
			continue
		}
		text += " | " + op
		cols, ok = g.columns(text)
	}
	return text
}

// columns are those of the result of a query; ok is false when it has none,
// has an error, or may have more columns than are known.
func (g *Generator) columns(query string) ([]types.Column, bool) {
	text := source.New("generated", query)
	q, diags := parser.Parse(text)
	if diags.HasErrors() {
		return nil, false
	}
	results, diags := bind.Check(q, text, bind.Options{Schema: g.Catalog, Now: now})
	if diags.HasErrors() || len(results) != 1 {
		return nil, false
	}
	var out []types.Column
	for _, c := range results[0].Rel.Cols() {
		out = append(out, types.Column{Name: c.Name, Type: c.Type})
	}
	return out, len(out) < 400
}

// source writes what a pipe begins with.
func (g *Generator) source(lets []types.Column) string {
	switch g.n(12) {
	case 0:
		g.note("o:print")
		items := make([]string, 1+g.n(3))
		for i := range items {
			items[i] = g.fresh() + " = " + g.expr(&row{lets: lets}, pick(g, anyTypes), 2)
		}
		return "print " + strings.Join(items, ", ")
	case 1:
		g.note("o:range")
		switch g.n(3) {
		case 0:
			return "range " + g.fresh() + " from 1 to " + strconv.Itoa(g.n(20)) + " step 1"
		case 1:
			return "range " + g.fresh() + " from datetime(2024-01-01) to datetime(2024-01-03) step 6h"
		}
		return "range " + g.fresh() + " from 0.0 to 1.0 step 0.25"
	case 2, 3, 4:
		return g.datatable()
	case 5:
		g.note("o:union")
		return "union " + g.table() + ", (" + g.datatable() + ")"
	}
	return g.table()
}

func (g *Generator) table() string { return pick(g, g.Catalog.TableNames()) }

func (g *Generator) datatable() string {
	g.note("o:datatable")
	cols, rows := make([]string, 2+g.n(6)), 1+g.n(3)
	kinds := make([]types.Type, len(cols))
	for i := range cols {
		kinds[i] = pick(g, anyTypes)
		cols[i] = g.fresh() + ":" + kinds[i].String()
	}
	var cells []string
	for range rows {
		for _, t := range kinds {
			cells = append(cells, g.cell(t))
		}
	}
	return "datatable(" + strings.Join(cols, ", ") + ")[" + strings.Join(cells, ", ") + "]"
}

// cell is a literal of a datatable, now and then null.
func (g *Generator) cell(t types.Type) string {
	if t != types.String && g.chance(6) {
		return t.String() + "(null)"
	}
	if t == types.Dynamic {
		return pick(g, []string{"dynamic([1,2,3])", `dynamic({"a":1,"b":[2]})`, `dynamic("x")`, "dynamic(null)"})
	}
	return g.literal(t)
}

// row is what an expression can see.
type row struct {
	cols, lets []types.Column
	// inAggregate keeps aggregates out of aggregates.
	inAggregate bool
}

// of are the columns and values of a type.
func (r *row) of(t types.Type) []string {
	var out []string
	for _, c := range r.cols {
		if c.Type == t {
			out = append(out, quoted(c.Name))
		}
	}
	for _, c := range r.lets {
		if c.Type == t {
			out = append(out, c.Name)
		}
	}
	return out
}

// quoted is a column's name as a reference.
func quoted(name string) string {
	if name == "" {
		return "['']"
	}
	for i, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return "['" + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), "'", `\'`) + "']"
		}
	}
	if strings.ToLower(name) == name && (name[0] != 'v' || len(name) < 2 || name[1] > '9') {
		return "['" + name + "']" // it may be a keyword
	}
	return name
}

// column is some column of the row.
func (g *Generator) column(r *row) types.Column { return pick(g, r.cols) }

// name is some column's name, now and then one that nothing has.
func (g *Generator) name(r *row) string {
	if g.wrong() {
		return "Missing" + strconv.Itoa(g.n(9))
	}
	return quoted(g.column(r).Name)
}

// ordered is a column that can be sorted and grouped by.
func (g *Generator) ordered(r *row) string {
	for range 20 {
		if c := g.column(r); c.Type != types.Dynamic && c.Type != types.Unknown {
			return quoted(c.Name)
		}
	}
	return g.name(r)
}

// list joins what f writes, lo to hi times.
func (g *Generator) list(lo, hi int, f func() string) string {
	items := make([]string, lo+g.n(hi-lo+1))
	for i := range items {
		items[i] = f()
	}
	return strings.Join(items, ", ")
}

// sub is a small pipe over the input of an operator, without its table.
func (g *Generator) sub(r *row) string {
	switch g.n(4) {
	case 0:
		return "where " + g.expr(r, types.Bool, 2)
	case 1:
		return "extend " + g.fresh() + " = " + g.expr(r, pick(g, anyTypes), 2)
	case 2:
		return "summarize " + g.fresh() + " = " + g.single(r)
	}
	return "take " + strconv.Itoa(1+g.n(5))
}

// other is a second table with a column that the row has too.
func (g *Generator) other(r *row) (text, key string) {
	c := g.column(r)
	for range 20 {
		if c.Type != types.Dynamic && c.Type != types.Unknown {
			break
		}
		c = g.column(r)
	}
	t := c.Type
	if t == types.Unknown || g.wrong() {
		t = pick(g, scalarTypes)
	}
	extra := pick(g, anyTypes)
	return fmt.Sprintf("(datatable(%s:%s, %s:%s)[%s, %s])", quoted(c.Name), t, g.fresh(), extra, g.cell(t), g.cell(extra)), quoted(c.Name)
}
