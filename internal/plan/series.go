package plan

// MakeSeries turns grouped rows into one row per group with an array per
// aggregate. Input has a row per group and step of Axis; its columns are Keys,
// then Aggs, then Axis, which stand in Columns in this order too.
type MakeSeries struct {
	Out
	Input Rel
	Keys  []*Col
	Aggs  []*Col
	Axis  *Col
	// Defaults fill the steps without rows, one per aggregate, nil for zero.
	Defaults []Expr
	// From and To bound the axis; nil means the first and last step of each
	// series. To is not included unless Closed.
	From, To, Step Expr
	Closed         bool
	// NonEmpty asks for one row of defaults when there are no rows and no keys.
	NonEmpty bool
}
