package plan

// Sample keeps Count random rows, in the order they had.
type Sample struct {
	Input Rel
	Count Expr
}

// Cols gives the input's columns.
func (s *Sample) Cols() []*Col { return s.Input.Cols() }

// SampleDistinct keeps the first Count rows that differ.
type SampleDistinct struct {
	Input Rel
	Count Expr
}

// Cols gives the input's columns.
func (s *SampleDistinct) Cols() []*Col { return s.Input.Cols() }

// Consume reads all rows and gives none, not even columns.
type Consume struct{ Input Rel }

// Cols is empty.
func (*Consume) Cols() []*Col { return nil }
