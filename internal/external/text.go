package external

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// lines reads each line that is not empty as the one value of a row.
func (f form) lines(text string, cols []*plan.Col) (*vector.Batch, error) {
	var rows [][]string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			rows = append(rows, []string{line})
		}
	}
	return f.typed(f.cut(rows), cols)
}

// cut leaves out the first or last record, as the properties ask.
func (f form) cut(rows [][]string) [][]string {
	if f.ignoreFirst && len(rows) > 0 {
		rows = rows[1:]
	}
	if f.ignoreLast && len(rows) > 0 {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// delimited reads values between separators.
func (f form) delimited(text string, sep rune, cols []*plan.Col) (*vector.Batch, error) {
	rows, err := Records(text, sep)
	if err != nil {
		return nil, err
	}
	return f.typed(f.cut(rows), cols)
}

// Records reads delimited text leniently: rows may differ in length, and a
// quote inside a bare value is part of it. Empty lines are no rows.
func Records(text string, sep rune) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = sep, -1, true
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				return nil, fmt.Errorf("line %d: %w", pe.Line, pe.Err)
			}
			return nil, err
		}
		rows = append(rows, row)
	}
}

// typed makes columns of rows of text. Missing values are null, as are those
// that cannot be read as the column's type.
func (f form) typed(rows [][]string, cols []*plan.Col) (*vector.Batch, error) {
	out := &vector.Batch{N: len(rows)}
	for i, c := range cols {
		at, err := f.ordinal(i, c.Name)
		if err != nil {
			return nil, err
		}
		b := vector.NewBuilder(types.String, len(rows))
		for _, row := range rows {
			text := ""
			if at >= 0 && at < len(row) {
				text = row[at]
			}
			b.Append(vector.Datum{T: types.String, V: text})
		}
		v, err := convert(b.Done(), c.Type)
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, v)
	}
	return out, nil
}
