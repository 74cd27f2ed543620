package cli

import (
	"github.com/spf13/cobra"

	"goshawk/internal/bind"
	"goshawk/internal/engine"
	"goshawk/internal/source"
	"goshawk/internal/stored"
)

// workspaceFlags are the flags that give what a Sentinel workspace has beside
// its tables.
type workspaceFlags struct {
	functions []string
}

func (f *workspaceFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringArrayVar(&f.functions, "functions", nil, "file or folder of stored functions: parser YAML, ARM templates, .create function text, query files (repeatable)")
}

// load makes the workspace known to a catalogue. What is wrong with single
// files is in the diagnostics, and the rest is loaded.
func (f *workspaceFlags) load(cat *engine.Catalog) (source.Diagnostics, error) {
	if len(f.functions) == 0 {
		return nil, nil
	}
	set := stored.Load(f.functions)
	for _, fn := range set.Functions {
		cat.Add(&bind.Function{Name: fn.Name, Params: fn.Params, Body: fn.Body, Text: fn.Text, From: fn.Path, Problem: fn.Problem})
	}
	return set.Diagnostics, nil
}
