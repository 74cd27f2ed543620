package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// given runs a subquery again and again over rows from outside: those of one
// row of mv-apply, or of one value of partition.
type given struct {
	b    *builder
	node *plan.Given
	sub  plan.Rel
	who  string
	// subs are the subqueries that do not depend on the rows given, computed
	// once for all runs; those in varies are computed in each.
	subs   map[any]*subquery
	varies map[plan.Rel]bool
	// elements, if set, is the expansion of the row given: without an element
	// there is nothing to run the subquery over, and no result.
	elements *plan.MvExpand
	// own are the materialized relations that depend on the rows given.
	own map[*plan.Materialize]bool
}

// newGiven prepares runs of sub.
func (b *builder) newGiven(node *plan.Given, sub plan.Rel, who string) *given {
	g := &given{b: b, node: node, sub: sub, who: who, subs: map[any]*subquery{}, varies: map[plan.Rel]bool{}, own: map[*plan.Materialize]bool{}}
	for r := range b.varies {
		g.varies[r] = true
	}
	plan.Walk(sub, func(r plan.Rel) {
		if m, ok := r.(*plan.Materialize); ok {
			g.own[m] = reaches(m, node)
		}
		for _, e := range plan.Exprs(r) {
			plan.WalkExpr(e, func(e plan.Expr) {
				if inner := plan.SubRel(e); inner != nil && reaches(inner, node) {
					g.varies[inner] = true
				}
			})
		}
	})
	return g
}

// reaches says whether r reads the rows given.
func reaches(r plan.Rel, node *plan.Given) bool {
	found := false
	plan.Walk(r, func(r plan.Rel) { found = found || r == plan.Rel(node) })
	return found
}

// run computes the subquery for some rows. The result is charged to the
// budget.
func (g *given) run(ctx context.Context, rows *vector.Batch) ([]*vector.Batch, error) {
	cfg := g.b.cfg
	cfg.Threads = 1
	in := &builder{
		cfg: cfg, ctx: g.b.ctx, kept: map[*plan.Materialize]*kept{}, subs: g.subs,
		given: map[*plan.Given]*vector.Batch{g.node: rows}, varies: g.varies, fresh: map[any]*subquery{},
	}
	for n, batch := range g.b.given {
		in.given[n] = batch
	}
	keptLock.Lock()
	for m, k := range g.b.kept {
		in.kept[m] = k
	}
	keptLock.Unlock()
	none := false
	if g.elements != nil {
		in.none = map[*plan.MvExpand]*bool{g.elements: &none}
	}
	op, err := in.build(g.sub)
	if err != nil {
		return nil, err
	}
	keptLock.Lock()
	for m, k := range in.kept {
		if !g.own[m] {
			g.b.kept[m] = k
		}
	}
	keptLock.Unlock()
	found, err := in.drain(ctx, op, g.who)
	if none {
		for _, f := range found {
			g.b.cfg.Memory.Release(f.Bytes())
		}
		found = nil
	}
	return found, err
}

// buildGiven gives the rows that the surrounding operator is at.
func (b *builder) buildGiven(r *plan.Given) (Operator, error) {
	rows := b.given[r]
	if rows == nil {
		return nil, fmt.Errorf("bug: given rows outside of their operator")
	}
	return &held{name: "given", batches: []*vector.Batch{rows}, size: b.cfg.BatchSize}, nil
}
