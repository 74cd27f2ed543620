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
		Long: "Prints a query, given as text, with --file or on standard input, in canonical form: one operator a line.\n" +
			"Comments are not kept.\n\n" +
			"Exit code: 0 done, 4 the query has a syntax error, 1 the file could not be read, 2 wrong flags.",
		Example: "  goshawk fmt 'SigninLogs|where ResultType!=0|count'",
		Args:    cobra.MaximumNArgs(1),
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
