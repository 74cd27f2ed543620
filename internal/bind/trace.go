package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// Trace is told what binding finds out about places of a text. Editors use
// it; a query that only runs has none. A function is called once for each
// time that a place is bound, which may be more than once.
type Trace struct {
	// Scope is told what an expression inside an operator or statement can
	// name; the innermost place that holds a cursor is the one that counts.
	Scope func(Scope)
	// Ref is told what a name stands for.
	Ref func(Ref)
}

// Scope is what can be named at a place.
type Scope struct {
	Text *source.Text
	At   source.Span
	// Columns are the columns of the pipe; Right those of the other side
	// inside a join.
	Columns, Right types.Schema
	// Open says that there may be more columns.
	Open  bool
	Names []Named
}

// Named is a let name, a parameter or a name given by `as`.
type Named struct {
	Name string
	// Kind is "value", "table" or "function".
	Kind string
	// Type is the type of a value, Columns those of a table, Params the
	// parameters of a function.
	Type    types.Type
	Columns types.Schema
	Params  []*ast.FuncParam
}

// Ref is a name at a place and what it stands for.
type Ref struct {
	Text *source.Text
	At   source.Span
	// Kind is "column", "value", "table" or "function".
	Kind string
	Named
	// Defined is where a let, parameter or `as` gives the name, in DefinedIn;
	// nil for columns and for tables of the workspace.
	DefinedIn *source.Text
	Defined   source.Span
}

// traceScope tells the trace what can be named at a place.
func (b *binder) traceScope(at source.Span, cols, right []*plan.Col, open bool, en *env) {
	if b.o.Trace == nil || b.o.Trace.Scope == nil {
		return
	}
	s := Scope{Text: b.text, At: at, Columns: schemaOf(cols), Right: schemaOf(right), Open: open}
	seen := map[string]bool{}
	for e := en; e != nil; e = e.parent {
		for name, v := range e.names {
			if !seen[name] {
				seen[name] = true
				s.Names = append(s.Names, v.named())
			}
		}
	}
	b.o.Trace.Scope(s)
}

// traceOperator tells what the expressions of an operator can name.
func (b *binder) traceOperator(in plan.Rel, st *state, op ast.Operator) {
	if b.o.Trace == nil {
		return
	}
	var cols []*plan.Col
	if in != nil {
		cols = in.Cols()
	}
	b.traceScope(op.Span(), cols, nil, st.open, st.env)
}

// traceColumn tells that a name is a column.
func (b *binder) traceColumn(n *ast.Name, c *plan.Col) {
	if b.o.Trace == nil || b.o.Trace.Ref == nil {
		return
	}
	b.o.Trace.Ref(Ref{Text: b.text, At: n.Span(), Kind: "column", Named: Named{Name: c.Name, Kind: "column", Type: c.Type}})
}

// traceName tells that a name is one that the query itself gives.
func (b *binder) traceName(n *ast.Name, v *binding) {
	if b.o.Trace == nil || b.o.Trace.Ref == nil {
		return
	}
	named := v.named()
	in := v.in
	if in == nil {
		in = b.text
	}
	b.o.Trace.Ref(Ref{Text: b.text, At: n.Span(), Kind: named.Kind, Named: named, DefinedIn: in, Defined: v.at})
}

// traceTable tells that a name is a table of the workspace.
func (b *binder) traceTable(n *ast.Name, rel plan.Rel) {
	if b.o.Trace == nil || b.o.Trace.Ref == nil {
		return
	}
	b.o.Trace.Ref(Ref{Text: b.text, At: n.Span(), Kind: "table", Named: Named{Name: n.Text, Kind: "table", Columns: schemaOf(rel.Cols())}})
}

// named describes a binding to people.
func (v *binding) named() Named {
	n := Named{Name: v.name}
	switch {
	case v.fn != nil:
		n.Kind, n.Params = "function", v.fn.params
	case v.rel != nil:
		n.Kind, n.Columns = "table", schemaOf(v.rel.Cols())
	case v.expr != nil:
		n.Kind = "table"
	default:
		n.Kind = "value"
		if v.scalar != nil {
			n.Type = v.scalar.Type()
		}
	}
	return n
}

func schemaOf(cols []*plan.Col) types.Schema {
	out := make(types.Schema, len(cols))
	for i, c := range cols {
		out[i] = types.Column{Name: c.Name, Type: c.Type}
	}
	return out
}

// traceJoin tells what the conditions of a join or lookup can name.
func (b *binder) traceJoin(left, right plan.Rel, st *state, on []ast.Expr) {
	for _, e := range on {
		b.traceScope(e.Span(), left.Cols(), right.Cols(), st.open, st.env)
	}
}
