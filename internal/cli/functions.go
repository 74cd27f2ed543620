package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"goshawk/internal/bind"
	"goshawk/internal/engine"
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
	var space workspaceFlags
	var workspace bool
	cmd := &cobra.Command{
		Use:   "functions",
		Short: "List functions, aggregates and plugins of the language with their state, and workspace functions with their bodies",
		Long: "Lists every function, aggregate and plugin of the language with its state here, then the workspace functions\n" +
			"that --functions gives, with the files their bodies come from. With --workspace, only workspace functions are listed,\n" +
			"among them the public ones of which no body is given: rules that call those can be checked, not run. See `goshawk help workspace`.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cat := engine.NewCatalog(nil)
			printDiagnostics(a.err, space.loadFunctions(cat))
			if !workspace {
				a.languageFunctions()
			}
			a.workspaceFunctions(cat, workspace)
			return nil
		},
	}
	space.registerFunctions(cmd)
	cmd.Flags().BoolVar(&workspace, "workspace", false, "list workspace functions only, with those that have no body here")
	return cmd
}

func (a *app) languageFunctions() {
	for _, part := range catalogues {
		fmt.Fprintln(a.out, part.title)
		for _, e := range part.list {
			if !e.Hidden {
				fmt.Fprintf(a.out, "  %-36s %s\n", e.Name, state(e.Name, part.kind))
			}
		}
	}
}

// workspaceFunctions lists the functions of a catalogue, all of them or only
// those of the user's files.
func (a *app) workspaceFunctions(cat *engine.Catalog, all bool) {
	fmt.Fprintln(a.out, "workspace functions")
	bodies, without := 0, 0
	for _, name := range cat.FunctionNames() {
		f, ok := cat.Function(name)
		if !ok {
			continue
		}
		if f.Body == nil && f.Problem == "" {
			without++
			if !all {
				continue
			}
		} else {
			bodies++
		}
		fmt.Fprintf(a.out, "  %-36s %s\n", name, bodyOf(f))
	}
	if all {
		fmt.Fprintf(a.out, "%s with a body, %d without\n", counted(bodies, "workspace function"), without)
		return
	}
	fmt.Fprintf(a.out, "  %d public functions are known without a body; --workspace lists them\n", without)
}

// bodyOf says where the body of a workspace function comes from, or what is
// known without one.
func bodyOf(f *bind.Function) string {
	switch {
	case f.Problem != "":
		return "broken: " + f.Problem
	case f.Body != nil:
		return "body from " + f.From
	}
	var ps []string
	for _, p := range f.Params {
		text := p.Name.Text
		if p.Default != nil {
			text = "[" + text + "]"
		}
		ps = append(ps, text)
	}
	more := ""
	if f.Open {
		more = " and more"
	}
	return fmt.Sprintf("no body; (%s) -> %s%s", strings.Join(ps, ", "), counted(len(f.Schema), "column"), more)
}
