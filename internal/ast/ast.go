// Package ast holds the syntax tree of KQL: one struct for each statement,
// expression and tabular operator. Nodes know their place in the text and
// nothing about tables, types or functions.
//
// A tree made from a text with errors is still whole: what is missing stands
// as a Bad or BadOp node, so that later stages can go on and stay silent
// about it.
package ast

import "goshawk/internal/source"

// Node is anything that has a place in the text.
type Node interface {
	Span() source.Span
}

// Expr is a scalar or tabular expression; KQL's grammar does not tell them
// apart, the binder does.
type Expr interface {
	Node
	expr()
}

// Stmt is one statement of a query or function body.
type Stmt interface {
	Node
	stmt()
}

// Operator is one tabular operator. Most stand after a pipe; those that may
// begin a query (print, range, union, search, find, evaluate, macro-expand)
// stand there inside a Head.
type Operator interface {
	Node
	// Keyword is the place of the operator's name, for messages about the
	// whole operator.
	Keyword() source.Span
	operator()
}

// Pos is the place of a node; every node embeds it.
type Pos struct {
	At source.Span
}

// Span is the place of the node.
func (p Pos) Span() source.Span { return p.At }

// At makes a Pos from byte offsets.
func At(start, end int) Pos { return Pos{source.Span{Start: start, End: end}} }

// OpPos is the place of an operator and of its keyword.
type OpPos struct {
	Pos
	Key source.Span
}

// Keyword is the place of the operator's name.
func (p OpPos) Keyword() source.Span { return p.Key }

func (OpPos) operator() {}

// Query is a whole text: its statements in order.
type Query struct {
	Pos
	Stmts []Stmt
	// Directives are the lines before the query that begin with #.
	Directives []Comment
	// Comments are all comments of the text, in order.
	Comments []Comment
}

// Comment is one `// ...` with its place, without the line break.
type Comment struct {
	Pos
	Text string
	// Trailing says that something else stands before it on its line.
	Trailing bool
}

// Quote says how a name is written.
type Quote uint8

// The ways to write a name.
const (
	Plain     Quote = iota // x
	Bracketed              // ['x'] or ["x"]
	Braced                 // {x}, a client parameter
)

// Name is a name, as a reference or as the thing being named. Names of the
// join sides, `$left` and `$right`, are names too.
type Name struct {
	Pos
	Text  string
	Quote Quote
}

// Wildcard is a name with stars in it, such as `Security*`.
type Wildcard struct {
	Pos
	Pattern string
	// Quote is Bracketed for `[Security*]`.
	Quote Quote
}

// Param is one operator or statement parameter, `name=value`. Dotted names
// such as `hint.strategy` are one name.
//
// Value is a literal, a Name for word values and columns, or a List for
// lists of columns.
type Param struct {
	Pos
	Name  *Name
	Value Expr
}

// TypeName is a scalar type as written, such as `long` or `int64`.
type TypeName struct {
	Pos
	Text string
}

// Schema is a list of typed columns in parentheses, or `(*)`.
type Schema struct {
	Pos
	// Star says that the list holds `*`: any further columns.
	Star    bool
	Columns []*ColumnDecl
}

// ColumnDecl is `name:type`; Schema stands instead of Type for `name:(...)`.
type ColumnDecl struct {
	Pos
	Name   *Name
	Type   *TypeName
	Schema *Schema
}

// FuncParam is one parameter of a function, query, pattern or scan: scalar
// (Type) or tabular (Schema), with an optional default.
type FuncParam struct {
	Pos
	Name    *Name
	Type    *TypeName
	Schema  *Schema
	Default Expr
}

// Body is what stands between the braces of a function: statements and then
// the result, which is nil when there is none.
type Body struct {
	Pos
	Stmts  []Stmt
	Result Expr
}

// Order is one sort key.
type Order struct {
	Pos
	X Expr
	// Dir is "", "asc", "desc", "granny-asc" or "granny-desc".
	Dir string
	// Nulls is "", "first" or "last".
	Nulls string
}

func (p *Pos) setSpan(sp source.Span) { p.At = sp }

// Place gives an operator its place; the parser calls it once.
func (p *OpPos) Place(at OpPos) { *p = at }
