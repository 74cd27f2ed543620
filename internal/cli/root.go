// Package cli is the command line: one file per command, which connects the
// other packages and decides nothing about queries itself.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/spf13/cobra"

	"goshawk/internal/source"
)

// The exit codes, in one place; `goshawk help exit-codes` prints them.
const (
	exitOK       = 0
	exitError    = 1 // a rule or query failed, or something could not be read
	exitUsage    = 2
	exitHits     = 3
	exitRejected = 4 // the query has errors, or is refused by name
	exitStopped  = 130
)

// exitCode ends a command with a code and no further message.
type exitCode int

// Error says the code; Main turns it into the process's exit code.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// app is what commands share.
type app struct {
	in       io.Reader
	out, err io.Writer
}

// Main runs the command line and gives the exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	limit := debug.SetMemoryLimit(-1) // commands with --memory change it
	defer debug.SetMemoryLimit(limit)
	a := &app{in: in, out: out, err: errw}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	var ec exitCode
	var ds *source.DiagnosticsError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &ec):
		return int(ec)
	case errors.As(err, &ds):
		printDiagnostics(errw, ds.Diagnostics)
		return exitRejected
	case errors.As(err, new(usageError)):
		fmt.Fprintf(errw, "goshawk: %v\nsee `goshawk --help`\n", err)
		return exitUsage
	}
	if ctx.Err() != nil {
		fmt.Fprintln(errw, "goshawk: stopped")
		return exitStopped
	}
	fmt.Fprintf(errw, "goshawk: %v\n", err)
	return exitError
}

// usageError is a wrong flag or argument.
type usageError struct{ msg string }

// Error is the message.
func (u usageError) Error() string { return u.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "goshawk",
		Short: "Run published KQL detections on your own logs",
		Long: "Goshawk runs Microsoft Sentinel and Defender rules, unmodified, on log files you have:\n" +
			"the same answer as Kusto, or a refusal that names what is not supported.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usagef("%v", err) })
	root.AddCommand(a.huntCmd(), a.queryCmd(), a.checkCmd(), a.fmtCmd(), a.demoCmd(),
		a.tablesCmd(), a.functionsCmd(), a.lspCmd(), a.attackCmd(), a.upstreamCmd(), a.rulesCmd(), a.feedCmd(), a.enrichCmd(), a.coverageCmd(), a.siteCmd(), a.serveCmd(),
		a.ingestCmd(), a.storeCmd(), a.versionCmd())
	root.SetHelpCommand(a.helpCmd(root))
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return root.Help()
		}
		return unknownCommand(root, args[0])
	}
	for _, c := range root.Commands() {
		if c.Args != nil {
			c.Args = usageArgs(c.Args)
		}
	}
	return root
}

// unknownCommand names the command that the word is nearest to.
func unknownCommand(root *cobra.Command, word string) error {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	if near := source.Nearest(word, names); near != "" {
		return usagef("there is no command %q; did you mean %q?", word, near)
	}
	return usagef("there is no command %q", word)
}

// usageArgs makes a usage error of wrong arguments.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		if len(args) > 1 {
			return usagef("%s: one argument expected, found %d; put it in quotes when it holds blanks", c.Name(), len(args))
		}
		return usagef("%s takes no argument such as %q", c.Name(), args[0])
	}
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.out, "goshawk %s\n", version())
			return nil
		},
	}
}

// version is what the build knows of itself.
func version() string {
	v, rev := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				rev = " " + s.Value
			}
		}
		v += " " + info.GoVersion
	}
	return v + rev
}

func printDiagnostics(w io.Writer, ds source.Diagnostics) {
	for _, d := range ds {
		fmt.Fprintln(w, d.Render())
	}
}
