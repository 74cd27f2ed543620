package kqltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"goshawk/internal/dynamic"
	"goshawk/internal/exec"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Table is a small table written out: columns, and cells as text. A cell of a
// string column is the string itself; the others are as Cell writes them.
type Table struct {
	Name  string
	Names []string
	Types []string
	Rows  [][]string
}

// parseTable reads a header of name:type cells and rows, cells apart by bars.
func parseTable(lines []string) (*Table, error) {
	if len(lines) == 0 || strings.TrimSpace(lines[0]) == "" {
		return nil, fmt.Errorf("a table without a header")
	}
	t := &Table{}
	for _, cell := range cells(lines[0]) {
		i := strings.LastIndexByte(cell, ':')
		if i < 0 {
			return nil, fmt.Errorf("header cell %q has no type", cell)
		}
		name, typ := cell[:i], cell[i+1:]
		if k, ok := types.Parse(typ); !ok || k.String() != typ {
			return nil, fmt.Errorf("header cell %q has no type of the language", cell)
		}
		if strings.HasPrefix(name, `"`) {
			if err := json.Unmarshal([]byte(name), &name); err != nil {
				return nil, fmt.Errorf("header cell %s: %w", cell, err)
			}
		}
		t.Names, t.Types = append(t.Names, name), append(t.Types, typ)
	}
	for _, line := range lines[1:] {
		row := cells(line)
		if len(row) != len(t.Names) {
			return nil, fmt.Errorf("row %q has %d cells, not %d", line, len(row), len(t.Names))
		}
		for k, c := range row {
			if err := readCell(t.Types[k], &row[k]); err != nil {
				return nil, fmt.Errorf("cell %s: %w", c, err)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func readCell(typ string, c *string) error {
	switch {
	case *c == "":
		return fmt.Errorf(`it is empty: write "" or null`)
	case typ != "string":
		return nil
	case *c == "null":
		return fmt.Errorf(`a string has no null: write "" or "null"`)
	case strings.HasPrefix(*c, `"`):
		return json.Unmarshal([]byte(*c), c)
	}
	return nil
}

// cells cuts a line at the bars outside quotes.
func cells(line string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '|' && !quoted:
			out = append(out, strings.TrimSpace(line[start:i]))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(line[start:]))
}

// jsonString is s as a JSON string that people can read.
func jsonString(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// plain says whether a string can stand in a cell as it is.
func plain(s string) bool {
	if s == "" || s == "null" || strings.TrimSpace(s) != s || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '|' || r == '"' || r == 0x7f || r == 0xfeff })
}

// widest is the widest cell that others are padded to; one long text must not
// push all others off the screen.
const widest = 40

// Text is the table as the body of a fence.
func (t *Table) Text() string {
	grid := [][]string{make([]string, len(t.Names))}
	for k, n := range t.Names {
		if !plain(n) || strings.Contains(n, ":") {
			n = jsonString(n)
		}
		grid[0][k] = n + ":" + t.Types[k]
	}
	for _, row := range t.Rows {
		cs := append([]string(nil), row...)
		for k := range cs {
			if t.Types[k] == "string" && !plain(cs[k]) {
				cs[k] = jsonString(cs[k])
			}
		}
		grid = append(grid, cs)
	}
	width := make([]int, len(t.Names))
	for _, row := range grid {
		for k, c := range row {
			if n := utf8.RuneCountInString(c); n <= widest {
				width[k] = max(width[k], n)
			}
		}
	}
	var out []string
	for _, row := range grid {
		line := ""
		for k, c := range row {
			if k > 0 {
				line += " | "
			}
			line += c
			if k < len(row)-1 {
				line += strings.Repeat(" ", max(0, width[k]-utf8.RuneCountInString(c)))
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// Sorted is the same table with its rows in the order of their text.
func (t *Table) Sorted() *Table {
	out := *t
	out.Rows = append([][]string(nil), t.Rows...)
	sort.SliceStable(out.Rows, func(i, j int) bool {
		return strings.Join(out.Rows[i], "\x00") < strings.Join(out.Rows[j], "\x00")
	})
	return &out
}

// Datatable is the table as an expression of the language.
func (t *Table) Datatable() string {
	var b strings.Builder
	b.WriteString("datatable(")
	for k, n := range t.Names {
		if k > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "['%s']:%s", n, t.Types[k])
	}
	b.WriteString(")[")
	for i, row := range t.Rows {
		for k, c := range row {
			if i+k > 0 {
				b.WriteString(", ")
			}
			if t.Types[k] == "string" {
				b.WriteString(jsonString(c))
			} else {
				fmt.Fprintf(&b, "%s(%s)", t.Types[k], c)
			}
		}
	}
	b.WriteString("]")
	return b.String()
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
		return string(dynamic.AppendNearest(nil, x))
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
