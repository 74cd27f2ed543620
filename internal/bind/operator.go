package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// operator binds one tabular operator over in; in is nil at the head of a
// query. What holds for the rows afterwards is put into st.
func (b *binder) operator(in plan.Rel, st *state, op ast.Operator) plan.Rel {
	b.checkParameters(in, st, op)
	b.traceOperator(in, st, op)
	if in == nil {
		return b.headOperator(st, op)
	}
	if out, ok := b.graphOperator(in, st, op); ok {
		return out
	}
	switch op := op.(type) {
	case *ast.Where:
		return b.where(in, st, op)
	case *ast.Extend:
		return b.extend(in, st, op.Items)
	case *ast.Project:
		return b.project(in, st, op)
	case *ast.ProjectAway:
		return b.projectAway(in, st, op)
	case *ast.ProjectKeep:
		return b.projectKeep(in, st, op)
	case *ast.ProjectRename:
		return b.projectRename(in, st, op)
	case *ast.ProjectReorder:
		return b.projectReorder(in, st, op)
	case *ast.ProjectByNames:
		return b.projectByNames(in, st, op)
	case *ast.Summarize:
		return b.summarize(in, st, op)
	case *ast.Distinct:
		return b.distinct(in, st, op)
	case *ast.Count:
		return b.count(in, st, op)
	case *ast.Sort:
		return b.sort(in, st, op)
	case *ast.Top:
		return b.top(in, st, op)
	case *ast.Take:
		return b.take(in, st, op)
	case *ast.Join:
		return b.join(in, st, op)
	case *ast.Lookup:
		return b.lookup(in, st, op)
	case *ast.Union:
		return b.union(in, st, op)
	case *ast.MvExpand:
		return b.mvExpand(in, st, op)
	case *ast.MvApply:
		return b.mvApply(in, st, op)
	case *ast.Parse:
		return b.parse(in, st, op.X, op.Params, op.Pattern, false)
	case *ast.ParseWhere:
		return b.parse(in, st, op.X, op.Params, op.Pattern, true)
	case *ast.ParseKv:
		return b.parseKv(in, st, op)
	case *ast.As:
		return b.as(in, st, op)
	case *ast.Serialize:
		return b.serialize(in, st, op)
	case *ast.Render:
		return b.render(in, st, op)
	case *ast.GetSchema:
		return b.getSchema(in, st, op)
	case *ast.Invoke:
		return b.invoke(in, st, op)
	case *ast.Evaluate:
		return b.evaluate(in, st, op)
	case *ast.MakeSeries:
		return b.makeSeries(in, st, op)
	case *ast.TopNested:
		return b.topNested(in, st, op)
	case *ast.TopHitters:
		return b.topHitters(in, st, op)
	case *ast.Sample:
		return b.sample(in, st, op)
	case *ast.SampleDistinct:
		return b.sampleDistinct(in, st, op)
	case *ast.Search:
		return b.search(in, st, op)
	case *ast.Facet:
		return b.facet(in, st, op)
	case *ast.Fork:
		return b.fork(in, st, op)
	case *ast.Reduce:
		return b.reduce(in, st, op)
	case *ast.Partition:
		return b.partition(in, st, op)
	case *ast.PartitionBy:
		return b.partitionBy(in, st, op)
	case *ast.Scan:
		return b.scan(in, st, op)
	case *ast.Consume:
		return b.consume(in, st)
	case *ast.ExecuteAndCache: // a hint: the rows are computed and handed on
		return in
	case *ast.AssertSchema:
		return b.assertSchema(in, st, op)
	case *ast.BadOp:
		st.open = true
		return in
	case *ast.Print, *ast.Range, *ast.Find:
		b.errorf(codeTabular, op.Keyword(), "this operator begins a query and cannot stand after a pipe")
		return b.badRel()
	}
	return b.refused(st, op)
}

