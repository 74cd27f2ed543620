package ast

// Let is `let name = value`; the value may be a Function or EntityGroup.
type Let struct {
	Pos
	Name  *Name
	Value Expr
}

// ExprStmt is an expression as a statement: usually the query itself.
type ExprStmt struct {
	Pos
	X Expr
}

// Set is `set name` or `set name = value`.
type Set struct {
	Pos
	Name  *Name
	Value Expr
}

// DeclareQueryParameters is `declare query_parameters(a:long = 1, ...)`.
type DeclareQueryParameters struct {
	Pos
	Params []*FuncParam
}

// DeclarePattern is `declare pattern name = (a:string)[path:string] {...}`,
// or only the name.
type DeclarePattern struct {
	Pos
	Name   *Name
	Params []*FuncParam
	Path   *FuncParam
	Cases  []*PatternCase
}

// PatternCase is `("a", "b").["c"] = { body }`.
type PatternCase struct {
	Pos
	Args []Expr
	Path Expr
	Body *Body
}

// Restrict is `restrict access to (a, b)`.
type Restrict struct {
	Pos
	Targets []Expr
	With    []*Param
}

// AliasDatabase is `alias database name = expr`.
type AliasDatabase struct {
	Pos
	Name  *Name
	Value Expr
}

func (*Let) stmt()                    {}
func (*ExprStmt) stmt()               {}
func (*Set) stmt()                    {}
func (*DeclareQueryParameters) stmt() {}
func (*DeclarePattern) stmt()         {}
func (*Restrict) stmt()               {}
func (*AliasDatabase) stmt()          {}
