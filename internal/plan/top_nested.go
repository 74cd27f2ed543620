package plan

import "goshawk/internal/vector"

// TopNested picks values level by level: the first Count values of Key by By,
// then, among the rows of each, those of the next level. Key and the arguments
// of Aggs are columns of Input; By is an expression over the results of Aggs.
// Result columns are, for each level, KeyCol and ByCol.
type TopNested struct {
	Out
	Input  Rel
	Levels []NestedLevel
}

// NestedLevel is one level of a TopNested.
type NestedLevel struct {
	Count  Expr // nil for all values
	Key    *Col
	Aggs   []Agg
	By     Expr
	Desc   bool
	Others *vector.Datum // the value that stands for all other rows; nil without
	KeyCol *Col
	ByCol  *Col
}
