package bind

import (
	"sort"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// project binds `project`.
func (b *binder) project(in plan.Rel, st *state, op *ast.Project) plan.Rel {
	s := b.rowScope(in, st)
	l := newColumnList(b)
	l.shared = &[]plan.Item{}
	for _, it := range op.Items {
		b.item(s, l, it)
	}
	st.open = false
	return &plan.Project{Input: l.below(in, s.window), Items: l.items, Window: s.window}
}

// extend binds `extend`.
func (b *binder) extend(in plan.Rel, st *state, items []ast.Expr) plan.Rel {
	s := b.rowScope(in, st)
	l := extending(b, in.Cols())
	l.shared = &[]plan.Item{}
	for _, it := range items {
		b.item(s, l, it)
	}
	return &plan.Project{Input: l.below(in, s.window), Items: l.items, Window: s.window}
}

// projectAway binds `project-away`.
func (b *binder) projectAway(in plan.Rel, st *state, op *ast.ProjectAway) plan.Rel {
	drop := map[*plan.Col]bool{}
	for _, it := range op.Items {
		for _, c := range b.named(in, st, it) {
			drop[c] = true
		}
	}
	return keep(in, func(c *plan.Col) bool { return !drop[c] })
}

// projectKeep binds `project-keep`; the order is the input's.
func (b *binder) projectKeep(in plan.Rel, st *state, op *ast.ProjectKeep) plan.Rel {
	want := map[*plan.Col]bool{}
	for _, it := range op.Items {
		for _, c := range b.named(in, st, it) {
			want[c] = true
		}
	}
	st.open = false
	out := keep(in, func(c *plan.Col) bool { return want[c] })
	items := out.(*plan.Project).Items
	for i, it := range items {
		if b.hidden[it.Col] && namesColumn(op.Items, it.Col.Name) {
			items[i].Col = newCol(it.Col.Name, it.Col.Type)
		}
	}
	return out
}

// namesColumn says whether a list names a column by itself and not by a pattern.
func namesColumn(list []ast.Expr, name string) bool {
	for _, e := range list {
		if n, ok := unparen(e).(*ast.Name); ok && n.Text == name {
			return true
		}
	}
	return false
}

// keep projects to the columns for which f holds.
func keep(in plan.Rel, f func(*plan.Col) bool) plan.Rel {
	var items []plan.Item
	for _, c := range in.Cols() {
		if f(c) {
			items = append(items, pass(c))
		}
	}
	return &plan.Project{Input: in, Items: items}
}

// projectRename binds `project-rename`.
func (b *binder) projectRename(in plan.Rel, st *state, op *ast.ProjectRename) plan.Rel {
	rename := map[*plan.Col]*ast.Name{}
	for _, it := range op.Items {
		as, ok := it.(*ast.Assign)
		if !ok || len(as.Names) == 0 {
			if _, bad := it.(*ast.Bad); !bad {
				b.errorf(codeArgument, it.Span(), "a new name is expected here: write new = old")
			}
			continue
		}
		for _, c := range b.named(in, st, as.Value) {
			if rename[c] == nil {
				rename[c] = as.Names[0]
			}
		}
	}
	taken := map[string]bool{}
	for _, c := range in.Cols() {
		taken[c.Name] = true
	}
	items := make([]plan.Item, 0, len(in.Cols()))
	for _, c := range in.Cols() {
		it := pass(c)
		if n := rename[c]; n != nil {
			if taken[n.Text] && n.Text != c.Name {
				b.errorf(codeDuplicate, n.Span(), "a column called %q is there already", n.Text)
			} else {
				taken[n.Text] = true
				it.Col = &plan.Col{Name: n.Text, Type: c.Type}
			}
		}
		items = append(items, it)
	}
	return &plan.Project{Input: in, Items: items}
}

// projectReorder binds `project-reorder`: what is named comes first.
func (b *binder) projectReorder(in plan.Rel, st *state, op *ast.ProjectReorder) plan.Rel {
	done, starred := map[*plan.Col]bool{}, map[*plan.Col]bool{}
	var items []plan.Item
	for _, o := range op.Items {
		cols := b.named(in, st, o.X)
		if o.Dir != "" {
			cols = append([]*plan.Col(nil), cols...)
			sort.SliceStable(cols, func(i, j int) bool {
				x, y := cols[i].Name, cols[j].Name
				switch o.Dir {
				case "desc":
					return x > y
				case "granny-asc":
					return granny(x, y) < 0
				case "granny-desc":
					return granny(x, y) > 0
				}
				return x < y
			})
		}
		_, star := unparen(o.X).(*ast.Star)
		if w, ok := unparen(o.X).(*ast.Wildcard); ok && w.Pattern == "*" {
			star = true
		}
		for _, c := range cols {
			if done[c] {
				if !star && !starred[c] {
					b.errorf(codeDuplicate, o.X.Span(), "column %q has its place already", c.Name)
				}
				continue
			}
			done[c], starred[c] = true, star
			items = append(items, pass(c))
		}
	}
	for _, c := range in.Cols() {
		if !done[c] {
			items = append(items, pass(c))
		}
	}
	return &plan.Project{Input: in, Items: items}
}

// granny compares names as people count: runs of digits as numbers.
func granny(x, y string) int {
	for x != "" && y != "" {
		if digit(x[0]) && digit(y[0]) {
			a, b := digits(x), digits(y)
			p, q := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
			if len(p) != len(q) {
				return len(p) - len(q)
			}
			if d := strings.Compare(p, q); d != 0 {
				return d
			}
			x, y = x[len(a):], y[len(b):]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	return len(x) - len(y)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) string {
	i := 0
	for i < len(s) && digit(s[i]) {
		i++
	}
	return s[:i]
}

// named finds the columns that a name or wildcard stands for.
func (b *binder) named(in plan.Rel, st *state, e ast.Expr) []*plan.Col {
	switch e := unparen(e).(type) {
	case *ast.Star:
		return in.Cols()
	case *ast.Name:
		for _, c := range in.Cols() {
			if c.Name == e.Text {
				return []*plan.Col{c}
			}
		}
		if !st.open {
			b.unknown(codeUnknownColumn, e.Span(), "column", e.Text, colNames(in.Cols()))
		}
		return nil
	case *ast.Wildcard:
		var out []*plan.Col
		for _, c := range in.Cols() {
			if wild(e.Pattern, c.Name) {
				out = append(out, c)
			}
		}
		if out == nil && !st.open {
			b.errorf(codeUnknownColumn, e.Span(), "no column matches %q", e.Pattern)
		}
		return out
	case *ast.Bad:
		return nil
	}
	if r, ok := b.scalar(b.rowScope(in, st), e).(*plan.ColRef); ok {
		return []*plan.Col{r.Col}
	}
	b.errorf(codeArgument, e.Span(), "the name of a column is expected here")
	return nil
}

// wild says whether name matches a pattern with stars; case counts.
func wild(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(name, p)
		if i < 0 {
			return false
		}
		name = name[i+len(p):]
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}
