package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// pattern is a declared pattern: constant arguments, and perhaps a path,
// choose one of several bodies.
type pattern struct {
	decl *ast.DeclarePattern
	env  *env
}

// declarePattern binds `declare pattern`; the bodies are bound where a call
// chooses them.
func (b *binder) declarePattern(en *env, n *ast.DeclarePattern) *env {
	next := newEnv(en)
	next.input = en.input
	next.names[n.Name.Text] = &binding{name: n.Name.Text, pattern: &pattern{decl: n, env: en}, at: n.Name.Span(), text: b.text}
	s := &scope{env: en}
	for _, c := range n.Cases {
		for i, a := range c.Args {
			if i < len(n.Params) {
				b.patternValue(s, a)
			}
		}
		if c.Path != nil && n.Path != nil {
			b.patternValue(s, c.Path)
		}
	}
	return next
}

// patternValue is a constant string: other values choose no case.
func (b *binder) patternValue(s *scope, e ast.Expr) (vector.Datum, bool) {
	x := b.scalar(s, e)
	if isBad(x) {
		return vector.Datum{}, false
	}
	if x.Type() != types.String {
		b.errorf(codeType, e.Span(), "a value of type string is expected, not %s", x.Type())
		return vector.Datum{}, false
	}
	c, ok := x.(*plan.Const)
	if !ok {
		b.errorf(codeConstant, e.Span(), "a constant is expected here")
		return vector.Datum{}, false
	}
	return c.Datum, true
}

// patternNamed finds the pattern that a call may be of.
func (b *binder) patternNamed(en *env, e ast.Expr) (*ast.Call, *pattern) {
	c, ok := unparen(e).(*ast.Call)
	if !ok {
		return nil, nil
	}
	if v := en.lookup(c.Name.Text); v != nil && v.pattern != nil {
		return c, v.pattern
	}
	return nil, nil
}

// callPattern binds the body that the arguments and the path of a call
// choose; sel is nil without a path.
func (b *binder) callPattern(en *env, c *ast.Call, p *pattern, sel ast.Expr) (plan.Rel, *state) {
	fail := func() (plan.Rel, *state) { return b.badRel(), &state{env: en, open: true} }
	d := p.decl
	if len(c.Args) != len(d.Params) {
		b.arityError(d.Name.Text, c.Span(), c.Args, len(d.Params), len(d.Params))
		return fail()
	}
	params := append([]*ast.FuncParam(nil), d.Params...)
	args := append([]ast.Expr(nil), c.Args...)
	if d.Path != nil {
		path := pathText(sel)
		if path == nil {
			b.errorf(codeArity, c.Span(), "the pattern %q needs a path: write %s(...).%s", d.Name.Text, d.Name.Text, d.Path.Name.Text)
			return fail()
		}
		params, args = append(params, d.Path), append(args, path)
	}
	s := &scope{env: en}
	var given []vector.Datum
	inner := newEnv(p.env)
	for i, a := range args {
		v, ok := b.patternValue(s, a)
		if !ok {
			return fail()
		}
		given = append(given, v)
		inner.names[params[i].Name.Text] = &binding{name: params[i].Name.Text, scalar: constOf(v), at: params[i].Span()}
	}
	for _, k := range d.Cases {
		if b.caseFits(p, k, given) {
			return b.patternBody(inner, d, k, c)
		}
	}
	b.errorf(codeArgument, c.Name.Span(), "no case of the pattern %q has these arguments", d.Name.Text)
	return fail()
}

// caseFits says whether the constants of a case are those of a call.
func (b *binder) caseFits(p *pattern, k *ast.PatternCase, given []vector.Datum) bool {
	all := append([]ast.Expr(nil), k.Args...)
	if k.Path != nil {
		all = append(all, k.Path)
	}
	if len(all) != len(given) {
		return false
	}
	fits := true
	b.quiet(func() {
		for i, e := range all {
			v, ok := b.patternValue(&scope{env: p.env}, e)
			fits = fits && ok && v.V == given[i].V
		}
	})
	return fits
}

func (b *binder) patternBody(en *env, d *ast.DeclarePattern, k *ast.PatternCase, c *ast.Call) (plan.Rel, *state) {
	f := &function{name: d.Name.Text, body: k.Body, env: en}
	for _, up := range b.calls {
		if up.body == f.body {
			b.errorf(codeUnsupported, c.Span(), "%s() calls itself, which KQL does not have", f.name)
			return b.badRel(), &state{env: en, open: true}
		}
	}
	b.calls = append(b.calls, f)
	defer func() { b.calls = b.calls[:len(b.calls)-1] }()
	return b.relResult(c, b.bodyAt(en, f, c))
}

// pathText is the path behind a call as a string, nil without one.
func pathText(sel ast.Expr) ast.Expr {
	switch n := sel.(type) {
	case *ast.Name:
		return &ast.String{Pos: n.Pos, Value: n.Text}
	case *ast.Brackets:
		return n.X
	case *ast.String:
		return n
	}
	return nil
}
