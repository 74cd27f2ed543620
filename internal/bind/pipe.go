package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// pipe binds a tabular expression; after a diagnostic it gives badRel.
func (b *binder) pipe(en *env, e ast.Expr) plan.Rel {
	rel, _ := b.pipeline(en, e)
	return rel
}

// pipeline is pipe with what is known about the rows afterwards.
func (b *binder) pipeline(en *env, e ast.Expr) (plan.Rel, *state) { return b.badRel(), &state{env: en} }

// subpipe binds a subquery whose source is in (mv-apply, partition, fork).
func (b *binder) subpipe(st *state, in plan.Rel, e ast.Expr) (plan.Rel, *state) {
	en := newEnv(st.env)
	en.input = in
	return b.pipeline(en, e)
}
