package bind

import (
	"regexp"
	"strconv"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// searching is what holds inside the condition of search and find.
type searching struct {
	// cols are the columns that a term is looked for in.
	cols []*plan.Col
	// cs says that all comparisons of text look at case.
	cs bool
}

// search binds `search`: the rows of all sources, with their table's name in
// front, for which the condition holds. The condition is put before the union,
// once for each source, so that a source is only asked about its own columns.
func (b *binder) search(in plan.Rel, st *state, op *ast.Search) plan.Rel {
	inputs, ghosts, open := b.searchInputs(in, st, op)
	u := &plan.Union{}
	b.unionColumns(u, inputs, false, "$table", op.Keyword())
	for _, i := range inputs {
		u.Inputs = append(u.Inputs, i.rel)
	}
	st.open = open
	st.reordered()
	whole := b.haunted(u, ghosts)
	s := b.rowScope(whole, st)
	s.search = &searching{cols: u.Columns[1:]}
	if p := paramNamed(op.Params, "kind"); p != nil {
		s.search.cs = wordOf(p) == "case_sensitive"
	}
	var cond plan.Expr
	if _, star := op.Cond.(*ast.Star); star {
		cond = boolConst(true)
	} else {
		cond = b.searchCond(s, op.Cond)
	}
	if !b.o.CheckOnly && computable(cond) && len(u.Maps) == len(inputs) {
		b.filterInputs(u, cond, whole)
	}
	return whole
}

// searchInputs are the sources of a search with their names, and the schemas
// of tables without rows.
func (b *binder) searchInputs(in plan.Rel, st *state, op *ast.Search) (inputs []unionInput, ghosts []types.Schema, open bool) {
	if in != nil {
		if len(op.In) > 0 {
			b.errorf(codeTabular, op.Keyword(), "search in (...) begins a query and cannot stand after a pipe")
		}
		name := scanName(in)
		if name == "" {
			name = "search_arg0"
		}
		return []unionInput{{in, name}}, nil, st.open
	}
	list := op.In
	if len(list) == 0 {
		list = []ast.Expr{&ast.Wildcard{Pos: ast.Pos{At: op.Keyword()}, Pattern: "*"}}
	}
	return b.sources(st, list, "search_arg")
}

// sources binds the tables that search and find look into. One that has no
// name of its own is called by its place.
func (b *binder) sources(st *state, list []ast.Expr, prefix string) (inputs []unionInput, ghosts []types.Schema, open bool) {
	for _, e := range list {
		if w := wildcardOf(e); w != nil {
			found, more, o := b.matching(st, w)
			if len(found)+len(more) == 0 && w.Pattern != "*" {
				b.errorf(codeUnknownTable, w.Span(), "no table matches %q", w.Pattern)
			}
			inputs, ghosts, open = append(inputs, found...), append(ghosts, more...), open || o
			continue
		}
		r, rst := b.pipeline(st.env, e)
		open = open || b.open[r] || rst != nil && rst.open
		name := tableName(st.env, e)
		if name == "" {
			name = prefix + strconv.Itoa(len(inputs))
		}
		inputs = append(inputs, unionInput{r, name})
	}
	return inputs, ghosts, open || b.o.CheckOnly && len(inputs) == 0
}

// wildcardOf is the pattern that a source is, also behind workspace("x") and
// its like; nil for other sources.
func wildcardOf(e ast.Expr) *ast.Wildcard {
	switch e := unparen(e).(type) {
	case *ast.Wildcard:
		return e
	case *ast.Path:
		if w, ok := e.Sel.(*ast.Wildcard); ok && scoped(e) {
			return w
		}
	}
	return nil
}

// scoped says whether a path begins with a function that only says where a
// table is.
func scoped(p *ast.Path) bool {
	root := p.X
	for {
		inner, ok := root.(*ast.Path)
		if !ok {
			break
		}
		root = inner.X
	}
	c, ok := root.(*ast.Call)
	return ok && scopes[c.Name.Text]
}

// tableName is the name of the table or view that e is, or "".
func tableName(en *env, e ast.Expr) string {
	switch e := unparen(e).(type) {
	case *ast.Name:
		if v := en.lookup(e.Text); v == nil || v.fn != nil && v.fn.view {
			return e.Text
		}
	case *ast.Path:
		if n, ok := e.Sel.(*ast.Name); ok && scoped(e) {
			return n.Text
		}
	}
	return ""
}

// filterInputs puts cond before the inputs of u. Above it are the columns of
// whole: those of u, and nulls.
func (b *binder) filterInputs(u *plan.Union, cond plan.Expr, whole plan.Rel) {
	nulls := map[*plan.Col]plan.Expr{}
	if p, ok := whole.(*plan.Project); ok {
		for _, it := range p.Items {
			if b.ghosts[it.Col] {
				nulls[it.Col] = it.Expr
			}
		}
	}
	var inputs []plan.Rel
	var maps [][]plan.Expr
	for k, in := range u.Inputs {
		at := func(c *plan.Col) plan.Expr {
			for i := range u.Columns {
				if u.Columns[i] == c {
					return u.Maps[k][i]
				}
			}
			return nulls[c]
		}
		if in, some := filtered(in, b.substitute(cond, at)); some {
			inputs, maps = append(inputs, in), append(maps, u.Maps[k])
		}
	}
	u.Inputs, u.Maps = inputs, maps
}

// filtered is rel with a condition; some is false when it is known to hold for
// no row.
func filtered(rel plan.Rel, cond plan.Expr) (out plan.Rel, some bool) {
	for _, c := range conjunctsOf(cond) {
		if k, ok := c.(*plan.Const); ok && k.Datum.V != true {
			return rel, false
		}
	}
	if _, ok := cond.(*plan.Const); ok {
		return rel, true
	}
	return &plan.Filter{Input: rel, Cond: cond}, true
}

// boolConst is an expression for a bool.
func boolConst(v bool) plan.Expr { return constOf(vector.Datum{T: types.Bool, V: v}) }

// searchCond binds a condition in which a text alone is a term to look for.
func (b *binder) searchCond(s *scope, e ast.Expr) plan.Expr {
	if n, ok := unparen(e).(*ast.Binary); ok && (n.Op == ast.OpAnd || n.Op == ast.OpOr) {
		if !b.enter(e.Span()) {
			return badExpr
		}
		defer b.leave()
		l, r := b.searchCond(s, n.Left), b.searchCond(s, n.Right)
		return b.operatorCall(binaryNames[n.Op], string(n.Op), n.Span(), []plan.Expr{l, r})
	}
	x := b.scalar(s, e)
	if c, ok := x.(*plan.Const); ok && c.Datum.T == types.String {
		text, _ := c.Datum.V.(string)
		return b.anywhere(s, e, text)
	}
	if t := x.Type(); t != types.Bool && !isBad(x) {
		b.errorf(codeType, e.Span(), "a condition is a bool or a text to look for, not %s", one(t))
		return badExpr
	}
	return x
}

// anywhere looks for a term in all columns.
func (b *binder) anywhere(s *scope, at ast.Expr, term string) plan.Expr {
	op, text := termOp(term, s.search.cs)
	var out plan.Expr = boolConst(op == "")
	if op == "" {
		return out
	}
	if b.o.CheckOnly {
		return typedOnly{types.Bool}
	}
	for _, c := range s.search.cols {
		x := b.operatorCall(op, ":", at.Span(), []plan.Expr{b.cast(ref(c), types.String), stringConst(text)})
		if isBad(x) {
			return x
		}
		out = b.orElse(out, x)
	}
	return out
}

// orElse is x or y, without what is known.
func (b *binder) orElse(x, y plan.Expr) plan.Expr {
	if c, ok := x.(*plan.Const); ok && c.Datum.V == false {
		return y
	}
	return b.operatorCall("Or", "or", spanOf(y), []plan.Expr{x, y})
}

// colon binds `column : "term"`.
func (b *binder) colon(s *scope, n *ast.Binary, l, r plan.Expr) plan.Expr {
	for _, x := range []plan.Expr{l, r} {
		if t := x.Type(); t != types.String && t != types.Dynamic && !isBad(x) {
			b.errorf(codeOperands, n.Span(), "%q does not take values of types %s and %s", ":", l.Type(), r.Type())
			return badExpr
		}
	}
	cs := s.search != nil && s.search.cs
	if c, ok := r.(*plan.Const); ok && c.Datum.T == types.String {
		text, _ := c.Datum.V.(string)
		op, text := termOp(text, cs)
		if op == "" {
			return boolConst(true)
		}
		return b.operatorCall(op, ":", n.Span(), []plan.Expr{l, stringConst(text)})
	}
	return b.operatorCall(sensitive("Has", cs), ":", n.Span(), []plan.Expr{l, r})
}

// termOp is the operator that looks for a term, and the text it is given:
// stars stand for any text. A lone star is found everywhere, "".
func termOp(term string, cs bool) (op, text string) {
	text = strings.Trim(term, "*")
	front, back := strings.HasPrefix(term, "*"), strings.HasSuffix(term, "*")
	switch {
	case text == "" && term != "":
		return "", ""
	case strings.Contains(text, "*"):
		return "MatchRegex", starRegex(text, front, back, cs)
	case front && back:
		return sensitive("Contains", cs), text
	case front:
		return sensitive("HasSuffix", cs), text
	case back:
		return sensitive("HasPrefix", cs), text
	}
	return sensitive("Has", cs), text
}

// starRegex is the expression for a term with stars inside. It begins and ends
// at the edge of a word, unless a star stands there.
func starRegex(text string, front, back, cs bool) string {
	parts := strings.Split(text, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	out := strings.Join(parts, ".*")
	if !front {
		out = `\b` + out
	}
	if !back {
		out += `\b`
	}
	if !cs {
		out = "(?i)" + out
	}
	return out
}

// sensitive is the twin of an operator on text that looks at case, if asked.
func sensitive(op string, cs bool) string {
	if !cs {
		return op
	}
	switch op {
	case "EqualTilde":
		return "Equal"
	case "BangTilde":
		return "NotEqual"
	case "Has", "NotHas", "HasPrefix", "NotHasPrefix", "HasSuffix", "NotHasSuffix", "Contains", "NotContains",
		"StartsWith", "NotStartsWith", "EndsWith", "NotEndsWith", "Like", "NotLike":
		return op + "Cs"
	}
	return op
}
