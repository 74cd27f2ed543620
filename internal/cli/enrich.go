package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/enrich"
	"goshawk/internal/rule"
)

func (a *app) enrichCmd() *cobra.Command {
	var asJSON bool
	var f dataFlags
	cmd := &cobra.Command{
		Use:   "enrich RULE...",
		Short: "Write guidance for rules: hypothesis, severity, data, benign causes, tuning, triage",
		Long: "The offline analyst reads each rule's logic and known facts about tables, result codes and events,\n" +
			"and writes what an analyst would add. It calls nobody. Test rules before production.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := f.open()
			if err != nil {
				return err
			}
			set := rule.LoadPaths(args)
			if len(set.Rules) == 0 {
				printDiagnostics(a.err, set.Diagnostics)
				return usagef("there is no rule in %v", args)
			}
			for i, r := range set.Rules {
				if r.Text == nil {
					continue
				}
				e, err := offline(d.engine, r)
				if err != nil {
					return err
				}
				if asJSON {
					if err := json.NewEncoder(a.out).Encode(map[string]any{"id": r.ID, "name": r.Name, "path": r.Path, "enrichment": e}); err != nil {
						return err
					}
					continue
				}
				if i > 0 {
					fmt.Fprintln(a.out)
				}
				fmt.Fprintf(a.out, "%s\n%s", r.Name, e.Text())
			}
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// offline has the offline analyst look at a rule.
func offline(eng *engine.Engine, r *rule.Rule) (*enrich.Enrichment, error) {
	m, err := matrix()
	if err != nil {
		return nil, err
	}
	p, _ := engine.Parse(r.Text)
	needs, result, ds := eng.Needs(r.Text)
	in := enrich.Input{Rule: r, Query: p.Query, Text: r.Text, Result: result, Matrix: m}
	for _, n := range needs {
		in.Reads = append(in.Reads, enrich.Needs{Table: n.Table, Columns: n.Columns})
	}
	for _, d := range ds {
		if d.Severity == 0 {
			in.Problem = d.Message
			break
		}
	}
	return enrich.Offline(in), nil
}
