package plan

import (
	"goshawk/internal/fn"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Expr is a typed scalar expression.
type Expr interface {
	Type() types.Type
}

// ColRef is a column of the input.
type ColRef struct{ Col *Col }

// Type is the column's type.
func (c *ColRef) Type() types.Type { return c.Col.Type }

// Const is a constant.
type Const struct{ Datum vector.Datum }

// Type is the constant's type.
func (c *Const) Type() types.Type { return c.Datum.T }

// Call applies a function or operator. Args have the types Kernel wants. And,
// Or and Not are calls too; exec evaluates And and Or on fewer rows as it can.
type Call struct {
	Fn     *fn.Scalar
	Kernel fn.Kernel
	Args   []Expr
	Ret    types.Type
	At     source.Span
}

// Type is the result type.
func (c *Call) Type() types.Type { return c.Ret }

// Path is the value of Key in the bags of X; always dynamic.
type Path struct {
	X   Expr
	Key string
}

// Type is dynamic.
func (*Path) Type() types.Type { return types.Dynamic }

// Element is X[Index], a dynamic; Index is a long or a string.
type Element struct {
	X, Index Expr
}

// Type is dynamic.
func (*Element) Type() types.Type { return types.Dynamic }

// In says whether X equals one of List: values of X's type, constants or not,
// and dynamic values, of which arrays stand for their elements.
// Fold ignores case. A null X is in no list.
type In struct {
	X    Expr
	List []Expr
	// Sub, if set, is a relation whose first column is the list.
	Sub  Rel
	Not  bool
	Fold bool
}

// Type is bool.
func (*In) Type() types.Type { return types.Bool }

// Scalar is toscalar(): the first column of the first row of Rel, null when
// there is none.
type Scalar struct {
	Rel Rel
	T   types.Type
}

// Type is the column's type.
func (s *Scalar) Type() types.Type { return s.T }

// List is toscalar-like access to a whole column as a dynamic array, for
// has_any and has_all over a subquery.
type List struct{ Rel Rel }

// Type is dynamic.
func (*List) Type() types.Type { return types.Dynamic }

// AggCall is one call of an aggregate. If, when set, keeps the rows that feed
// it (the ...if aggregates pass their predicate as an argument instead).
type AggCall struct {
	Fn   *fn.Aggregate
	Args []Expr
	Use  fn.AggArgs
	At   source.Span
}
