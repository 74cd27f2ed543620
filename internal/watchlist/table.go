package watchlist

import (
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// table builds a table in memory, column by column.
type table struct {
	schema   types.Schema
	builders []*vector.Builder
}

func newTable(cols []types.Column) *table {
	t := &table{}
	for _, c := range cols {
		t.column(c.Name, c.Type)
	}
	return t
}

func (t *table) column(name string, typ types.Type) {
	t.schema = append(t.schema, types.Column{Name: name, Type: typ})
	t.builders = append(t.builders, vector.NewBuilder(typ, 0))
}

func (t *table) put(name string, v any) {
	i := t.schema.Index(name)
	t.builders[i].Append(vector.Datum{T: t.schema[i].Type, V: v})
}

func (t *table) text(name, v string) { t.put(name, v) }

func (t *table) done() scan.Table {
	b := &vector.Batch{}
	for _, bd := range t.builders {
		b.N = bd.Len()
		b.Cols = append(b.Cols, bd.Done())
	}
	return &scan.Memory{Cols: t.schema, Batches: []*vector.Batch{b}}
}
