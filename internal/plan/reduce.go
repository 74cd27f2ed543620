package plan

// Reduce groups similar texts of Key (reduce). With Source the rows of Input
// stay and get Pattern, Count and Representative behind their columns.
type Reduce struct {
	Out
	Input Rel
	Key   *Col
	// Threshold is the share of rows that a word or a group must be above.
	Threshold float64
	// Characters are those between words; with Plain, everything but ASCII
	// letters and digits.
	Characters string
	Plain      bool
	Source     bool
}
