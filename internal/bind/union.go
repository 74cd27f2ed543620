package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// maxUnionCells bounds inputs times columns of one union.
const maxUnionCells = 4_000_000

// unionInput is one input of union with the name withsource gives it.
type unionInput struct {
	rel  plan.Rel
	name string
}

// union binds `union`; in is nil at the head of a query.
func (b *binder) union(in plan.Rel, st *state, op *ast.Union) plan.Rel {
	var inputs []unionInput
	open := false
	add := func(r plan.Rel, name string, o bool) {
		if name == "" {
			name = "union_arg" + strconv.Itoa(len(inputs))
		}
		inputs = append(inputs, unionInput{r, name})
		open = open || o || b.open[r]
	}
	if in != nil {
		add(in, scanName(in), st.open)
	}
	fuzzy := wordOf(paramNamed(op.Params, "isfuzzy")) == "true"
	missing := false
	var ghosts []types.Schema
	for _, e := range op.Sources {
		if w := wildcardOf(e); w != nil {
			found, more, o := b.matching(st, w)
			for _, f := range found {
				add(f.rel, f.name, false)
			}
			ghosts, open = append(ghosts, more...), open || o
			if len(found)+len(more) == 0 && !fuzzy {
				b.errorf(codeUnknownTable, w.Span(), "no table matches %q", w.Pattern)
			}
			continue
		}
		r, rst, ok := b.leg(st.env, e, fuzzy)
		if !ok {
			missing = true
			continue
		}
		name := ""
		if n, ok := unparen(e).(*ast.Name); ok {
			if v := st.env.lookup(n.Text); v == nil || v.fn != nil && v.fn.view {
				name = n.Text
			}
		}
		add(r, name, rst != nil && rst.open)
	}
	st.reordered()
	st.open = open || missing && b.o.CheckOnly
	u := &plan.Union{}
	if len(inputs)+len(ghosts) == 0 {
		switch {
		case len(op.Sources) == 0 && in == nil:
			b.errorf(codeArity, op.Keyword(), "union needs at least one table")
		case missing && !b.o.CheckOnly:
			b.errorf(codeUnknownTable, op.Keyword(), "none of the union's tables is there")
		}
		st.open = true
		return b.badRel()
	}
	for _, i := range inputs {
		u.Inputs = append(u.Inputs, i.rel)
	}
	inner := false
	if p := paramNamed(op.Params, "kind"); p != nil {
		inner = wordOf(p) == "inner"
	}
	from := paramNamed(op.Params, "withsource")
	if from == nil {
		from = paramNamed(op.Params, "with_source")
	}
	b.unionColumns(u, inputs, inner, wordOf(from), op.Keyword())
	return b.haunted(u, ghosts)
}

// unionColumns merges the inputs' columns by name and type.
func (b *binder) unionColumns(u *plan.Union, inputs []unionInput, inner bool, with string, at source.Span) {
	var names []string
	kinds := map[string][]types.Type{}
	index := make([]map[string]*plan.Col, len(inputs))
	for k, in := range inputs {
		index[k] = map[string]*plan.Col{}
		for _, c := range in.rel.Cols() {
			index[k][c.Name] = c
			if _, ok := kinds[c.Name]; !ok {
				names = append(names, c.Name)
			}
			if !hasType(kinds[c.Name], c.Type) {
				kinds[c.Name] = append(kinds[c.Name], c.Type)
			}
		}
	}
	u.Maps = make([][]plan.Expr, len(inputs))
	mapped := !b.o.CheckOnly
	if mapped && len(names)*len(inputs) > maxUnionCells {
		b.errorf(codeTooLarge, at, "a union of %d tables with %d columns is too large; name the tables", len(inputs), len(names))
		mapped = false
	}
	// A name that only one type has is kept; one made of a name and a type
	// gives way to it.
	used, kept := map[string]bool{}, map[string]bool{}
	for name, ts := range kinds {
		kept[name] = len(ts) == 1 || inner
	}
	column := func(name string, made bool, t types.Type, of func(k int) plan.Expr) {
		base := name
		for i := 1; used[name] || made && kept[name]; i++ {
			name = base + strconv.Itoa(i)
		}
		used[name] = true
		u.Columns = append(u.Columns, newCol(name, t))
		for k := 0; mapped && k < len(inputs); k++ {
			u.Maps[k] = append(u.Maps[k], of(k))
		}
	}
	if with != "" {
		column(with, false, types.String, func(k int) plan.Expr { return stringConst(inputs[k].name) })
	}
	for _, name := range names {
		for _, t := range kinds[name] {
			if inner && !inAll(index, name, t) {
				continue
			}
			as, missing := name, null(t)
			made := len(kinds[name]) > 1 && !inner
			if made {
				as += "_" + t.String()
			}
			column(as, made, t, func(k int) plan.Expr {
				if c := index[k][name]; c != nil && c.Type == t {
					return ref(c)
				}
				return missing
			})
			if b.allGhosts(index, name) {
				c := u.Columns[len(u.Columns)-1]
				b.ghosts[c], b.hidden[c] = true, b.anyHidden(index, name)
			}
		}
	}
}

// allGhosts says whether every input that has the column has it as a ghost.
func (b *binder) allGhosts(index []map[string]*plan.Col, name string) bool {
	for _, cols := range index {
		if c := cols[name]; c != nil && !b.ghosts[c] {
			return false
		}
	}
	return true
}

// anyHidden says whether an input has the column as a hidden one.
func (b *binder) anyHidden(index []map[string]*plan.Col, name string) bool {
	for _, cols := range index {
		if c := cols[name]; c != nil && b.hidden[c] {
			return true
		}
	}
	return false
}

// inAll says whether every input has the column with this type.
func inAll(index []map[string]*plan.Col, name string, t types.Type) bool {
	for _, cols := range index {
		if c := cols[name]; c == nil || c.Type != t {
			return false
		}
	}
	return true
}

func hasType(list []types.Type, t types.Type) bool {
	for _, x := range list {
		if x == t {
			return true
		}
	}
	return false
}

// scanName is the table's name when rel is a table as it is.
func scanName(rel plan.Rel) string {
	if s, ok := rel.(*plan.Scan); ok {
		return s.Name
	}
	return ""
}
