package plugin

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Arg is an argument of a call.
type Arg struct {
	// Index is its place in the call.
	Index int
	// Param is the parameter it stands for.
	Param string
	// Name is the name of the column it is, or the name written before it.
	Name string
	Type types.Type
	// Constant says that it is the same for all rows, and Const is its value;
	// nil for a constant that only a run can compute, such as toscalar().
	Constant bool
	Const    *vector.Datum
	// Col is the place of the column it is in the input, or in the lookup table
	// when that is where it is looked for; -1 when it is no column.
	Col int
	// Schema is what typeof() names, and Star says that it has a star.
	Schema types.Schema
	Star   bool
	// Agg is the name of the aggregate it is, and AggCols the columns inside.
	Agg     string
	AggCols []int
}

// Use is one use of a plugin: what its call and its input look like.
type Use struct {
	Args []*Arg
	// In are the input's columns, Table those of the argument that is a table.
	In    types.Schema
	Table types.Schema
	// Open says that Table has columns that are not known.
	Open bool
	// Out are the result columns, once they are known.
	Out []Column
	// Empty is what a grouped plugin's aggregate gives for no rows.
	Empty vector.Datum
}

// Arg is the argument for a parameter, nil when it is not given.
func (u *Use) Arg(param string) *Arg {
	for _, a := range u.Args {
		if a.Param == param {
			return a
		}
	}
	return nil
}

// All lists the arguments for a parameter that may be repeated.
func (u *Use) All(param string) []*Arg {
	var out []*Arg
	for _, a := range u.Args {
		if a.Param == param {
			out = append(out, a)
		}
	}
	return out
}

// constant is the value of a constant argument, null when it is not given.
func (u *Use) constant(param string) vector.Datum {
	if a := u.Arg(param); a != nil && a.Const != nil {
		return *a.Const
	}
	return vector.Datum{}
}

// text is a constant string, or otherwise.
func (u *Use) text(param, otherwise string) string {
	if s, ok := u.constant(param).V.(string); ok {
		return s
	}
	return otherwise
}

// truth is a constant bool, false when it is not given.
func (u *Use) truth(param string) bool {
	v, _ := u.constant(param).V.(bool)
	return v
}

// number is a constant number, or otherwise.
func (u *Use) number(param string, otherwise float64) float64 {
	switch v := u.constant(param).V.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case vector.Decimal:
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return otherwise
}

// integer is a constant whole number, or otherwise.
func (u *Use) integer(param string, otherwise int64) int64 {
	if v, ok := u.constant(param).V.(int64); ok {
		return v
	}
	return otherwise
}

// passed hands on every input column except those at drop.
func (u *Use) passed(drop ...int) []Column {
	var out []Column
	for i, c := range u.In {
		gone := false
		for _, d := range drop {
			gone = gone || d == i
		}
		if !gone {
			out = append(out, Column{Column: c, From: i})
		}
	}
	return out
}

// made lists the columns of the result that the plugin makes.
func (u *Use) made() []Column {
	var out []Column
	for _, c := range u.Out {
		if c.From < 0 {
			out = append(out, c)
		}
	}
	return out
}

// columnOf makes a column like the one an argument names.
func columnOf(a *Arg) Column { return Made(a.Name, a.Type) }

// without are the columns that a schema does not name: those that its star
// stands for.
func without(cols []Column, named []types.Column) []Column {
	var out []Column
	for _, c := range cols {
		is := false
		for _, n := range named {
			is = is || n.Name == c.Name
		}
		if !is {
			out = append(out, c)
		}
	}
	return out
}
