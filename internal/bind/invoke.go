package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// invoke binds `invoke`: a function whose first argument is the rows so far.
func (b *binder) invoke(in plan.Rel, st *state, op *ast.Invoke) plan.Rel {
	call, ok := unparen(op.Call).(*ast.Call)
	if !ok || call.Name == nil {
		return b.refused(st, op)
	}
	return b.invoked(in, st, call)
}

// invoked calls a let function or stored function over in. A stored function
// of which only the result is known gives it without being run.
func (b *binder) invoked(in plan.Rel, st *state, call *ast.Call) plan.Rel {
	var f *function
	if v := st.env.lookup(call.Name.Text); v != nil {
		f = v.fn
	} else if stored, ok := b.stored(call.Name.Text); ok {
		f = stored
	}
	if f == nil {
		b.unknown(codeUnknownFunction, call.Name.Span(), "function", call.Name.Text, b.o.Schema.FunctionNames())
		st.open = true
		return b.badRel()
	}
	if f.body == nil && f.stub != nil {
		l := newColumnList(b)
		if f.stub.Extends {
			l = extending(b, fresh(in.Cols()))
		}
		for _, c := range f.stub.Schema {
			l.put(c.Name, null(c.Type))
		}
		s := &scope{env: st.env}
		if f.stub.Extends {
			// FileProfile(SHA1) names a column of its input.
			s = b.rowScope(in, st)
		}
		for _, a := range call.Args {
			b.scalar(s, a)
		}
		st.open = f.stub.Open || f.stub.Extends && st.open
		st.reordered()
		b.bodyless(f, call.Span())
		return emptyOf(l.cols())
	}
	if st.open {
		b.open[in] = true
	}
	r := b.callWith(&scope{env: st.env}, f, columnArguments(in, call), in)
	if r.rel == nil {
		b.errorf(codeTabular, call.Span(), "invoke needs a function that gives a table")
		st.open = true
		return b.badRel()
	}
	st.reordered()
	st.open = b.open[r.rel] || r.st != nil && r.st.open
	return r.rel
}
