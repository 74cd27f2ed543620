package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sortOp orders all rows. With a limit it cuts what it holds whenever it has
// grown to several times the limit, so `top 10` of any input is small.
type sortOp struct {
	b     *builder
	in    Operator
	keys  []plan.Key
	evs   []evaluator
	limit evaluator
	types []types.Type
	out   *held
	took  int64
}

func (b *builder) buildSort(r *plan.Sort) (Operator, error) {
	s := &sortOp{b: b, keys: r.Keys}
	cols := r.Input.Cols()
	for _, c := range cols {
		s.types = append(s.types, c.Type)
	}
	for _, k := range r.Keys {
		ev, err := b.compile(cols, k.Expr)
		if err != nil {
			return nil, err
		}
		s.evs = append(s.evs, ev)
		s.types = append(s.types, k.Expr.Type())
	}
	var err error
	if r.Limit != nil {
		if s.limit, err = b.compile(nil, r.Limit); err != nil {
			return nil, err
		}
	}
	if s.in, err = b.build(r.Input); err != nil {
		return nil, err
	}
	return s, nil
}

// Next sorts at the first call.
func (s *sortOp) Next(ctx context.Context) (*vector.Batch, error) {
	if s.out == nil {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	return s.out.Next(ctx)
}

func (s *sortOp) run(ctx context.Context) error {
	limit := int64(-1)
	if s.limit != nil {
		d, err := single(ctx, s.limit)
		if err != nil {
			return err
		}
		if limit = asInt(d); limit < 0 {
			return fmt.Errorf("top: the number of rows is negative: %d", limit)
		}
	}
	var keep []*vector.Batch
	var last *vector.Batch // the last row of those that are in by now
	rows := int64(0)
	for {
		in, err := s.in.Next(ctx)
		if err != nil {
			return err
		}
		if in == nil {
			break
		}
		// The keys ride behind the columns.
		wide := &vector.Batch{N: in.N, Cols: append([]*vector.Vector(nil), in.Cols...)}
		for _, ev := range s.evs {
			v, err := ev.Eval(ctx, in)
			if err != nil {
				return err
			}
			wide.Cols = append(wide.Cols, v)
		}
		if last != nil {
			if wide = s.before(wide, last); wide.N == 0 {
				continue
			}
		}
		if err := s.charge(wide.Bytes()); err != nil {
			return err
		}
		keep = append(keep, wide)
		rows += int64(wide.N)
		if limit >= 0 && rows > 4*limit+65536 {
			cut := s.order(keep, limit)
			s.b.cfg.Memory.Release(s.took)
			s.took = 0
			if err := s.charge(cut.Bytes()); err != nil {
				return err
			}
			keep, rows = []*vector.Batch{cut}, int64(cut.N)
			if limit > 0 {
				last = cut.Slice(cut.N-1, cut.N)
			}
		}
	}
	s.out = &held{name: s.Describe(), size: s.b.cfg.BatchSize}
	if rows > 0 {
		if err := s.charge(8 * rows); err != nil {
			return err
		}
		all := s.order(keep, limit)
		all.Cols = all.Cols[:len(all.Cols)-len(s.keys)]
		s.out.batches = []*vector.Batch{all}
	}
	return s.in.Close()
}

// before is the rows that come before the row last: a row that equals it came
// later and stays behind.
func (s *sortOp) before(wide, last *vector.Batch) *vector.Batch {
	var rows []int32
	first := len(wide.Cols) - len(s.keys)
next:
	for i := range wide.N {
		for k := range s.keys {
			switch c := compareAcross(wide.Cols[first+k], i, last.Cols[first+k], 0, &s.keys[k]); {
			case c < 0:
				rows = append(rows, int32(i))
				continue next
			case c > 0:
				continue next
			}
		}
	}
	if len(rows) == wide.N {
		return wide
	}
	return wide.Gather(rows)
}

func (s *sortOp) charge(n int64) error {
	if err := s.b.cfg.Memory.Charge("sort", n); err != nil {
		return err
	}
	s.took += n
	return nil
}

// order is the rows of the batches in order, at most limit of them. It takes
// the batches apart column by column, so that no more than one column stands
// in memory twice.
func (s *sortOp) order(batches []*vector.Batch, limit int64) *vector.Batch {
	n := 0
	for _, b := range batches {
		n += b.N
	}
	column := func(c int) *vector.Vector {
		parts := make([]*vector.Vector, len(batches))
		for i, b := range batches {
			parts[i] = b.Cols[c]
		}
		return vector.Concat(s.types[c], parts)
	}
	keys := make([]*vector.Vector, len(s.keys))
	for k := range keys {
		keys[k] = column(len(s.types) - len(keys) + k)
		if f := keys[k].Form; f == vector.Typed || f == vector.Struct {
			keys[k] = keys[k].Flatten()
		}
	}
	rows := sortRows(keys, s.keys, n)
	if limit >= 0 && int64(len(rows)) > limit {
		rows = rows[:limit]
	}
	out := &vector.Batch{N: len(rows), Cols: make([]*vector.Vector, len(s.types))}
	for c := range out.Cols {
		out.Cols[c] = column(c).Gather(rows)
		for _, b := range batches {
			b.Cols[c] = nil
		}
	}
	return out
}

// compareKey orders two rows by one key.
func compareKey(v *vector.Vector, i, j int, key *plan.Key) int {
	return compareAcross(v, i, v, j, key)
}

// compareAcross orders row i of v and row j of w by one key.
func compareAcross(v *vector.Vector, i int, w *vector.Vector, j int, key *plan.Key) int {
	if in, jn := v.IsNull(i), w.IsNull(j); in || jn {
		switch {
		case in && jn:
			return 0
		case in == key.NullsFirst:
			return -1
		}
		return 1
	}
	c := vector.Compare(v, i, w, j)
	if key.Desc {
		return -c
	}
	return c
}

// Close drops the rows.
func (s *sortOp) Close() error {
	s.b.cfg.Memory.Release(s.took)
	s.took = 0
	s.out = &held{}
	return s.in.Close()
}

// Describe names the operator.
func (s *sortOp) Describe() string {
	if s.limit != nil {
		return "top"
	}
	return "sort"
}
