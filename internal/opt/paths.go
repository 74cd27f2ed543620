package opt

import (
	"slices"
	"strings"

	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/types"
)

// pushPaths lets a scan deliver Location.city as a column of its own when the
// query never looks at the whole of Location: a reader then parses one path,
// and a store reads one shredded column.
//
// It requires that every use of the dynamic column is a path into it or hands
// it on unchanged. `T | project Location, Location.city` must not fire, since
// the whole is a result.
func pushPaths(q *plan.Query) {
	rels := parentsFirst(q)
	w := &pathWork{chains: map[*plan.Col]map[string]*pathCol{}, bad: colSet{}}
	owner := map[*plan.Col]*plan.Scan{}
	for _, r := range rels {
		if s, ok := r.(*plan.Scan); ok {
			for i, c := range s.Columns {
				if c.Type == types.Dynamic && len(s.Sources[i].Path) == 0 {
					owner[c] = s
				}
			}
		}
	}
	if len(owner) == 0 {
		return
	}
	for _, r := range q.Results {
		w.whole(r.Rel.Cols())
	}
	for _, r := range rels {
		w.look(r)
	}
	fired := map[*plan.Col][]*plan.Col{}
	for c, chains := range w.chains {
		s := owner[c]
		if s == nil || w.bad[c] {
			continue
		}
		w.fire(s, c, chains, fired)
	}
	if len(fired) == 0 {
		return
	}
	for _, r := range rels {
		w.rewrite(r, fired)
	}
}

// pathCol is one path into a column, and the column it becomes.
type pathCol struct {
	path []string
	col  *plan.Col
}

type pathWork struct {
	chains map[*plan.Col]map[string]*pathCol
	bad    colSet // columns whose whole is looked at
}

func (w *pathWork) whole(cols []*plan.Col) {
	for _, c := range cols {
		w.bad[c] = true
	}
}

// chain takes e apart if it is a path into a column.
func chain(e plan.Expr) (*plan.Col, []string) {
	p, ok := e.(*plan.Path)
	if !ok {
		return nil, nil
	}
	if c, ok := p.X.(*plan.ColRef); ok {
		return c.Col, []string{p.Key}
	}
	c, path := chain(p.X)
	return c, append(path, p.Key)
}

// look notes how r uses columns.
func (w *pathWork) look(r plan.Rel) {
	switch r := r.(type) {
	case *plan.Project:
		for _, it := range r.Items {
			if c, ok := it.Expr.(*plan.ColRef); ok && c.Col == it.Col {
				continue // handed on
			}
			w.expr(it.Expr)
		}
		return
	case *plan.Join:
		w.whole(r.From)
	case *plan.Apply:
		w.whole(r.From)
	case *plan.Partition:
		w.whole(r.From)
		w.whole(r.Input.Cols())
	case *plan.MakeSeries:
		w.whole(r.Input.Cols())
	case *plan.Plugin:
		if bag, keys := unpacked(r); bag != nil {
			if w.chains[bag] == nil { // when nothing is read, no path is
				w.chains[bag] = map[string]*pathCol{}
			}
			for _, k := range keys {
				w.path(bag, k)
			}
			for _, e := range r.Args[1:] {
				w.expr(e)
			}
			return
		}
		if r.Row.Whole {
			w.whole(r.Input.Cols())
		}
		if r.Table != nil {
			w.whole(r.Table.Cols())
		}
	case *plan.Observe:
		w.whole(r.Input.Cols())
	case *plan.SampleDistinct:
		w.whole(r.Input.Cols())
	case *plan.MakeGraph:
		w.whole(r.Edges.Cols())
		for _, n := range r.Nodes {
			w.whole(n.Rel.Cols())
		}
	case *plan.Alias:
		w.whole(r.Input.Cols())
	case *plan.Materialize:
		w.whole(r.Input.Cols())
	}
	for _, e := range plan.Exprs(r) {
		w.expr(e)
	}
}

// unpacked is the column whose bags r takes apart, and the keys of those parts
// that are read, by their place; nil where r reads its input in another way.
func unpacked(r *plan.Plugin) (bag *plan.Col, keys map[int]string) {
	if r.Row.Keys == nil || r.Parts != nil || r.Row.Whole || r.Table != nil {
		return nil, nil
	}
	ref, ok := r.Args[0].(*plan.ColRef)
	all := r.Row.Keys(r.Use)
	if !ok || all == nil {
		return nil, nil
	}
	keys = map[int]string{}
	for i, m := range r.Made {
		if slices.Contains(r.Columns, m) {
			keys[i] = all[i]
		}
	}
	return ref.Col, keys
}

func (w *pathWork) path(c *plan.Col, path ...string) {
	if w.chains[c] == nil {
		w.chains[c] = map[string]*pathCol{}
	}
	w.chains[c][strings.Join(path, "\x00")] = &pathCol{path: path}
}

