package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/coverage"
	"goshawk/internal/demo"
	"goshawk/internal/rulebook"
	"goshawk/internal/verdict"
)

// demoData names the sample tenant as evidence.
const demoData = "the Goshawk sample tenant"

func (a *app) rulesVerifyCmd(f *bookFlags) *cobra.Command {
	var d dataFlags
	var name string
	var checkOnly bool
	cmd := &cobra.Command{
		Use:   "verify [SEARCH]",
		Short: "Run the book's rules and keep the verdicts: runs, refused (why), rows seen",
		Long: "Runs every rule, or those that match a search, over the sample tenant, or over your own data with\n" +
			"--logs or --store, and keeps what came out beside the book. With --check-only, rules are bound and not\n" +
			"run: that tells what would be refused, and takes seconds.",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, dir, err := f.open(true)
			if err != nil {
				return err
			}
			defer b.Close()
			set, err := verdict.Load(dir)
			if err != nil {
				return err
			}
			records, err := chosen(b, set, strings.Join(args, " "))
			if err != nil {
				return err
			}
			if checkOnly {
				if len(d.logs) > 0 || d.store != "" {
					return usagef("--check-only runs nothing, so it takes no --logs and no --store")
				}
				return a.checkBook(set, b, dir, records, &d)
			}
			if len(d.logs) == 0 && d.store == "" {
				tmp, err := os.MkdirTemp("", "goshawk-verify-")
				if err != nil {
					return fmt.Errorf("make a folder for the sample: %w", err)
				}
				defer os.RemoveAll(tmp)
				truth, _, err := demo.WriteDays(tmp, demo.Config{})
				if err != nil {
					return fmt.Errorf("write the sample tenant: %w", err)
				}
				d.logs, d.now, name = []string{tmp}, truth.Now.Format(time.RFC3339), demoData
			} else if name == "" {
				name = "your data"
			}
			opened, err := d.open()
			if err != nil {
				return err
			}
			err = set.Judge(cmd.Context(), b, records, verdict.Config{
				Engine: opened.engine, Data: name, HasData: opened.hasData, Options: opened.options, Lookback: 7 * 24 * time.Hour,
				Parallel: 4, Text: rowText,
			})
			if err != nil {
				return err
			}
			if err := set.Save(dir); err != nil {
				return err
			}
			a.printVerdicts(set, records)
			return nil
		},
	}
	d.register(cmd)
	cmd.Flags().BoolVar(&checkOnly, "check-only", false, "bind the rules, and run none")
	cmd.Flags().StringVar(&name, "as", "", "name of the data in the evidence (default: the sample tenant, or \"your data\")")
	return cmd
}

// checkBook keeps verdicts on rules that are bound and not run. Evidence of
// earlier runs stays.
func (a *app) checkBook(set verdict.Set, b *rulebook.Book, dir string, records []*rulebook.Record, d *dataFlags) error {
	opened, err := d.open()
	if err != nil {
		return err
	}
	if err := set.Check(b, records, opened.engine, opened.options); err != nil {
		return err
	}
	if err := set.Save(dir); err != nil {
		return err
	}
	a.printVerdicts(set, records)
	return nil
}

// chosen are the records that match a search and are still published.
func chosen(b *rulebook.Book, set verdict.Set, search string) ([]*rulebook.Record, error) {
	x, err := rulebook.NewIndex(b, set.Facts)
	if err != nil {
		return nil, err
	}
	list, err := x.Search(search)
	if err != nil {
		return nil, usagef("%v", err)
	}
	var out []*rulebook.Record
	for _, r := range list {
		if !r.Gone() {
			out = append(out, r)
		}
	}
	return out, nil
}

func (a *app) printVerdicts(set verdict.Set, records []*rulebook.Record) {
	part := verdict.Set{}
	fired := 0
	for _, r := range records {
		if v := set[r.Key]; v != nil {
			part[r.Key] = v
			if v.Fired() != nil {
				fired++
			}
		}
	}
	states, reasons := part.Count()
	fmt.Fprintf(a.out, "%d rules: %d run, %d refused, %d broken, %d failed; %d seen to fire\n", len(part), states[verdict.Runs], states[verdict.Refused], states[verdict.Broken], states[verdict.Failed], fired)
	for i, r := range reasons {
		if i == maxChanges {
			fmt.Fprintf(a.out, "  and %d more reasons\n", len(reasons)-i)
			break
		}
		fmt.Fprintf(a.out, "  %5d  %s\n", r.Rules, r.Text)
	}
}

