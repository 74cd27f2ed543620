package store

import (
	"bytes"
	"context"

	"goshawk/internal/scan"
	"goshawk/internal/segment"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Flushed is rows as a table that reads them from a part in memory: what a
// store makes of them, in the order given.
func Flushed(schema types.Schema, rows *vector.Batch) (scan.Table, error) {
	t := &flushed{schema: schema}
	if rows.N == 0 {
		return t, nil
	}
	b := segment.NewBuilder(schema)
	if err := b.Add(rows, nil); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if _, err := b.Write(&buf, segment.Options{}); err != nil {
		return nil, err
	}
	r, err := segment.Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), "in memory", nil)
	t.reader = r
	return t, err
}

type flushed struct {
	schema types.Schema
	reader *segment.Reader // nil without rows
}

// Schema is the columns.
func (t *flushed) Schema() types.Schema { return t.schema }

// Open starts a read.
func (t *flushed) Open(_ context.Context, req scan.Request) ([]scan.Part, error) {
	if t.reader == nil {
		return nil, nil
	}
	return scansOf(t.reader, req, func(int, int64) {}), nil
}
