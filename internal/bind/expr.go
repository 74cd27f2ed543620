package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// scalar binds an expression to a value. It never gives nil: after a
// diagnostic the result has the type Unknown, which stops further ones.
func (b *binder) scalar(s *scope, e ast.Expr) plan.Expr { return badExpr }

// typed binds an expression that must have the type want, converting it if
// the language does.
func (b *binder) typed(s *scope, e ast.Expr, want types.Type) plan.Expr { return badExpr }

// cast converts e to a type.
func (b *binder) cast(e plan.Expr, to types.Type) plan.Expr { return e }

// constant computes an expression that must be constant; it reports and gives
// false when it is not.
func (b *binder) constant(s *scope, e ast.Expr) (vector.Datum, bool) { return vector.Datum{}, false }

// autoName is the name a column takes from its expression, or "".
func (b *binder) autoName(s *scope, e ast.Expr) string { return "" }

// aggregate binds one aggregate call. names are the given names of its
// result columns; missing ones are made from the call.
func (b *binder) aggregate(s *scope, c *ast.Call, names []string) (plan.Agg, bool) {
	return plan.Agg{}, false
}

// isAggregate says whether e is a call of an aggregate.
func (b *binder) isAggregate(e ast.Expr) (*ast.Call, bool) { return nil, false }
