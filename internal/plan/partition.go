package plan

// Partition runs Sub once for the rows of each value of Key (partition). Inside
// Sub these rows stand as Given. From[i] is the column of Sub that result
// column i shows; the Col itself is new. Most bounds the values, 0 does not.
type Partition struct {
	Out
	Input Rel
	Key   *Col
	Given *Given
	Sub   Rel
	From  []*Col
	Most  int
}
