package exec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sampleOp keeps a random choice of rows. Every row has a random number and
// the rows with the smallest are kept, so which ones they are does not depend
// on how rows come in batches. What is held stays near the number of rows
// asked for.
type sampleOp struct {
	b     *builder
	in    Operator
	count evaluator
	types []types.Type
	out   *held
	took  int64
}

// drawn is a row in the choice: its random number, its place among all rows,
// and where it is held.
type drawn struct {
	draw       uint64
	place      int64
	batch, row int32
}

func (b *builder) buildSample(r *plan.Sample) (Operator, error) {
	count, err := b.compile(nil, r.Count)
	if err != nil {
		return nil, err
	}
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	s := &sampleOp{b: b, in: in, count: count}
	for _, c := range r.Cols() {
		s.types = append(s.types, c.Type)
	}
	return s, nil
}

// rowCount is the number of rows that an operator is asked for.
func rowCount(ctx context.Context, count evaluator, who string) (int64, error) {
	d, err := single(ctx, count)
	if err != nil {
		return 0, err
	}
	n := asInt(d)
	if n < 0 {
		return 0, fmt.Errorf("%s: the number of rows is negative: %d", who, n)
	}
	return n, nil
}

// Next draws at the first call.
func (s *sampleOp) Next(ctx context.Context) (*vector.Batch, error) {
	if s.out == nil {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	return s.out.Next(ctx)
}

func (s *sampleOp) run(ctx context.Context) error {
	n, err := rowCount(ctx, s.count, s.Describe())
	if err != nil {
		return err
	}
	s.out = &held{name: s.Describe(), size: s.b.cfg.BatchSize}
	if n == 0 {
		return s.in.Close()
	}
	draw := rand.New(rand.NewPCG(s.b.cfg.Env.Seed, sampleStream))
	if s.b.cfg.Env.Seed == 0 {
		draw = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	var keep []*vector.Batch
	var rows []drawn
	place := int64(0)
	for {
		in, err := s.in.Next(ctx)
		if err != nil {
			return err
		}
		if in == nil {
			break
		}
		if err := s.charge(in.Bytes() + int64(in.N)*32); err != nil {
			return err
		}
		keep = append(keep, in)
		for i := range in.N {
			rows = append(rows, drawn{draw.Uint64(), place, int32(len(keep) - 1), int32(i)})
			place++
		}
		if int64(len(rows)) > 2*n+65536 {
			if keep, rows, err = s.cut(keep, rows, n); err != nil {
				return err
			}
		}
	}
	if keep, _, err = s.cut(keep, rows, n); err != nil {
		return err
	}
	s.out.batches = keep
	return s.in.Close()
}

// sampleStream tells the numbers of sample apart from those of rand().
const sampleStream = 0x73616d706c65

// cut lets go of all but n rows; the rest is one batch in the order of the
// input.
func (s *sampleOp) cut(keep []*vector.Batch, rows []drawn, n int64) ([]*vector.Batch, []drawn, error) {
	if len(rows) == 0 {
		return nil, nil, nil
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].draw < rows[j].draw })
	rows = rows[:min(int64(len(rows)), n)]
	sort.Slice(rows, func(i, j int) bool { return rows[i].place < rows[j].place })
	var parts []*vector.Batch
	for at := 0; at < len(rows); {
		batch := rows[at].batch
		var picked []int32
		for ; at < len(rows) && rows[at].batch == batch; at++ {
			picked = append(picked, rows[at].row)
		}
		parts = append(parts, keep[batch].Gather(picked))
	}
	// Flat columns hold on to nothing of what was let go.
	all := vector.ConcatBatches(s.types, parts)
	for i, c := range all.Cols {
		all.Cols[i] = c.Flatten()
	}
	for i := range rows {
		rows[i].batch, rows[i].row = 0, int32(i)
	}
	s.release()
	return []*vector.Batch{all}, rows, s.charge(all.Bytes() + int64(all.N)*32)
}

func (s *sampleOp) charge(n int64) error {
	if err := s.b.cfg.Memory.Charge(s.Describe(), n); err != nil {
		return err
	}
	s.took += n
	return nil
}

func (s *sampleOp) release() {
	s.b.cfg.Memory.Release(s.took)
	s.took = 0
}

// Close drops the rows.
func (s *sampleOp) Close() error {
	s.release()
	s.out = &held{}
	return s.in.Close()
}

// Describe names the operator.
func (s *sampleOp) Describe() string { return "sample" }
