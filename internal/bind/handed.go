package bind

import (
	"fmt"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// handed is what the text itself tells about names that it does not define:
// the body of a stored function hands its parameters on under the same names,
// and the declaration of those stands elsewhere.
type handed struct {
	// params are the types of the parameters of the text's own functions.
	params map[string]types.Type
	// parser says that the text looks like the body of an ASIM parser, each of
	// which has a switch called "disabled".
	parser bool
	// check says that nothing but the verdict is wanted; told are the names
	// with a diagnostic.
	check bool
	told  map[string]bool
}

// newHanded looks through a query.
func newHanded(q *ast.Query, check bool) *handed {
	h := &handed{params: map[string]types.Type{}, check: check, told: map[string]bool{}}
	ast.Walk(q, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Function:
			for _, p := range n.Params {
				if p.Type == nil {
					continue
				}
				if t, ok := types.Parse(p.Type.Text); ok {
					h.params[p.Name.Text] = t
				}
			}
		case *ast.Name:
			h.parser = h.parser || n.Text == "disabled"
		}
		return true
	})
	return h
}

// handedOn is the type of a name that nothing has when the name can be a
// parameter of the function whose body the text is. A check goes on with it
// and leaves a hint; a run has no value for it.
func (b *binder) handedOn(n *ast.Name) (types.Type, bool) {
	h := b.handed
	t, ok := h.params[n.Text]
	if !ok && h.parser && b.o.Parameter != nil {
		t, ok = b.o.Parameter(n.Text)
	}
	if !ok {
		return types.Unknown, false
	}
	d := source.Diagnostic{Severity: source.Hint, Code: codeHanded, Span: n.Span(),
		Message: fmt.Sprintf("%q is taken for a parameter of the function whose body this is", n.Text)}
	if !h.check {
		t = types.Unknown
		d.Severity, d.Message = source.Error, fmt.Sprintf("%q is a parameter of the function whose body this is, and has no value here", n.Text)
		d.Hint = "load the whole file with --functions PATH and call the function"
	}
	if !h.told[n.Text] && b.silent == 0 {
		h.told[n.Text] = true
		b.report(d)
	}
	return t, true
}

// misfit is an argument of another type than its parameter asks for. Kusto
// takes it as long as the body does not use it.
type misfit struct{ want, got types.Type }

// Type is the type that the body counts on.
func (m misfit) Type() types.Type { return m.want }

// passed binds an argument of a function of the query or the workspace.
func (b *binder) passed(s *scope, a ast.Expr, want types.Type) plan.Expr {
	x := b.scalar(s, a)
	if t := x.Type(); t == want || t == types.Unknown || want == types.Unknown || b.converts(t, want) {
		return b.cast(x, want)
	}
	return misfit{want, x.Type()}
}

// passedValue is the value a name stands for; a misfit is reported where the
// body uses it.
func (b *binder) passedValue(n *ast.Name, x plan.Expr) plan.Expr {
	m, ok := x.(misfit)
	if !ok {
		return x
	}
	if !b.o.CheckOnly {
		b.errorf(codeType, n.Span(), "a value of type %s is expected for %q, not %s", m.want, n.Text, m.got)
		return badExpr
	}
	return typedOnly{m.want}
}

// directives refuses lines such as #connect, which speak to a client.
func (b *binder) directives(q *ast.Query) {
	for _, d := range q.Directives {
		b.refuse(codeUnsupported, d.Span(), "a line that begins with # is a directive to a client, which is not supported; a remark begins with //")
	}
}
