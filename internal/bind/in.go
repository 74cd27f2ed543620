package bind

import (
	"slices"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// in binds x in (list) and its relatives.
func (b *binder) in(s *scope, n *ast.In) plan.Expr {
	if n.Op == ast.OpHasAny || n.Op == ast.OpHasAll {
		return b.hasList(s, n)
	}
	fold := n.Op == ast.OpInTilde || n.Op == ast.OpNotInTilde
	not := n.Op == ast.OpNotIn || n.Op == ast.OpNotInTilde
	x := b.scalar(s, n.X)
	if fold && x.Type() != types.String && x.Type() != types.Dynamic && !isBad(x) {
		b.errorf(codeOperands, n.X.Span(), "%q compares text, not values of type %s", n.Op, x.Type())
		return badExpr
	}
	if len(n.List) == 1 && b.tabular(s, n.List[0]) {
		return b.inRel(x, b.pipe(s.env, n.List[0]), n, not, fold)
	}
	list, dyns, ok := b.listItems(s, n.List)
	if isBad(x) || !ok {
		if b.o.CheckOnly {
			return typedOnly{types.Bool}
		}
		return badExpr
	}
	to := x.Type()
	if fold {
		to = types.String
	} else if to == types.Dynamic {
		if to, ok = common(typesOf(list)); !ok || to == types.Dynamic || to == types.Unknown {
			to = types.String
		} else if to.Integer() && !slices.ContainsFunc(list, inexact) {
			to = types.Real // the dynamic value may have a fraction
		}
	}
	if len(dyns) > 0 {
		return b.inDynamic(x, to, list, dyns, not, fold)
	}
	return b.inList(x, to, list, not, fold)
}

// inList is x in a list of values.
func (b *binder) inList(x plan.Expr, to types.Type, list []plan.Expr, not, fold bool) plan.Expr {
	for i, v := range list {
		t := comparedAs(to, v.Type())
		if t == types.Unknown {
			t = types.String
		}
		if t != to && to.Numeric() {
			to = t
		}
		_ = i
	}
	out := &plan.In{X: b.cast(x, to), Not: not, Fold: fold}
	for _, v := range list {
		c := b.cast(v, to)
		if k, ok := c.(*plan.Const); ok && k.Datum.Null() && to != types.String {
			continue
		}
		out.List = append(out.List, c)
	}
	return out
}

// listItems binds the members of a list. Constant arrays are taken apart;
// other dynamic values are given apart from the rest.
func (b *binder) listItems(s *scope, items []ast.Expr) (list, dyns []plan.Expr, ok bool) {
	ok = true
	for _, e := range items {
		v := b.scalar(s, e)
		if isBad(v) {
			ok = false
			continue
		}
		if v.Type() != types.Dynamic {
			list = append(list, v)
			continue
		}
		c, constant := v.(*plan.Const)
		switch {
		case !constant:
			dyns = append(dyns, v)
		case c.Datum.Null():
		default:
			list = append(list, elements(c.Datum.V.(dynamic.Value))...)
		}
	}
	return list, dyns, ok
}

// elements are the members of an array as constants, or the one value.
func elements(v dynamic.Value) []plan.Expr {
	if v.Kind() != dynamic.Array {
		return []plan.Expr{dynamicConst(v)}
	}
	var out []plan.Expr
	for _, x := range v.Items() {
		if x.Kind() == dynamic.Array {
			out = append(out, elements(x)...)
		} else if !x.IsNull() {
			out = append(out, dynamicConst(x))
		}
	}
	return out
}

// dynamicConst is a dynamic scalar as a constant of its own type.
func dynamicConst(v dynamic.Value) plan.Expr {
	switch v.Kind() {
	case dynamic.Bool:
		return constOf(vector.Datum{T: types.Bool, V: v.Bool()})
	case dynamic.Long:
		return longConst(v.Long())
	case dynamic.Real:
		return constOf(vector.Datum{T: types.Real, V: v.Real()})
	case dynamic.Datetime:
		return constOf(vector.Datum{T: types.Datetime, V: v.Long()})
	case dynamic.Timespan:
		return constOf(vector.Datum{T: types.Timespan, V: v.Long()})
	case dynamic.String, dynamic.Guid, dynamic.Decimal:
		return stringConst(v.Text())
	}
	return stringConst(v.String())
}

// inRel is x in (subquery): its first column is the list.
func (b *binder) inRel(x plan.Expr, rel plan.Rel, n *ast.In, not, fold bool) plan.Expr {
	cols := rel.Cols()
	if len(cols) == 0 || isBad(x) {
		if len(cols) == 0 && !b.open[rel] {
			b.errorf(codeTabular, n.List[0].Span(), "the list must have a column")
		}
		if b.o.CheckOnly {
			return typedOnly{types.Bool}
		}
		return badExpr
	}
	first := cols[0]
	if first.Type == types.Dynamic {
		list := &plan.List{Rel: rel}
		return b.inDynamic(x, x.Type(), nil, []plan.Expr{list}, not, fold)
	}
	to := comparedAs(x.Type(), first.Type)
	if to == types.Unknown {
		to = types.String
	}
	item := plan.Item{Col: &plan.Col{Name: first.Name, Type: to}, Expr: b.cast(ref(first), to)}
	sub := &plan.Project{Input: rel, Items: []plan.Item{item}}
	return &plan.In{X: b.cast(x, to), Sub: sub, Not: not, Fold: fold}
}

// inDynamic is x in a list of which a part is arrays that only the data
// knows. They stand in the list as they are: exec takes them apart.
func (b *binder) inDynamic(x plan.Expr, to types.Type, list, dyns []plan.Expr, not, fold bool) plan.Expr {
	if to == types.Dynamic {
		to = types.String
	}
	out := b.inList(x, to, list, not, fold)
	if in, ok := out.(*plan.In); ok {
		in.List = append(in.List, dyns...)
	}
	return out
}

// hasList binds x has_any (list) and x has_all (list): the list becomes one
// array.
func (b *binder) hasList(s *scope, n *ast.In) plan.Expr {
	name := "HasAny"
	if n.Op == ast.OpHasAll {
		name = "HasAll"
	}
	x := b.scalar(s, n.X)
	if t := x.Type(); t != types.String && t != types.Dynamic && t != types.Unknown {
		b.errorf(codeOperands, n.X.Span(), "%q looks into text, not values of type %s", n.Op, t)
		return badExpr
	}
	var array plan.Expr
	if len(n.List) == 1 && b.tabular(s, n.List[0]) {
		array = &plan.List{Rel: b.pipe(s.env, n.List[0])}
	} else {
		list, dyns, ok := b.listItems(s, n.List)
		switch {
		case !ok:
			array = badExpr
		case len(dyns) == 1 && len(list) == 0:
			array = dyns[0]
		case len(dyns) > 0:
			array = b.function("array_concat", n.Span(), append(dyns, b.function("pack_array", n.Span(), list...))...)
		default:
			array = b.arrayOf(n, list)
		}
	}
	if isBad(x) || isBad(array) {
		if b.o.CheckOnly {
			return typedOnly{types.Bool}
		}
		return badExpr
	}
	return b.apply(fn.ScalarNamed(name), name, n.Span(), []plan.Expr{x, array}, []types.Type{types.String, types.Dynamic}, types.Bool)
}

// arrayOf packs values into an array, a constant one if they all are.
func (b *binder) arrayOf(n *ast.In, list []plan.Expr) plan.Expr {
	items := make([]dynamic.Value, 0, len(list))
	for _, v := range list {
		c, ok := v.(*plan.Const)
		if !ok {
			return b.function("pack_array", n.Span(), list...)
		}
		items = append(items, vector.Constant(c.Datum, 1).ToDynamic(0))
	}
	return constOf(vector.Datum{T: types.Dynamic, V: dynamic.FromArray(items)})
}
