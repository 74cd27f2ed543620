package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/ingest"
	"goshawk/internal/store"
)

type ingestFlags struct {
	store   string
	table   string
	logs    []string
	memory  string
	threads int
	quiet   bool
}

func (a *app) ingestCmd() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "ingest --store DIR [--table NAME] --logs [TABLE=]PATH...",
		Short: "Take logs into a store, where queries are faster than on files",
		Long: "Reads log files and keeps their rows in the store at DIR, which is made if it is not there.\n" +
			"Files that the store has already, wholly or up to where they ended then, are known by their content\n" +
			"and not taken in twice. When the command is done, all rows are synced to the disk; when it is broken\n" +
			"off, the next one goes on where the last step ended.\n\n" +
			"Exit code: 0 done, 1 a file could not be read to its end or the store not written, 2 wrong flags.",
		Example: "  goshawk ingest --store /var/lib/goshawk --logs /var/log/signins\n  goshawk ingest --store s --table SigninLogs signins.ndjson",
		Args:    cobra.ArbitraryArgs,
		RunE:    func(c *cobra.Command, args []string) error { return a.ingest(c.Context(), f, args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.store, "store", "", "folder of the store")
	fl.StringVar(&f.table, "table", "", "table that the files given as arguments belong to; without it their content tells")
	fl.StringArrayVar(&f.logs, "logs", nil, "log file or folder, recognised by shape, or TABLE=PATH (repeatable)")
	fl.StringVar(&f.memory, "memory", "256MB", "rows that are gathered before they are written, by the memory they take")
	fl.IntVar(&f.threads, "threads", 0, "goroutines that read and encode (0: all cores)")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
	return cmd
}

func (a *app) ingest(ctx context.Context, f ingestFlags, args []string) error {
	if f.store == "" {
		return usagef("ingest needs --store DIR")
	}
	if len(args) == 0 && len(f.logs) == 0 {
		return usagef("ingest needs --logs PATH (a log file or a folder of logs)")
	}
	mem, err := parseBytes(f.memory)
	if err != nil {
		return usagef("--memory: %v", err)
	}
	var specs []ingest.Spec
	d := &data{}
	for _, l := range f.logs {
		specs = append(specs, logSpec(l))
	}
	for _, path := range args {
		specs = append(specs, ingest.Spec{Table: f.table, Path: path})
	}
	for _, s := range specs {
		d.paths = append(d.paths, s.Path)
	}
	if d.workspace, err = ingest.Open(specs, ingest.Options{Threads: f.threads}); err != nil {
		return err
	}
	start := time.Now()
	w, err := store.Create(f.store, store.Config{Threads: f.threads, Flush: mem})
	if err != nil {
		return err
	}
	bar := a.progress(d, 0)
	sum, err := load(ctx, w, d.workspace)
	bar.close()
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if !f.quiet {
		took := time.Since(start).Seconds()
		fmt.Fprintf(a.err, "%s taken in from %s, %.1f MB in %.2f s (%.0f MB/s)", counted(sum.Rows, "row"), counted(len(d.workspace.Feeds()), "file"),
			float64(sum.Bytes-sum.Known)/1e6, took, float64(sum.Bytes-sum.Known)/1e6/took)
		if sum.Known > 0 {
			fmt.Fprintf(a.err, "; %.1f MB were in the store already", float64(sum.Known)/1e6)
		}
		fmt.Fprintln(a.err)
	}
	for _, n := range d.notes() {
		fmt.Fprintln(a.err, clean(n))
	}
	if !d.reading().complete() {
		return exitCode(exitError)
	}
	return nil
}

// load takes all files of a workspace in and commits.
func load(ctx context.Context, w *store.Writer, files *ingest.Workspace) (sum store.Loaded, err error) {
	for _, f := range files.Feeds() {
		got, err := w.Load(ctx, f, nil)
		sum.Rows, sum.Bytes, sum.Known = sum.Rows+got.Rows, sum.Bytes+got.Bytes, sum.Known+got.Known
		if err != nil {
			return sum, err
		}
	}
	if err := w.Commit(); err != nil {
		return sum, err
	}
	if _, err := w.Expire(time.Now()); err != nil {
		return sum, err
	}
	return sum, w.Settle(ctx)
}
