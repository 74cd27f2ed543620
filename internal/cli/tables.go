package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/source"
)

func (a *app) tablesCmd() *cobra.Command {
	var f dataFlags
	cmd := &cobra.Command{
		Use:   "tables [NAME]",
		Short: "List the known tables, those in the logs first, or the columns of one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := f.open()
			if err != nil {
				return err
			}
			cat := d.engine.Catalog
			if len(args) == 1 {
				return a.columns(cat, args[0])
			}
			for _, n := range d.names() {
				fmt.Fprintf(a.out, "%s (in the logs)\n", n)
			}
			for _, n := range cat.TableNames() {
				if !d.hasData(n) {
					fmt.Fprintln(a.out, n)
				}
			}
			return nil
		},
	}
	f.register(cmd)
	return cmd
}

func (a *app) columns(cat *engine.Catalog, name string) error {
	_, s, ok := cat.Table(name)
	if !ok {
		if near := source.Nearest(name, cat.TableNames()); near != "" {
			return usagef("there is no table %q; did you mean %q?", name, near)
		}
		return usagef("there is no table %q", name)
	}
	for _, c := range s {
		fmt.Fprintf(a.out, "%-40s %s\n", c.Name, c.Type)
	}
	return nil
}
