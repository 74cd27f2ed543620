package external

import (
	"fmt"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// records reads JSON objects: one after the other with any white space
// between, or in arrays.
func (f form) records(text string, cols []*plan.Col) (*vector.Batch, error) {
	var rows []dynamic.Value
	for pos := 0; ; {
		for pos < len(text) && strings.IndexByte(" \t\r\n,\x1e", text[pos]) >= 0 {
			pos++
		}
		if pos == len(text) {
			break
		}
		end, err := dynamic.Skip(text, pos)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", 1+strings.Count(text[:min(max(end, pos), len(text))], "\n"), err)
		}
		v := dynamic.FromChecked(text[pos:end])
		pos = end
		if v.Kind() == dynamic.Array {
			rows = append(rows, v.Items()...)
			continue
		}
		rows = append(rows, v)
	}
	paths := make([][]string, len(cols))
	for i, c := range cols {
		p, ok, err := f.path(c.Name)
		if err != nil {
			return nil, err
		}
		if ok {
			paths[i] = p
		}
	}
	out := &vector.Batch{N: len(rows)}
	for i, c := range cols {
		b := vector.NewBuilder(types.Dynamic, len(rows))
		for _, row := range rows {
			v, known := row, paths[i] != nil
			for _, key := range paths[i] {
				v = v.Get(key)
			}
			if !known || v.IsNull() {
				b.AppendNull()
				continue
			}
			b.Append(vector.Datum{T: types.Dynamic, V: v})
		}
		v, err := convert(b.Done(), c.Type)
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, v)
	}
	return out, nil
}
