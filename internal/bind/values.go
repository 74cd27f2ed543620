package bind

import (
	"regexp"
	"strconv"
	"strings"

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
	l.first = true
	for i, e := range op.Items {
		if _, ok := e.(*ast.Assign); ok || b.tupleOf(s, e) != nil {
			b.item(s, l, e)
			continue
		}
		x := b.scalar(s, e)
		l.derived("print_"+strconv.Itoa(i), x)
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
				at := op.To.Span()
				if x == step {
					at = op.Step.Span()
				}
				b.errorf(codeType, at, "a range over %s and %s has no common type", t, x.Type())
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
	if k, ok := step.(*plan.Const); ok && (k.Datum.V == int64(0) || k.Datum.V == float64(0)) {
		b.errorf(codeArgument, op.Step.Span(), "the step of a range must not be 0")
	}
	name := "x"
	if op.Name != nil {
		name = op.Name.Text
	}
	st.serialized = true
	return &plan.Range{Out: plan.Out{Columns: []*plan.Col{newCol(name, t)}}, From: from, To: to, Step: step}
}

// getSchema binds `getschema`.
func (b *binder) getSchema(in plan.Rel, st *state, op *ast.GetSchema) plan.Rel {
	if wordOf(paramNamed(op.Params, "kind")) == "csl" {
		return b.schemaText(in, st)
	}
	shown := b.solid(in.Cols())
	names := [...]string{"ColumnName", "ColumnOrdinal", "DataType", "ColumnType"}
	kinds := [...]types.Type{types.String, types.Long, types.String, types.String}
	var cols []*plan.Col
	var builders []*vector.Builder
	for i := range names {
		cols = append(cols, newCol(names[i], kinds[i]))
		builders = append(builders, vector.NewBuilder(kinds[i], len(shown)))
	}
	for i, c := range shown {
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
	return valuesOf(cols, vecs, len(shown))
}

// schemaText is the one row of getschema kind=csl: the columns as a schema is
// written.
func (b *binder) schemaText(in plan.Rel, st *state) plan.Rel {
	var parts []string
	for _, c := range b.solid(in.Cols()) {
		name := c.Name
		if !plainName.MatchString(name) {
			name = "['" + strings.ReplaceAll(name, "'", "\\'") + "']"
		}
		parts = append(parts, name+":"+c.Type.String())
	}
	st.open, st.serialized, st.sorted = false, true, nil
	text := vector.Of(types.String, []string{strings.Join(parts, ", ")}, nil)
	return valuesOf([]*plan.Col{newCol("Schema", types.String)}, []*vector.Vector{text}, 1)
}

// plainName is a name that needs no brackets.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