func (a *app) coverageCmd() *cobra.Command {
	var f bookFlags
	var d dataFlags
	var c coverage.Config
	var format string
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show which ATT&CK techniques the book's rules cover, with what evidence",
		Long: "Four levels: no rule; a rule exists; a rule runs on your tables; a rule was seen to fire on named data.\n" +
			"With --logs or --store, \"your tables\" are those; without, the tables of every rule that runs count.\n" +
			"Run `goshawk rules verify` first.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b, dir, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			set, err := verdict.Load(dir)
			if err != nil {
				return err
			}
			if c.Matrix, err = matrix(); err != nil {
				return err
			}
			if len(d.logs) > 0 || d.store != "" {
				opened, err := d.open()
				if err != nil {
					return err
				}
				c.Have = opened.hasData
			}
			c.Rules = coverageRules(b, set)
			if len(c.Rules) == 0 {
				return usagef("the rulebook in %s is empty; fill it with `goshawk upstream add` and `sync`", dir)
			}
			m := coverage.Make(c)
			switch format {
			case "table":
				return a.printCoverage(m)
			case "csv":
				return m.WriteCSV(a.out)
			case "json":
				return m.WriteJSON(a.out)
			case "navigator":
				return m.WriteNavigator(a.out, "Goshawk coverage")
			}
			return usagef("there is no format %q; there are table, csv, json, navigator", format)
		},
	}
	f.register(cmd.Flags())
	d.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&format, "format", "table", "table, csv, json or navigator (a layer for the ATT&CK Navigator)")
	fl.StringVar(&c.Source, "source", "", "only rules of this upstream")
	fl.StringVar(&c.Table, "table", "", "only rules that read this table")
	fl.StringVar(&c.Severity, "severity", "", "only rules of this severity")
	fl.StringVar(&c.Platform, "platform", "", "only techniques of this platform (needs `goshawk attack update`)")
	return cmd
}

// coverageRules is what coverage needs of the rules that are published.
func coverageRules(b *rulebook.Book, set verdict.Set) []coverage.Rule {
	var out []coverage.Rule
	for _, r := range b.Records {
		if r.Gone() {
			continue
		}
		x := coverage.Rule{Key: r.Key, Name: r.Name, Techniques: r.Techniques, Tactics: r.Tactics, Severity: string(r.Severity)}
		for _, p := range r.Places {
			x.Sources = append(x.Sources, p.Upstream)
		}
		if v := set[r.Key]; v != nil {
			x.Tables, x.Runs, x.Fired, x.Why = v.Tables(), v.State == verdict.Runs, v.Fired() != nil, v.Reason
		}
		out = append(out, x)
	}
	return out
}

func (a *app) printCoverage(m *coverage.Map) error {
	n := m.Counts()
	total := n[coverage.None] + n[coverage.Exists] + n[coverage.Runs] + n[coverage.Fires]
	fmt.Fprintf(a.out, "ATT&CK %s, %d rules: of %d techniques %d seen to fire, %d run on the tables at hand, %d have a rule, %d have none\n\n",
		m.Matrix.Version, m.Rules, total, n[coverage.Fires], n[coverage.Runs], n[coverage.Exists], n[coverage.None])
	for _, t := range m.Tactics() {
		by := map[coverage.Level]int{}
		for _, c := range t.Techniques {
			by[m.Best(c.Technique.ID)]++
		}
		fmt.Fprintf(a.out, "%-21s %s  %d fire, %d run, %d exist, %d none\n", t.Key(), bar(by, len(t.Techniques)), by[coverage.Fires], by[coverage.Runs], by[coverage.Exists], by[coverage.None])
	}
	fmt.Fprintln(a.out, "\n█ seen to fire  ▓ runs  ░ a rule exists  · none")
	if len(m.Unlock) > 0 {
		fmt.Fprintln(a.out, "\nTables that would unlock most:")
		for i, u := range m.Unlock {
			if i == 10 {
				break
			}
			fmt.Fprintf(a.out, "  %-34s %3d techniques, %4d rules\n", u.Table, len(u.Techniques), u.Rules)
		}
	}
	if len(m.Odd) > 0 {
		fmt.Fprintf(a.out, "\n%d technique ids in rules are withdrawn, misspelt or unknown, such as:\n", len(m.Odd))
		seen := map[string]bool{}
		for _, o := range m.Odd {
			if !seen[o.Note] && len(seen) < 5 {
				seen[o.Note] = true
				fmt.Fprintf(a.out, "  %s\n", o.Note)
			}
		}
	}
	if len(m.Idle) > 0 {
		fmt.Fprintf(a.out, "\n%d rules claim techniques and do not run; `goshawk rules search runs:no` lists them\n", len(m.Idle))
	}
	return nil
}

// bar is one character a technique.
func bar(by map[coverage.Level]int, width int) string {
	s := strings.Repeat("█", by[coverage.Fires]) + strings.Repeat("▓", by[coverage.Runs]) + strings.Repeat("░", by[coverage.Exists]) + strings.Repeat("·", by[coverage.None])
	return s + strings.Repeat(" ", max(0, 48-width))
}
