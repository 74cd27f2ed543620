package store

import (
	"context"
	"sort"

	"goshawk/internal/scan"
	"goshawk/internal/segment"
	"goshawk/internal/vector"
)

// test is a condition on a part.
type test struct {
	col  *columnScan
	eval func(ctx context.Context, v *vector.Vector) (*vector.Vector, error)
	none bool
	// Of a dictionary: which codes pass.
	pass []bool
	// Of whole numbers and times: what can pass; exact says that it does.
	span *span
}

// test prepares a condition; nil when every row passes or nobody can say.
func (p *partScan) test(ctx context.Context, c *scan.Cond) (*test, error) {
	t := &test{col: p.column(c.Column), eval: c.Test}
	if s, ok := spanOf(c); ok {
		t.span = &s
	}
	if t.eval == nil && t.span == nil {
		return nil, nil
	}
	vals, err := t.col.c.Values()
	if err != nil {
		return nil, err
	}
	if t.col.c.Empty() {
		vals = vector.Nulls(t.col.want, 1).Flatten()
	}
	if vals == nil || t.eval == nil {
		return t, nil
	}
	v, err := t.eval(ctx, t.col.fitValues(vals))
	if err != nil {
		// Perhaps for a value that no wanted row has: the rows will tell.
		return t, ctx.Err()
	}
	t.pass = truth(v)
	yes := 0
	for _, x := range t.pass {
		if x {
			yes++
		}
	}
	switch yes {
	case len(t.pass):
		return nil, nil
	case 0:
		t.none = true
	}
	return t, nil
}

// truth is where a bool vector is true.
func truth(v *vector.Vector) []bool {
	out := make([]bool, v.N)
	if v.Form == vector.Flat && v.Valid == nil {
		copy(out, v.Bools)
		return out
	}
	for i := range out {
		out[i] = !v.IsNull(i) && v.Bool(i)
	}
	return out
}

// sortTests puts the cheap tests first: codes, then numbers, then texts.
func sortTests(ts []*test) {
	cost := func(t *test) int {
		switch {
		case t.pass != nil:
			return 0
		case t.span != nil:
			return 1
		}
		return 2
	}
	sort.SliceStable(ts, func(i, j int) bool { return cost(ts[i]) < cost(ts[j]) })
}

// pick is the rows of a block that pass all tests; nil for all. some is false
// when there are none.
func (p *partScan) pick(ctx context.Context, b *segment.Block) (rows []int32, some bool, err error) {
	for _, t := range p.tests {
		if t.span != nil {
			if lo, hi, ok := t.col.c.Range(b.Index()); ok && (hi < t.span.lo || lo > t.span.hi) {
				return nil, false, nil
			}
		}
	}
	for _, t := range p.tests {
		if t.pass != nil {
			if rows, err = b.Filter(t.col.c, t.pass, rows); err != nil {
				return nil, false, err
			}
		} else if t.eval != nil {
			v, err := b.Column(t.col.c, rows)
			if err != nil {
				return nil, false, err
			}
			if v, err = t.eval(ctx, t.col.fit(v)); err != nil {
				return nil, false, err
			}
			rows = where(truth(v), rows)
		}
		if rows != nil && len(rows) == 0 {
			return nil, false, nil
		}
	}
	if len(rows) == b.N() {
		rows = nil
	}
	return rows, true, nil
}

// where is the rows, among rows, at which keep is set.
func where(keep []bool, rows []int32) []int32 {
	out := make([]int32, 0, 256)
	for k, yes := range keep {
		if !yes {
			continue
		}
		if rows == nil {
			out = append(out, int32(k))
		} else {
			out = append(out, rows[k])
		}
	}
	return out
}
