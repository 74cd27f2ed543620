package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/rule"
	"goshawk/internal/source"
	"goshawk/internal/stored"
	"goshawk/internal/types"
)

func (a *app) checkCmd() *cobra.Command {
	var batch bool
	var space workspaceFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check rules or queries without running them",
		Long: "Parses and binds every rule in the files and folders and reports what is wrong, with file, line and column.\n\n" +
			"Exit code: 0 all right, 4 at least one rule has an error or a file could not be read, 2 wrong flags. Rules that\n" +
			"need something that Goshawk does not support are named, and do not change the code.\n" +
			"--batch reads lines {\"id\",\"query\"} and answers each with its verdict, result columns and diagnostics;\n" +
			"start and length count UTF-16 units.",
		Example: "  goshawk check rules/starter",
		RunE: func(_ *cobra.Command, args []string) error {
			if batch {
				return a.checkBatch(space)
			}
			if len(args) == 0 {
				return usagef("check needs a file or folder of rules, or --batch")
			}
			return a.check(args, space)
		},
	}
	cmd.Flags().BoolVar(&batch, "batch", false, "speak the checker protocol on standard input and output")
	space.register(cmd)
	return cmd
}

func (a *app) check(paths []string, space workspaceFlags) error {
	set := rule.LoadPaths(paths)
	e := &engine.Engine{Catalog: engine.NewCatalog(nil)}
	var o engine.Options
	warnings, err := space.load(e.Catalog, &o)
	if err != nil {
		return err
	}
	printDiagnostics(a.err, warnings)
	bad, refused := 0, 0
	printDiagnostics(a.err, set.Diagnostics)
	for _, r := range set.Rules {
		if r.Text == nil {
			continue
		}
		var ds source.Diagnostics
		if r.Kind == rule.Parser {
			if ds = stored.Check(r, e.CheckBody); ds.HasErrors() {
				bad++
			}
			printDiagnostics(a.out, ds)
			continue
		}
		if _, _, ds = e.Check(r.Text); ds.HasErrors() {
			bad++
		} else if _, run := e.Bind(r.Text, o); run.HasErrors() {
			refused++
			ds = run
		}
		printDiagnostics(a.out, ds)
	}
	fmt.Fprintf(a.out, "%s checked, %d with errors\n", counted(len(set.Rules), "rule"), bad)
	if refused > 0 {
		fmt.Fprintf(a.out, "%s would be refused: not wrong, but not supported here\n", counted(refused, "rule"))
	}
	if set.Broken > 0 {
		fmt.Fprintf(a.out, "%s could not be read\n", counted(set.Broken, "file"))
	}
	if bad+set.Broken > 0 {
		return exitCode(exitRejected)
	}
	return nil
}

// jsonDiag is a diagnostic in the checker protocol.
type jsonDiag struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Start    int    `json:"start"`
	Length   int    `json:"length"`
}

func (a *app) checkBatch(space workspaceFlags) error {
	e := &engine.Engine{Catalog: engine.NewCatalog(nil)}
	var o engine.Options
	warnings, err := space.load(e.Catalog, &o)
	if err != nil {
		return err
	}
	printDiagnostics(a.err, warnings)
	return a.eachRequest(func(r request) any {
		text := source.New("query", r.Query)
		results, parsed, ds := e.Check(text)
		diags := []jsonDiag{}
		for _, d := range ds {
			start, length := text.UTF16(d.Span)
			diags = append(diags, jsonDiag{d.Code, d.Severity.String(), d.Message, start, length})
		}
		cols := []jsonColumn{}
		if len(results) > 0 {
			var s types.Schema
			for _, c := range results[len(results)-1].Rel.Cols() {
				s = append(s, types.Column{Name: c.Name, Type: c.Type})
			}
			cols = jsonColumns(s)
		}
		return map[string]any{"id": r.ID, "parse_ok": parsed, "bind_ok": parsed && !ds.HasErrors(), "columns": cols, "diags": diags}
	})
}
