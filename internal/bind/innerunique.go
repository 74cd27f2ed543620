package bind

import (
	"goshawk/internal/plan"
)

// An innerunique join keeps one left row for each key, and which one is open.
// Kusto evaluates a condition on left columns that follows the join before it
// chooses, so that a row which meets the condition is found if there is one.
// The binder does the same: it is part of the meaning, and no optimization
// (see join.md).

// intoLeft moves the conditions of a where that only read the left side of an
// innerunique join below the join; it gives what is left of cond, nil for
// nothing.
func (b *binder) intoLeft(st *state, in plan.Rel, cond plan.Expr) plan.Expr {
	for en := st.env; en != nil; en = en.parent {
		if en.input == in {
			return cond // other subqueries read the same join
		}
	}
	if c, ok := cond.(*plan.Call); ok && c.Fn != nil && c.Fn.Name == "And" && len(c.Args) == 2 {
		l, r := b.intoLeft(st, in, c.Args[0]), b.intoLeft(st, in, c.Args[1])
		switch {
		case l == nil:
			return r
		case r == nil:
			return l
		}
		out := *c
		out.Args = []plan.Expr{l, r}
		return &out
	}
	if below(in, cond) {
		return nil
	}
	return cond
}

// below puts cond under the innerunique join that rel comes from, if there is
// one and its left side has all the columns.
func below(rel plan.Rel, cond plan.Expr) bool {
	switch r := rel.(type) {
	case *plan.Filter:
		return below(r.Input, cond)
	case *plan.Project:
		if r.Window {
			return false
		}
		from := map[*plan.Col]*plan.Col{}
		for _, it := range r.Items {
			if c, ok := it.Expr.(*plan.ColRef); ok {
				from[it.Col] = c.Col
			}
		}
		moved, ok := inTermsOf(cond, from)
		return ok && below(r.Input, moved)
	case *plan.Join:
		left := map[*plan.Col]bool{}
		for _, c := range r.Left.Cols() {
			left[c] = true
		}
		from := map[*plan.Col]*plan.Col{}
		for i, c := range r.Columns {
			if left[r.From[i]] {
				from[c] = r.From[i]
			}
		}
		moved, ok := inTermsOf(cond, from)
		if !ok {
			return false
		}
		switch r.Kind {
		case plan.InnerUnique:
			r.Left = &plan.Filter{Input: r.Left, Cond: moved}
			return true
		case plan.Inner, plan.LeftOuter, plan.LeftSemi, plan.LeftAnti:
			return below(r.Left, moved)
		}
	}
	return false
}

// inTermsOf writes e with other columns; ok is false when it reads one that
// has no other, or none at all, or a relation.
func inTermsOf(e plan.Expr, from map[*plan.Col]*plan.Col) (out plan.Expr, ok bool) {
	reads, ok := false, true
	plan.WalkExpr(e, func(x plan.Expr) {
		if plan.SubRel(x) != nil {
			ok = false
		}
		if c, isCol := x.(*plan.ColRef); isCol {
			reads = true
			ok = ok && from[c.Col] != nil
		}
	})
	if !ok || !reads {
		return nil, false
	}
	return rename(e, from), true
}

// rename copies e with its columns replaced.
func rename(e plan.Expr, from map[*plan.Col]*plan.Col) plan.Expr {
	all := func(es []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(es))
		for i, x := range es {
			out[i] = rename(x, from)
		}
		return out
	}
	switch e := e.(type) {
	case *plan.ColRef:
		return ref(from[e.Col])
	case *plan.Path:
		return &plan.Path{X: rename(e.X, from), Key: e.Key}
	case *plan.Element:
		return &plan.Element{X: rename(e.X, from), Index: rename(e.Index, from)}
	case *plan.Call:
		out := *e
		out.Args = all(e.Args)
		return &out
	case *plan.In:
		out := *e
		out.X, out.List = rename(e.X, from), all(e.List)
		return &out
	}
	return e
}