func (w *pathWork) expr(e plan.Expr) {
	if c, path := chain(e); c != nil {
		w.path(c, path...)
		return
	}
	switch e := e.(type) {
	case *plan.ColRef:
		w.bad[e.Col] = true
	case *plan.Path:
		w.expr(e.X)
	case *plan.Element:
		w.expr(e.X)
		w.expr(e.Index)
	case *plan.Call:
		for _, a := range e.Args {
			w.expr(a)
		}
	case *plan.In:
		w.expr(e.X)
		for _, a := range e.List {
			w.expr(a)
		}
		w.sub(e.Sub)
	case *plan.Scalar:
		w.sub(e.Rel)
	case *plan.List:
		w.sub(e.Rel)
	}
}

// sub is a relation inside an expression: its columns are looked at whole.
func (w *pathWork) sub(r plan.Rel) {
	if r != nil {
		w.whole(r.Cols())
	}
}

func (w *pathWork) fire(s *plan.Scan, c *plan.Col, chains map[string]*pathCol, fired map[*plan.Col][]*plan.Col) {
	var at int
	for i := range s.Columns {
		if s.Columns[i] == c {
			at = i
		}
	}
	name := s.Sources[at].Name
	fired[c] = make([]*plan.Col, 0, len(chains))
	for _, key := range sortedKeys(chains) {
		p := chains[key]
		p.col = &plan.Col{Name: name + "." + strings.Join(p.path, "."), Type: types.Dynamic}
		s.Columns = append(s.Columns, p.col)
		s.Sources = append(s.Sources, scan.Column{Name: name, Path: p.path, Type: types.Dynamic})
		fired[c] = append(fired[c], p.col)
	}
}

// rewrite replaces paths by their columns, and hands the new columns on where
// the whole was handed on.
func (w *pathWork) rewrite(r plan.Rel, fired map[*plan.Col][]*plan.Col) {
	swap := func(e *plan.Expr) { *e = w.swap(*e, fired) }
	more := func(cols []*plan.Col) []*plan.Col {
		var out []*plan.Col
		for _, c := range cols {
			if ps := fired[c]; ps != nil {
				out = append(out, ps...)
				continue
			}
			out = append(out, c)
		}
		return out
	}
	switch r := r.(type) {
	case *plan.Project:
		var items []plan.Item
		for _, it := range r.Items {
			if c, ok := it.Expr.(*plan.ColRef); ok && c.Col == it.Col && fired[c.Col] != nil {
				for _, p := range fired[c.Col] {
					items = append(items, plan.Item{Col: p, Expr: &plan.ColRef{Col: p}})
				}
				continue
			}
			swap(&it.Expr)
			items = append(items, it)
		}
		r.Items = items
	case *plan.Filter:
		swap(&r.Cond)
	case *plan.Summarize:
		for i := range r.Keys {
			swap(&r.Keys[i].Expr)
		}
		for i := range r.Aggs {
			for k := range r.Aggs[i].Call.Args {
				swap(&r.Aggs[i].Call.Args[k])
			}
		}
	case *plan.Sort:
		for i := range r.Keys {
			swap(&r.Keys[i].Expr)
		}
	case *plan.Join:
		for i := range r.LeftKeys {
			swap(&r.LeftKeys[i])
			swap(&r.RightKeys[i])
		}
	case *plan.Union:
		for _, m := range r.Maps {
			for i := range m {
				swap(&m[i])
			}
		}
	case *plan.MvExpand:
		for i := range r.Items {
			swap(&r.Items[i].Expr)
		}
		r.Columns = more(r.Columns)
	case *plan.Parse:
		swap(&r.Expr)
		r.Columns = more(r.Columns)
	case *plan.Plugin:
		if bag, keys := unpacked(r); bag != nil && fired[bag] != nil {
			r.Args[0], r.Parts = nil, make([]plan.Expr, len(r.Made))
			for i, k := range keys {
				r.Parts[i] = &plan.ColRef{Col: w.chains[bag][k].col}
			}
		}
		for i := range r.Args {
			if r.Args[i] != nil {
				swap(&r.Args[i])
			}
		}
		r.Columns = more(r.Columns)
	}
}

func (w *pathWork) swap(e plan.Expr, fired map[*plan.Col][]*plan.Col) plan.Expr {
	if c, path := chain(e); c != nil {
		if fired[c] == nil {
			return e
		}
		return &plan.ColRef{Col: w.chains[c][strings.Join(path, "\x00")].col}
	}
	switch e := e.(type) {
	case *plan.Path:
		return &plan.Path{X: w.swap(e.X, fired), Key: e.Key}
	case *plan.Element:
		return &plan.Element{X: w.swap(e.X, fired), Index: w.swap(e.Index, fired)}
	case *plan.Call:
		out := *e
		out.Args = w.swapAll(e.Args, fired)
		return &out
	case *plan.In:
		out := *e
		out.X, out.List = w.swap(e.X, fired), w.swapAll(e.List, fired)
		return &out
	}
	return e
}

func (w *pathWork) swapAll(es []plan.Expr, fired map[*plan.Col][]*plan.Col) []plan.Expr {
	out := make([]plan.Expr, len(es))
	for i := range es {
		out[i] = w.swap(es[i], fired)
	}
	return out
}
