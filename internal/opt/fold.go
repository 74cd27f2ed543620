package opt

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// foldConstants computes what does not depend on rows. The binder folds calls
// of literals; here are those that only show in the whole plan: paths into
// constant bags, and `and` and `or` with a side that is known.
//
// It requires that the function gives the same for the same arguments.
// Without that, `T | extend r = rand()` would give all rows one number. A call
// that fails stays, since rows that never come must not fail:
// `T | where false and extract_all(p, s)[0] == "x"`.
func foldConstants(q *plan.Query) {
	f := folder{env: fn.Env{Now: q.Now}}
	for _, r := range parentsFirst(q) {
		switch r := r.(type) {
		case *plan.Filter:
			r.Cond = f.expr(r.Cond)
		case *plan.Project:
			f.items(r.Items)
		case *plan.Summarize:
			f.items(r.Keys)
		case *plan.MvExpand:
			for i := range r.Items {
				r.Items[i].Expr = f.expr(r.Items[i].Expr)
			}
		case *plan.Parse:
			r.Expr = f.expr(r.Expr)
		}
	}
}

type folder struct{ env fn.Env }

func (f *folder) items(items []plan.Item) {
	for i := range items {
		items[i].Expr = f.expr(items[i].Expr)
	}
}

// expr is e with its constant parts computed; e itself when there are none.
func (f *folder) expr(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Path:
		x := f.expr(e.X)
		if k, ok := x.(*plan.Const); ok {
			return element(k.Datum, e.Key)
		}
		if x != e.X {
			return &plan.Path{X: x, Key: e.Key}
		}
	case *plan.Element:
		x, index := f.expr(e.X), f.expr(e.Index)
		if k, ok := x.(*plan.Const); ok {
			if at, ok := index.(*plan.Const); ok {
				return element(k.Datum, at.Datum.V)
			}
		}
		if x != e.X || index != e.Index {
			return &plan.Element{X: x, Index: index}
		}
	case *plan.In:
		x, list, changed := f.expr(e.X), make([]plan.Expr, len(e.List)), false
		for i, a := range e.List {
			list[i] = f.expr(a)
			changed = changed || list[i] != a
		}
		if changed || x != e.X {
			out := *e
			out.X, out.List = x, list
			return &out
		}
	case *plan.Call:
		return f.call(e)
	}
	return e
}

// element is the value at key in a constant dynamic value.
func element(d vector.Datum, key any) plan.Expr {
	out := dynamic.NullValue
	if v, ok := d.V.(dynamic.Value); ok {
		switch k := key.(type) {
		case string:
			out = v.Get(k)
		case int64:
			out = v.At(k)
		}
	}
	datum := vector.Datum{T: types.Dynamic}
	if !out.IsNull() {
		datum.V = out
	}
	return &plan.Const{Datum: datum}
}

func (f *folder) call(e *plan.Call) plan.Expr {
	args, changed := make([]plan.Expr, len(e.Args)), false
	for i, a := range e.Args {
		args[i] = f.expr(a)
		changed = changed || args[i] != a
	}
	if changed {
		c := *e
		c.Args = args
		e = &c
	}
	if e.Fn != nil && (e.Fn.Name == "And" || e.Fn.Name == "Or") && len(args) == 2 && args[0].Type() == types.Bool && args[1].Type() == types.Bool {
		return logic(e)
	}
	return f.compute(e)
}

// logic leaves out a side of `and` or `or` that is known and does not decide,
// and the second side when the first decides. A second side that would decide
// stays behind the first, which may fail.
func logic(e *plan.Call) plan.Expr {
	decides := e.Fn.Name == "Or" // the value that decides
	if k, ok := e.Args[0].(*plan.Const); ok && !k.Datum.Null() {
		if k.Datum.V == decides {
			return k
		}
		return e.Args[1]
	}
	if k, ok := e.Args[1].(*plan.Const); ok && !k.Datum.Null() && k.Datum.V != decides {
		return e.Args[0]
	}
	return e
}

// compute is the value of a call whose arguments are all constant.
func (f *folder) compute(e *plan.Call) plan.Expr {
	if e.Kernel == nil || e.Fn == nil || e.Fn.Impure || e.Fn.Window || len(e.Args) == 0 {
		return e
	}
	args := make([]*vector.Vector, len(e.Args))
	for i, a := range e.Args {
		k, ok := a.(*plan.Const)
		if !ok || k.Datum.T == types.Unknown {
			return e
		}
		args[i] = vector.Constant(k.Datum, 1)
	}
	v, err := fn.Apply(e.Fn, e.Kernel, &fn.Call{Env: &f.env, N: 1, Ret: e.Ret}, args)
	if err != nil || v == nil || v.N != 1 || v.Type != e.Ret {
		return e
	}
	return &plan.Const{Datum: v.Datum(0)}
}
