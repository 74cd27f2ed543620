package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// several ends an operator that gives several tables. They are results of the
// query; nothing can be made of them after that but a drawing.
func (b *binder) several(st *state, op ast.Operator, results []plan.Result) plan.Rel {
	if !st.top && !b.o.CheckOnly {
		b.refuse(codeUnsupported, op.Keyword(), "%s gives several tables: it can only end a query", b.word(op.Keyword()))
	}
	st.reordered()
	st.extra = results
	st.open = false
	return emptyOf(nil)
}

// afterSeveral says whether an operator behind one that gives several tables
// is bound. A drawing is meant for each of them; others are refused.
func (b *binder) afterSeveral(st *state, op ast.Operator) bool {
	if b.o.CheckOnly {
		return true
	}
	if r, ok := op.(*ast.Render); ok {
		b.render(nil, st, r)
		for i := range st.extra {
			st.extra[i].Render = st.render
		}
		return false
	}
	b.refuse(codeUnsupported, op.Keyword(), "%s cannot follow an operator that gives several tables", b.word(op.Keyword()))
	return false
}

// facet binds `facet`: the rows of `with`, then how often each value of each
// column comes.
func (b *binder) facet(in plan.Rel, st *state, op *ast.Facet) plan.Rel {
	shared := b.split(in)
	var results []plan.Result
	if op.With != nil {
		rel, sst := b.subpipe(&state{env: st.env, open: st.open, serialized: st.serialized}, shared(), op.With)
		results = append(results, b.branch(rel, sst, "PrimaryResult"))
	}
	for _, e := range op.By {
		from := shared()
		c, ok := b.plainColumn(from, st, e)
		if !ok {
			continue
		}
		b.grouped(e, ref(c), "counted")
		at := ast.Pos{At: op.Keyword()}
		var aggs []plan.Agg
		s := &scope{cols: from.Cols(), env: st.env, aggs: &aggs}
		count, ok := b.aggregate(s, &ast.Call{Pos: at, Name: &ast.Name{Pos: at, Text: "count"}}, []string{"count_" + c.Name})
		if !ok {
			continue
		}
		key := plan.Item{Col: newCol(c.Name, c.Type), Expr: ref(c)}
		sum := &plan.Summarize{Input: from, Keys: []plan.Item{key}, Aggs: []plan.Agg{count}}
		sum.Columns = []*plan.Col{key.Col, count.Cols[0]}
		results = append(results, plan.Result{Name: c.Name, Rel: sum})
	}
	return b.several(st, op, results)
}

// split gives a relation to several readers: it is computed once.
func (b *binder) split(in plan.Rel) func() plan.Rel {
	m := &plan.Materialize{Input: in}
	first := true
	return func() plan.Rel {
		if first {
			first = false
			return m
		}
		return &plan.Alias{Out: plan.Out{Columns: fresh(m.Cols())}, Input: m}
	}
}

// branch is a subquery as a result of the query.
func (b *binder) branch(rel plan.Rel, st *state, name string) plan.Result {
	if st != nil && st.name != "" {
		name = st.name
	}
	out := plan.Result{Name: name, Rel: b.exorcised(rel)}
	if st != nil {
		out.Render, out.Sorted = st.render, st.sorted
	}
	return out
}

// inFork says whether an operator may stand in a branch of fork.
func inFork(op ast.Operator) bool {
	switch op.(type) {
	case *ast.As, *ast.Count, *ast.Distinct, *ast.Extend, *ast.Invoke, *ast.MvExpand, *ast.Parse, *ast.ParseKv, *ast.ParseWhere, *ast.Project,
		*ast.ProjectAway, *ast.ProjectByNames, *ast.ProjectKeep, *ast.ProjectRename, *ast.ProjectReorder, *ast.Reduce, *ast.Sample,
		*ast.SampleDistinct, *ast.Sort, *ast.Summarize, *ast.Take, *ast.Top, *ast.TopHitters, *ast.TopNested, *ast.Where,
		*ast.ExecuteAndCache, *ast.BadOp:
		return true
	}
	return false
}

// fork binds `fork`: a result for each branch.
func (b *binder) fork(in plan.Rel, st *state, op *ast.Fork) plan.Rel {
	shared := b.split(in)
	var results []plan.Result
	for i, br := range op.Branches {
		p, ok := br.Sub.(*ast.Pipe)
		if !ok || p.Source != nil {
			b.errorf(codeTabular, br.Sub.Span(), "a branch of fork begins with an operator: it reads the rows before fork")
			continue
		}
		for _, o := range p.Ops {
			if !inFork(o) {
				b.errorf(codeTabular, o.Keyword(), "%s cannot stand inside fork", b.word(o.Keyword()))
				ok = false
			}
		}
		if !ok {
			continue
		}
		rel, sst := b.subpipe(&state{env: st.env, open: st.open, serialized: st.serialized}, shared(), br.Sub)
		r := b.branch(rel, sst, "Fork"+strconv.Itoa(i+1))
		if br.Name != nil {
			r.Name = br.Name.Text
		}
		results = append(results, r)
	}
	return b.several(st, op, results)
}
