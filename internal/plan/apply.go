package plan

// Apply runs Sub once for each row of Input (mv-apply). Inside Sub the row
// stands as Given. From[i] is the column of Input or of Sub that result column
// i shows; the Col itself is new.
type Apply struct {
	Out
	Input Rel
	Given *Given
	Sub   Rel
	From  []*Col
}

// Given is the one row of Input that an Apply is at.
type Given struct{ Input Rel }

// Cols gives the input's columns.
func (g *Given) Cols() []*Col { return g.Input.Cols() }
