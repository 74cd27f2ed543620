package bind

import (
	"slices"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// scope is what a scalar expression can see.
type scope struct {
	// cols are the columns of the row.
	cols []*plan.Col
	// left and right are the sides of a join while its condition is bound.
	left, right []*plan.Col
	join        bool
	// env holds the let names.
	env *env
	// open says that the row may have columns that are not known here.
	open bool
	// serialized says that the rows have a meaningful order; window is set
	// when a window function was called.
	serialized bool
	window     bool
	// cell says that a value of a datatable is bound.
	cell bool
	// aggs collects aggregate calls where they are allowed, nil elsewhere.
	// keys are the columns grouped by, which a star leaves out.
	aggs *[]plan.Agg
	keys []plan.Item
	// search is set inside the condition of search and find, scan inside a
	// step of scan.
	search *searching
	scan   *scanning
	// graph is set inside graph-match and graph-shortest-paths.
	graph *graphScope
}

// rowScope is the scope of an operator over in.
func (b *binder) rowScope(in plan.Rel, st *state) *scope {
	return &scope{cols: in.Cols(), env: st.env, open: st.open, serialized: st.serialized}
}

// column finds a column by name.
func (s *scope) column(name string) *plan.Col { return findCol(s.cols, name) }

func findCol(cols []*plan.Col, name string) *plan.Col {
	for _, c := range cols {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func colNames(cols []*plan.Col) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.Name
	}
	return out
}

// env is a list of named values: lets, parameters, `as` names.
type env struct {
	parent *env
	names  map[string]*binding
	// input is what a subquery without a source reads (mv-apply, partition).
	input plan.Rel
}

func newEnv(parent *env) *env { return &env{parent: parent, names: map[string]*binding{}} }

// lookup finds the nearest binding of a name.
func (e *env) lookup(name string) *binding {
	for ; e != nil; e = e.parent {
		if v := e.names[name]; v != nil {
			return v
		}
	}
	return nil
}

// known lists all names, for messages.
func (e *env) known() []string {
	var out []string
	for ; e != nil; e = e.parent {
		for n := range e.names {
			out = append(out, n)
		}
	}
	return out
}

// views lists the views that a pattern stands for, in the order they are
// written: of the let names only views count as tables of the database.
func (e *env) views(pattern string) []string {
	var out []string
	seen := map[string]bool{}
	for ; e != nil; e = e.parent {
		for n, v := range e.names {
			if !seen[n] && v.fn != nil && v.fn.view && allDefault(v.fn) && wild(pattern, n) {
				out = append(out, n)
			}
			seen[n] = true
		}
	}
	slices.Reverse(out)
	return out
}

// binding is what a let name, parameter or `as` name stands for: exactly one
// of scalar, rel, expr (a tabular let, bound anew at each use) and fn is set.
type binding struct {
	name   string
	scalar plan.Expr
	rel    plan.Rel
	used   bool            // rel has been handed out once
	made   map[string]bool // the names made up before rel was bound
	expr   ast.Expr
	env    *env
	text   *source.Text
	fn     *function
	at     source.Span
	// group is set for an entity group, entity for what macro-expand puts in.
	group  []ast.Expr
	entity *entity
	// pattern is set for a declared pattern.
	pattern *pattern
	// in is the text that at counts in, when it may be another one than the
	// text of the place that uses the name.
	in *source.Text
}

// function is a lambda or a stored function.
type function struct {
	name   string
	params []*ast.FuncParam
	body   *ast.Body
	env    *env
	text   *source.Text
	view   bool
	stub   *Function
}

// state is what the operators of one pipe share.
type state struct {
	env        *env
	open       bool
	serialized bool
	sorted     []plan.Key
	render     map[string]string
	name       string
	// top says that these are the operators of a statement at the top; extra
	// are the results of one that gives several (fork, facet).
	top   bool
	extra []plan.Result
}

// bad is an expression with a diagnostic.
type bad struct{}

// Type is unknown.
func (bad) Type() types.Type { return types.Unknown }

var badExpr plan.Expr = bad{}

// isBad says whether the type of e is not known, so that more errors about it
// would be noise.
func isBad(e plan.Expr) bool { return e.Type() == types.Unknown }

// badRel is a relation with a diagnostic: no columns, and any name is silent.
func (b *binder) badRel() plan.Rel {
	r := &plan.Values{Rows: &vector.Batch{}}
	b.open[r] = true
	return r
}

// fresh copies columns with new identities.
func fresh(cols []*plan.Col) []*plan.Col {
	out := make([]*plan.Col, len(cols))
	for i, c := range cols {
		out[i] = &plan.Col{Name: c.Name, Type: c.Type}
	}
	return out
}

// ref is an expression for a column.
func ref(c *plan.Col) plan.Expr { return &plan.ColRef{Col: c} }

// constOf is an expression for a constant.
func constOf(d vector.Datum) plan.Expr { return &plan.Const{Datum: d} }

// longConst is an expression for a long.
func longConst(n int64) plan.Expr { return constOf(vector.Datum{T: types.Long, V: n}) }

// stringConst is an expression for a string.
func stringConst(s string) plan.Expr { return constOf(vector.Datum{T: types.String, V: s}) }
