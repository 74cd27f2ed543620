package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// scanning is what a step of `scan` can see beside the row: the rows that the
// steps matched, as step.column.
type scanning struct {
	node  *plan.ScanSteps
	steps map[string]int
	cols  []*plan.Col // of the input and declared
	// declared are the declared columns under the names written.
	declared []*plan.Col
}

// target is the column that a step fills: a declared one before one of the
// input.
func (sc *scanning) target(name string) *plan.Col {
	for i, d := range sc.declared {
		if d.Name == name {
			return sc.node.Declared[i].Col
		}
	}
	return findCol(sc.cols, name)
}

// scan binds `scan`. What a step asks of the row alone is computed by a
// projection below, for all rows at once; the operator only looks at the
// answers, and computes what depends on the state.
func (b *binder) scan(in plan.Rel, st *state, op *ast.Scan) plan.Rel {
	n := &plan.ScanSteps{}
	out := newColumnList(b)
	for _, c := range in.Cols() {
		out.put(c.Name, ref(c))
	}
	sc := &scanning{node: n, steps: map[string]int{}, cols: append([]*plan.Col(nil), in.Cols()...)}
	ok := b.scanDeclared(st, op, n, out, sc)
	name := "match_id"
	if p := paramNamed(op.Params, "with_match_id"); p != nil {
		name = wordOf(p)
		n.MatchID = out.put(out.unique(name), null(types.Long))
	}
	if p := paramNamed(op.Params, "kind"); p != nil && !b.o.CheckOnly {
		b.refuse(codeUnsupported, p.Span(), "scan kind=%s is not supported: what it means is not documented", wordOf(p))
		ok = false
	}
	if len(op.OrderBy) > 0 {
		in = &plan.Sort{Input: in, Keys: b.keysOf(in, st, op.OrderBy, b.grouped)}
	}
	for i, s := range op.Steps {
		if _, twice := sc.steps[s.Name.Text]; twice && !b.o.CheckOnly {
			b.errorf(codeDuplicate, s.Name.Span(), "there is a step %q already", s.Name.Text)
			ok = false
			continue
		}
		sc.steps[s.Name.Text] = i
	}
	var below []plan.Item
	for _, c := range in.Cols() {
		below = append(below, pass(c))
	}
	hoist := func(e plan.Expr) *plan.Col {
		if r, isCol := e.(*plan.ColRef); isCol {
			return r.Col
		}
		c := newCol("", e.Type())
		below = append(below, plan.Item{Col: c, Expr: e})
		return c
	}
	for _, e := range op.PartitionBy {
		x := b.scalar(b.rowScope(in, st), e)
		b.grouped(e, x, "partitioned by")
		if ok = ok && computable(x); ok {
			n.Partition = append(n.Partition, hoist(x))
		}
	}
	for _, s := range op.Steps {
		step, good := b.scanStep(in, st, s, sc, hoist)
		n.Steps, ok = append(n.Steps, step), ok && good
	}
	st.serialized, st.sorted = true, nil
	n.Columns = out.cols()
	for i, c := range in.Cols() {
		to := c
		for _, s := range n.Steps {
			if s.Values[c] != nil {
				to = newCol(c.Name, c.Type)
			}
		}
		n.Columns[i] = to
		n.Passed = append(n.Passed, plan.PassedCol{From: c, Col: to})
	}
	if !ok || b.o.CheckOnly {
		return emptyOf(fresh(n.Columns))
	}
	n.Input = &plan.Project{Input: in, Items: below}
	return n
}

// scanDeclared binds the declared columns.
func (b *binder) scanDeclared(st *state, op *ast.Scan, n *plan.ScanSteps, out *columnList, sc *scanning) bool {
	ok := true
	for _, d := range op.Declare {
		if d.Name == nil || d.Type == nil {
			ok = false
			continue
		}
		t, known := types.Parse(d.Type.Text)
		if !known {
			b.errorf(codeType, d.Type.Span(), "there is no type %q", d.Type.Text)
		}
		col := plan.Declared{Col: newCol(d.Name.Text, t), Default: vector.Datum{T: t}}
		if d.Default != nil {
			if v, isConst := b.constant(&scope{env: st.env}, d.Default); isConst {
				if k, isConst := b.cast(constOf(v), t).(*plan.Const); isConst {
					col.Default = k.Datum
				}
			} else {
				ok = false
			}
		}
		if t == types.String && col.Default.Null() {
			col.Default.V = ""
		}
		// Beside a column of the input with this name it gets a number; the name
		// alone stays the input's.
		col.Col.Name = out.unique(col.Col.Name)
		out.index[col.Col.Name] = len(out.items)
		out.fixed[col.Col.Name] = true
		out.items = append(out.items, plan.Item{Col: col.Col, Expr: null(t)})
		n.Declared = append(n.Declared, col)
		sc.cols, sc.declared = append(sc.cols, col.Col), append(sc.declared, newCol(d.Name.Text, t))
		ok = ok && known
	}
	return ok
}

