package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/scan"
	"goshawk/internal/store"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

type exportFlags struct {
	format, out  string
	since, until string
}

func (a *app) storeExportCmd(dir *string) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export TABLE --out FILE",
		Short: "Write a table as Parquet, NDJSON or CSV",
		Long: "Writes the rows of a table, in the order of time, to a file or, with --out -, to standard output.\n" +
			"Parquet keeps the types: datetimes as timestamps in nanoseconds, dynamic columns as JSON; timespans and\n" +
			"decimals become text.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.storeExport(c.Context(), *dir, args[0], f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.format, "format", "", "parquet, ndjson or csv; without it the ending of --out tells")
	fl.StringVar(&f.out, "out", "", "file to write, - for standard output")
	fl.StringVar(&f.since, "since", "", "leave out rows before this time (TimeGenerated)")
	fl.StringVar(&f.until, "until", "", "leave out rows from this time on")
	return cmd
}

// rowWriter writes batches of rows to a file format.
type rowWriter interface {
	Write(b *vector.Batch) error
	Close() error
}

func (a *app) storeExport(ctx context.Context, dir, name string, f exportFlags) error {
	switch {
	case dir == "":
		return usagef("export needs --store DIR")
	case f.out == "":
		return usagef("export needs --out FILE, or --out - for standard output")
	case f.format == "":
		f.format = map[string]string{".parquet": "parquet", ".ndjson": "ndjson", ".json": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}[filepath.Ext(f.out)]
	}
	if f.format != "parquet" && f.format != "ndjson" && f.format != "csv" {
		return usagef("export needs --format parquet, ndjson or csv")
	}
	var w dataFlags
	w.since, w.until = f.since, f.until
	window, err := w.window(time.Now())
	if err != nil {
		return err
	}
	s, err := store.Open(dir, store.Config{})
	if err != nil {
		return err
	}
	defer s.Close()
	t, ok := s.Table(name)
	if !ok {
		return fmt.Errorf("the store %s has no table %q", dir, name)
	}
	if f.out == "-" {
		return a.buffered(func(w io.Writer) error { return export(ctx, w, t, f.format, window.Since, window.Until) })
	}
	return writeFile(f.out, func(w io.Writer) error { return export(ctx, w, t, f.format, window.Since, window.Until) })
}

// export writes the rows of t from since to until (not included, 0 for open).
func export(ctx context.Context, w io.Writer, t scan.Table, format string, since, until int64) error {
	schema := t.Schema()
	var out rowWriter
	switch format {
	case "parquet":
		out = newParquet(w, schema)
	case "csv":
		out = &csvRows{w: csv.NewWriter(w), schema: schema}
	default:
		out = &objectRows{w, schema}
	}
	req := scan.Request{}
	for _, c := range schema {
		req.Columns = append(req.Columns, scan.Column{Name: c.Name, Type: c.Type})
	}
	at := schema.Index("TimeGenerated")
	if at < 0 && (since != 0 || until != 0) {
		return usagef("the table has no TimeGenerated, which --since and --until go by")
	}
	bound := func(op string, x int64) {
		if x != 0 {
			req.Conds = append(req.Conds, scan.Cond{Column: req.Columns[at], Op: op, Values: []vector.Datum{{T: types.Datetime, V: x}}})
		}
	}
	bound("GreaterThanOrEqual", since)
	bound("LessThan", until)
	parts, err := t.Open(ctx, req)
	if err != nil {
		return err
	}
	for _, p := range parts {
		defer p.Close()
		for {
			b, err := p.Next(ctx)
			if err != nil {
				return err
			}
			if b == nil {
				break
			}
			if since != 0 || until != 0 {
				var rows []int32
				for i := range b.N {
					if v := b.Cols[at]; !v.IsNull(i) && v.Int(i) >= since && (until == 0 || v.Int(i) < until) {
						rows = append(rows, int32(i))
					}
				}
				b = b.Gather(rows)
			}
			if err := out.Write(b); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// objectRows writes a JSON object a line.
type objectRows struct {
	w      io.Writer
	schema types.Schema
}

func (o *objectRows) Write(b *vector.Batch) error {
	for i := range b.N {
		if err := writeObject(o.w, o.schema, b, i); err != nil {
			return err
		}
	}
	return nil
}

func (o *objectRows) Close() error { return nil }

// csvRows writes CSV with a head.
type csvRows struct {
	w      *csv.Writer
	schema types.Schema
	begun  bool
}

func (c *csvRows) head() error {
	if c.begun {
		return nil
	}
	c.begun = true
	return c.w.Write(c.schema.Names())
}

func (c *csvRows) Write(b *vector.Batch) error {
	if err := c.head(); err != nil {
		return err
	}
	for i := range b.N {
		if err := c.w.Write(rowText(b, i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvRows) Close() error {
	if err := c.head(); err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}
