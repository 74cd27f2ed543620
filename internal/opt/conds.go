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

// pushConds copies simple conditions on a scan's columns into the scan, where
// a table may skip what cannot meet them. The filter stays: a condition in a
// scan is a hint.
//
// It requires that nothing but filters and plain projections stand between,
// and that the scan feeds only this filter: under `let T = materialize(S); T |
// where a == 1; T` the other reader needs all rows.
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
			if cond, ok := condition(c, s); ok {
				s.Conds = append(s.Conds, cond)
			}
		}
	}
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
