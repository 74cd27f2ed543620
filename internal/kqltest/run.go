package kqltest

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"goshawk/internal/bind"
	"goshawk/internal/dynamic"
	"goshawk/internal/exec"
	"goshawk/internal/fn"
	"goshawk/internal/parser"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// now is the clock of golden pages: 2024-01-01.
var now = types.FromUnix(1704067200, 0)

// noTables is the catalogue of a page: its tables come with the query.
type noTables struct{}

func (noTables) Table(string) (scan.Table, types.Schema, bool) { return nil, nil, false }
func (noTables) TableNames() []string                          { return nil }
func (noTables) Function(string) (*bind.Function, bool)        { return nil, false }
func (noTables) FunctionNames() []string                       { return nil }

// Run runs a case in batches of size rows and says how the result differs
// from what the page says; nil when it does not.
func Run(c Case, size int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("line %d: %s\npanic: %v", c.Line, c.Query, r)
		}
	}()
	got, failure := compute(c, size)
	switch {
	case c.Error != "" && failure == "":
		return fmt.Errorf("line %d: %s\ngave a result, want the error %s", c.Line, c.Query, c.Error)
	case c.Error != "":
		if !strings.HasPrefix(failure, c.Error) {
			return fmt.Errorf("line %d: %s\ngot  %s\nwant %s", c.Line, c.Query, failure, c.Error)
		}
		return nil
	case failure != "":
		return fmt.Errorf("line %d: %s\n%s", c.Line, c.Query, failure)
	}
	if c.Want == nil {
		return nil
	}
	if g, w := lines(got, c.Ordered), lines(c.Want, c.Ordered); g != w {
		return fmt.Errorf("line %d: %s\ngot\n%s\nwant\n%s", c.Line, c.Query, g, w)
	}
	return nil
}

// compute gives the first result, or the first error as place and message.
func compute(c Case, size int) (*Table, string) {
	prefix := ""
	for _, t := range c.Data {
		prefix += t.Let()
	}
	text := source.New("", prefix+c.Query)
	q, ds := parser.Parse(text)
	if !ds.HasErrors() {
		p, more := bind.Query(q, text, bind.Options{Schema: noTables{}, Now: now})
		if ds = append(ds, more...); !ds.HasErrors() {
			out, err := exec.Run(context.Background(), p, exec.Config{Env: &fn.Env{Now: now, Seed: 1}, Threads: 1, Memory: exec.NewBudget(1 << 28), BatchSize: size})
			if err != nil {
				return nil, err.Error()
			}
			if len(out) == 0 {
				return nil, "no result"
			}
			return tableOf(out[0]), ""
		}
	}
	for _, d := range ds.Sort() {
		if d.Severity == source.Error {
			at := text.Position(d.Span.Start)
			return nil, fmt.Sprintf("%d:%d: %s: %s", at.Line-strings.Count(prefix, "\n"), at.Col, d.Code, d.Message)
		}
	}
	return nil, "an error without a diagnostic"
}

func tableOf(r *exec.Result) *Table {
	t := &Table{}
	for _, c := range r.Schema {
		t.Names, t.Types = append(t.Names, c.Name), append(t.Types, c.Type.String())
	}
	r.Each(func(b *vector.Batch, row int) bool {
		var cs []string
		for _, c := range b.Cols {
			cs = append(cs, Cell(c.Datum(row)))
		}
		t.Rows = append(t.Rows, cs)
		return true
	})
	return t
}

// Cell is a value as golden pages write it; a string stands for itself.
func Cell(d vector.Datum) string {
	if d.Null() {
		return "null"
	}
	switch x := d.V.(type) {
	case float64:
		return string(dynamic.AppendReal(nil, x, false))
	case vector.Guid:
		return vector.GuidText(x)
	case vector.Decimal:
		return vector.DecimalText(x)
	case dynamic.Value:
		return x.JSON()
	case int64:
		switch d.T {
		case types.Datetime:
			return string(types.AppendDatetimeShort(nil, x))
		case types.Timespan:
			return string(types.AppendTimespan(nil, x))
		}
	}
	return fmt.Sprint(d.V)
}

func lines(t *Table, ordered bool) string {
	head := make([]string, len(t.Names))
	for k, n := range t.Names {
		head[k] = n + ":" + t.Types[k]
	}
	rows := make([]string, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = strings.Join(r, " | ")
	}
	if !ordered {
		sort.Strings(rows)
	}
	return strings.Join(head, " | ") + "\n" + strings.Join(rows, "\n")
}
