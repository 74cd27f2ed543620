package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// consume binds `consume`: all rows are read and none given.
func (b *binder) consume(in plan.Rel, st *state) plan.Rel {
	st.open = false
	st.reordered()
	return &plan.Consume{Input: in}
}

// assertSchema binds `assert-schema`: the rows as they are, if they have
// exactly the columns written, in any order. A check accepts all, as the
// official analyzer does: the columns of its tables may not be those at hand.
func (b *binder) assertSchema(in plan.Rel, st *state, op *ast.AssertSchema) plan.Rel {
	if op.Schema == nil {
		return in
	}
	want := map[string]bool{}
	for _, c := range op.Schema.Columns {
		d := b.declared(c)
		want[d.Name] = true
		if st.open || b.o.CheckOnly {
			continue
		}
		switch have := findCol(in.Cols(), d.Name); {
		case have == nil:
			b.errorf(codeSchema, c.Span(), "the rows have no column %q", d.Name)
		case have.Type != d.Type && have.Type != types.Unknown && d.Type != types.Unknown:
			b.errorf(codeSchema, c.Span(), "the column %q is of type %s, not %s", d.Name, have.Type, d.Type)
		}
	}
	for _, c := range in.Cols() {
		if !want[c.Name] && !st.open && !b.o.CheckOnly {
			b.errorf(codeSchema, op.Keyword(), "the rows have a column %q that is not asserted", c.Name)
		}
	}
	return in
}
