package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/fn"
	"goshawk/internal/manual"
	"goshawk/internal/plugin"
)

// catalogues are the lists of names of the language, in the order that help
// looks a name up in.
var catalogues = []struct {
	kind  manual.Kind
	title string
	list  []fn.Entry
}{
	{manual.Function, "functions", fn.Functions}, {manual.Agg, "aggregates", fn.Aggregates}, {manual.Plugin, "plugins", fn.Plugins},
}

// row gives the state that the row of a name tells; ok is false when it has
// none.
func row(name string, k manual.Kind) (st fn.Status, reason string, ok bool) {
	switch k {
	case manual.Agg:
		if r := fn.AggregateNamed(name); r != nil {
			return r.Status, r.Reason, true
		}
	case manual.Plugin:
		if r := plugin.Named(name); r != nil {
			return r.Status, r.Reason, true
		}
	default:
		if r := fn.ScalarNamed(name); r != nil {
			return r.Status, r.Reason, true
		}
	}
	return 0, "", false
}

// state says how complete a function is, probed from its row.
func state(name string, k manual.Kind) string {
	st, reason, ok := row(name, k)
	if !ok {
		return "refused by name"
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
		Short: "List every function, aggregate and plugin of the language with its state here",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, part := range catalogues {
				fmt.Fprintln(a.out, part.title)
				for _, e := range part.list {
					if !e.Hidden {
						fmt.Fprintf(a.out, "  %-36s %s\n", e.Name, state(e.Name, part.kind))
					}
				}
			}
			return nil
		},
	}
}
