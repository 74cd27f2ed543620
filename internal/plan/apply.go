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

// Given is the rows of Input that an Apply or a Partition is at: one row, or
// those of one value of the key.
type Given struct{ Input Rel }

// Cols gives the input's columns.
func (g *Given) Cols() []*Col { return g.Input.Cols() }
