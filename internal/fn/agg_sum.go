package fn

import (
	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sum adds up what is not null; nothing gives 0. Integers give a long and
// wrap around, as in Kusto.
var _ = aggregateIf(Aggregate{
	Name:    "sum",
	Summary: "Adds up the values.",
	New:     newSum,
}, "sumif", 1, "Adds up the values of the rows for which a predicate holds.")

func newSum(a AggArgs) (State, error) {
	switch sumType(a.Types[0], a.Ret) {
	case types.Real:
		return &sumReal{ret: a.Ret}, nil
	case types.Decimal:
		return &sumDecimal{}, nil
	}
	return &sumInt{ret: a.Ret}, nil
}

// sumType is the type to add in: that of the values, and for dynamic values
// that of the result.
func sumType(arg, ret types.Type) types.Type {
	switch {
	case arg == types.Real || arg == types.Decimal:
		return arg
	case arg == types.Dynamic || arg == types.Unknown || arg == types.String:
		if ret == types.Decimal || ret.Integer() || ret == types.Timespan || ret == types.Datetime {
			return ret
		}
		return types.Real
	}
	return types.Long
}

type sumInt struct {
	ret types.Type
	sum []int64
}

func (s *sumInt) Grow(n int) { s.sum = grown(s.sum, n) }

func (s *sumInt) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	eachInt(args[0], groups, func(g int32, x int64) { s.sum[g] += x })
	return nil
}

func (s *sumInt) Merge(other State, to []int32) error {
	for g, x := range other.(*sumInt).sum {
		s.sum[to[g]] += x
	}
	return nil
}

func (s *sumInt) Results(n int) ([]*vector.Vector, error) {
	ret := s.ret
	if ret == types.Int || ret == types.Unknown || ret == types.Dynamic {
		ret = types.Long
	}
	return []*vector.Vector{vector.Of(ret, grown(s.sum, n)[:n:n], nil)}, nil
}

func (s *sumInt) Bytes() int64 { return int64(cap(s.sum)) * 8 }

type sumReal struct {
	ret types.Type
	sum []float64
}

func (s *sumReal) Grow(n int) { s.sum = grown(s.sum, n) }

func (s *sumReal) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	eachReal(args[0], groups, func(g int32, x float64) { s.sum[g] += x })
	return nil
}

func (s *sumReal) Merge(other State, to []int32) error {
	for g, x := range other.(*sumReal).sum {
		s.sum[to[g]] += x
	}
	return nil
}

func (s *sumReal) Results(n int) ([]*vector.Vector, error) {
	out := grown(s.sum, n)[:n:n]
	if s.ret != types.Dynamic {
		return []*vector.Vector{vector.Of(types.Real, out, nil)}, nil
	}
	return column(types.Dynamic, n, func(g int) vector.Datum {
		return vector.Datum{T: types.Dynamic, V: dynamic.FromReal(out[g])}
	}), nil
}

func (s *sumReal) Bytes() int64 { return int64(cap(s.sum)) * 8 }

type sumDecimal struct{ sum []apd.Decimal }

func (s *sumDecimal) Grow(n int) { s.sum = grown(s.sum, n) }

func (s *sumDecimal) add(g int32, x *apd.Decimal) error {
	_, err := decimals.Add(&s.sum[g], &s.sum[g], x)
	return err
}

func (s *sumDecimal) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	for i, g := range groups {
		if x, ok := decimalAt(v, i); ok {
			if err := s.add(g, x); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sumDecimal) Merge(other State, to []int32) error {
	o := other.(*sumDecimal)
	for g := range o.sum {
		if err := s.add(to[g], &o.sum[g]); err != nil {
			return err
		}
	}
	return nil
}

func (s *sumDecimal) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	return column(types.Decimal, n, func(g int) vector.Datum {
		return vector.Datum{T: types.Decimal, V: vector.Decimal(&s.sum[g])}
	}), nil
}

func (s *sumDecimal) Bytes() int64 { return int64(cap(s.sum)) * 48 }
