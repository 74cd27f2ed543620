package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/demo"
	"goshawk/internal/rule"
	"goshawk/internal/vector"
	"goshawk/rules/starter"
)

func (a *app) demoCmd() *cobra.Command {
	var dir string
	var signins, rows int
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Hunt over a sample tenant with the starter rules",
		Long: "Writes a sample tenant (about 200,000 sign-ins over 30 days, as the Entra diagnostic export looks),\n" +
			"runs the starter rules over it, and says which planted attacks were found and which look-alikes were left alone.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), dir, signins, rows) },
	}
	cmd.Flags().StringVar(&dir, "dir", "", "keep the sample tenant and the rules in this folder (default: a temporary one, removed at the end)")
	cmd.Flags().IntVar(&signins, "signins", demo.DefaultSignins, "about how many sign-ins to make")
	cmd.Flags().IntVar(&rows, "max-rows", 3, "rows shown per rule")
	return cmd
}

func (a *app) demo(ctx context.Context, dir string, signins, rows int) error {
	start := time.Now()
	keep := dir != ""
	if !keep {
		tmp, err := os.MkdirTemp("", "goshawk-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the sample: %w", err)
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	logs, rules := filepath.Join(dir, "logs"), filepath.Join(dir, "rules")
	truth, files, err := demo.WriteDays(logs, demo.Config{Signins: signins})
	if err != nil {
		return fmt.Errorf("write the sample tenant: %w", err)
	}
	if err := os.CopyFS(rules, starter.Files); err != nil && !os.IsExist(err) {
		return fmt.Errorf("write the starter rules: %w", err)
	}
	fmt.Fprintf(a.out, "A sample tenant: %d day files of sign-ins, as Entra's diagnostic settings write them (%.1f s).\n", len(files), time.Since(start).Seconds())
	f := huntFlags{format: "table", maxRows: rows, rules: []string{rules}, about: true}
	f.data.logs, f.data.now, f.data.memory = []string{logs}, truth.Now.Format(time.RFC3339), "2GB"
	set := rule.LoadPaths(f.rules)
	hunting := time.Now()
	d, err := f.data.open()
	if err != nil {
		return err
	}
	rep, err := a.runHunt(ctx, set, set.Rules, d, 0)
	if err != nil {
		return err
	}
	rep.Elapsed = time.Since(hunting)
	if err := a.writeReadable(rep, f); err != nil {
		return err
	}
	verdict := truth.Check(rowTexts(rep))
	writeVerdict(a.out, truth, verdict)
	fmt.Fprintf(a.out, "\nNext:\n  goshawk demo --dir sample           keep the tenant and the rules in ./sample\n"+
		"  goshawk hunt --rules sample/rules --logs sample/logs --now %s --severity High\n"+
		"  goshawk query --logs sample/logs --now %s 'SigninLogs | summarize count() by ResultType | top 5 by count_'\n"+
		"  goshawk hunt --rules YOUR-RULES --logs YOUR-LOGS\n", truth.Now.Format(time.RFC3339), truth.Now.Format(time.RFC3339))
	if !verdict.Right() {
		fmt.Fprintln(a.err, "goshawk: the hunt did not come out as planted; please report this")
		return exitCode(exitError)
	}
	return nil
}

// rowTexts is the rows of each rule as text, by rule id.
func rowTexts(r *report) map[string][]string {
	out := map[string][]string{}
	for _, x := range r.Results {
		if x.Table == nil {
			continue
		}
		_ = eachRow(x.Table, 0, func(b *vector.Batch, i int) error {
			out[x.Rule.ID] = append(out[x.Rule.ID], strings.Join(rowText(b, i), "\t"))
			return nil
		})
	}
	return out
}

func writeVerdict(w io.Writer, t demo.Truth, v demo.Verdict) {
	wrong := map[string]bool{}
	for _, f := range v.Findings {
		if !f.Right {
			wrong[f.Story.ID] = true
		}
	}
	for _, attack := range []bool{true, false} {
		right, all := v.Count(attack)
		head, good, bad := "Planted attacks found", "found ", "MISSED"
		if !attack {
			head, good, bad = "Look-alikes left alone", "quiet ", "ACCUSED"
		}
		fmt.Fprintf(w, "\n%s: %d of %d\n", head, right, all)
		for _, s := range t.Stories {
			if s.Attack != attack {
				continue
			}
			word := good
			if wrong[s.ID] {
				word = bad
			}
			fmt.Fprintf(w, "  %s %s: %s\n", word, s.Title, s.Why)
		}
	}
	for id, n := range v.Strange {
		fmt.Fprintf(w, "  rule %s gave %d rows about nobody planted\n", id, n)
	}
}
