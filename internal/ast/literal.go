package ast

import "goshawk/internal/source"

// LiteralKind is the type a literal is written as.
type LiteralKind uint8

// The kinds of literals. Strings and dynamic values have nodes of their own.
const (
	NullLit     LiteralKind = iota // null, inside dynamic and as a bare word in data
	BoolLit                        // true, bool(true)
	IntLit                         // int(1)
	LongLit                        // 1, 0x1f, long(1)
	RealLit                        // 1.5, real(nan)
	DecimalLit                     // decimal(1.5)
	DatetimeLit                    // datetime(2020-01-01)
	TimespanLit                    // 1d, time(1.00:00:00)
	GuidLit                        // guid(...)
)

// String is the KQL type of the kind.
func (k LiteralKind) String() string {
	return [...]string{"null", "bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid"}[k]
}

// Literal is a literal of a scalar type other than string and dynamic.
type Literal struct {
	Pos
	Kind LiteralKind
	// Text is the value as written, without the type around it and outer
	// spaces: `2020-01-01` for `datetime(2020-01-01)`, `1d` for `1d`. Where
	// only literals may stand (datatable, dynamic, defaults, parameters), a
	// sign belongs to it; elsewhere `-1` is a Unary.
	Text string
	// Type is the type word as written for the long form, `datetime` in
	// `datetime(2020-01-01)`, else "".
	Type string
	// Null marks a typed null, `int(null)` or `int()`.
	Null bool
	// TextAt is the place of Text.
	TextAt source.Span
}

// String is a string literal; neighbouring literals are one.
type String struct {
	Pos
	// Value is the decoded text of all parts together.
	Value string
	// Parts are the literals as written, at least one.
	Parts []StringPart
}

// StringPart is one string literal token.
type StringPart struct {
	Pos
	// Raw is the token as written, with its quotes.
	Raw string
	// Value is the decoded text.
	Value string
	// Hidden marks h"...": not to be written into logs.
	Hidden bool
}

// Dynamic is `dynamic(value)`. Inside, arrays and bags are Array and Bag,
// scalars are Literal and String, null is a Literal of kind NullLit.
type Dynamic struct {
	Pos
	Value Expr
}

// Array is `[a, b]` inside a dynamic literal.
type Array struct {
	Pos
	Items []Expr
}

// Bag is `{"k": v}` inside a dynamic literal.
type Bag struct {
	Pos
	Pairs []*BagPair
}

// BagPair is `"k": v`.
type BagPair struct {
	Pos
	Key   *String
	Value Expr
}

// TypeOf is `typeof(long)`, `typeof(*)` or `typeof(a:long, b:string, *)`.
type TypeOf struct {
	Pos
	Items []*TypeOfItem
}

// TypeOfItem is one entry of typeof(): a star, a type, or a named type.
type TypeOfItem struct {
	Pos
	Star   bool
	Name   *Name
	Type   *TypeName
	Schema *Schema
}

func (*Literal) expr() {}
func (*String) expr()  {}
func (*Dynamic) expr() {}
func (*Array) expr()   {}
func (*Bag) expr()     {}
func (*TypeOf) expr()  {}