// scanStep binds one step.
func (b *binder) scanStep(in plan.Rel, st *state, s *ast.ScanStep, sc *scanning, hoist func(plan.Expr) *plan.Col) (plan.ScanStep, bool) {
	step := plan.ScanStep{Name: s.Name.Text, Output: s.Output, Values: map[*plan.Col]plan.Expr{}}
	if step.Output == "" {
		step.Output = "all"
	}
	if s.Optional && !b.o.CheckOnly {
		b.refuse(codeUnsupported, s.Name.Span(), "optional steps of scan are not supported: what they mean is not documented")
		return step, false
	}
	cond := b.scanValue(in, st, sc, s.Cond)
	ok := computable(cond)
	if t := cond.Type(); ok && t != types.Bool && !b.o.CheckOnly {
		b.errorf(codeType, s.Cond.Span(), "a condition is a bool, not %s", one(t))
		ok = false
	}
	for _, a := range s.Assigns {
		as := a.(*ast.Assign)
		target := sc.target(as.Names[0].Text)
		x := b.scanValue(in, st, sc, as.Value)
		if target == nil {
			if !st.open {
				b.unknown(codeUnknownColumn, as.Names[0].Span(), "column", as.Names[0].Text, colNames(sc.cols))
			}
			ok = false
			continue
		}
		if x = b.cast(x, target.Type); !computable(x) {
			ok = false
			continue
		}
		step.Values[target] = b.rowParts(x, sc, hoist)
	}
	if !ok || cond.Type() != types.Bool {
		return step, ok && b.o.CheckOnly
	}
	for _, c := range conjunctsOf(cond) {
		if k, isConst := c.(*plan.Const); isConst && k.Datum.V == true {
			continue
		}
		if !sc.stateful(c) {
			step.Rows = append(step.Rows, hoist(c))
			continue
		}
		c = b.rowParts(c, sc, hoist)
		if step.Cond == nil {
			step.Cond = c
		} else {
			step.Cond = b.operatorCall("And", "and", s.Cond.Span(), []plan.Expr{step.Cond, c})
		}
	}
	return step, true
}

// scanValue binds an expression of a step. A declared column by itself is the
// value that the row starts with: its default.
func (b *binder) scanValue(in plan.Rel, st *state, sc *scanning, e ast.Expr) plan.Expr {
	s := b.rowScope(in, st)
	s.serialized = true
	s.cols, s.scan = sc.cols, sc
	x := b.scalar(s, e)
	if s.window && !b.o.CheckOnly {
		b.errorf(codeWindow, e.Span(), "functions that look at other rows cannot stand inside scan: name a step's column, as in step.column")
		return badExpr
	}
	if !computable(x) {
		return x
	}
	return b.substitute(x, func(c *plan.Col) plan.Expr {
		for _, d := range sc.node.Declared {
			if d.Col == c {
				return constOf(d.Default)
			}
		}
		return nil
	})
}

// stateColumn is step.column, nil when there is no such step.
func (b *binder) stateColumn(s *scope, n *ast.Path) plan.Expr {
	name, ok := n.X.(*ast.Name)
	if !ok {
		return nil
	}
	step, ok := s.scan.steps[name.Text]
	if !ok {
		return nil
	}
	sel, ok := n.Sel.(*ast.Name)
	if !ok {
		b.errorf(codeArgument, n.Sel.Span(), "the name of a column is expected behind the step %q", name.Text)
		return badExpr
	}
	from := findCol(s.scan.cols, sel.Text)
	if from == nil {
		if !s.open {
			b.unknown(codeUnknownColumn, sel.Span(), "column", sel.Text, colNames(s.scan.cols))
		}
		return badExpr
	}
	for _, c := range s.scan.node.States {
		if c.Step == step && c.From == from {
			return ref(c.Col)
		}
	}
	c := plan.StateCol{Col: newCol(name.Text+"."+sel.Text, from.Type), Step: step, From: from}
	s.scan.node.States = append(s.scan.node.States, c)
	return ref(c.Col)
}

// stateful says whether an expression looks at the state.
func (sc *scanning) stateful(e plan.Expr) bool {
	for _, c := range columnsIn(e) {
		for _, st := range sc.node.States {
			if st.Col == c {
				return true
			}
		}
	}
	return false
}

// rowParts replaces what an expression computes from the row alone by columns
// that hoist makes.
func (b *binder) rowParts(e plan.Expr, sc *scanning, hoist func(plan.Expr) *plan.Col) plan.Expr {
	switch e.(type) {
	case *plan.Const, *plan.ColRef, *plan.Scalar:
		return e
	}
	if !sc.stateful(e) {
		return ref(hoist(e))
	}
	part := func(e plan.Expr) plan.Expr { return b.rowParts(e, sc, hoist) }
	switch e := e.(type) {
	case *plan.Call:
		out := *e
		out.Args = make([]plan.Expr, len(e.Args))
		for i, a := range e.Args {
			out.Args[i] = part(a)
		}
		return &out
	case *plan.Path:
		return &plan.Path{X: part(e.X), Key: e.Key}
	case *plan.Element:
		return &plan.Element{X: part(e.X), Index: part(e.Index)}
	case *plan.In:
		out := *e
		out.X, out.List = part(e.X), make([]plan.Expr, len(e.List))
		for i, a := range e.List {
			out.List[i] = part(a)
		}
		return &out
	}
	return e
}

// conjunctsOf takes `a and b` apart.
func conjunctsOf(e plan.Expr) []plan.Expr {
	if c, ok := e.(*plan.Call); ok && c.Fn.Name == "And" && len(c.Args) == 2 && c.Args[0].Type() == types.Bool && c.Args[1].Type() == types.Bool {
		return append(conjunctsOf(c.Args[0]), conjunctsOf(c.Args[1])...)
	}
	return []plan.Expr{e}
}
