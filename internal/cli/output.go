package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"goshawk/internal/engine"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// cell is a value as answers carry it (see engine.Result): numbers, booleans
// and null as JSON, datetime, timespan, guid and decimal as text.
func cell(v *vector.Vector, i int) any {
	d := v.Datum(i)
	if d.V == nil {
		return nil
	}
	switch d.T {
	case types.Datetime:
		return string(types.AppendDatetimeShort(nil, d.V.(int64)))
	case types.Timespan:
		return string(types.AppendTimespan(nil, d.V.(int64)))
	case types.Guid:
		return vector.GuidText(d.V.(vector.Guid))
	case types.Decimal:
		return vector.DecimalText(d.V.(vector.Decimal))
	case types.Real:
		f := d.V.(float64)
		switch {
		case math.IsNaN(f):
			return "NaN"
		case math.IsInf(f, 1):
			return "Infinity"
		case math.IsInf(f, -1):
			return "-Infinity"
		}
		return f
	case types.Dynamic:
		return json.RawMessage(v.Dyn(i).JSON())
	case types.String:
		return strings.ToValidUTF8(d.V.(string), "\uFFFD")
	}
	return d.V
}

// cellText is a value as people read it in a table, CSV or Markdown.
func cellText(v *vector.Vector, i int) string {
	switch c := cell(v, i).(type) {
	case nil:
		return ""
	case json.RawMessage:
		return v.Dyn(i).String()
	case float64:
		b, _ := json.Marshal(c)
		return string(b)
	default:
		return fmt.Sprint(c)
	}
}

// eachRow calls f for the rows of a result until limit (0: all).
func eachRow(r *engine.Result, limit int, f func(b *vector.Batch, i int) error) error {
	n := 0
	for _, b := range r.Batches {
		for i := 0; i < b.N; i++ {
			if limit > 0 && n >= limit {
				return nil
			}
			if err := f(b, i); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// jsonRows is the rows of a result as lists of cells.
func jsonRows(r *engine.Result) [][]any {
	rows := [][]any{}
	_ = eachRow(r, 0, func(b *vector.Batch, i int) error {
		row := make([]any, len(b.Cols))
		for k, c := range b.Cols {
			row[k] = cell(c, i)
		}
		rows = append(rows, row)
		return nil
	})
	return rows
}

// jsonColumn is a result column in JSON output.
type jsonColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func jsonColumns(s types.Schema) []jsonColumn {
	out := make([]jsonColumn, len(s))
	for i, c := range s {
		out[i] = jsonColumn{c.Name, c.Type.String()}
	}
	return out
}

// screen is a buffered terminal of some width.
type screen struct {
	*bufio.Writer
	width int
}

// buffered writes to standard output in large pieces.
func (a *app) buffered(write func(io.Writer) error) error {
	w := screen{Writer: bufio.NewWriterSize(a.out, 1<<16)}
	if f, ok := a.out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			w.width = width
		}
	}
	return errors.Join(write(w), w.Flush())
}

// terminalWidth is the width of the terminal that w leads to; 0 when it leads
// elsewhere.
func terminalWidth(w io.Writer) int {
	s, _ := w.(screen)
	return s.width
}

// encode writes v as one JSON line without HTML escapes.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeResult prints one result in a format. maxRows bounds the rows of the
// table format only, where a person reads.
func writeResult(w io.Writer, r *engine.Result, format string, maxRows int) error {
	switch format {
	case "json":
		cols, err := json.Marshal(jsonColumns(r.Schema))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, `{"columns":%s,"rows":`, cols); err != nil {
			return err
		}
		if err := writeRows(w, r); err != nil {
			return err
		}
		_, err = io.WriteString(w, "}\n")
		return err
	case "ndjson":
		return eachRow(r, 0, func(b *vector.Batch, i int) error { return writeObject(w, r.Schema, b, i) })
	case "csv":
		cw := csv.NewWriter(w)
		if err := cw.Write(r.Schema.Names()); err != nil {
			return err
		}
		err := eachRow(r, 0, func(b *vector.Batch, i int) error { return cw.Write(rowText(b, i)) })
		cw.Flush()
		if err != nil {
			return err
		}
		return cw.Error()
	case "markdown":
		return writeMarkdown(w, r)
	}
	writeTable(w, r, maxRows)
	return nil
}

