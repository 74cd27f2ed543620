package ast

import "goshawk/internal/source"

// BinaryOp is a binary operator as it is written in canonical KQL.
type BinaryOp string

// The binary operators.
const (
	OpAnd BinaryOp = "and"
	OpOr  BinaryOp = "or"

	OpAdd BinaryOp = "+"
	OpSub BinaryOp = "-"
	OpMul BinaryOp = "*"
	OpDiv BinaryOp = "/"
	OpMod BinaryOp = "%"

	OpEq BinaryOp = "=="
	OpNe BinaryOp = "!="
	OpLt BinaryOp = "<"
	OpLe BinaryOp = "<="
	OpGt BinaryOp = ">"
	OpGe BinaryOp = ">="

	OpEqTilde         BinaryOp = "=~"
	OpNeTilde         BinaryOp = "!~"
	OpHas             BinaryOp = "has"
	OpNotHas          BinaryOp = "!has"
	OpHasCS           BinaryOp = "has_cs"
	OpNotHasCS        BinaryOp = "!has_cs"
	OpHasPrefix       BinaryOp = "hasprefix"
	OpNotHasPrefix    BinaryOp = "!hasprefix"
	OpHasPrefixCS     BinaryOp = "hasprefix_cs"
	OpNotHasPrefixCS  BinaryOp = "!hasprefix_cs"
	OpHasSuffix       BinaryOp = "hassuffix"
	OpNotHasSuffix    BinaryOp = "!hassuffix"
	OpHasSuffixCS     BinaryOp = "hassuffix_cs"
	OpNotHasSuffixCS  BinaryOp = "!hassuffix_cs"
	OpContains        BinaryOp = "contains"
	OpNotContains     BinaryOp = "!contains"
	OpContainsCS      BinaryOp = "contains_cs"
	OpNotContainsCS   BinaryOp = "!contains_cs"
	OpStartsWith      BinaryOp = "startswith"
	OpNotStartsWith   BinaryOp = "!startswith"
	OpStartsWithCS    BinaryOp = "startswith_cs"
	OpNotStartsWithCS BinaryOp = "!startswith_cs"
	OpEndsWith        BinaryOp = "endswith"
	OpNotEndsWith     BinaryOp = "!endswith"
	OpEndsWithCS      BinaryOp = "endswith_cs"
	OpNotEndsWithCS   BinaryOp = "!endswith_cs"
	OpMatchesRegex    BinaryOp = "matches regex"
	OpLike            BinaryOp = "like"
	OpNotLike         BinaryOp = "notlike"
	OpLikeCS          BinaryOp = "likecs"
	OpNotLikeCS       BinaryOp = "notlikecs"

	// OpSearch is `column:term` inside search and find.
	OpSearch BinaryOp = ":"
)

// InOp is an operator whose right side is a list.
type InOp string

// The operators with a list.
const (
	OpIn         InOp = "in"
	OpNotIn      InOp = "!in"
	OpInTilde    InOp = "in~"
	OpNotInTilde InOp = "!in~"
	OpHasAny     InOp = "has_any"
	OpHasAll     InOp = "has_all"
)

// Binary is `left op right`.
type Binary struct {
	Pos
	Op    BinaryOp
	OpAt  source.Span
	Left  Expr
	Right Expr
}

// Unary is `-x` or `+x`; Op is that sign.
type Unary struct {
	Pos
	Op string
	X  Expr
}

// Between is `x between (low .. high)`, or `!between` when Not is set.
type Between struct {
	Pos
	X    Expr
	Not  bool
	OpAt source.Span
	Low  Expr
	High Expr
}

// In is `x in (a, b)` and its relatives. A list of one expression may be a
// subquery or a dynamic array; the binder decides.
type In struct {
	Pos
	X    Expr
	Op   InOp
	OpAt source.Span
	List []Expr
}

// Paren is an expression in parentheses.
type Paren struct {
	Pos
	X Expr
}

// Assign is `name = value`, or `(a, b) = value` when Multi is set.
type Assign struct {
	Pos
	Names []*Name
	Multi bool
	Value Expr
}

