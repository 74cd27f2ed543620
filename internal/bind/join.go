package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// joinKinds are the words of kind=.
var joinKinds = map[string]plan.JoinKind{
	"": plan.InnerUnique, "innerunique": plan.InnerUnique, "inner": plan.Inner,
	"leftouter": plan.LeftOuter, "rightouter": plan.RightOuter, "fullouter": plan.FullOuter, "outer": plan.FullOuter,
	"leftsemi": plan.LeftSemi, "rightsemi": plan.RightSemi,
	"leftanti": plan.LeftAnti, "anti": plan.LeftAnti, "leftantisemi": plan.LeftAnti,
	"rightanti": plan.RightAnti, "rightantisemi": plan.RightAnti,
}

// join binds `join`.
func (b *binder) join(in plan.Rel, st *state, op *ast.Join) plan.Rel {
	kind := plan.InnerUnique
	if p := paramNamed(op.Params, "kind"); p != nil {
		if k, ok := joinKinds[wordOf(p)]; ok {
			kind = k
		}
	}
	right, open := b.side(st, op.Right)
	j := &plan.Join{Kind: kind, Left: in, Right: right}
	b.traceJoin(in, right, st, op.On)
	b.joinKeys(j, st, open, op.On)
	if op.Where != nil {
		b.refuse(codeUnsupported, op.Where.Span(), "join with where is not supported; use on")
	}
	switch kind {
	case plan.LeftSemi, plan.LeftAnti:
		bothSides(j, in.Cols(), nil)
	case plan.RightSemi, plan.RightAnti:
		bothSides(j, right.Cols(), nil)
		st.open = open
	default:
		bothSides(j, in.Cols(), right.Cols())
		st.open = st.open || open
	}
	st.reordered()
	return j
}

// bothSides makes the result columns. A right name that the left has gets the
// first number that neither side has.
func bothSides(j *plan.Join, left, right []*plan.Col) {
	used := map[string]bool{}
	add := func(c *plan.Col, name string) {
		used[name] = true
		j.Columns = append(j.Columns, newCol(name, c.Type))
		j.From = append(j.From, c)
	}
	for _, c := range left {
		add(c, c.Name)
	}
	theirs := map[string]bool{}
	for _, c := range right {
		theirs[c.Name] = true
	}
	for _, c := range right {
		name := c.Name
		for i := 1; used[name]; i++ {
			if n := c.Name + strconv.Itoa(i); !theirs[n] && !used[n] {
				name = n
			}
		}
		add(c, name)
	}
}

// side binds the right side of a join or lookup.
func (b *binder) side(st *state, e ast.Expr) (plan.Rel, bool) {
	right, rst := b.pipeline(st.env, e)
	return right, b.open[right] || rst != nil && rst.open
}

// lookup binds `lookup`: a join that drops the right keys.
func (b *binder) lookup(in plan.Rel, st *state, op *ast.Lookup) plan.Rel {
	kind := plan.LeftOuter
	if p := paramNamed(op.Params, "kind"); p != nil {
		if wordOf(p) == "inner" {
			kind = plan.Inner
		}
	}
	right, open := b.side(st, op.Right)
	j := &plan.Join{Kind: kind, Left: in, Right: right}
	b.joinKeys(j, st, open, op.On)
	drop := map[*plan.Col]bool{}
	for _, k := range j.RightKeys {
		for _, c := range columnsIn(k) {
			drop[c] = true
		}
	}
	var rest []*plan.Col
	for _, c := range right.Cols() {
		if !drop[c] {
			rest = append(rest, c)
		}
	}
	bothSides(j, in.Cols(), rest)
	st.open = st.open || open
	st.reordered()
	return j
}

// joinKeys binds the conditions of a join: names of common columns, and
// `$left.a == $right.b`, also joined by `and`.
func (b *binder) joinKeys(j *plan.Join, st *state, rightOpen bool, on []ast.Expr) {
	s := &scope{left: j.Left.Cols(), right: j.Right.Cols(), join: true, env: st.env, open: st.open || rightOpen}
	for _, e := range on {
		b.joinKey(j, s, st.open, rightOpen, unparen(e))
	}
}

