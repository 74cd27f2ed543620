package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"goshawk/internal/fn"
	"goshawk/internal/manual"
	"goshawk/internal/source"
)

// state says how complete a function is, probed from its row.
func state(name string, aggregate bool) string {
	var st fn.Status
	var reason string
	if aggregate {
		row := fn.AggregateNamed(name)
		if row == nil {
			return "refused by name"
		}
		st, reason = row.Status, row.Reason
	} else {
		row := fn.ScalarNamed(name)
		if row == nil {
			return "refused by name"
		}
		st, reason = row.Status, row.Reason
	}
	switch st {
	case fn.Full:
		return "runs"
	case fn.Partial:
		return "runs in part: " + reason
	}
	return "refused by name: " + reason
}

func (a *app) functionsCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "functions",
		Short: "List every function and aggregate of the language with its state here",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, part := range []struct {
				title     string
				list      []fn.Entry
				aggregate bool
			}{{"functions", fn.Functions, false}, {"aggregates", fn.Aggregates, true}} {
				fmt.Fprintln(a.out, part.title)
				for _, e := range part.list {
					if !e.Hidden {
						fmt.Fprintf(a.out, "  %-36s %s\n", e.Name, state(e.Name, part.aggregate))
					}
				}
			}
			return nil
		},
	}
}

// helpCmd is cobra's help, which also knows the functions of the language.
func (a *app) helpCmd(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND, FUNCTION or exit-codes]",
		Short: "Help on a command, a KQL function or aggregate, or a topic such as exit-codes",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			if cmd, rest, err := root.Find(args); err == nil && cmd != root && len(rest) == 0 {
				return cmd.Help()
			}
			if page, err := manual.Topics.ReadFile("topics/" + args[0] + ".md"); err == nil {
				fmt.Fprintln(a.out, strings.TrimSpace(string(page)))
				return nil
			}
			return a.functionHelp(args[0])
		},
	}
}

func (a *app) functionHelp(name string) error {
	e, aggregate := fn.Find(fn.Functions, name), false
	if e == nil {
		e, aggregate = fn.Find(fn.Aggregates, name), true
	}
	if e == nil {
		names := append(fn.ScalarNames(), fn.AggregateNames()...)
		if near := source.Nearest(name, names); near != "" {
			return usagef("there is no command or function %q; did you mean %q?", name, near)
		}
		return usagef("there is no command or function %q", name)
	}
	if page := fn.Page(name, aggregate); page != "" {
		fmt.Fprintln(a.out, strings.TrimSpace(page))
	} else {
		fmt.Fprintf(a.out, "# %s\n", name)
	}
	fmt.Fprintln(a.out)
	for _, s := range e.Sigs {
		if !s.Hidden {
			fmt.Fprintln(a.out, signature(name, s))
		}
	}
	fmt.Fprintf(a.out, "here: %s\n", state(name, aggregate))
	if e.Obsolete && e.Alternative != "" {
		fmt.Fprintf(a.out, "obsolete: write %s\n", e.Alternative)
	}
	return nil
}

func signature(name string, s fn.Sig) string {
	var ps []string
	for _, p := range s.Params {
		kinds := p.Kind
		if len(p.Types) > 0 {
			var ts []string
			for _, t := range p.Types {
				ts = append(ts, t.String())
			}
			kinds = strings.Join(ts, "|")
		}
		text := p.Name + ":" + kinds
		if p.Max > 1 {
			text += ", …"
		}
		if p.Min == 0 {
			text = "[" + text + "]"
		}
		ps = append(ps, text)
	}
	return fmt.Sprintf("%s(%s) -> %s", name, strings.Join(ps, ", "), s.Returns)
}
