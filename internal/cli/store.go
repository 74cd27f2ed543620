package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"goshawk/internal/store"
)

func (a *app) storeCmd() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Look at a store, check it, tidy it, export from it",
	}
	cmd.PersistentFlags().StringVar(&dir, "store", "", "folder of the store")
	sub := func(use, short, long string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
		c := &cobra.Command{Use: use, Short: short, Long: long, Args: args, RunE: func(c *cobra.Command, args []string) error {
			if dir == "" {
				return usagef("%s needs --store DIR", c.CommandPath())
			}
			return run(c.Context(), args)
		}}
		cmd.AddCommand(c)
		return c
	}
	var format string
	ls := sub("ls", "List the tables with their rows, size and times", "", cobra.NoArgs, func(_ context.Context, _ []string) error { return a.storeLs(dir, format) })
	ls.Flags().StringVar(&format, "format", "table", "table or json")
	sub("verify", "Read everything and name what is damaged",
		"Reads every byte of every part, compares checksums, and names each damaged file with what cannot be read.\n\nExit code: 0 whole, 1 damaged, 2 wrong flags.",
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.storeVerify(ctx, dir) })
	sub("compact", "Make as few parts of every day as can be, and drop what is past its retention", "", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return withWriter(dir, func(w *store.Writer) error {
			if _, err := w.Expire(time.Now()); err != nil {
				return err
			}
			return w.Compact(ctx)
		})
	})
	sub("drop TABLE", "Remove a table with all its rows", "", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return withWriter(dir, func(w *store.Writer) error { return w.Drop(args[0]) })
	})
	var days int
	keep := sub("keep TABLE --days N", "Set for how many days a table keeps its rows",
		"Days that end before the last N are dropped by the next ingest or compact. 0 keeps rows for ever.", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			if days < 0 {
				return usagef("--days %d is negative", days)
			}
			return withWriter(dir, func(w *store.Writer) error { return w.Keep(args[0], days) })
		})
	cmd.AddCommand(a.storeExportCmd(&dir))
	keep.Flags().IntVar(&days, "days", 0, "days that rows are kept")
	return cmd
}

func withWriter(dir string, do func(*store.Writer) error) error {
	s, err := store.Open(dir, store.Config{}) // must be there
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	w, err := store.Create(dir, store.Config{})
	if err != nil {
		return err
	}
	return errors.Join(do(w), w.Close())
}

func (a *app) storeLs(dir, format string) error {
	s, err := store.Open(dir, store.Config{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, d := range s.Damage() {
		fmt.Fprintln(a.err, "goshawk:", d)
	}
	switch format {
	case "json":
		type row struct {
			Table      string     `json:"table"`
			Rows       int64      `json:"rows"`
			Bytes      int64      `json:"bytes"`
			IndexBytes int64      `json:"index_bytes"`
			PartCount  int        `json:"parts"`
			DayCount   int        `json:"days"`
			First      *time.Time `json:"first,omitempty"`
			Last       *time.Time `json:"last,omitempty"`
			KeepDays   int        `json:"keep_days,omitempty"`
		}
		rows := []row{}
		for _, t := range s.Summary() {
			r := row{Table: t.Name, Rows: t.Rows, Bytes: t.Bytes, IndexBytes: t.Index, PartCount: t.Parts, DayCount: t.Days, KeepDays: t.KeepDays}
			if !t.First.IsZero() {
				r.First, r.Last = &t.First, &t.Last
			}
			rows = append(rows, r)
		}
		return encode(a.out, rows)
	case "table":
	default:
		return usagef("--format %q is not one of table, json", format)
	}
	tw := table.NewWriter()
	tw.SetOutputMirror(a.out)
	tw.SetStyle(table.StyleLight)
	tw.AppendHeader(table.Row{"table", "rows", "MB", "bytes/row", "index MB", "parts", "days", "first", "last", "keeps"})
	for _, t := range s.Summary() {
		first, last, keeps := "", "", "all"
		if !t.First.IsZero() {
			first, last = t.First.Format(time.RFC3339), t.Last.Format(time.RFC3339)
		}
		if t.KeepDays > 0 {
			keeps = counted(t.KeepDays, "day")
		}
		tw.AppendRow(table.Row{t.Name, t.Rows, fmt.Sprintf("%.1f", float64(t.Bytes)/1e6), fmt.Sprintf("%.0f", float64(t.Bytes-t.Index)/float64(max(t.Rows, 1))),
			fmt.Sprintf("%.1f", float64(t.Index)/1e6), t.Parts, t.Days, first, last, keeps})
	}
	tw.Render()
	return nil
}

func (a *app) storeVerify(ctx context.Context, dir string) error {
	s, err := store.Open(dir, store.Config{})
	if err != nil {
		return err
	}
	defer s.Close()
	rep, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	for _, d := range rep.Damage {
		fmt.Fprintln(a.out, d)
	}
	for _, f := range rep.Stray {
		fmt.Fprintf(a.out, "%s: no list names it; the next ingest or compact removes it\n", f)
	}
	fmt.Fprintf(a.out, "%s, %s, %s, %.1f MB: ", counted(rep.Tables, "table"), counted(rep.Parts, "part"), counted(rep.Rows, "row"), float64(rep.Bytes)/1e6)
	if len(rep.Damage) > 0 {
		fmt.Fprintf(a.out, "%s found\n", counted(len(rep.Damage), "damaged place"))
		return exitCode(exitError)
	}
	fmt.Fprintln(a.out, "whole")
	return nil
}