func (b *binder) joinKey(j *plan.Join, s *scope, leftOpen, rightOpen bool, e ast.Expr) {
	switch e := e.(type) {
	case *ast.Name:
		l, r := findCol(s.left, e.Text), findCol(s.right, e.Text)
		if l == nil && !leftOpen {
			b.unknown(codeUnknownColumn, e.Span(), "column of the left side", e.Text, colNames(s.left))
			return
		}
		if r == nil && !rightOpen {
			b.unknown(codeUnknownColumn, e.Span(), "column of the right side", e.Text, colNames(s.right))
			return
		}
		if l == nil || r == nil {
			return
		}
		if l.Type != r.Type && l.Type != types.Unknown && r.Type != types.Unknown {
			b.errorf(codeOperands, e.Span(), "column %q is %s on the left and %s on the right; convert one of them", e.Text, l.Type, r.Type)
			return
		}
		b.addKey(j, e, ref(l), ref(r))
	case *ast.Binary:
		if e.Op == ast.OpAnd {
			b.joinKey(j, s, leftOpen, rightOpen, unparen(e.Left))
			b.joinKey(j, s, leftOpen, rightOpen, unparen(e.Right))
			return
		}
		if e.Op != ast.OpEq {
			b.errorf(codeArgument, e.Span(), "a join condition is a common column or $left.a == $right.b")
			return
		}
		okl := b.onSide(e.Left, "$left")
		okr := b.onSide(e.Right, "$right")
		if !okl || !okr {
			return
		}
		l, r := b.scalar(s, e.Left), b.scalar(s, e.Right)
		if isBad(l) || isBad(r) {
			return
		}
		b.addKey(j, e, l, r)
	case *ast.Bad:
	default:
		b.errorf(codeArgument, e.Span(), "a join condition is a common column or $left.a == $right.b")
	}
}

// onSide checks that e is a column of one side.
func (b *binder) onSide(e ast.Expr, side string) bool {
	switch p := unparen(e).(type) {
	case *ast.Path:
		if n, ok := p.X.(*ast.Name); ok && n.Text == side {
			return true
		}
	case *ast.Element:
		if n, ok := p.X.(*ast.Name); ok && n.Text == side {
			return true
		}
	case *ast.Bad:
		return false
	}
	b.errorf(codeArgument, e.Span(), "this side of the condition must be %s.<column>", side)
	return false
}

// addKey adds an equal pair. Keys have one type; only an int goes with a long.
func (b *binder) addKey(j *plan.Join, e ast.Expr, l, r plan.Expr) {
	lt, rt := l.Type(), r.Type()
	if lt == types.Unknown || rt == types.Unknown {
		// A column that only the data tells, or one with a diagnostic.
	} else if lt == types.Dynamic || rt == types.Dynamic {
		report := b.errorf
		if _, name := e.(*ast.Name); name {
			report = b.strict // the language service looks at $left and $right only
		}
		report(codeOperands, e.Span(), "a dynamic value cannot be a join key; convert it first, for example with tostring()")
		if !b.o.CheckOnly {
			return
		}
	} else if lt != rt {
		w, ok := joinType(lt, rt)
		if !ok || !lt.Integer() || !rt.Integer() {
			b.errorf(codeOperands, e.Span(), "a %s and a %s cannot be join keys of each other; convert one of them", lt, rt)
			return
		}
		l, r = b.cast(l, w), b.cast(r, w)
	}
	j.LeftKeys = append(j.LeftKeys, l)
	j.RightKeys = append(j.RightKeys, r)
}

// joinType is the type that holds the numbers of both.
func joinType(a, b types.Type) (types.Type, bool) {
	rank := func(t types.Type) int {
		switch t {
		case types.Int:
			return 1
		case types.Long:
			return 2
		case types.Real:
			return 3
		case types.Decimal:
			return 4
		}
		return 0
	}
	if a == b {
		return a, true
	}
	if rank(a) == 0 || rank(b) == 0 {
		return types.Unknown, false
	}
	if rank(a) > rank(b) {
		return a, true
	}
	return b, true
}

// columnsIn lists the columns of its input that an expression reads.
func columnsIn(e plan.Expr) []*plan.Col {
	switch e := e.(type) {
	case *plan.ColRef:
		return []*plan.Col{e.Col}
	case *plan.Call:
		var out []*plan.Col
		for _, a := range e.Args {
			out = append(out, columnsIn(a)...)
		}
		return out
	case *plan.Path:
		return columnsIn(e.X)
	case *plan.Element:
		return append(columnsIn(e.X), columnsIn(e.Index)...)
	case *plan.In:
		out := columnsIn(e.X)
		for _, a := range e.List {
			out = append(out, columnsIn(a)...)
		}
		return out
	}
	return nil
}
