package plan

import (
	"fmt"

	"goshawk/internal/plugin"
	"goshawk/internal/vector"
)

// Plugin runs a plugin of evaluate over Input. A result column is a column of
// Input handed on, or one of Made, which holds all columns that the plugin
// makes in its order.
type Plugin struct {
	Out
	Row   *plugin.Plugin
	Use   *plugin.Use
	Input Rel
	// Args holds the expression of each argument over Input; nil where it is a
	// table or not given.
	Args []Expr
	// Table is the argument that is a table, nil without.
	Table Rel
	Made  []*Col
	// Parts are the values of plugin.Keys where a rewrite has them read one by
	// one, and nil for those that nothing reads; Args[0] is nil then.
	Parts []Expr
}

// Observe reads Input to find the columns of a plugin's result; it has no
// rows. Hold says that the rows of Input are kept for the query that follows,
// because computing them again could cost more or give others.
type Observe struct {
	Row   *plugin.Plugin
	Use   *plugin.Use
	Input Rel
	Args  []Expr
	Hold  bool
}

// Cols gives the input's columns.
func (o *Observe) Cols() []*Col { return o.Input.Cols() }

// Observation is what an Observe found in its Rows.
type Observation struct {
	Row     *plugin.Plugin
	Rows    int64
	Columns []plugin.Column
	// Held says that Batches are the rows of the Input.
	Held    bool
	Batches []*vector.Batch
}

// NoRows is the error of a query that names columns which a plugin would have
// made if any rows had reached it; Err is how the query is refused.
type NoRows struct {
	Plugin string
	Err    error
}

// Error says what had no rows.
func (e *NoRows) Error() string {
	return fmt.Sprintf("no rows reach %s, so it makes none of the columns that the query names: %v", e.Plugin, e.Err)
}

// Unwrap gives the refusal.
func (e *NoRows) Unwrap() error { return e.Err }

// Held is rows that an Observe kept.
type Held struct {
	Out
	Batches []*vector.Batch
}

// given leaves out the arguments without an expression.
func given(args []Expr) []Expr {
	var out []Expr
	for _, e := range args {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}
