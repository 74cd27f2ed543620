package opt

import (
	"sort"

	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/vector"
)

// pushed are the operators that a table may use to leave out rows.
var pushed = map[string]bool{
	"Equal": true, "EqualTilde": true, "Has": true, "HasCs": true, "Contains": true, "ContainsCs": true, "StartsWith": true, "StartsWithCs": true,
	"EndsWith": true, "EndsWithCs": true, "HasPrefix": true, "HasPrefixCs": true, "HasSuffix": true, "HasSuffixCs": true,
	"LessThan": true, "LessThanOrEqual": true, "GreaterThan": true, "GreaterThanOrEqual": true,
}

// pushConds copies conditions on one column of a scan into the scan, where a
// table may skip what cannot meet them. The filter stays: a condition in a
// scan is a hint, unless the table says that it tests it exactly.
//
// It requires that nothing but filters and plain projections stand between,
// and that the scan feeds only this filter: under `let T = materialize(S); T |
// where a == 1; T` the other reader needs all rows. A condition must give the
// same each time it is computed: `where rand() < 0.5` stays where it is.
func pushConds(q *plan.Query) {
	rels := parentsFirst(q)
	readers := readersOf(rels)
	for _, r := range rels {
		f, ok := r.(*plan.Filter)
		if !ok {
			continue
		}
		s := scanBelow(f.Input, readers)
		if s == nil {
			continue
		}
		for _, c := range conjuncts(f.Cond) {
			test, ok := below(c, f.Input)
			if !ok {
				continue
			}
			src, ok := onlySource(test, s)
			if !ok {
				continue
			}
			cond, ok := condition(test, s)
			if !ok {
				cond = scan.Cond{Column: src}
			}
			s.Conds, s.Tests = append(s.Conds, cond), append(s.Tests, test)
			f.Pushed = append(f.Pushed, c)
		}
	}
}

// maxPushed bounds the nodes of a condition that is put together from
// projections: it is computed a second time where they are.
const maxPushed = 16

// below is e over the columns of the scan under r: what projections between
// have computed is put in the place of their columns.
func below(e plan.Expr, r plan.Rel) (plan.Expr, bool) {
	for {
		switch x := r.(type) {
		case *plan.Filter:
			r = x.Input
		case *plan.Project:
			defs := map[*plan.Col]plan.Expr{}
			for _, it := range x.Items {
				if c, ok := it.Expr.(*plan.ColRef); !ok || c.Col != it.Col {
					defs[it.Col] = it.Expr
				}
			}
			var ok bool
			if e, ok = put(e, defs); !ok {
				return nil, false
			}
			r = x.Input
		default:
			return e, true
		}
	}
}

// put is e with columns replaced by what they are defined as. It fails where
// the copy would compute a subquery again, or is large.
func put(e plan.Expr, defs map[*plan.Col]plan.Expr) (plan.Expr, bool) {
	touched, subs, size := false, false, 0
	plan.WalkExpr(e, func(x plan.Expr) {
		c, ok := x.(*plan.ColRef)
		if def := plan.Expr(nil); ok {
			if def, ok = defs[c.Col]; ok {
				touched = true
				plan.WalkExpr(def, func(y plan.Expr) {
					size++
					subs = subs || plan.SubRel(y) != nil
				})
			}
		}
		size++
		subs = subs || plan.SubRel(x) != nil
	})
	switch {
	case !touched:
		return e, true
	case subs || size > maxPushed:
		return nil, false
	}
	return replace(e, defs), true
}

func replace(e plan.Expr, defs map[*plan.Col]plan.Expr) plan.Expr {
	all := func(list []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(list))
		for i, x := range list {
			out[i] = replace(x, defs)
		}
		return out
	}
	switch x := e.(type) {
	case *plan.ColRef:
		if def, ok := defs[x.Col]; ok {
			return def
		}
	case *plan.Call:
		out := *x
		out.Args = all(x.Args)
		return &out
	case *plan.Path:
		return &plan.Path{X: replace(x.X, defs), Key: x.Key}
	case *plan.Element:
		return &plan.Element{X: replace(x.X, defs), Index: replace(x.Index, defs)}
	case *plan.In:
		out := *x
		out.X, out.List = replace(x.X, defs), all(x.List)
		return &out
	}
	return e
}

