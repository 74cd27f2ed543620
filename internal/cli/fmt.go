package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"goshawk/internal/parser"
	"goshawk/internal/printer"
)

func (a *app) fmtCmd() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "fmt [KQL]",
		Short: "Print a query in canonical form",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := a.queryText(file, args)
			if err != nil {
				return err
			}
			q, ds := parser.Parse(text)
			if err := ds.Err(); err != nil {
				return err
			}
			fmt.Fprint(a.out, printer.Query(q))
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "file that holds the query")
	return cmd
}
