package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// name binds a name that stands for a value: a column, then a let name.
func (b *binder) name(s *scope, n *ast.Name) plan.Expr {
	if n.Text == "" {
		return badExpr
	}
	if s.graph != nil {
		if x, ok := b.graphName(s, n); ok {
			return x
		}
	}
	if c := s.column(n.Text); c != nil {
		b.traceColumn(n, c)
		return ref(c)
	}
	if v := s.env.lookup(n.Text); v != nil {
		b.traceName(n, v)
		switch {
		case v.scalar != nil:
			return b.passedValue(n, v.scalar)
		case v.fn != nil && len(v.fn.params) == 0 && !b.bodyTabular(v.fn):
			return b.callFunction(s, v.fn, &ast.Call{Pos: n.Pos, Name: n}).scalar
		case v.fn == nil && !s.open:
			b.errorf(codeTabular, n.Span(), "%q is a table; a value is expected here", n.Text)
			return badExpr
		}
	}
	if s.open {
		if t, ok := b.amongTypes(s, n.Text); ok {
			return typedOnly{t}
		}
		if !b.o.CheckOnly && b.silent == 0 && b.pending == nil && !b.failed() {
			b.refuse(codeUnsupported, n.Span(), "the column %q is known only when the data is read, which is not supported", n.Text)
		}
		return badExpr
	}
	if t, ok := b.handedOn(n); ok {
		return typedOnly{t}
	}
	if _, _, ok := b.o.Schema.Table(n.Text); ok {
		b.errorf(codeTabular, n.Span(), "%q is a table; a value is expected here", n.Text)
		return badExpr
	}
	b.unknown(codeUnknownColumn, n.Span(), "column", n.Text, append(colNames(s.cols), s.env.known()...))
	return badExpr
}

// amongTypes is, for a check, the type of a column that tables found by a
// pattern have in several types, so that it is called name_type here. Which of
// them a workspace has decides there; the first stands for it.
func (b *binder) amongTypes(s *scope, name string) (types.Type, bool) {
	if !b.o.CheckOnly {
		return types.Unknown, false
	}
	for _, c := range s.cols {
		if c.Name == name+"_"+c.Type.String() {
			return c.Type, true
		}
	}
	return types.Unknown, false
}

// failed says whether an error has been reported.
func (b *binder) failed() bool { return b.diags.HasErrors() }

// autoName is the name a column takes from its expression, or "".
func (b *binder) autoName(s *scope, e ast.Expr) string {
	switch n := e.(type) {
	case *ast.Name:
		return n.Text
	case *ast.Paren:
		return b.autoName(s, n.X)
	case *ast.Assign:
		if len(n.Names) > 0 {
			return n.Names[0].Text
		}
	case *ast.Path:
		if x, ok := n.X.(*ast.Name); ok && (x.Text == "$left" || x.Text == "$right") {
			return b.autoName(s, n.Sel)
		}
		switch sel := n.Sel.(type) {
		case *ast.Name:
			return joined(b.autoName(s, n.X), sel.Text)
		case *ast.Brackets:
			return element(b.autoName(s, n.X), sel.X)
		}
	case *ast.Element:
		return element(b.autoName(s, n.X), n.Index)
	case *ast.Call:
		return b.callName(s, n)
	}
	return ""
}

// element is the name of an element: a computed index leaves its place empty.
func element(a string, index ast.Expr) string {
	if a == "" {
		return ""
	}
	return a + "_" + indexName(index)
}

// joined puts the parts of a path together; without a first part there is no
// name.
func joined(a, sel string) string {
	if a == "" || sel == "" {
		return a
	}
	return a + "_" + sel
}

func indexName(e ast.Expr) string {
	switch n := e.(type) {
	case *ast.String:
		return n.Value
	case *ast.Literal:
		if n.Kind == ast.LongLit {
			return n.Text
		}
	}
	return ""
}

// callName is the name of the result of a call.
func (b *binder) callName(s *scope, c *ast.Call) string {
	name := c.Name.Text
	if v := s.env.lookup(name); v != nil && v.fn != nil {
		return ""
	}
	e := fn.Find(fn.Functions, name)
	if a := fn.Find(fn.Aggregates, name); a != nil && (s.aggs != nil || e == nil) {
		e = a
	}
	if e == nil {
		return ""
	}
	first := ""
	if len(c.Args) > 0 {
		first = b.autoName(s, c.Args[0])
	}
	switch e.Naming {
	case fn.FirstArgument:
		return first
	case fn.FirstArgumentValueIfColumn:
		if len(c.Args) > 0 {
			if x, ok := b.quietConst(s, c.Args[0]); ok {
				if t, ok := x.V.(string); ok && s.column(t) != nil {
					return t
				}
			}
		}
	case fn.NameAndFirstArgument:
		return name + "_" + first
	case fn.PrefixAndFirstArgument:
		return e.Prefix + "_" + first
	case fn.PrefixOnly:
		return e.Prefix
	case fn.OnlyArgument:
		if len(c.Args) == 1 {
			return first
		}
	}
	return ""
}

// argName is the name of argument i of an aggregate with several results.
func argName(prefix, name string, i int) string {
	if name != "" {
		return name
	}
	return prefix + "_arg" + strconv.Itoa(i)
}
