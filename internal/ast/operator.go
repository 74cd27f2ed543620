package ast

// Where keeps the rows for which Cond holds; `filter` is the same.
type Where struct {
	OpPos
	Params []*Param
	Cond   Expr
}

// Extend adds or replaces columns; items are expressions or Assign.
type Extend struct {
	OpPos
	Items []Expr
}

// Project makes the columns.
type Project struct {
	OpPos
	Items []Expr
}

// ProjectAway drops columns; items are Name or Wildcard.
type ProjectAway struct {
	OpPos
	Items []Expr
}

// ProjectKeep keeps columns; items are Name or Wildcard.
type ProjectKeep struct {
	OpPos
	Items []Expr
}

// ProjectRename renames columns; items are Assign.
type ProjectRename struct {
	OpPos
	Items []Expr
}

// ProjectReorder puts columns first; keys are names or wildcards with order.
type ProjectReorder struct {
	OpPos
	Items []*Order
}

// ProjectByNames projects by names that are computed.
type ProjectByNames struct {
	OpPos
	Items []Expr
}

// Summarize aggregates.
type Summarize struct {
	OpPos
	Params []*Param
	Aggs   []Expr
	By     []Expr
	// Bin is the value of the old `bin=` clause after by.
	Bin Expr
}

// Distinct keeps distinct rows; an item may be Star.
type Distinct struct {
	OpPos
	Params []*Param
	Items  []Expr
}

// Count counts rows; As names the column when it is given.
type Count struct {
	OpPos
	Params []*Param
	As     *Name
}

// Sort is `sort by` and `order by`.
type Sort struct {
	OpPos
	Params []*Param
	By     []*Order
}

// Top is `top n by key`.
type Top struct {
	OpPos
	Params []*Param
	N      Expr
	By     *Order
}

// Take is `take n` and `limit n`.
type Take struct {
	OpPos
	Params []*Param
	N      Expr
}

// Join joins with Right.
type Join struct {
	OpPos
	Params []*Param
	Right  Expr
	// On holds names, `$left.a == $right.b`, or other conditions.
	On []Expr
	// Where is the condition of the form `join (T) where cond`.
	Where Expr
}

// Lookup adds the columns of a dimension table.
type Lookup struct {
	OpPos
	Params []*Param
	Right  Expr
	On     []Expr
}

// Union puts tables together; at the head of a query it has no input.
type Union struct {
	OpPos
	Params  []*Param
	Sources []Expr
}

// MvExpand makes rows of the elements of arrays and bags.
type MvExpand struct {
	OpPos
	Params []*Param
	Items  []*MvItem
	Limit  Expr
}

// MvItem is `name = expr to typeof(type)`.
type MvItem struct {
	Pos
	X  Expr
	To *TypeOf
}

// MvApply runs Sub over the elements of arrays and bags.
type MvApply struct {
	OpPos
	Params []*Param
	Items  []*MvItem
	Limit  Expr
	// ID is the value of the internal `id` clause.
	ID  Expr
	Sub Expr
}

// Parse reads columns out of a text.
type Parse struct {
	OpPos
	Params  []*Param
	X       Expr
	Pattern []*ParsePart
}

// ParseWhere is Parse that drops rows without a match.
type ParseWhere struct {
	OpPos
	Params  []*Param
	X       Expr
	Pattern []*ParsePart
}

// ParsePart is one part of a parse pattern: exactly one of Star, Text and
// Column is given; Type goes with Column.
type ParsePart struct {
	Pos
	Star   bool
	Text   Expr
	Column *Name
	Type   *TypeName
}

// ParseKv reads `key=value` pairs.
type ParseKv struct {
	OpPos
	Params []*Param
	X      Expr
	Keys   *Schema
	With   []*Param
}

// Print makes one row of expressions.
type Print struct {
	OpPos
	Items []Expr
}

// Range makes rows of a series of values.
type Range struct {
	OpPos
	Name *Name
	From Expr
	To   Expr
	Step Expr
}

// As names the table so far.
type As struct {
	OpPos
	Params []*Param
	Name   *Name
}

// Serialize marks the order of rows as meant, and may add columns.
type Serialize struct {
	OpPos
	Params []*Param
	Items  []Expr
}

// Render says how to draw the result.
type Render struct {
	OpPos
	Chart *Name
	// Params stand before or after the chart's name without `with`.
	Params []*Param
	With   []*Param
}