// writeRows writes the rows as a JSON list of lists, row by row: a result may
// be larger as text than the memory that is left.
func writeRows(w io.Writer, r *engine.Result) error {
	if _, err := io.WriteString(w, "["); err != nil {
		return err
	}
	first := true
	var line bytes.Buffer
	err := eachRow(r, 0, func(b *vector.Batch, i int) error {
		line.Reset()
		if !first {
			line.WriteByte(',')
		}
		first = false
		row := make([]any, len(b.Cols))
		for k, c := range b.Cols {
			row[k] = cell(c, i)
		}
		if err := encode(&line, row); err != nil {
			return err
		}
		_, err := w.Write(bytes.TrimSuffix(line.Bytes(), []byte{'\n'}))
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]")
	return err
}

// writeObject writes a row as a JSON object with the columns in order.
func writeObject(w io.Writer, s types.Schema, b *vector.Batch, i int) error {
	var sb strings.Builder
	sb.WriteByte('{')
	for k, c := range s {
		if k > 0 {
			sb.WriteByte(',')
		}
		name, _ := json.Marshal(c.Name)
		sb.Write(name)
		sb.WriteByte(':')
		var v strings.Builder
		if err := encode(&v, cell(b.Cols[k], i)); err != nil {
			return err
		}
		sb.WriteString(strings.TrimSuffix(v.String(), "\n"))
	}
	sb.WriteString("}\n")
	_, err := io.WriteString(w, sb.String())
	return err
}

func rowText(b *vector.Batch, i int) []string {
	row := make([]string, len(b.Cols))
	for k, c := range b.Cols {
		row[k] = cellText(c, i)
	}
	return row
}

func writeMarkdown(w io.Writer, r *engine.Result) error {
	esc := strings.NewReplacer("|", "\\|", "\n", "<br>", "\r", "")
	line := func(cells []string) error {
		for i := range cells {
			cells[i] = esc.Replace(cells[i])
		}
		_, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		return err
	}
	if err := line(r.Schema.Names()); err != nil {
		return err
	}
	if err := line(strings.Split(strings.Repeat("--- ", len(r.Schema)), " ")[:len(r.Schema)]); err != nil {
		return err
	}
	return eachRow(r, 0, func(b *vector.Batch, i int) error { return line(rowText(b, i)) })
}

// maxCell bounds the width of a cell in the table format, where one long
// command line would push all other columns off the screen.
const maxCell = 48

func writeTable(w io.Writer, r *engine.Result, maxRows int) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	head := table.Row{}
	for _, c := range r.Schema {
		head = append(head, c.Name)
	}
	t.AppendHeader(head)
	_ = eachRow(r, maxRows, func(b *vector.Batch, i int) error {
		row := table.Row{}
		for _, s := range rowText(b, i) {
			row = append(row, shorten(clean(s)))
		}
		t.AppendRow(row)
		return nil
	})
	lines := t.Render()
	if width := terminalWidth(w); width > 0 && text.LongestLineLen(lines) > width {
		writeBlocks(w, r, maxRows, width)
	} else {
		fmt.Fprintln(w, lines)
	}
	if n := r.Rows(); maxRows > 0 && n > maxRows {
		fmt.Fprintf(w, "%s; --max-rows 0 shows all\n", more(n-maxRows, "row"))
	}
}

// writeBlocks prints each row as lines of column and value, for rows that are
// wider than the screen.
func writeBlocks(w io.Writer, r *engine.Result, maxRows, width int) {
	names := 0
	for _, c := range r.Schema {
		names = max(names, text.StringWidthWithoutEscSequences(c.Name))
	}
	n := 0
	_ = eachRow(r, maxRows, func(b *vector.Batch, i int) error {
		n++
		fmt.Fprintf(w, "─ row %d %s\n", n, strings.Repeat("─", max(0, min(width, 72)-8-len(fmt.Sprint(n)))))
		for k, s := range rowText(b, i) {
			room := max(20, width-names-2)
			fmt.Fprintf(w, "%s  %s\n", text.Pad(r.Schema[k].Name, names, ' '), text.Snip(clean(s), room, "…"))
		}
		return nil
	})
}

// clean takes out control characters, which logs may carry to play tricks on
// a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}
