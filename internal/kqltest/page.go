// Package kqltest reads golden pages, Markdown that people read and tests run,
// and runs their queries. It decides nothing about the language: a page says
// what must come out.
package kqltest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Case is one query of a page with what it must give.
type Case struct {
	Line  int // of the query's fence
	Query string
	// Data are the tables of the page so far, in order.
	Data []Table
	// Want is the expected result, nil when an error is expected.
	Want    *Table
	Ordered bool
	// Error is the expected beginning of the message: "1:7: KQL2101: ...".
	Error string
}

// Table is a small table written out: columns, and cells as text.
type Table struct {
	Name  string
	Names []string
	Types []string
	Rows  [][]string
}

// Page is a golden page.
type Page struct {
	Title string
	Cases []Case
}

// ParsePage reads a page. Fences of other kinds are prose.
func ParsePage(text string) (*Page, error) {
	p := &Page{}
	var data []Table
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if p.Title == "" && strings.HasPrefix(line, "# ") {
			p.Title = strings.TrimSpace(line[2:])
		}
		if !strings.HasPrefix(line, "```") {
			continue
		}
		start := i + 1
		for i++; i < len(lines) && lines[i] != "```"; i++ {
		}
		if i == len(lines) {
			return nil, fmt.Errorf("line %d: the fence is not closed", start)
		}
		body := lines[start:i]
		info := strings.Fields(line[3:])
		if len(info) == 0 {
			continue
		}
		if err := p.fence(info, body, start, &data); err != nil {
			return nil, fmt.Errorf("line %d: %w", start, err)
		}
	}
	return p, nil
}

func (p *Page) fence(info, body []string, line int, data *[]Table) error {
	switch info[0] {
	case "kql":
		p.Cases = append(p.Cases, Case{Line: line, Query: strings.Join(body, "\n"), Data: append([]Table(nil), *data...)})
	case "data":
		if len(info) != 2 {
			return fmt.Errorf("a data fence needs a table name")
		}
		t, err := parseTable(body)
		if err != nil {
			return err
		}
		t.Name = info[1]
		*data = append(*data, *t)
	case "table", "error":
		if len(p.Cases) == 0 {
			return fmt.Errorf("a result without a query before it")
		}
		c := &p.Cases[len(p.Cases)-1]
		if c.Want != nil || c.Error != "" {
			return fmt.Errorf("a second result for one query")
		}
		if info[0] == "error" {
			c.Error = body[0]
			return nil
		}
		t, err := parseTable(body)
		if err != nil {
			return err
		}
		c.Want = t
		for _, w := range info[1:] {
			c.Ordered = c.Ordered || w == "ordered"
		}
	}
	return nil
}

// parseTable reads a header of name:type cells and rows, cells apart by bars.
func parseTable(lines []string) (*Table, error) {
	if len(lines) == 0 {
		return nil, fmt.Errorf("a table without a header")
	}
	t := &Table{}
	for _, cell := range cells(lines[0]) {
		name, typ, ok := strings.Cut(cell, ":")
		if !ok {
			return nil, fmt.Errorf("header cell %q has no type", cell)
		}
		t.Names, t.Types = append(t.Names, name), append(t.Types, typ)
	}
	for _, line := range lines[1:] {
		row := cells(line)
		if len(row) != len(t.Names) {
			return nil, fmt.Errorf("row %q has %d cells, not %d", line, len(row), len(t.Names))
		}
		for k, c := range row {
			if t.Types[k] == "string" && strings.HasPrefix(c, `"`) {
				if err := json.Unmarshal([]byte(c), &row[k]); err != nil {
					return nil, fmt.Errorf("cell %s: %w", c, err)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
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

// Let is the table as a let statement.
func (t *Table) Let() string {
	var b strings.Builder
	fmt.Fprintf(&b, "let %s = datatable(", t.Name)
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
				q, _ := json.Marshal(c)
				b.Write(q)
			} else {
				fmt.Fprintf(&b, "%s(%s)", t.Types[k], c)
			}
		}
	}
	b.WriteString("];\n")
	return b.String()
}
