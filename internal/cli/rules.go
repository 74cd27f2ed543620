package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"goshawk/internal/rulebook"
	"goshawk/internal/verdict"
)

func (a *app) rulesCmd() *cobra.Command {
	var f bookFlags
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Look into the rulebook: ls, show, search, diff, verify; begin a rule: new",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f.register(cmd.PersistentFlags())
	cmd.AddCommand(a.rulesSearchCmd(&f, "ls", "List the rules, or those that match a search"),
		a.rulesSearchCmd(&f, "search", "Search the rules"), a.rulesShowCmd(&f), a.rulesDiffCmd(&f), a.rulesVerifyCmd(&f), a.rulesNewCmd())
	return cmd
}

func (a *app) rulesSearchCmd(f *bookFlags, name, short string) *cobra.Command {
	return &cobra.Command{
		Use: name + " [SEARCH]", Short: short,
		Long: short + ". A search is words, \"phrases\" and field:value; a - before a part says that it must\n" +
			"not be. Fields: " + strings.Join(rulebook.Fields, ", ") + ".",
		Example: "  goshawk rules search 'technique:T1078 severity:>=medium spray'",
		RunE: func(_ *cobra.Command, args []string) error {
			b, dir, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			if len(b.Records) == 0 {
				return usagef("the rulebook in %s is empty; fill it with `goshawk upstream add` and `sync`", dir)
			}
			set, err := verdict.Load(dir)
			if err != nil {
				return err
			}
			x, err := rulebook.NewIndex(b, set.Facts)
			if err != nil {
				return err
			}
			list, err := x.Search(strings.Join(args, " "))
			if err != nil {
				return usagef("%v", err)
			}
			for _, r := range list {
				gone := ""
				if r.Gone() {
					gone = "  (removed)"
				}
				fmt.Fprintf(a.out, "%-36s %-13s %s%s\n", r.Key, r.Severity, r.Name, gone)
			}
			fmt.Fprintf(a.out, "%d of %d rules\n", len(list), len(b.Records))
			return nil
		},
	}
}

// find is the record of a key, an id, or the start of one that is alone.
func find(b *rulebook.Book, key string) (*rulebook.Record, error) {
	if r := b.Record(strings.ToLower(key)); r != nil {
		return r, nil
	}
	var hits []*rulebook.Record
	for _, r := range b.Records {
		if strings.HasPrefix(r.Key, strings.ToLower(key)) || strings.EqualFold(r.ID, key) {
			hits = append(hits, r)
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return nil, usagef("there is no rule %q in the book; `goshawk rules search` finds keys", key)
	}
	return nil, usagef("%q is the start of %d keys, such as %s and %s", key, len(hits), hits[0].Key, hits[1].Key)
}

func joinNonEmpty(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" && p != "version " {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

func (a *app) rulesDiffCmd(f *bookFlags) *cobra.Command {
	var from, to int
	cmd := &cobra.Command{
		Use: "diff KEY", Short: "Show what changed between two versions of a rule", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, _, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			r, err := find(b, args[0])
			if err != nil {
				return err
			}
			n := len(r.Versions)
			if n == 1 {
				fmt.Fprintf(a.out, "%s has one version\n", r.Key)
				return nil
			}
			if to == 0 {
				to = n
			}
			if from == 0 {
				from = to - 1
			}
			if from < 1 || to < 1 || from > n || to > n {
				return usagef("%s has versions 1 to %d", r.Key, n)
			}
			d, err := b.Diff(r, &r.Versions[from-1], &r.Versions[to-1])
			if err != nil {
				return err
			}
			fmt.Fprint(a.out, d)
			return nil
		},
	}
	cmd.Flags().IntVar(&from, "from", 0, "older version (default: the one before)")
	cmd.Flags().IntVar(&to, "to", 0, "newer version (default: the newest)")
	return cmd
}
