package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/fn"
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
