package bind

import (
	"strconv"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// valuesOf is a relation of n rows written in the plan.
func valuesOf(cols []*plan.Col, vecs []*vector.Vector, n int) plan.Rel {
	return &plan.Values{Out: plan.Out{Columns: cols}, Rows: &vector.Batch{N: n, Cols: vecs}}
}

// print binds `print`: one row of expressions.
func (b *binder) print(st *state, op *ast.Print) plan.Rel {
	s := &scope{env: st.env}
	l := newColumnList(b)
	for i, e := range op.Items {
		if _, ok := e.(*ast.Assign); ok || tupleColumns(e) != nil {
			b.item(s, l, e)
			continue
		}
		x := b.scalar(s, e)
		name := b.autoName(s, e)
		if name == "" {
			name = "print_" + strconv.Itoa(i)
		}
		l.derived(name, x)
	}
	st.serialized = true
	return &plan.Project{Input: valuesOf(nil, nil, 1), Items: l.items}
}

// rangeOf binds `range`.
func (b *binder) rangeOf(st *state, op *ast.Range) plan.Rel {
	s := &scope{env: st.env}
	from, to, step := b.scalar(s, op.From), b.scalar(s, op.To), b.scalar(s, op.Step)
	t := from.Type()
	switch {
	case isBad(from) || isBad(to) || isBad(step):
	case t == types.Datetime || t == types.Timespan:
		if to.Type() != t {
			b.errorf(codeType, op.To.Span(), "the range begins with a %s and cannot end with a %s", t, to.Type())
		}
		if step.Type() != types.Timespan {
			b.errorf(codeType, op.Step.Span(), "the step is a timespan, not a %s", step.Type())
		}
	default:
		for _, x := range []plan.Expr{to, step} {
			w, ok := joinType(t, x.Type())
			if !ok {
				b.errorf(codeType, op.Span(), "a range over %s and %s has no common type", t, x.Type())
				break
			}
			t = w
		}
		if t.Numeric() {
			from, to, step = b.cast(from, t), b.cast(to, t), b.cast(step, t)
		} else {
			b.errorf(codeType, op.From.Span(), "a range is made of numbers, datetimes or timespans, not of %s", t)
		}
	}
	name := "x"
	if op.Name != nil {
		name = op.Name.Text
	}
	st.serialized = true
	return &plan.Range{Out: plan.Out{Columns: []*plan.Col{newCol(name, t)}}, From: from, To: to, Step: step}
}

// dataTable binds `datatable`.
func (b *binder) dataTable(en *env, e *ast.DataTable) plan.Rel {
	cols := b.schema(e.Schema)
	n := len(cols)
	if n == 0 {
		if len(e.Values) > 0 {
			b.errorf(codeSchema, e.Schema.Span(), "a datatable needs columns")
		}
		return valuesOf(nil, nil, 0)
	}
	if len(e.Values)%n != 0 {
		b.errorf(codeSchema, e.ValueAt, "%d values do not fill rows of %d columns", len(e.Values), n)
	}
	builders := make([]*vector.Builder, n)
	for i, c := range cols {
		builders[i] = vector.NewBuilder(c.Type, len(e.Values)/n)
	}
	s := &scope{env: en}
	rows := len(e.Values) / n
	for i, v := range e.Values[:rows*n] {
		t := cols[i%n].Type
		d, ok := b.datum(s, v, t)
		if !ok {
			d = vector.Datum{T: t}
		}
		builders[i%n].Append(d)
	}
	vecs := make([]*vector.Vector, n)
	for i := range builders {
		vecs[i] = builders[i].Done()
	}
	return valuesOf(cols, vecs, rows)
}

// datum computes one value of a datatable in the column's type.
func (b *binder) datum(s *scope, e ast.Expr, t types.Type) (vector.Datum, bool) {
	if l, ok := e.(*ast.Literal); ok && (l.Null || l.Kind == ast.NullLit) {
		if t == types.String && l.Kind == ast.NullLit {
			b.errorf(codeLiteral, e.Span(), "a string is never null; write \"\"")
			return vector.Datum{}, false
		}
		return vector.Datum{T: t}, true
	}
	x := b.scalar(s, e)
	if isBad(x) {
		return vector.Datum{}, false
	}
	c, ok := b.cast(x, t).(*plan.Const)
	if !ok {
		b.errorf(codeConstant, e.Span(), "a value of a datatable is a constant of type %s", t)
		return vector.Datum{}, false
	}
	return c.Datum, true
}

// getSchema binds `getschema`.
func (b *binder) getSchema(in plan.Rel, st *state) plan.Rel {
	names := [...]string{"ColumnName", "ColumnOrdinal", "DataType", "ColumnType"}
	kinds := [...]types.Type{types.String, types.Long, types.String, types.String}
	var cols []*plan.Col
	var builders []*vector.Builder
	for i := range names {
		cols = append(cols, newCol(names[i], kinds[i]))
		builders = append(builders, vector.NewBuilder(kinds[i], len(in.Cols())))
	}
	for i, c := range in.Cols() {
		row := []any{c.Name, int64(i), c.Type.CLR(), c.Type.String()}
		for k, v := range row {
			builders[k].Append(vector.Datum{T: kinds[k], V: v})
		}
	}
	var vecs []*vector.Vector
	for _, w := range builders {
		vecs = append(vecs, w.Done())
	}
	st.open, st.serialized, st.sorted = false, true, nil
	return valuesOf(cols, vecs, len(in.Cols()))
}

// externalData binds `externaldata`.
func (b *binder) externalData(en *env, e *ast.ExternalData) plan.Rel {
	x := &plan.External{Out: plan.Out{Columns: b.schema(e.Schema)}, Props: map[string]string{}, At: e.Span()}
	for _, u := range e.URIs {
		d, ok := b.constant(&scope{env: en}, u)
		if !ok {
			continue
		}
		uri, ok := d.V.(string)
		if !ok {
			b.errorf(codeType, u.Span(), "a URI is a string, not a %s", d.T)
			continue
		}
		x.URIs = append(x.URIs, uri)
		if !b.o.CheckOnly && b.o.External == nil {
			b.refuse(codeUnsupported, u.Span(), "externaldata may not read anything here")
		} else if !b.o.CheckOnly {
			if err := b.o.External(uri); err != nil {
				b.refuse(codeUnsupported, u.Span(), "externaldata may not read %q: %v", uri, err)
			}
		}
	}
	for _, p := range append(append([]*ast.Param(nil), e.Params...), e.With...) {
		if p.Name.Text == "format" {
			x.Format = wordOf(p)
		} else {
			x.Props[p.Name.Text] = wordOf(p)
		}
	}
	return x
}