// Call is `name(args)`. Named arguments are Assign, `*` is Star.
type Call struct {
	Pos
	Name *Name
	Args []Expr
}

// Path is `x.sel`; Sel is a Name, Wildcard, Brackets or Call.
type Path struct {
	Pos
	X   Expr
	Sel Expr
}

// Element is `x[index]`.
type Element struct {
	Pos
	X     Expr
	Index Expr
}

// Star is `*`.
type Star struct {
	Pos
}

// Brackets is `[x]` in the place of a name, where x is no string literal.
type Brackets struct {
	Pos
	X Expr
}

// List is a list of names as the value of a Param.
type List struct {
	Pos
	Items []Expr
}

// Pipe is a source and the operators applied to it. Source is nil in the
// subqueries of mv-apply, partition, fork, facet and the like, whose input is
// what the outer operator gives them; a query that begins with an operator
// that needs an input has no source either.
type Pipe struct {
	Pos
	Source Expr
	Ops    []Operator
}

// Head is an operator that begins a query, as in `print 1 | extend ...` or
// `union A, B`.
type Head struct {
	Pos
	Op Operator
}

// DataTable is `datatable(a:long, b:string) [1, "x", ...]`.
type DataTable struct {
	Pos
	Params  []*Param
	Schema  *Schema
	Values  []Expr
	ValueAt source.Span // the brackets and what is in them
}

// ExternalData is `externaldata(a:long) ["url"] with (format="csv")`.
type ExternalData struct {
	Pos
	Params []*Param
	Schema *Schema
	URIs   []Expr
	With   []*Param
}

// InlineExternalTable is `inline_external_table(schema) kind=... (...)`.
type InlineExternalTable struct {
	Pos
	Schema     *Schema
	Params     []*Param
	Partitions []*InlinePartition
	PathFormat []Expr
	URIs       []Expr
	With       []*Param
}

// InlinePartition is one entry of `partition by (name:type = expr)`.
type InlinePartition struct {
	Pos
	Column *ColumnDecl
	Value  Expr
}

// ContextualDataTable is `__contextual_datatable(id, schema)`.
type ContextualDataTable struct {
	Pos
	ID     Expr
	Schema *Schema
}

// MaterializedViewCombine is `materialized-view-combine(...)`.
type MaterializedViewCombine struct {
	Pos
	View  Expr
	Base  Expr
	Delta Expr
	Aggs  Expr
}

// ToScalar is `toscalar(x)`.
type ToScalar struct {
	Pos
	Params []*Param
	X      Expr
}

// ToTable is `totable(x)`.
type ToTable struct {
	Pos
	Params []*Param
	X      Expr
}

// Materialize is `materialize(x)`.
type Materialize struct {
	Pos
	X Expr
}

// Function is a function as the value of a let: `(a:long, T:(*)) { body }`,
// or with `view` before it.
type Function struct {
	Pos
	View   bool
	Params []*FuncParam
	Body   *Body
}

// EntityGroup is `entity_group [a, b]`.
type EntityGroup struct {
	Pos
	Items []Expr
}

// Bad stands where an expression is missing or could not be read; the parser
// has said why.
type Bad struct {
	Pos
}

func (*Name) expr()                    {}
func (*Wildcard) expr()                {}
func (*Binary) expr()                  {}
func (*Unary) expr()                   {}
func (*Between) expr()                 {}
func (*In) expr()                      {}
func (*Paren) expr()                   {}
func (*Assign) expr()                  {}
func (*Call) expr()                    {}
func (*Path) expr()                    {}
func (*Element) expr()                 {}
func (*Star) expr()                    {}
func (*Brackets) expr()                {}
func (*List) expr()                    {}
func (*Pipe) expr()                    {}
func (*Head) expr()                    {}
func (*DataTable) expr()               {}
func (*ExternalData) expr()            {}
func (*InlineExternalTable) expr()     {}
func (*ContextualDataTable) expr()     {}
func (*MaterializedViewCombine) expr() {}
func (*ToScalar) expr()                {}
func (*ToTable) expr()                 {}
func (*Materialize) expr()             {}
func (*Function) expr()                {}
func (*EntityGroup) expr()             {}
func (*Bad) expr()                     {}
