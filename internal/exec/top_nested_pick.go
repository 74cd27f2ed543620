package exec

import (
	"context"
	"slices"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// dropped stands for a group that is neither picked nor part of others.
const dropped = int32(-1)

// bucket is all groups of one level below one parent that were not picked:
// the row that `with others` adds. A level without these words has one too
// when a level below it has them; the row's own value is then null.
type bucket struct{ level, parent int32 }

// picking is the choice of groups, level by level.
type picking struct {
	t *topNested
	// chosen[i] are the groups of level i that were picked, in the order of
	// their rank, by the group above them.
	chosen [][][]int32
	// bucketOf[i][g] is the bucket that group g of level i fell into.
	bucketOf [][]int32
	buckets  []bucket
	below    map[bucket]int32 // the number of a bucket
	values   []*vector.Vector // per level: groups, then buckets
}

// pick makes the result.
func (t *topNested) pick(ctx context.Context) (*vector.Batch, error) {
	p := &picking{t: t, below: map[bucket]int32{}}
	var ranks []*vector.Vector
	for i := range t.levels {
		v, err := p.level(ctx, i)
		if err != nil {
			return nil, err
		}
		ranks = append(ranks, v)
	}
	for i := range t.levels {
		v, err := p.withBuckets(ctx, i, ranks[i])
		if err != nil {
			return nil, err
		}
		p.values = append(p.values, v)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.rows(), nil
}

// level ranks the groups of a level and picks the first of each parent. It
// gives what they are ranked by.
func (p *picking) level(ctx context.Context, i int) (*vector.Vector, error) {
	l := &p.t.levels[i]
	n := l.groups.n
	by, err := l.ranked(ctx, n)
	if err != nil {
		return nil, err
	}
	limit := int64(-1)
	if l.count != nil {
		if limit, err = rowCount(ctx, l.count, p.t.Describe()); err != nil {
			return nil, err
		}
	}
	cols := l.groups.columns()
	l.parent = cols[0].Flatten().Ints
	parents := 1
	if i > 0 {
		parents = p.t.levels[i-1].groups.n
	}
	children := make([][]int32, parents)
	falls := make([]int32, n)
	for g := range n {
		up := int32(l.parent[g])
		falls[g] = dropped
		switch {
		case i > 0 && p.bucketOf[i-1][up] != picked:
			falls[g] = p.bucketOf[i-1][up]
		default:
			children[up] = append(children[up], int32(g))
		}
	}
	key := plan.Key{Desc: l.plan.Desc, NullsFirst: !l.plan.Desc}
	flat := by.Flatten()
	for up, list := range children {
		slices.SortStableFunc(list, func(a, b int32) int { return compareKey(flat, int(a), int(b), &key) })
		keep := int64(len(list))
		if limit >= 0 {
			keep = min(keep, limit)
		}
		for _, g := range list[:keep] {
			falls[g] = picked
		}
		if rest := list[keep:]; len(rest) > 0 && p.others(i) {
			no := int32(len(p.buckets))
			key := bucket{int32(i), int32(up)}
			p.buckets, p.below[key] = append(p.buckets, key), no
			for _, g := range rest {
				falls[g] = no
			}
		}
		children[up] = list[:keep]
	}
	p.chosen = append(p.chosen, children)
	p.bucketOf = append(p.bucketOf, falls)
	return by, nil
}

// others says whether what is not picked at a level shows there or below.
func (p *picking) others(from int) bool {
	for _, l := range p.t.levels[from:] {
		if l.plan.Others != nil {
			return true
		}
	}
	return false
}

// picked stands for a group that is in the result itself.
const picked = int32(-2)

// ranked computes what n groups are ranked by.
func (l *nestedLevel) ranked(ctx context.Context, n int) (*vector.Vector, error) {
	all := &vector.Batch{N: n}
	for _, st := range l.states {
		st.Grow(n)
		cols, err := st.Results(n)
		if err != nil {
			return nil, err
		}
		all.Cols = append(all.Cols, cols...)
	}
	if n == 0 {
		return vector.Make(l.plan.ByCol.Type, 0), nil
	}
	return l.by.Eval(ctx, all)
}

// withBuckets puts the aggregates of the buckets behind those of the groups.
func (p *picking) withBuckets(ctx context.Context, i int, by *vector.Vector) (*vector.Vector, error) {
	l := &p.t.levels[i]
	if len(p.buckets) == 0 {
		return by, nil
	}
	n := len(p.buckets)
	to := make([]int32, l.groups.n)
	for g, in := range p.bucketOf[i] {
		if to[g] = in; in < 0 {
			to[g] = int32(n) // a place that nobody looks at
		}
	}
	merged := nestedLevel{plan: l.plan, by: l.by}
	var err error
	if merged.states, err = newStates(l.plan.Aggs); err != nil {
		return nil, err
	}
	for k, st := range merged.states {
		st.Grow(n + 1)
		if err := st.Merge(l.states[k], to); err != nil {
			return nil, err
		}
	}
	sums, err := merged.ranked(ctx, n+1)
	if err != nil {
		return nil, err
	}
	return vector.Concat(by.Type, []*vector.Vector{by, sums.Slice(0, n)}), nil
}

// rows puts the result together: the picked groups by their rank, then the
// buckets, those of the last level first.
func (p *picking) rows() *vector.Batch {
	levels := len(p.t.levels)
	const none = int32(-1)
	keys, bys := make([][]int32, levels), make([][]int32, levels)
	emit := func(path []int32, bucketNo int32) {
		for i := range levels {
			l := &p.t.levels[i]
			n := int32(l.groups.n)
			switch {
			case i < len(path):
				keys[i], bys[i] = append(keys[i], path[i]), append(bys[i], path[i])
			case l.plan.Others == nil:
				keys[i], bys[i] = append(keys[i], none), append(bys[i], none)
			default:
				keys[i], bys[i] = append(keys[i], n), append(bys[i], n+bucketNo)
			}
		}
	}
	type row struct {
		path []int32
		no   int32
	}
	late := make([][]row, levels)
	path := make([]int32, levels)
	var visit func(i int, up int32)
	visit = func(i int, up int32) {
		if i == levels {
			emit(path, 0)
			return
		}
		for _, g := range p.chosen[i][up] {
			path[i] = g
			visit(i+1, g)
		}
		if no, ok := p.below[bucket{int32(i), up}]; ok {
			late[i] = append(late[i], row{slices.Clone(path[:i]), no})
		}
	}
	visit(0, 0)
	for i := levels - 1; i >= 0; i-- {
		for _, r := range late[i] {
			emit(r.path, r.no)
		}
	}
	out := &vector.Batch{N: len(keys[0])}
	for i := range levels {
		l := &p.t.levels[i]
		key := []*vector.Vector{l.groups.columns()[1]}
		if l.plan.Others != nil {
			key = append(key, vector.Constant(*l.plan.Others, 1))
		}
		out.Cols = append(out.Cols, pickOrNull(l.plan.Key.Type, key, keys[i]), pickOrNull(l.plan.ByCol.Type, []*vector.Vector{p.values[i]}, bys[i]))
	}
	return out
}

// pickOrNull is the entries of parts, one behind the other, at rows; -1 stands
// for null.
func pickOrNull(t types.Type, parts []*vector.Vector, rows []int32) *vector.Vector {
	all := vector.Concat(t, append(slices.Clone(parts), vector.Nulls(t, 1)))
	at := make([]int32, len(rows))
	for k, r := range rows {
		if at[k] = r; r < 0 {
			at[k] = int32(all.N - 1)
		}
	}
	return all.Gather(at)
}
