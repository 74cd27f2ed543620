package plan

import "goshawk/internal/vector"

// ScanSteps matches the rows of Input, in their order, against steps (scan).
// Conditions and values look at columns of Input and at States, which show
// the row that a step matched last. The result is, for each match that is put
// out, the columns of Input, those declared and the number of the match.
type ScanSteps struct {
	Out
	Input Rel
	// Passed are the columns of Input in the result, Declared those that steps
	// fill, MatchID the number of the match, nil without.
	Passed   []PassedCol
	Declared []Declared
	MatchID  *Col
	Steps    []ScanStep
	States   []StateCol
	// Partition are columns of Input; each combination has states of its own.
	Partition []*Col
}

// PassedCol is a column of the input and what it is in the result: itself, or
// another when a step fills it.
type PassedCol struct{ From, Col *Col }

// Declared is a column that steps fill, with its value where they do not.
type Declared struct {
	Col     *Col
	Default vector.Datum
}

// ScanStep is one step. Values are by the column they are for: one of
// Declared, or From of one of Passed.
type ScanStep struct {
	Name   string
	Output string // all, last or none
	// Rows are columns of Input and Cond, nil for none, a condition that looks
	// at States; all must hold.
	Rows   []*Col
	Cond   Expr
	Values map[*Col]Expr
}

// StateCol is column From (as in Values) of the row that step Step
// matched last: null, or the default, while there is none.
type StateCol struct {
	Col  *Col
	Step int
	From *Col
}

// Filled are the columns that steps may fill, as in Values.
func (r *ScanSteps) Filled() []*Col {
	var out []*Col
	for _, p := range r.Passed {
		out = append(out, p.From)
	}
	for _, d := range r.Declared {
		out = append(out, d.Col)
	}
	return out
}
