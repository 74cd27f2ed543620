package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// finding is a `find` while it is bound.
type finding struct {
	inputs []unionInput
	// merged has a column for each name, of the type that most tables give it.
	merged []*plan.Col
	kinds  map[string][]types.Type
	// asked are the names that the condition uses; anywhere says that it looks
	// into all columns.
	asked    map[string]bool
	anywhere bool
	cond     plan.Expr
}

// find binds `find`. A table takes part if it has a column that the condition
// names, or if the condition looks into all columns.
func (b *binder) find(st *state, op *ast.Find) plan.Rel {
	list := op.In
	if len(list) == 0 {
		list = []ast.Expr{&ast.Wildcard{Pos: ast.Pos{At: op.Keyword()}, Pattern: "*"}}
	}
	inputs, ghosts, open := b.sources(st, list, "find_arg")
	f := &finding{inputs: inputs, kinds: map[string][]types.Type{}, asked: map[string]bool{}}
	f.merge(ghosts, b.mentioned())
	st.open = open
	st.reordered()
	s := &scope{cols: f.merged, env: st.env, open: open, search: &searching{cols: f.merged}}
	if _, star := op.Cond.(*ast.Star); star {
		f.cond, f.anywhere = boolConst(true), true
	} else {
		f.cond = b.searchCond(s, op.Cond)
		f.names(op.Cond)
	}
	f.choose()
	source := wordOf(paramNamed(op.Params, "withsource"))
	if source == "" {
		source = "source_"
	}
	u := &plan.Union{}
	out := newColumnList(b)
	u.Columns = []*plan.Col{out.put(source, null(types.String))}
	shown, pack := f.smart(), op.Output != "project"
	if op.Output == "project" {
		shown, pack = b.findProject(f, op.Columns, open)
	} else if op.Output == "project-away" {
		return b.refused(st, op)
	}
	b.findColumns(f, u, out, shown, pack, op)
	if op.Output == "project" {
		st.open = false
	}
	if b.o.CheckOnly || !computable(f.cond) {
		return emptyOf(u.Columns)
	}
	return u
}

// merge puts the columns of all tables together by name. Tables without rows
// only add names that the others lack and the query uses.
func (f *finding) merge(ghosts []types.Schema, said map[string]bool) {
	type tally struct {
		col   *plan.Col
		count [typeCount]int
		ghost bool
	}
	at := map[string]*tally{}
	add := func(name string, t types.Type, ghost bool) {
		c := at[name]
		if c == nil {
			c = &tally{col: newCol(name, t), ghost: ghost}
			at[name] = c
			f.merged = append(f.merged, c.col)
		}
		if c.ghost != ghost {
			return
		}
		if c.count[t]++; c.count[t] == 1 && !ghost {
			f.kinds[name] = append(f.kinds[name], t)
		}
		if c.count[t] > c.count[c.col.Type] {
			c.col.Type = t
		}
	}
	for _, in := range f.inputs {
		for _, c := range in.rel.Cols() {
			add(c.Name, c.Type, false)
		}
	}
	for _, schema := range ghosts {
		for _, c := range schema {
			if said[c.Name] {
				add(c.Name, c.Type, true)
			}
		}
	}
}

// typeCount is how many types there are.
const typeCount = int(types.Timespan) + 1

// names notes the columns that a condition names, and whether it looks into
// all of them.
func (f *finding) names(cond ast.Expr) {
	ast.Walk(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Name:
			if findCol(f.merged, n.Text) != nil {
				f.asked[n.Text] = true
			}
		case *ast.Path:
			f.names(n.X)
			return false
		case *ast.Star:
			f.anywhere = true
		case *ast.Binary:
			for _, side := range []ast.Expr{n.Left, n.Right} {
				if _, term := unparen(side).(*ast.String); term && (n.Op == ast.OpAnd || n.Op == ast.OpOr) {
					f.anywhere = true
				}
			}
		}
		return true
	})
	if _, term := unparen(cond).(*ast.String); term || len(f.asked) == 0 {
		f.anywhere = true
	}
}

// choose leaves out the tables that have nothing the condition names.
func (f *finding) choose() {
	if f.anywhere {
		return
	}
	var out []unionInput
	for _, in := range f.inputs {
		for _, c := range in.rel.Cols() {
			if f.asked[c.Name] {
				out = append(out, in)
				break
			}
		}
	}
	f.inputs = out
}

