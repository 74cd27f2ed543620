package exec

import (
	"context"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sampleDistinct gives rows that were not seen before and closes its input
// when there are enough, which stops the reading of tables.
type sampleDistinct struct {
	b       *builder
	in      Operator
	count   evaluator
	groups  *grouper
	started bool
	left    int64
	took    int64
}

func (b *builder) buildSampleDistinct(r *plan.SampleDistinct) (Operator, error) {
	count, err := b.compile(nil, r.Count)
	if err != nil {
		return nil, err
	}
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	var ts []types.Type
	for _, c := range r.Cols() {
		ts = append(ts, c.Type)
	}
	return &sampleDistinct{b: b, in: in, count: count, groups: newGrouper(ts)}, nil
}

// Next gives the next rows that are new.
func (s *sampleDistinct) Next(ctx context.Context) (*vector.Batch, error) {
	if !s.started {
		s.started = true
		n, err := rowCount(ctx, s.count, s.Describe())
		if err != nil {
			return nil, err
		}
		s.left = n
	}
	for s.left > 0 {
		in, err := s.in.Next(ctx)
		if in == nil || err != nil {
			return nil, err
		}
		known := s.groups.n
		ids := s.groups.ids(in.Cols, in.N)
		if grown := s.groups.bytes - s.took; grown > 0 {
			if err := s.b.cfg.Memory.Charge(s.Describe(), grown); err != nil {
				return nil, err
			}
			s.took = s.groups.bytes
		}
		var rows []int32
		for i, id := range ids {
			if int(id) == known && s.left > 0 {
				rows = append(rows, int32(i))
				known++
				s.left--
			}
		}
		if len(rows) > 0 {
			return in.Gather(rows), nil
		}
	}
	return nil, s.Close()
}

// Close drops what was seen and closes the input.
func (s *sampleDistinct) Close() error {
	s.b.cfg.Memory.Release(s.took)
	s.took, s.left, s.started = 0, 0, true
	return s.in.Close()
}

// Describe names the operator.
func (s *sampleDistinct) Describe() string { return "sample-distinct" }
