package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// mostPartitions is how many values the legacy strategy takes, as documented.
const mostPartitions = 64

// partition binds `partition`. Inside the subquery the key is also a value of
// its own, for toscalar(key), which a subquery with its own table needs.
func (b *binder) partition(in plan.Rel, st *state, op *ast.Partition) plan.Rel {
	if op.In != nil {
		return b.refused(st, op)
	}
	most := mostPartitions
	if s := wordOf(paramNamed(op.Params, "hint.strategy")); s == "native" || s == "shuffle" {
		most = 0
	}
	return b.partitioned(in, st, op, op.By, op.Sub, most)
}

// partitionBy binds the internal `__partitionby`, which has no bound.
func (b *binder) partitionBy(in plan.Rel, st *state, op *ast.PartitionBy) plan.Rel {
	if op.ID != nil {
		return b.refused(st, op)
	}
	return b.partitioned(in, st, op, op.By, op.Sub, 0)
}

func (b *binder) partitioned(in plan.Rel, st *state, op ast.Operator, by, query ast.Expr, most int) plan.Rel {
	key, ok := b.plainColumn(in, st, by)
	if ok {
		b.grouped(by, ref(key), "partitioned by")
	}
	given := &plan.Given{Input: in}
	en := newEnv(st.env)
	if ok {
		first := &plan.Take{Input: &plan.Project{Input: given, Items: []plan.Item{pass(key)}}, Count: longConst(1)}
		en.names[key.Name] = &binding{name: key.Name, scalar: &plan.Scalar{Rel: first, T: key.Type}, env: en, text: b.text, at: by.Span()}
	}
	sub, sst := b.subpipe(&state{env: en, open: st.open, serialized: st.serialized}, given, query)
	if sst != nil {
		if len(sst.extra) > 0 {
			b.errorf(codeTabular, op.Keyword(), "the subquery of partition gives one table, not several")
		}
		st.open = sst.open
	}
	st.reordered()
	p := &plan.Partition{Input: in, Key: key, Given: given, Sub: sub, From: sub.Cols(), Most: most}
	p.Columns = fresh(sub.Cols())
	if !ok {
		return emptyOf(p.Columns)
	}
	return p
}
