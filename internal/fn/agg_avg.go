package fn

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// avg divides the sum of what is not null by its count; nothing gives NaN, or
// null where the type has none. Integers are summed as longs first, which
// wraps around as in Kusto.
var _ = aggregateIf(Aggregate{
	Name:    "avg",
	Summary: "The mean of the values.",
	New:     newAvg,
}, "avgif", 1, "The mean of the values of the rows for which a predicate holds.")

func newAvg(a AggArgs) (State, error) {
	switch a.Types[0] {
	case types.Datetime, types.Timespan:
		return &avgTicks{ret: a.Types[0]}, nil
	}
	sum, err := newSum(AggArgs{Types: a.Types, Ret: types.Real})
	return &avgState{sum: sum}, err
}

// avgState is a sum and a count beside it.
type avgState struct {
	sum State
	n   []int64
}

func (s *avgState) Grow(n int) {
	s.sum.Grow(n)
	s.n = grown(s.n, n)
}

func (s *avgState) Add(c *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	dyn := v.Type == types.Dynamic || v.Type == types.Unknown
	for i, g := range groups {
		if dyn {
			if _, ok := v.Dyn(i).Number(); ok {
				s.n[g]++
			}
		} else if !v.IsNull(i) {
			s.n[g]++
		}
	}
	return s.sum.Add(c, groups, args)
}

func (s *avgState) Merge(other State, to []int32) error {
	o := other.(*avgState)
	for g, n := range o.n {
		s.n[to[g]] += n
	}
	return s.sum.Merge(o.sum, to)
}

func (s *avgState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	if d, ok := s.sum.(*sumDecimal); ok {
		return column(types.Decimal, n, func(g int) vector.Datum {
			out := vector.Datum{T: types.Decimal}
			if s.n[g] > 0 {
				q := new(apd.Decimal)
				if _, err := decimals.Quo(q, &d.sum[g], apd.New(s.n[g], 0)); err == nil {
					shorten(q)
					out.V = q
				}
			}
			return out
		}), nil
	}
	out := make([]float64, n)
	for g := range out {
		switch sum := s.sum.(type) {
		case *sumInt:
			out[g] = float64(sum.sum[g])
		case *sumReal:
			out[g] = sum.sum[g]
		}
		if s.n[g] == 0 {
			out[g] = math.NaN()
		} else {
			out[g] /= float64(s.n[g])
		}
	}
	return []*vector.Vector{vector.Of(types.Real, out, nil)}, nil
}

func (s *avgState) Bytes() int64 { return s.sum.Bytes() + int64(cap(s.n))*8 }

// avgTicks is the mean of datetimes or timespans. The ticks of a few
// datetimes would overflow one sum, so high and low halves are summed apart.
type avgTicks struct {
	ret       types.Type
	hi, lo, n []int64
}

func (s *avgTicks) Grow(n int) { s.hi, s.lo, s.n = grown(s.hi, n), grown(s.lo, n), grown(s.n, n) }

func (s *avgTicks) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	eachInt(args[0], groups, func(g int32, x int64) {
		s.hi[g] += x >> 32
		s.lo[g] += x & math.MaxUint32
		s.n[g]++
	})
	return nil
}

func (s *avgTicks) Merge(other State, to []int32) error {
	o := other.(*avgTicks)
	for g, n := range o.n {
		t := to[g]
		s.hi[t], s.lo[t], s.n[t] = s.hi[t]+o.hi[g], s.lo[t]+o.lo[g], s.n[t]+n
	}
	return nil
}

func (s *avgTicks) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	return column(s.ret, n, func(g int) vector.Datum {
		d, rows := vector.Datum{T: s.ret}, s.n[g]
		if rows > 0 {
			d.V = s.hi[g]/rows<<32 + (s.hi[g]%rows<<32+s.lo[g])/rows
		}
		return d
	}), nil
}

func (s *avgTicks) Bytes() int64 { return int64(cap(s.n)) * 24 }
