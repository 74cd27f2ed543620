package bind

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// called is what a call of a function gives: a value or a relation.
type called struct {
	scalar plan.Expr
	rel    plan.Rel
	st     *state
}

// stored finds a stored function.
func (b *binder) stored(name string) (*function, bool) {
	f, ok := b.o.Schema.Function(name)
	if !ok || f == nil {
		return nil, false
	}
	return &function{name: name, params: f.Params, body: f.Body, text: f.Text, stub: f}, true
}

// bodyTabular says whether a function gives a table.
func (b *binder) bodyTabular(f *function) bool {
	if f.body == nil {
		return f.stub != nil && f.stub.Scalar == types.Unknown
	}
	if f.body.Result == nil {
		return false
	}
	tab := false
	b.quiet(func() {
		if !b.enter(f.body.Span()) {
			return
		}
		defer b.leave()
		for _, c := range b.calls {
			if c.body == f.body {
				return
			}
		}
		b.calls = append(b.calls, f)
		defer func() { b.calls = b.calls[:len(b.calls)-1] }()
		en := newEnv(f.env)
		for _, p := range f.params {
			v := &binding{name: p.Name.Text}
			if p.Schema != nil {
				v.rel = b.badRel()
			} else {
				v.scalar = badExpr
			}
			en.names[p.Name.Text] = v
		}
		for _, st := range f.body.Stmts {
			if l, ok := st.(*ast.Let); ok {
				en = b.sketch(en, l)
			}
		}
		tab = b.tabular(&scope{env: en}, f.body.Result) || b.looksTabular(&scope{env: en}, f.body.Result)
	})
	return tab
}

// sketch adds a let name knowing only its kind.
func (b *binder) sketch(en *env, l *ast.Let) *env {
	next := newEnv(en)
	v := &binding{name: l.Name.Text}
	next.names[l.Name.Text] = v
	s := &scope{env: en}
	switch x := l.Value.(type) {
	case *ast.Function:
		v.fn = &function{name: l.Name.Text, params: x.Params, body: x.Body, env: en, text: b.text, view: x.View}
	default:
		if b.tabular(s, x) || b.looksTabular(s, x) {
			v.rel = b.badRel()
		} else {
			v.scalar = badExpr
		}
	}
	return next
}

// checkFunction reports what is wrong in a function that nobody may call: its
// body is bound with parameters of unknown value.
func (b *binder) checkFunction(f *function) {
	if f.body == nil || f.body.Result == nil {
		return
	}
	before := len(b.results)
	en := b.outer(newEnv(f.env), f.params, f.text)
	old := b.o.CheckOnly
	b.o.CheckOnly = true
	b.calls = append(b.calls, f)
	b.body(en, f)
	b.calls = b.calls[:len(b.calls)-1]
	b.o.CheckOnly = old
	b.results = b.results[:before]
}

// outer names parameters whose values are not known.
func (b *binder) outer(en *env, params []*ast.FuncParam, in *source.Text) *env {
	for _, p := range params {
		v := &binding{name: p.Name.Text, at: p.Span(), in: in}
		en.names[p.Name.Text] = v
		if p.Schema != nil {
			v.rel = b.paramRel(p.Schema)
			continue
		}
		t := types.Unknown
		if p.Type != nil {
			t, _ = types.Parse(p.Type.Text)
		}
		v.scalar = typedOnly{t}
	}
	return en
}

// paramRel is a relation with the columns that a tabular parameter promises.
func (b *binder) paramRel(s *ast.Schema) plan.Rel {
	r := &plan.Values{Rows: &vector.Batch{}}
	for _, c := range s.Columns {
		t := types.Unknown
		if c.Type != nil {
			t, _ = types.Parse(c.Type.Text)
		}
		r.Columns = append(r.Columns, &plan.Col{Name: c.Name.Text, Type: t})
	}
	if s.Star {
		b.open[r] = true
	}
	return r
}

// body binds the body of a function in its own names.
func (b *binder) body(en *env, f *function) called {
	text, made := b.text, b.made
	if f.text != nil {
		b.text = f.text
	}
	b.made = map[string]bool{}
	defer func() { b.text, b.made = text, made }()
	en = b.statements(en, f.body.Stmts, false)
	if f.body.Result == nil {
		return called{scalar: badExpr, rel: b.badRel(), st: &state{env: en}}
	}
	s := &scope{env: en}
	if b.tabular(s, f.body.Result) || b.looksTabular(s, f.body.Result) {
		rel, st := b.pipeline(en, f.body.Result)
		return called{rel: rel, st: st}
	}
	return called{scalar: b.scalar(s, f.body.Result)}
}