// headOperator binds an operator that has no input.
func (b *binder) headOperator(st *state, op ast.Operator) plan.Rel {
	switch op := op.(type) {
	case *ast.Print:
		return b.print(st, op)
	case *ast.Range:
		return b.rangeOf(st, op)
	case *ast.Union:
		return b.union(nil, st, op)
	case *ast.Search:
		return b.search(nil, st, op)
	case *ast.Find:
		return b.find(st, op)
	case *ast.Evaluate:
		return b.evaluate(nil, st, op)
	case *ast.BadOp:
		st.open = true
		return b.badRel()
	case *ast.MacroExpand:
		return b.macroExpand(st, op)
	case *ast.ExecuteAndCache, *ast.PartitionBy:
		return b.refused(st, op)
	}
	b.errorf(codeTabular, op.Keyword(), "this operator needs rows: put a table and a pipe before it")
	st.open = true
	return b.badRel()
}

// refused refuses an operator of which not even the columns are known.
func (b *binder) refused(st *state, op ast.Operator) plan.Rel {
	if !b.o.CheckOnly {
		b.refuse(codeUnsupported, op.Keyword(), "operator %s is not supported", b.word(op.Keyword()))
	}
	st.open = true
	return b.badRel()
}

// word is the text at a place, for messages.
func (b *binder) word(at source.Span) string {
	if b.text == nil || at.Start < 0 || at.End > len(b.text.Src) || at.Start > at.End {
		return "this"
	}
	return b.text.Src[at.Start:at.End]
}

// emptyOf is a relation without rows.
func emptyOf(cols []*plan.Col) plan.Rel {
	vecs := make([]*vector.Vector, len(cols))
	for i, c := range cols {
		vecs[i] = vector.Make(c.Type, 0)
	}
	return valuesOf(cols, vecs, 0)
}

// newCol is a column of its own.
func newCol(name string, t types.Type) *plan.Col { return &plan.Col{Name: name, Type: t} }

// params looks up operator parameters and reports those that op has not.
func paramNamed(params []*ast.Param, name string) *ast.Param {
	for _, p := range params {
		if p.Name != nil && p.Name.Text == name {
			return p
		}
	}
	return nil
}

// wordOf is the word that a parameter is set to.
func wordOf(p *ast.Param) string {
	if p == nil {
		return ""
	}
	switch v := p.Value.(type) {
	case *ast.Name:
		return v.Text
	case *ast.String:
		return v.Value
	case *ast.Literal:
		return v.Text
	}
	return ""
}

// reordered forgets the order of rows.
func (st *state) reordered() {
	st.serialized = false
	st.sorted = nil
}

// rowCount binds the number of rows of take, top and sample.
func (b *binder) rowCount(in plan.Rel, st *state, e ast.Expr) plan.Expr {
	s := &scope{env: st.env}
	if in != nil {
		s = b.rowScope(in, st)
	}
	x := b.scalar(s, e)
	if !isBad(x) && !x.Type().Integer() {
		b.errorf(codeType, e.Span(), "a number of rows is a long, not a %s", x.Type())
		return badExpr
	}
	if isBad(x) {
		return x
	}
	if perRow(x) {
		b.strict(codeConstant, e.Span(), "the number of rows is one for the whole table: no column can stand here")
		return badExpr
	}
	if c, ok := x.(*plan.Const); ok && !c.Datum.Null() && c.Datum.V.(int64) < 0 {
		b.strict(codeArgument, e.Span(), "the number of rows cannot be negative")
	}
	return b.cast(x, types.Long)
}

const notForDynamic = "a dynamic value cannot be %s; convert it first, for example with tostring()"

// grouped says whether a value may be grouped or sorted by.
func (b *binder) grouped(e ast.Expr, x plan.Expr, what string) {
	if x.Type() == types.Dynamic {
		b.errorf(codeType, e.Span(), notForDynamic, what)
	}
}

// ranked is grouped for the key of top, which a check lets pass as the
// official analyzer does.
func (b *binder) ranked(e ast.Expr, x plan.Expr, what string) {
	if x.Type() == types.Dynamic {
		b.strict(codeType, e.Span(), notForDynamic, what)
	}
}
