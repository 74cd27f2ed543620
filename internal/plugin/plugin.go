// Package plugin holds every plugin of evaluate, one row each: what it is
// called, which columns it gives for which input and arguments, and what
// computes them. It knows values only. The binder, the executor, help and the
// pages read these rows; the parameters stand in the catalogue of fn.
package plugin

import (
	"context"
	"fmt"
	"sort"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Column is a column of a plugin's result: column From of the input handed on,
// or, when From is negative, one that the plugin makes.
type Column struct {
	types.Column
	From int
	// Key is what a column found in the data stands for: a key of the bags, a
	// value of the pivot's column.
	Key string
}

// Made is a column that the plugin makes.
func Made(name string, t types.Type) Column {
	return Column{Column: types.Column{Name: name, Type: t}, From: -1, Key: name}
}

// Plugin is the row of a plugin. Exactly one of Each and All is set, or
// neither when Status is Planned: such a plugin is refused with Reason.
type Plugin struct {
	Name    string
	Summary string
	// Params replaces the catalogue's parameters where the service takes more.
	Params []fn.Param
	// Prepare says what the binder puts between the input and the plugin.
	Prepare Prepare
	// Columns gives the result columns, as far as they are known without the
	// data. A problem with an argument is an *ArgError.
	Columns func(u *Use) ([]Column, error)
	// Open says that more columns depend on outside data (refused plugins).
	Open bool
	// Observe is set when more columns depend on the input's rows: they are
	// read once to find the columns, before the rest of the query is bound.
	Observe func(u *Use) Observer
	// Declare gives the result columns for a schema written in the query, when
	// choosing from Columns by name is not right.
	Declare func(u *Use, want []types.Column, star bool) ([]Column, error)
	// Whole plugins look at every column of the input, others at their
	// arguments only.
	Whole bool
	// More are the further tables that the plugin gives: rows without a name of
	// their own.
	More []*Plugin
	// Tilde says that "~" stands for an argument that is not given.
	Tilde bool
	// Keys says, for a plugin whose columns are values of keys of the bags that
	// are its first argument, which key each column it makes stands for; nil
	// when one stands for none. A reader may then hand in Rows.Parts instead.
	Keys func(u *Use) []string
	// Start prepares what all batches share; it may be nil.
	Start func(r *Run) error
	// Each computes the result of a batch on its own; batches are computed at
	// the same time.
	Each func(r *Run, in *Rows) (*Result, error)
	// All computes the result of the whole input.
	All func(r *Run, in *Rows) (*Result, error)

	Status fn.Status
	Reason string // for Partial and Planned
}

// Prepare is what a plugin wants done to its input.
type Prepare uint8

// Grouped plugins get their input summarized by the columns that stay and the
// column of the first argument; the aggregate is the last column. Previewed
// ones are a take and a count.
const (
	AsItIs Prepare = iota
	Grouped
	Previewed
)

// Observer looks at rows to find the columns of a result.
type Observer interface {
	// Add looks at a batch.
	Add(in *Rows) error
	// Columns are the result columns.
	Columns() ([]Column, error)
}

// Merger is an observer whose columns do not depend on the order of the rows:
// several look at parts of the input, and what the others saw is merged in.
type Merger interface {
	Observer
	Merge(Observer) error
}

// Rows are rows of the input.
type Rows struct {
	N int
	// Cols are the input's columns for plugins that are Whole, else nil.
	Cols []*vector.Vector
	// Args holds the value of each argument in each row; nil for those that
	// are tables or were not given.
	Args []*vector.Vector
	// Parts are the values of Keys when something has read them one by one, and
	// nil for those that are not wanted; Args[0] is nil then.
	Parts []*vector.Vector
}

// Result is N result rows. Result row i hands on input row From[i]; a nil From
// means all input rows in their order. Made holds the columns that the plugin
// makes, in the order of the result.
type Result struct {
	N    int
	From []int32
	Made []*vector.Vector
}

// Run is one run of a plugin.
type Run struct {
	Ctx context.Context
	Env *fn.Env
	Use *Use
	// Table holds the rows of the argument that is a table.
	Table *vector.Batch
	// State is what Start left for Each.
	State any
	// Charge takes memory that grows with the data, or says that there is none.
	Charge func(bytes int64) error
}

// ArgError is a problem with argument Arg of a call.
type ArgError struct {
	Arg  int
	Text string
}

// Error is the text.
func (e *ArgError) Error() string { return e.Text }

// argErrorf makes an ArgError about a.
func argErrorf(a *Arg, format string, args ...any) error {
	return &ArgError{a.Index, fmt.Sprintf(format, args...)}
}

var plugins = map[string]*Plugin{}

// plugin registers a row; the same name twice is a bug.
func plugin(p Plugin) *Plugin {
	if plugins[p.Name] != nil {
		panic("bug: two rows for plugin " + p.Name)
	}
	plugins[p.Name] = &p
	return &p
}

// Named finds the row of a plugin.
func Named(name string) *Plugin { return plugins[name] }

// Names lists all rows, sorted.
func Names() []string {
	out := make([]string, 0, len(plugins))
	for n := range plugins {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}