// onlySource is the one column of s that e reads. ok is false when it reads
// none or several, or may give something else another time.
func onlySource(e plan.Expr, s *plan.Scan) (src scan.Column, ok bool) {
	var col *plan.Col
	fit := true
	plan.WalkExpr(e, func(x plan.Expr) {
		switch x := x.(type) {
		case *plan.ColRef:
			fit = fit && (col == nil || col == x.Col)
			col = x.Col
		case *plan.Call:
			fit = fit && x.Fn != nil && !x.Fn.Impure && !x.Fn.Window && (x.Kernel != nil || x.Fn.Name == "And" || x.Fn.Name == "Or")
		case *plan.Const, *plan.Path, *plan.Element, *plan.In:
		default:
			fit = false
		}
	})
	if !fit || col == nil {
		return src, false
	}
	return source(&plan.ColRef{Col: col}, s)
}

// scanBelow finds the scan that r hands on row by row.
func scanBelow(r plan.Rel, readers map[plan.Rel]int) *plan.Scan {
	for {
		if readers[r] > 1 {
			return nil
		}
		switch x := r.(type) {
		case *plan.Scan:
			return x
		case *plan.Filter:
			r = x.Input
		case *plan.Project:
			if x.Window {
				return nil
			}
			r = x.Input
		default:
			return nil
		}
	}
}

// conjuncts takes `a and b and c` apart.
func conjuncts(e plan.Expr) []plan.Expr {
	if c, ok := e.(*plan.Call); ok && c.Fn != nil && c.Fn.Name == "And" {
		var out []plan.Expr
		for _, a := range c.Args {
			out = append(out, conjuncts(a)...)
		}
		return out
	}
	return []plan.Expr{e}
}

// condition reads e as a condition on a column of s. A column that a
// projection made anew is another column, so it is not found in s.
func condition(e plan.Expr, s *plan.Scan) (scan.Cond, bool) {
	switch e := e.(type) {
	case *plan.Call:
		if e.Fn != nil && e.Fn.Name == "Between" && len(e.Args) == 3 {
			return between(e, s)
		}
		if e.Fn == nil || !pushed[e.Fn.Name] || len(e.Args) != 2 {
			break
		}
		if src, ok := source(e.Args[0], s); ok {
			if k, ok := e.Args[1].(*plan.Const); ok && !k.Datum.Null() && k.Datum.T == src.Type {
				return scan.Cond{Column: src, Op: e.Fn.Name, Values: []vector.Datum{k.Datum}}, true
			}
		}
	case *plan.In:
		src, ok := source(e.X, s)
		if !ok || e.Not || e.Sub != nil {
			break
		}
		cond := scan.Cond{Column: src, Op: "InCs"}
		if e.Fold {
			cond.Op = "In"
		}
		for _, x := range e.List {
			k, ok := x.(*plan.Const)
			if !ok || k.Datum.Null() || k.Datum.T != src.Type {
				return cond, false
			}
			cond.Values = append(cond.Values, k.Datum)
		}
		return cond, len(cond.Values) > 0
	}
	return scan.Cond{}, false
}

// between reads `x between (a .. b)` with constant bounds.
func between(e *plan.Call, s *plan.Scan) (scan.Cond, bool) {
	src, ok := source(e.Args[0], s)
	lo, ok1 := e.Args[1].(*plan.Const)
	hi, ok2 := e.Args[2].(*plan.Const)
	if !ok || !ok1 || !ok2 || lo.Datum.Null() || hi.Datum.Null() || lo.Datum.T != src.Type || hi.Datum.T != src.Type {
		return scan.Cond{}, false
	}
	return scan.Cond{Column: src, Op: "Between", Values: []vector.Datum{lo.Datum, hi.Datum}}, true
}

func source(e plan.Expr, s *plan.Scan) (scan.Column, bool) {
	if c, ok := e.(*plan.ColRef); ok {
		for i := range s.Columns {
			if s.Columns[i] == c.Col {
				return s.Sources[i], true
			}
		}
	}
	return scan.Column{}, false
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