// shownColumn is a column of the result: the column name of the tables where
// it has the type from (any, if Unknown), converted to the type to.
type shownColumn struct {
	as, name string
	from, to types.Type
}

// smart are the columns without a projection: those that the condition names
// and those that all tables have. One with several types is several columns.
func (f *finding) smart() []shownColumn {
	count := map[string]int{}
	kinds := map[string][]types.Type{}
	var names []string
	for _, in := range f.inputs {
		for _, c := range in.rel.Cols() {
			if count[c.Name]++; count[c.Name] == 1 {
				names = append(names, c.Name)
			}
			if !hasType(kinds[c.Name], c.Type) {
				kinds[c.Name] = append(kinds[c.Name], c.Type)
			}
		}
	}
	var out []shownColumn
	for _, n := range names {
		if !f.asked[n] && count[n] < len(f.inputs) {
			continue
		}
		for _, t := range kinds[n] {
			as := n
			if len(kinds[n]) > 1 {
				as += "_" + t.String()
			}
			out = append(out, shownColumn{as, n, t, t})
		}
	}
	return out
}

// findProject are the columns that `project` asks for; pack says that the
// others are asked for as a bag.
func (b *binder) findProject(f *finding, list []*ast.FindColumn, open bool) (out []shownColumn, pack bool) {
	for i, fc := range list {
		n, ok := fc.X.(*ast.Name)
		if !ok {
			if pack = true; i < len(list)-1 {
				b.errorf(codeArgument, fc.Span(), "pack(*) must be the last column")
			}
			continue
		}
		c := findCol(f.merged, n.Text)
		if c == nil && fc.Type == nil && !open {
			b.unknown(codeUnknownColumn, n.Span(), "column", n.Text, colNames(f.merged))
		}
		t := types.Unknown
		if c != nil {
			if t = c.Type; len(f.kinds[n.Text]) > 1 && !open {
				t = types.Dynamic
			}
		}
		if fc.Type != nil {
			if t, ok = types.Parse(fc.Type.Text); !ok {
				b.errorf(codeType, fc.Type.Span(), "there is no type %q", fc.Type.Text)
			}
		}
		out = append(out, shownColumn{n.Text, n.Text, types.Unknown, t})
	}
	return out, pack
}

// findColumns makes the columns of the result and what they are in each table.
func (b *binder) findColumns(f *finding, u *plan.Union, out *columnList, shown []shownColumn, pack bool, op *ast.Find) {
	inBag := map[string]bool{}
	for _, in := range f.inputs {
		for _, c := range in.rel.Cols() {
			inBag[c.Name] = true
		}
	}
	for _, sh := range shown {
		u.Columns = append(u.Columns, out.put(out.unique(sh.as), null(sh.to)))
		delete(inBag, sh.name)
	}
	// Without a column left over there is no bag, unless it is asked for.
	if pack = pack && (len(inBag) > 0 || op.Output == "project"); pack {
		u.Columns = append(u.Columns, out.put(out.unique("pack_"), null(types.Dynamic)))
	}
	if b.o.CheckOnly || !computable(f.cond) {
		return
	}
	for _, in := range f.inputs {
		own := map[string]*plan.Col{}
		for _, c := range in.rel.Cols() {
			own[c.Name] = c
		}
		cond := b.substitute(f.cond, func(m *plan.Col) plan.Expr {
			if c := own[m.Name]; c != nil {
				return b.cast(ref(c), m.Type)
			}
			return null(m.Type)
		})
		rel, some := filtered(in.rel, cond)
		if !some {
			continue
		}
		row := []plan.Expr{stringConst(in.name)}
		for _, sh := range shown {
			c := own[sh.name]
			if c == nil || sh.from != types.Unknown && c.Type != sh.from {
				row = append(row, null(sh.to))
				continue
			}
			row = append(row, b.cast(ref(c), sh.to))
		}
		if pack {
			var rest []*plan.Col
			for _, c := range b.solid(in.rel.Cols()) {
				if inBag[c.Name] {
					rest = append(rest, c)
				}
			}
			row = append(row, b.packCols("pack_all", rest, false, op.Keyword()))
		}
		u.Inputs, u.Maps = append(u.Inputs, rel), append(u.Maps, row)
	}
}
