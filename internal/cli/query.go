package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

type queryFlags struct {
	data    dataFlags
	file    string
	format  string
	explain bool
	batch   bool
	maxRows int
	repeat  int
}

func (a *app) queryCmd() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query [KQL | FILE.kql]",
		Short: "Run one query",
		Long: "Runs a query given as text, with --file or as the name of a .kql file, or on standard input.\n\n" +
			"Exit code: 0 done, 4 the query has errors or is refused; 1 the run failed, or a log file could not be read to its\n" +
			"end; 2 wrong flags.\n" +
			"--batch reads lines {\"id\",\"query\"} and writes a line {\"id\",\"columns\",\"rows\",\"error\"} for each.\n" +
			"A query with several results gives them one behind the other; --batch answers with the first and adds all as \"results\".",
		Example: "  goshawk query 'print strlen(\"hawk\")'\n  goshawk query --logs signins.ndjson 'SigninLogs | summarize count() by ResultType'",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return a.query(c.Context(), f, args) },
	}
	f.data.register(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&f.file, "file", "f", "", "file that holds the query")
	fl.StringVar(&f.format, "format", "table", "table, json, ndjson, csv or markdown")
	complete(cmd, "format", formats...)
	fl.BoolVar(&f.explain, "explain", false, "show the plan with measured rows and time per operator")
	fl.BoolVar(&f.batch, "batch", false, "speak the runner protocol on standard input and output")
	fl.IntVar(&f.repeat, "repeat", 0, "run the query so often and print a line time_ms for each run to standard error")
	fl.IntVar(&f.maxRows, "max-rows", 100, "rows shown in the table format; 0 shows all")
	return cmd
}

func (a *app) query(ctx context.Context, f queryFlags, args []string) error {
	if err := checkFormat(f.format); err != nil {
		return err
	}
	if f.batch {
		return a.queryBatch(ctx, f)
	}
	text, err := a.queryText(f.file, args)
	if err != nil {
		return err
	}
	d, err := f.data.open()
	if err != nil {
		return err
	}
	q, notes := d.engine.Bind(text, d.options)
	if err := notes.Err(); err != nil {
		return err
	}
	printDiagnostics(a.err, notes)
	if note := d.noData(q.Tables); note != "" {
		fmt.Fprintln(a.err, note)
	}
	bar := a.progress(d, 0)
	results, err := a.runQuery(ctx, d, text, q, f.repeat)
	bar.close()
	if err != nil {
		return err
	}
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		if len(results) > 1 && (f.format == "table" || f.format == "markdown") {
			fmt.Fprintf(a.out, "%s:\n\n", clean(r.Name))
		}
		if err := a.buffered(func(w io.Writer) error { return writeResult(w, r, f.format, f.maxRows) }); err != nil {
			return err
		}
		if f.explain {
			writeExplain(a.err, r)
		}
	}
	for _, n := range d.notes() {
		fmt.Fprintln(a.err, clean(n))
	}
	if note := d.old(d.reading()); note != "" && rowsOf(results) == 0 {
		fmt.Fprintln(a.err, note)
	}
	if !d.reading().complete() {
		return exitCode(exitError)
	}
	return nil
}

// runQuery runs a bound query, or, to measure, several times from the text to
// the result.
func (a *app) runQuery(ctx context.Context, d *data, text *source.Text, q *plan.Query, repeat int) (results []*engine.Result, err error) {
	if repeat <= 0 {
		return engine.Run(ctx, q, d.options)
	}
	for range repeat {
		results = nil
		start := time.Now()
		if results, _, err = d.engine.Query(ctx, text, d.options); err != nil {
			return nil, err
		}
		fmt.Fprintf(a.err, "time_ms: %.3f\n", millis(time.Since(start)))
	}
	return results, nil
}

func rowsOf(results []*engine.Result) (n int) {
	for _, r := range results {
		n += r.Rows()
	}
	return n
}

func writeExplain(w io.Writer, r *engine.Result) {
	fmt.Fprintln(w, "plan: rows that an operator gave, and time spent in it and its inputs")
	for _, op := range r.Ops {
		fmt.Fprintf(w, "%s%s  rows %d, %.2f ms\n", strings.Repeat("  ", op.Depth+1), op.Name, op.Rows, millis(op.Duration))
	}
}

// queryText is the query from an argument, a file or standard input.
func (a *app) queryText(file string, args []string) (*source.Text, error) {
	switch {
	case file != "" && len(args) > 0:
		return nil, usagef("give the query as text or with --file, not both")
	case file != "":
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the query: %w", err)
		}
		return source.New(file, string(raw)), nil
	case len(args) == 1 && strings.HasSuffix(args[0], ".kql") && !strings.ContainsAny(args[0], "\n|"):
		return a.queryText(args[0], nil)
	case len(args) == 1 && args[0] != "-":
		return source.New("query", args[0]), nil
	}
	raw, err := io.ReadAll(io.LimitReader(a.in, 16<<20))
	if err != nil {
		return nil, fmt.Errorf("read the query from standard input: %w", err)
	}
	if strings.TrimSpace(string(raw)) == "" {
		return nil, usagef("query needs KQL: as text, with --file, or on standard input")
	}
	return source.New("query", string(raw)), nil
}

// request is a line of the batch protocols.
type request struct {
	ID    any    `json:"id"`
	Query string `json:"query"`
}

// eachRequest reads request lines and writes the answer to each, flushed.
func (a *app) eachRequest(answer func(request) any) error {
	in := bufio.NewReaderSize(a.in, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var r request
			var out any
			if jerr := json.Unmarshal(line, &r); jerr != nil {
				out = map[string]any{"id": nil, "error": "the line is no JSON object with id and query: " + jerr.Error()}
			} else {
				out = answer(r)
			}
			if werr := encode(a.out, out); werr != nil {
				return werr
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read requests: %w", err)
		}
	}
}

func (a *app) queryBatch(ctx context.Context, f queryFlags) error {
	d, err := f.data.open()
	if err != nil {
		return err
	}
	return a.eachRequest(func(r request) any {
		results, _, err := d.engine.Query(ctx, source.New("query", r.Query), d.options)
		if err != nil {
			return map[string]any{"id": r.ID, "columns": []jsonColumn{}, "rows": [][]any{}, "error": err.Error()}
		}
		if len(results) == 0 {
			return map[string]any{"id": r.ID, "columns": []jsonColumn{}, "rows": [][]any{}, "error": nil}
		}
		// The first result answers, as with Kusto's own clients; all of them
		// are there when there are several.
		out := map[string]any{"id": r.ID, "columns": jsonColumns(results[0].Schema), "rows": jsonRows(results[0]), "error": nil}
		if len(results) > 1 {
			var all []map[string]any
			for _, t := range results {
				all = append(all, map[string]any{"name": t.Name, "columns": jsonColumns(t.Schema), "rows": jsonRows(t)})
			}
			out["results"] = all
		}
		return out
	})
}
