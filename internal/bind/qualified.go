package bind

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/source"
)

// scopes are functions that say where a table is. There is one workspace here,
// which stands for whatever place a query names.
var scopes = map[string]bool{"workspace": true, "app": true, "resource": true, "cluster": true, "database": true, "adx": true, "arg": true}

// qualified binds database("x").T, workspace("y").T and the like.
func (b *binder) qualified(en *env, n *ast.Path) (plan.Rel, *state) {
	if call, p := b.patternNamed(en, n.X); p != nil {
		return b.callPattern(en, call, p, n.Sel)
	}
	root := n.X
	for {
		p, ok := root.(*ast.Path)
		if !ok {
			break
		}
		root = p.X
	}
	c, ok := root.(*ast.Call)
	if ok && scopes[c.Name.Text] || en.entityNamed(root) != nil {
		place := b.placeOf(en, n.X)
		switch sel := n.Sel.(type) {
		case *ast.Name:
			return b.tableAt(place, sel, n, ok)
		case *ast.Call:
			return b.tabularCall(newEnv(nil), sel)
		case *ast.Wildcard:
			b.refuse(codeUnsupported, n.Span(), "tables of other places by pattern are not supported")
			return b.badRel(), &state{env: en, open: true}
		}
	}
	b.errorf(codeTabular, n.Span(), "a table is expected here")
	return b.badRel(), &state{env: en, open: true}
}

// placeOf writes the place that an expression names, "" for the one at hand.
func (b *binder) placeOf(en *env, e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Paren:
		return b.placeOf(en, x.X)
	case *ast.Path:
		return strings.TrimPrefix(b.placeOf(en, x.X)+"."+b.placeOf(en, x.Sel), ".")
	case *ast.Call:
		if len(x.Args) == 0 {
			return ""
		}
		d, _ := b.constant(&scope{env: en}, x.Args[0])
		return fmt.Sprintf("%s(%q)", x.Name.Text, fmt.Sprint(d.V))
	}
	if x := en.entityNamed(e); x != nil {
		return fmt.Sprintf("cluster(%q).database(%q)", x.cluster, x.database)
	}
	return ""
}

// tableAt is a table or function of a named place: the one at hand of that
// name. written says that the query writes the place right here.
func (b *binder) tableAt(place string, name *ast.Name, at ast.Expr, written bool) (plan.Rel, *state) {
	if rel, ok := b.readAt(place, name.Text, at.Span()); ok {
		b.traceTable(name, rel)
		return rel, &state{env: newEnv(nil)}
	}
	if _, ok := b.stored(name.Text); ok || place == "" || b.o.CheckOnly || !written {
		return b.tableNamed(newEnv(nil), name)
	}
	b.report(source.Diagnostic{
		Severity: source.Error, Code: codeNoPlace, Span: at.Span(), Refusal: true,
		Message: fmt.Sprintf("%s is not here: there is no table %q among the logs and the documented ones", place, name.Text),
		Hint:    fmt.Sprintf("give its rows with --logs %s=FILE", name.Text),
	})
	return b.badRel(), &state{open: true}
}

// readAt reads a table at a place. When the query reads it from another place
// too, it has no rows there, since rows that are here once must not be counted
// twice.
func (b *binder) readAt(place, name string, at source.Span) (plan.Rel, bool) {
	rel, ok := b.table(name)
	if !ok {
		return nil, false
	}
	first, read := b.places[name]
	if !read || first == place || b.o.CheckOnly {
		b.places[name] = place
		return rel, true
	}
	b.report(source.Diagnostic{
		Severity: source.Warning, Code: codeTwoPlaces, Span: at,
		Message: fmt.Sprintf("%s is empty here: its rows are those of %s, and are read once", named(place, name), named(first, name)),
	})
	_, schema, _ := b.o.Schema.Table(name)
	return b.scanOf(name, &scan.Memory{Cols: schema}, schema), true
}

// named is a table with its place.
func named(place, table string) string {
	if place == "" {
		return table
	}
	return place + "." + table
}