// callFunction puts the body of a function in the place of its call.
func (b *binder) callFunction(s *scope, f *function, c *ast.Call) called {
	return b.callWith(s, f, c, nil)
}

// recursion says whether a function is being called already, and through which
// others.
func (b *binder) recursion(f *function) (through string, found bool) {
	if f.body == nil {
		return "", false
	}
	for i, up := range b.calls {
		if up.body != f.body {
			continue
		}
		var names []string
		for _, between := range b.calls[i+1:] {
			names = append(names, between.name+"()")
		}
		if len(names) > 0 {
			through = " through " + strings.Join(names, ", ")
		}
		return through, true
	}
	return "", false
}

// callWith is callFunction with a relation as the first argument, for invoke.
func (b *binder) callWith(s *scope, f *function, c *ast.Call, first plan.Rel) called {
	fail := called{scalar: badExpr, rel: b.badRel(), st: &state{env: s.env}}
	if through, found := b.recursion(f); found {
		b.errorf(codeUnsupported, c.Span(), "%s() calls itself%s, which KQL does not have", f.name, through)
		return fail
	}
	if !b.enter(c.Span()) {
		return fail
	}
	defer b.leave()
	en, ok := b.parameters(s, f, c, first)
	if !ok {
		return fail
	}
	if f.body == nil {
		if r, ok := b.watchlist(en, f, c); ok {
			return r
		}
		return b.stub(f, c)
	}
	b.calls = append(b.calls, f)
	defer func() { b.calls = b.calls[:len(b.calls)-1] }()
	if f.stub == nil {
		// The body was checked where it stands; what only the arguments make
		// wrong is reported at the call.
		return b.bodyAt(en, f, c)
	}
	return b.bodyAt(en, f, c)
}

// bodyAt binds a body whose errors are reported where it is called, unless
// they are known already.
func (b *binder) bodyAt(en *env, f *function, c *ast.Call) called {
	had := b.diags.HasErrors()
	kept, results := b.diags, len(b.results)
	b.diags = nil
	out := b.body(en, f)
	inner := b.diags
	b.diags = kept
	b.results = b.results[:results]
	if inner.HasErrors() && !had && b.silent == 0 {
		for _, d := range inner {
			if d.Severity != source.Error {
				continue
			}
			d.Message = fmt.Sprintf("in %s(): %s", f.name, d.Message)
			d.Wide, d.Span, d.Text = nil, c.Span(), b.text
			b.diags = append(b.diags, d)
			break
		}
	}
	return out
}

// stub is the result of a function of which only the schema is known.
func (b *binder) stub(f *function, c *ast.Call) called {
	b.bodyless(f, c.Span())
	if f.stub != nil && f.stub.Scalar != types.Unknown {
		return called{scalar: typedOnly{f.stub.Scalar}}
	}
	r := &plan.Values{Rows: &vector.Batch{}}
	st := &state{}
	if f.stub != nil {
		for _, col := range f.stub.Schema {
			r.Columns = append(r.Columns, &plan.Col{Name: col.Name, Type: col.Type})
		}
		st.open = f.stub.Open
		b.open[r] = f.stub.Open
	}
	return called{rel: r, st: st}
}

// bodyless refuses to run a function of which only the parameters and result
// are known.
func (b *binder) bodyless(f *function, at source.Span) {
	if f.stub != nil && f.stub.Problem != "" {
		b.errorf(codeBrokenBody, at, "the function %s() cannot be run: %s", f.name, f.stub.Problem)
		return
	}
	if b.o.CheckOnly {
		return
	}
	if what := serviceFunctions[f.name]; what != "" {
		b.report(source.Diagnostic{
			Severity: source.Error, Code: codeNoBody, Span: at, Refusal: true,
			Message: fmt.Sprintf("%s() asks %s, which Goshawk does not", f.name, what),
			Hint:    "a function of your own of that name, over data you have, can be given with --functions PATH",
		})
		return
	}
	b.report(source.Diagnostic{
		Severity: source.Error, Code: codeNoBody, Span: at, Refusal: true,
		Message: fmt.Sprintf("the workspace function %s() is known, but not its body", f.name),
		Hint:    "give the file or folder that holds it with --functions PATH",
	})
}

