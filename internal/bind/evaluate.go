package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// evaluate types `evaluate`: what a plugin makes of the rows.
func (b *binder) evaluate(in plan.Rel, st *state, op *ast.Evaluate) plan.Rel {
	call, ok := unparen(op.Call).(*ast.Call)
	if !ok || call.Name == nil {
		return b.refused(st, op)
	}
	name := call.Name.Text
	if fn.Find(fn.Plugins, name) == nil {
		var known []string
		for _, e := range fn.Plugins {
			known = append(known, e.Name)
		}
		b.unknown(codeUnknownFunction, call.Name.Span(), "plugin", name, known)
		st.open = true
		return b.badRel()
	}
	var cols []*plan.Col
	if in != nil {
		cols = in.Cols()
	}
	made, open := b.plugin(cols, in, st, call)
	if op.Schema != nil {
		l := newColumnList(b)
		if op.Schema.Star {
			for _, c := range made {
				l.put(c.Name, null(c.Type))
			}
		}
		for _, c := range b.schema(op.Schema) {
			l.put(c.Name, null(c.Type))
		}
		made, open = l.cols(), false
	}
	st.open = open
	st.reordered()
	return b.unsupported(in, st, op, "evaluate "+name, fresh(made))
}

// plugin gives the columns of a plugin's result, and whether there may be
// more.
func (b *binder) plugin(cols []*plan.Col, in plan.Rel, st *state, call *ast.Call) ([]*plan.Col, bool) {
	without := func(n int) []*plan.Col {
		drop := map[*plan.Col]bool{}
		var visit func(e ast.Expr)
		visit = func(e ast.Expr) {
			switch e := unparen(e).(type) {
			case *ast.Name:
				if in == nil {
					return
				}
				for _, c := range b.named(in, st, e) {
					drop[c] = true
				}
			case *ast.Call:
				for _, a := range e.Args {
					visit(a)
				}
			}
		}
		for i, a := range call.Args {
			if i < n {
				visit(a)
			}
		}
		var out []*plan.Col
		for _, c := range cols {
			if !drop[c] {
				out = append(out, c)
			}
		}
		return out
	}
	with := func(front ...*plan.Col) []*plan.Col { return append(front, cols...) }
	switch call.Name.Text {
	case "bag_unpack":
		return without(1), true
	case "pivot":
		if len(call.Args) > 2 && in != nil {
			var out []*plan.Col
			for _, a := range call.Args[2:] {
				out = append(out, b.named(in, st, a)...)
			}
			return out, true
		}
		return without(2), true
	case "narrow":
		return []*plan.Col{newCol("Row", types.Long), newCol("Column", types.String), newCol("Value", types.String)}, false
	case "autocluster", "basket":
		return with(newCol("SegmentId", types.Long), newCol("Count", types.Long), newCol("Percent", types.Real)), st.open
	case "diffpatterns":
		return with(newCol("SegmentId", types.Long), newCol("CountA", types.Long), newCol("CountB", types.Long),
			newCol("PercentA", types.Real), newCol("PercentB", types.Real), newCol("PercentDiffAB", types.Real)), st.open
	case "ipv4_lookup", "ipv6_lookup":
		return b.ipLookup(cols, in, st, call)
	}
	return cols, true
}

// ipLookup adds the columns of the table looked up in.
func (b *binder) ipLookup(cols []*plan.Col, in plan.Rel, st *state, call *ast.Call) ([]*plan.Col, bool) {
	l := extending(b, fresh(cols))
	if len(call.Args) == 0 || in == nil {
		return l.cols(), true
	}
	r, rst := b.pipeline(st.env, call.Args[0])
	for _, c := range r.Cols() {
		l.put(l.unique(c.Name), null(c.Type))
	}
	return l.cols(), st.open || b.open[r] || rst != nil && rst.open
}

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
	r := b.callWith(&scope{env: st.env}, f, call, in)
	if r.rel == nil {
		b.errorf(codeTabular, call.Span(), "invoke needs a function that gives a table")
		st.open = true
		return b.badRel()
	}
	st.reordered()
	st.open = b.open[r.rel] || r.st != nil && r.st.open
	return r.rel
}
