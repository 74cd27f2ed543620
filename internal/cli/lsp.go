package cli

import (
	"io"

	"github.com/spf13/cobra"

	"goshawk/internal/lang"
	"goshawk/internal/lsp"
)

func (a *app) lspCmd() *cobra.Command {
	var f dataFlags
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve editors: diagnostics, completion, hover, formatting over the Language Server Protocol",
		Long: "Speaks the Language Server Protocol on standard input and output, for .kql files and for the\n" +
			"queries inside Sentinel YAML files (diagnostics only there). With --logs, the columns of your\n" +
			"own tables are known too.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := f.open()
			if err != nil {
				return err
			}
			return lsp.Serve(cmd.Context(), &lang.Service{Engine: d.engine}, pipes{a.in, a.out}, version())
		},
	}
	f.register(cmd)
	return cmd
}

// pipes is standard input and output as one stream.
type pipes struct {
	io.Reader
	io.Writer
}

// Close closes the side that is read, which ends the server.
func (p pipes) Close() error {
	if c, ok := p.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
