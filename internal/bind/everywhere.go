package bind

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// dataCatalog is a Catalog that knows which of its tables have rows. For a
// run, the tables that a pattern finds are those: the others add no row. Their
// columns can still be named, so that a query for the whole workspace also
// runs where its tables are not. Those that the query names are added as nulls
// and are called ghosts here.
type dataCatalog interface {
	HasData(table string) bool
}

// matching are the tables and views whose name fits a pattern. ghosts are the
// schemas of tables without rows.
func (b *binder) matching(st *state, w *ast.Wildcard) (found []unionInput, ghosts []types.Schema, open bool) {
	data, _ := b.o.Schema.(dataCatalog)
	for _, t := range b.o.Schema.TableNames() {
		if !wild(w.Pattern, t) || st.env.lookup(t) != nil {
			continue
		}
		if data != nil && !b.o.CheckOnly && !data.HasData(t) {
			if _, schema, ok := b.o.Schema.Table(t); ok {
				ghosts = append(ghosts, schema)
			}
			continue
		}
		rel, rst := b.pipeline(st.env, &ast.Name{Pos: w.Pos, Text: t})
		found = append(found, unionInput{rel, t})
		open = open || rst.open
	}
	for _, v := range st.env.views(w.Pattern) {
		rel, rst := b.pipeline(st.env, &ast.Name{Pos: w.Pos, Text: v})
		found = append(found, unionInput{rel, v})
		open = open || rst.open
	}
	// Tables found by pattern give a column many types; which name it gets
	// then depends on the workspace.
	return found, ghosts, open || b.o.CheckOnly && len(found) > 0
}

// haunted adds the columns of tables without rows to rel, as nulls.
func (b *binder) haunted(rel plan.Rel, ghosts []types.Schema) plan.Rel {
	if len(ghosts) == 0 {
		return rel
	}
	taken := map[string]bool{}
	var items []plan.Item
	for _, c := range rel.Cols() {
		items = append(items, pass(c))
		taken[c.Name] = true
		if i := strings.LastIndexByte(c.Name, '_'); i > 0 {
			if _, ok := types.Parse(c.Name[i+1:]); ok {
				taken[c.Name[:i]] = true
			}
		}
	}
	kinds := map[string][]types.Type{}
	var names []string
	said := b.mentioned()
	for _, schema := range ghosts {
		for _, c := range schema {
			if !said[c.Name] || taken[c.Name] {
				continue
			}
			if kinds[c.Name] == nil {
				names = append(names, c.Name)
			}
			if !hasType(kinds[c.Name], c.Type) {
				kinds[c.Name] = append(kinds[c.Name], c.Type)
			}
		}
	}
	add := func(name string, t types.Type) {
		if !taken[name] {
			taken[name] = true
			c := newCol(name, t)
			b.ghosts[c] = true
			items = append(items, plan.Item{Col: c, Expr: null(t)})
		}
	}
	for _, n := range names {
		add(n, kinds[n][0])
	}
	for _, n := range names {
		for _, t := range kinds[n][1:] {
			add(n+"_"+kinds[n][0].String(), kinds[n][0])
			add(n+"_"+t.String(), t)
		}
	}
	return &plan.Project{Input: rel, Items: items}
}

// mentioned are the names that the query and the stored functions around the
// place at hand use, also those of a column made of a name and a type.
func (b *binder) mentioned() map[string]bool {
	out := map[string]bool{}
	look := func(n ast.Node) {
		ast.Walk(n, func(n ast.Node) bool {
			if n, ok := n.(*ast.Name); ok {
				out[n.Text] = true
				if i := strings.LastIndexByte(n.Text, '_'); i > 0 {
					if _, ok := types.Parse(n.Text[i+1:]); ok {
						out[n.Text[:i]] = true
					}
				}
			}
			return true
		})
	}
	if b.query != nil {
		look(b.query)
	}
	for _, f := range b.calls {
		if f.body != nil {
			look(f.body)
		}
	}
	return out
}

// solid are the columns that are not ghosts.
func (b *binder) solid(cols []*plan.Col) []*plan.Col {
	if len(b.ghosts) == 0 {
		return cols
	}
	out := make([]*plan.Col, 0, len(cols))
	for _, c := range cols {
		if !b.ghosts[c] {
			out = append(out, c)
		}
	}
	return out
}

// exorcised is rel without ghosts: a result shows the columns of the tables
// that are there.
func (b *binder) exorcised(rel plan.Rel) plan.Rel {
	cols := b.solid(rel.Cols())
	if len(cols) == len(rel.Cols()) {
		return rel
	}
	items := make([]plan.Item, len(cols))
	for i, c := range cols {
		items[i] = pass(c)
	}
	return &plan.Project{Input: rel, Items: items}
}
