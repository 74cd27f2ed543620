package ingest

import (
	"context"

	"goshawk/internal/scan"
	"goshawk/internal/types"
)

// table is the rows of one table in all files that have some.
type table struct {
	name   string
	schema types.Schema
}

// Schema is the documented columns, then what the files have beyond them.
func (t *table) Schema() types.Schema { return t.schema }

// Open starts a read of all files in order.
func (t *table) Open(_ context.Context, req scan.Request) ([]scan.Part, error) { return nil, nil }

func (t *table) finish() {}

func (w *Workspace) add(s Spec, path string, opts Options) {
	w.skip(path, "its content is of no known kind")
}
