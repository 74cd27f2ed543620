package bind

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// optionalWatchlists are those that ASIM parsers ask for and that a workspace
// has only if somebody made them, to switch parsers off. Without one there is
// nothing to switch off.
var optionalWatchlists = map[string]bool{"ASimDisabledParsers": true, "ASimSourceType": true}

// watchlist binds _GetWatchlist() and _GetWatchlistAlias; ok is false for other
// functions, and in a check of a query whose watchlist is not given.
func (b *binder) watchlist(en *env, f *function, c *ast.Call) (r called, ok bool) {
	lists, _ := b.o.Schema.(Watchlists)
	switch f.name {
	case "_GetWatchlistAlias":
		var names []string
		if lists != nil {
			names = lists.WatchlistNames()
		}
		return called{rel: aliases(names), st: &state{env: en}}, true
	case "_GetWatchlist":
	default:
		return called{}, false
	}
	alias := en.names[f.params[0].Name.Text].scalar
	k, isConst := alias.(*plan.Const)
	if !isConst {
		if b.o.CheckOnly || isBad(alias) {
			return called{}, false
		}
		b.errorf(codeConstant, c.Span(), "the alias of a watchlist must be a constant string")
		return called{rel: b.badRel(), st: &state{env: en, open: true}}, true
	}
	name, _ := k.Datum.V.(string)
	rel, found := b.listNamed(lists, name)
	if !found {
		if b.o.CheckOnly {
			return called{}, false
		}
		b.noWatchlist(lists, name, c)
		return called{rel: b.badRel(), st: &state{env: en, open: true}}, true
	}
	st := &state{env: en}
	return called{rel: b.keyed(rel, st, en.names[f.params[1].Name.Text].scalar, c), st: st}, true
}

// listNamed scans a watchlist.
func (b *binder) listNamed(lists Watchlists, name string) (plan.Rel, bool) {
	var t scan.Table
	if lists != nil {
		t, _ = lists.Watchlist(name)
	}
	if t == nil {
		if !optionalWatchlists[name] || b.o.CheckOnly {
			return nil, false
		}
		stub, _ := b.stored("_GetWatchlist")
		t = &scan.Memory{Cols: stub.stub.Schema}
	}
	out := &plan.Scan{Name: "_GetWatchlist('" + name + "')", Table: t}
	for _, c := range t.Schema() {
		out.Columns = append(out.Columns, newCol(c.Name, c.Type))
		out.Sources = append(out.Sources, scan.Column{Name: c.Name, Type: c.Type})
	}
	return out, true
}

// keyed keeps the items whose search key is among keys; no keys keep all.
func (b *binder) keyed(rel plan.Rel, st *state, keys plan.Expr, c *ast.Call) plan.Rel {
	if k, ok := keys.(*plan.Const); ok && k.Datum.Null() {
		return rel
	}
	if m, ok := keys.(misfit); ok {
		if !b.o.CheckOnly {
			b.errorf(codeType, c.Span(), "the search keys of _GetWatchlist() must be dynamic, not %s", m.got)
		}
		return rel
	}
	pos := ast.Pos{At: c.Span()}
	name := func(text string) *ast.Name { return &ast.Name{Pos: pos, Text: text} }
	in := *st
	in.env = newEnv(st.env)
	// No column of a list can be called so.
	in.env.names["$keys"] = &binding{name: "$keys", scalar: keys}
	none := &ast.Binary{
		Pos: pos, Op: ast.OpEq, OpAt: c.Span(),
		Left:  &ast.Call{Pos: pos, Name: name("array_length"), Args: []ast.Expr{name("$keys")}},
		Right: &ast.Literal{Pos: pos, Kind: ast.LongLit, Text: "0"},
	}
	among := &ast.In{Pos: pos, X: name("SearchKey"), Op: ast.OpIn, OpAt: c.Span(), List: []ast.Expr{name("$keys")}}
	return b.where(rel, &in, &ast.Where{Cond: &ast.Binary{Pos: pos, Op: ast.OpOr, OpAt: c.Span(), Left: none, Right: among}})
}

// noWatchlist reports a watchlist that is not given.
func (b *binder) noWatchlist(lists Watchlists, name string, c *ast.Call) {
	d := source.Diagnostic{
		Severity: source.Error, Code: codeNoWatchlist, Span: c.Span(), Refusal: true,
		Message: fmt.Sprintf("there is no watchlist %q here", name),
		Hint:    fmt.Sprintf("give it with --watchlist %s=FILE.csv", name),
	}
	if lists != nil {
		if near := source.Nearest(name, lists.WatchlistNames()); near != "" {
			d.Hint = fmt.Sprintf("there is one called %q; or %s", near, strings.TrimPrefix(d.Hint, "or "))
		}
	}
	b.report(d)
}

// aliases is the table of the watchlists' names.
func aliases(names []string) plan.Rel {
	bd := vector.NewBuilder(types.String, len(names))
	for _, n := range names {
		bd.Append(vector.Datum{T: types.String, V: n})
	}
	out := &plan.Values{Rows: &vector.Batch{N: len(names), Cols: []*vector.Vector{bd.Done()}}}
	out.Columns = []*plan.Col{newCol("WatchlistAlias", types.String)}
	return out
}
