// Package scan says what a readable table must offer to the engine: columns,
// and a parallel, pruned read. It does not know files, stores or formats;
// ingest and store offer tables, exec reads them.
package scan

import (
	"context"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Table is something that rows can be read from.
type Table interface {
	// Schema is the columns in order.
	Schema() types.Schema
	// Open starts a read. It returns Parts in row order; different parts may
	// be read at the same time by different goroutines.
	Open(ctx context.Context, req Request) ([]Part, error)
}

// Request is what a read needs. A table delivers exactly the asked columns;
// it may use Conds to leave out rows, but need not: the engine filters again.
type Request struct {
	Columns []Column
	Conds   []Cond
	// Limit is how many rows will be looked at most; 0 means all.
	Limit int
}

// Column is one wanted column: a column of the schema, or, with a Path, the
// value at that path inside a dynamic column (then it is a dynamic vector).
type Column struct {
	Name string
	Path []string
	Type types.Type
}

// Cond is a condition on one column that every wanted row meets. Op is the
// operator's catalogue name: Equal, EqualTilde, In, InCs, Has, Contains,
// StartsWith, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual ...;
// it is empty when the condition is not that simple.
type Cond struct {
	Column Column
	Op     string
	Values []vector.Datum
	// Test, if set, computes the whole condition for entries of the column: a
	// bool vector as long as v. Null is not true. It may be called by several
	// goroutines, and once for each entry of a dictionary.
	Test func(ctx context.Context, v *vector.Vector) (*vector.Vector, error)
}

// Part is a run of rows. Next gives batches in row order until it returns nil;
// a batch stays valid for good. Close may be called twice.
type Part interface {
	Next(ctx context.Context) (*vector.Batch, error)
	Close() error
}

// ExactPart is a part that may leave out exactly the rows that do not meet
// the conditions with a Test, so that nobody need test them again.
type ExactPart interface {
	Part
	Exact() bool
}

// Stats counts what a read touched; tables add to it while they are read.
type Stats interface {
	// Count adds rows delivered, bytes read from files, and lines or records
	// that could not be read.
	Count(rows, bytes, bad int64)
}

// Memory is a table of batches that are held already.
type Memory struct {
	Cols    types.Schema
	Batches []*vector.Batch
}

// Schema is the columns in order.
func (m *Memory) Schema() types.Schema { return m.Cols }

// Open starts a read with one part per batch.
func (m *Memory) Open(_ context.Context, req Request) ([]Part, error) {
	var parts []Part
	rows := 0
	for _, b := range m.Batches {
		parts = append(parts, &memoryPart{table: m, batch: b, cols: req.Columns})
		if rows += b.N; req.Limit > 0 && rows >= req.Limit {
			break
		}
	}
	return parts, nil
}

type memoryPart struct {
	table *Memory
	batch *vector.Batch
	cols  []Column
}

// Next gives the batch once.
func (p *memoryPart) Next(context.Context) (*vector.Batch, error) {
	if p.batch == nil {
		return nil, nil
	}
	out := &vector.Batch{N: p.batch.N}
	for _, c := range p.cols {
		i := p.table.Cols.Index(c.Name)
		if i < 0 {
			out.Cols = append(out.Cols, vector.Nulls(c.Type, p.batch.N))
			continue
		}
		v := p.batch.Cols[i]
		for _, key := range c.Path {
			v = v.Path(key)
		}
		out.Cols = append(out.Cols, v)
	}
	p.batch = nil
	return out, nil
}

// Close ends the read.
func (p *memoryPart) Close() error {
	p.batch = nil
	return nil
}