// parameters gives the names a body sees for its parameters.
func (b *binder) parameters(s *scope, f *function, c *ast.Call, first plan.Rel) (*env, bool) {
	en := newEnv(f.env)
	args := map[string]ast.Expr{}
	skip := 0
	if first != nil {
		skip = 1
	}
	required := 0
	for _, p := range f.params {
		if p.Default == nil {
			required++
		}
	}
	if len(c.Args)+skip > len(f.params) || len(c.Args)+skip < required {
		b.arityError(f.name, c.Span(), c.Args, required-skip, len(f.params)-skip)
		return en, false
	}
	for i, a := range c.Args {
		if as, ok := a.(*ast.Assign); ok && len(as.Names) == 1 && !as.Multi {
			if findParam(f.params, as.Names[0].Text) == nil {
				b.errorf(codeArgument, as.Names[0].Span(), "%s() has no parameter called %q", f.name, as.Names[0].Text)
				return en, false
			}
			args[as.Names[0].Text] = as.Value
			continue
		}
		args[f.params[i+skip].Name.Text] = a
	}
	for i, p := range f.params {
		v := &binding{name: p.Name.Text, at: p.Span(), in: f.text}
		en.names[p.Name.Text] = v
		a, ok := args[p.Name.Text]
		switch {
		case i == 0 && first != nil:
			if p.Schema == nil {
				b.errorf(codeTabular, c.Span(), "the first parameter of %s() is not a table", f.name)
				return en, false
			}
			v.rel = first
			b.checkSchema(p.Schema, first, c.Span())
		case p.Schema != nil && ok:
			v.expr, v.env, v.text = a, s.env, b.text
			v.rel = b.pipe(s.env, a)
			b.checkSchema(p.Schema, v.rel, a.Span())
		case p.Schema != nil:
			b.errorf(codeArity, c.Span(), "%s() needs a table for %q", f.name, p.Name.Text)
			return en, false
		default:
			v.scalar = b.argument(s, f, p, a, c.Span())
		}
	}
	return en, true
}

// argument binds the argument of a scalar parameter, or its default.
func (b *binder) argument(s *scope, f *function, p *ast.FuncParam, a ast.Expr, at source.Span) plan.Expr {
	t := types.Unknown
	if p.Type != nil {
		t, _ = types.Parse(p.Type.Text)
	}
	if a != nil {
		return b.passed(s, a, t)
	}
	if p.Default == nil {
		b.errorf(codeArity, at, "%s() needs a value for %q", f.name, p.Name.Text)
		return badExpr
	}
	old := b.text
	if f.text != nil {
		b.text = f.text
	}
	defer func() { b.text = old }()
	return b.typed(&scope{env: f.env}, p.Default, t)
}

func findParam(params []*ast.FuncParam, name string) *ast.FuncParam {
	for _, p := range params {
		if p.Name.Text == name {
			return p
		}
	}
	return nil
}

// checkSchema reports a table that lacks columns a parameter asks for.
func (b *binder) checkSchema(s *ast.Schema, rel plan.Rel, at source.Span) {
	if b.open[rel] {
		return
	}
	for _, c := range s.Columns {
		col := findCol(rel.Cols(), c.Name.Text)
		if col == nil {
			b.errorf(codeSchema, at, "the table has no column %q, which the parameter asks for", c.Name.Text)
			return
		}
		if c.Type != nil {
			if t, ok := types.Parse(c.Type.Text); ok && t != col.Type && col.Type != types.Unknown {
				b.errorf(codeSchema, at, "the column %q is %s; the parameter asks for %s", c.Name.Text, col.Type, t)
				return
			}
		}
	}
}

// scalarResult is the value a call gives, or an error when it gives a table.
func (b *binder) scalarResult(c *ast.Call, r called) plan.Expr {
	if r.scalar != nil {
		return r.scalar
	}
	b.errorf(codeTabular, c.Span(), "%s() gives a table; a value is expected here", c.Name.Text)
	return badExpr
}