// GetSchema gives the columns as rows.
type GetSchema struct {
	OpPos
	Params []*Param
}

// Invoke calls a function with the table so far as its first argument.
type Invoke struct {
	OpPos
	// Call is a Call, or a Path that ends in one.
	Call Expr
}

// Evaluate runs a plugin.
type Evaluate struct {
	OpPos
	Params []*Param
	Call   Expr
	// Schema is what `: (a:long)` promises about the result.
	Schema *Schema
}

// MakeSeries makes arrays along an axis.
type MakeSeries struct {
	OpPos
	Params []*Param
	Aggs   []*SeriesAgg
	On     Expr
	From   Expr
	To     Expr
	Step   Expr
	// InRange marks the old form `in range(from, to, step)`.
	InRange bool
	By      []Expr
}

// SeriesAgg is one aggregate of make-series with its default.
type SeriesAgg struct {
	Pos
	X       Expr
	Default Expr
}

// TopNested is `top-nested n of a by b, top-nested ...`.
type TopNested struct {
	OpPos
	Levels []*TopNestedLevel
}

// TopNestedLevel is one level of top-nested; N is nil for all values.
type TopNestedLevel struct {
	Pos
	N          Expr
	Of         Expr
	WithOthers Expr
	By         *Order
}

// TopHitters is `top-hitters n of a by b`.
type TopHitters struct {
	OpPos
	N  Expr
	Of Expr
	By Expr
}

// Sample takes random rows.
type Sample struct {
	OpPos
	Params []*Param
	N      Expr
}

// SampleDistinct takes random distinct values.
type SampleDistinct struct {
	OpPos
	Params []*Param
	N      Expr
	Of     Expr
}

// Search looks for terms in all columns.
type Search struct {
	OpPos
	Params []*Param
	In     []Expr
	Cond   Expr
}

// Find looks for rows in many tables.
type Find struct {
	OpPos
	// DataScope is the word of `datascope=word`.
	DataScope *Name
	Params    []*Param
	In        []Expr
	Cond      Expr
	// Output says what the projection below is: "", "project",
	// "project-smart" or "project-away".
	Output  string
	Columns []*FindColumn
}

// FindColumn is a column of find's projection: a name with an optional type,
// `pack(*)`, or Star.
type FindColumn struct {
	Pos
	X    Expr
	Type *TypeName
}

// Facet counts values of columns and may run With on the rows.
type Facet struct {
	OpPos
	By   []Expr
	With Expr
}

// Fork runs several subqueries on the same rows.
type Fork struct {
	OpPos
	Branches []*ForkBranch
}

// ForkBranch is `name = (subquery)`.
type ForkBranch struct {
	Pos
	Name *Name
	Sub  Expr
}

// Reduce groups similar texts.
type Reduce struct {
	OpPos
	Params []*Param
	By     Expr
	With   []*Param
}

// Partition runs a subquery for each value of a column.
type Partition struct {
	OpPos
	Params []*Param
	By     Expr
	// In is the internal scope of `by key in scope`.
	In Expr
	// Sub is a Pipe without source for `( ... )`, a whole query for `{ ... }`.
	Sub    Expr
	Braces bool
}

// PartitionBy is the internal `__partitionby`.
type PartitionBy struct {
	OpPos
	Params []*Param
	By     Expr
	ID     Expr
	Sub    Expr
}

// Scan matches a sequence of steps over ordered rows.
type Scan struct {
	OpPos
	Params      []*Param
	OrderBy     []*Order
	PartitionBy []Expr
	Declare     []*FuncParam
	Steps       []*ScanStep
}

// ScanStep is `step name optional output=all: cond => a = 1, b = 2`.
type ScanStep struct {
	Pos
	Name     *Name
	Optional bool
	// Output is "", "all", "last" or "none".
	Output  string
	Cond    Expr
	Assigns []Expr
}

// Consume reads all rows and gives none.
type Consume struct {
	OpPos
	Params []*Param
}

// AssertSchema checks the columns.
type AssertSchema struct {
	OpPos
	Schema *Schema
}

// MacroExpand runs a query for each entity of a group.
type MacroExpand struct {
	OpPos
	Params []*Param
	Group  Expr
	As     *Name
	Body   *Body
}

// ExecuteAndCache is the internal `__executeAndCache`.
type ExecuteAndCache struct {
	OpPos
}

// BadOp stands where an operator is missing or unknown.
type BadOp struct {
	OpPos
}
