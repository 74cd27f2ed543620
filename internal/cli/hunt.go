package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/hunt"
	"goshawk/internal/rule"
)

// huntFlags are the flags of hunt.
type huntFlags struct {
	data   dataFlags
	rules  []string
	format string
	out    string
	filter struct {
		severity, tactic, technique, tag, id, kind []string
	}
	maxRows  int
	lookback string
	about    bool // whether each hit says what its rule looks for
}

func (a *app) huntCmd() *cobra.Command {
	var f huntFlags
	cmd := &cobra.Command{
		Use:   "hunt --rules PATH... --logs [TABLE=]PATH...",
		Short: "Run rules over logs",
		Long: "Runs every rule found under --rules, unmodified, over the logs under --logs.\n\n" +
			"Exit code: 0 no rule hit, 3 at least one hit; 1, with hits or without, when a rule failed while running or a\n" +
			"log file could not be read to its end; 2 wrong flags. See `goshawk help exit-codes`.",
		Example: "  goshawk hunt --rules rules/starter --logs signins.ndjson --now 2026-03-01T00:00:00Z",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.hunt(c.Context(), f) },
	}
	fl := cmd.Flags()
	fl.StringArrayVar(&f.rules, "rules", nil, "rule file or folder (repeatable)")
	f.data.register(cmd)
	fl.StringVar(&f.format, "format", "table", "table, json, ndjson, csv or markdown")
	fl.StringVar(&f.out, "out", "", "folder for the rows: one file per rule that hit, as CSV unless --format says otherwise, and summary.json")
	fl.IntVar(&f.maxRows, "max-rows", 10, "rows shown per rule in the table format; 0 shows all")
	fl.StringVar(&f.lookback, "lookback", "7d", "how far back hunting rules look that name no time themselves (0 for all rows); --since overrides it")
	fl.StringSliceVar(&f.filter.severity, "severity", nil, "only these severities: Informational, Low, Medium, High")
	fl.StringSliceVar(&f.filter.tactic, "tactic", nil, "only these tactics, e.g. InitialAccess")
	fl.StringSliceVar(&f.filter.technique, "technique", nil, "only these techniques, with their sub-techniques, e.g. T1078")
	fl.StringSliceVar(&f.filter.tag, "tag", nil, "only these tags")
	fl.StringSliceVar(&f.filter.id, "id", nil, "only these ids, or parts of names")
	complete(cmd, "format", formats...)
	complete(cmd, "severity", "Informational", "Low", "Medium", "High")
	fl.StringSliceVar(&f.filter.kind, "kind", nil, "only these kinds: Scheduled, NRT, Hunting, Exploration, Query, Parser")
	complete(cmd, "kind", "Scheduled", "NRT", "Hunting", "Exploration", "Query", "Parser")
	return cmd
}

// complete offers the values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic("bug: " + err.Error())
	}
}

func (f *huntFlags) ruleFilter() rule.Filter {
	out := rule.Filter{ID: f.filter.id, Tactic: f.filter.tactic, Technique: f.filter.technique, Tag: f.filter.tag}
	for _, s := range f.filter.severity {
		out.Severity = append(out.Severity, rule.Severity(s))
	}
	for _, k := range f.filter.kind {
		out.Kind = append(out.Kind, rule.Kind(k))
	}
	return out
}

// span reads --lookback.
func (f *huntFlags) span(now time.Time) (time.Duration, error) {
	if f.data.since != "" || f.lookback == "" || f.lookback == "0" {
		return 0, nil
	}
	t, err := parseTime(f.lookback, now)
	if err != nil {
		return 0, usagef("--lookback: %v", err)
	}
	return now.Sub(t), nil
}

var formats = []string{"table", "json", "ndjson", "csv", "markdown"}

func checkFormat(f string) error {
	for _, k := range formats {
		if k == f {
			return nil
		}
	}
	return usagef("--format %q is not one of %s", f, strings.Join(formats, ", "))
}

func (a *app) hunt(ctx context.Context, f huntFlags) error {
	if len(f.rules) == 0 {
		return usagef("hunt needs --rules PATH (a rule file or a folder of rules)")
	}
	if len(f.data.logs) == 0 && f.data.store == "" {
		return usagef("hunt needs --logs PATH (a log file or a folder of logs), --logs TABLE=PATH, or --store DIR")
	}
	if err := checkFormat(f.format); err != nil {
		return err
	}
	filter := f.ruleFilter()
	if err := filter.Check(); err != nil {
		return usagef("%v", err)
	}
	start := time.Now()
	set := rule.LoadPaths(f.rules)
	rules := filter.Apply(set.Rules)
	switch n := len(set.Rules); {
	case n == 0 && set.Broken == 0:
		return fmt.Errorf("there are no rules under %s (Sentinel YAML, .kql, .txt or Markdown with KQL)", strings.Join(f.rules, ", "))
	case n > 0 && len(rules) == 0:
		return usagef("the filters leave none of the %s under %s", counted(n, "rule"), strings.Join(f.rules, ", "))
	}
	data, err := f.data.open()
	if err != nil {
		return err
	}
	lookback, err := f.span(data.options.Now)
	if err != nil {
		return err
	}
	rep, err := a.runHunt(ctx, set, data.withoutFunctions(rules), data, lookback)
	if err != nil {
		return err
	}
	rep.Elapsed = time.Since(start)
	if err := a.writeReport(rep, f); err != nil {
		return err
	}
	return rep.exit()
}

// withoutFunctions leaves out the functions among the files of rules, with a
// remark: they are not rules, but what rules call.
func (d *data) withoutFunctions(rules []*rule.Rule) []*rule.Rule {
	out := slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return r.Kind == rule.Parser })
	if n := len(rules) - len(out); n > 0 {
		d.remarks = append(d.remarks, counted(n, "file")+" under --rules hold functions and no rule; rules find them when given with --functions")
	}
	return out
}

// report is everything a hunt gave.
type report struct {
	Results []*hunt.Result
	Rules   *rule.Set
	Data    *data
	Elapsed time.Duration
}

// runHunt runs rules over data, with progress on a terminal.
func (a *app) runHunt(ctx context.Context, set *rule.Set, rules []*rule.Rule, d *data, lookback time.Duration) (*report, error) {
	bar := a.progress(d, len(rules))
	defer bar.close()
	results, err := hunt.Run(ctx, hunt.Config{
		Engine: d.engine, Rules: rules, HasData: d.hasData, Options: d.options, Parallel: 2, Preload: d.fits(), Lookback: lookback,
		Done: func(*hunt.Result) { bar.step() },
	})
	if err != nil {
		return nil, err
	}
	return &report{Results: results, Rules: set, Data: d}, nil
}

// exit is the exit code of a hunt.
func (r *report) exit() error {
	hits := false
	for _, x := range r.Results {
		switch x.Status {
		case hunt.Error:
			return exitCode(exitError)
		case hunt.Hit:
			hits = true
		}
	}
	switch {
	case r.Rules.Broken > 0 && len(r.Rules.Rules) == 0, !r.Data.reading().complete():
		return exitCode(exitError)
	case hits:
		return exitCode(exitHits)
	}
	return nil
}

// writeReport prints a hunt's results, and writes files when asked.
func (a *app) writeReport(r *report, f huntFlags) error {
	if f.out != "" {
		if err := writeFiles(r, f); err != nil {
			return err
		}
	}
	switch f.format {
	case "json":
		return a.buffered(r.writeJSON)
	case "ndjson", "csv":
		return a.writeHits(r, f)
	}
	return a.writeReadable(r, f)
}

// fileName makes a safe file name of a rule's id or title.
func fileName(r *rule.Rule, used map[string]int) string {
	base := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			return c
		}
		return '_'
	}, r.Ref())
	if len(base) > 100 {
		base = base[len(base)-100:]
	}
	used[base]++
	if n := used[base]; n > 1 {
		base = fmt.Sprintf("%s-%d", base, n)
	}
	return base
}

func writeFiles(r *report, f huntFlags) error {
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return fmt.Errorf("make the folder for results: %w", err)
	}
	ext := map[string]string{"table": "csv", "markdown": "md"}[f.format]
	format := f.format
	if f.format == "table" {
		format = "csv"
	}
	if ext == "" {
		ext = f.format
	}
	used := map[string]int{}
	out := r.json() // the rows stand in files of their own, which it names
	for i, x := range r.Results {
		if x.Status != hunt.Hit {
			continue
		}
		name := fileName(x.Rule, used) + "." + ext
		out.Rules[i].File = name
		if err := writeFile(filepath.Join(f.out, name), func(w io.Writer) error { return writeResult(w, x.Table, format, 0) }); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(f.out, "summary.json"), func(w io.Writer) error { return encode(w, out) })
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	w := bufio.NewWriterSize(file, 1<<16)
	if err := errors.Join(write(w), w.Flush()); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.Close()
}
