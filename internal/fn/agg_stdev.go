package fn

import (
	"math"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// stdev and variance divide by n-1, stdevp and variancep by n; fewer than two
// values give 0.
var _ = aggregateIf(Aggregate{Name: "stdev", Summary: "The standard deviation of a sample.", New: newSpread(false, true)},
	"stdevif", 1, "The standard deviation of the rows for which a predicate holds, as a sample.")

var _ = aggregate(Aggregate{Name: "stdevp", Summary: "The standard deviation of a population.", New: newSpread(true, true)})

var _ = aggregateIf(Aggregate{Name: "variance", Summary: "The variance of a sample.", New: newSpread(false, false)},
	"varianceif", 1, "The variance of the rows for which a predicate holds, as a sample.")

var _ = aggregateIf(Aggregate{Name: "variancep", Summary: "The variance of a population.", New: newSpread(true, false)},
	"variancepif", 1, "The variance of the rows for which a predicate holds, as a population.")

// covariance divides by n-1, covariancep by n; rows where either side is null
// do not count.
var _ = aggregateIf(Aggregate{Name: "covariance", Summary: "The covariance of a sample.", New: newCovariance(false)},
	"covarianceif", 2, "The covariance of the rows for which a predicate holds, as a sample.")

var _ = aggregateIf(Aggregate{Name: "covariancep", Summary: "The covariance of a population.", New: newCovariance(true)},
	"covariancepif", 2, "The covariance of the rows for which a predicate holds, as a population.")

func newSpread(population, root bool) func(AggArgs) (State, error) {
	return func(AggArgs) (State, error) { return &spreadState{population: population, root: root}, nil }
}

func newCovariance(population bool) func(AggArgs) (State, error) {
	return func(AggArgs) (State, error) { return &spreadState{population: population, two: true}, nil }
}

// moments are the count, the means and the summed product of the distances
// from them, which add up without losing digits (Welford, Chan).
type moments struct{ n, mx, my, m2 float64 }

func (m *moments) add(x, y float64) {
	m.n++
	dx := x - m.mx
	m.mx += dx / m.n
	m.my += (y - m.my) / m.n
	m.m2 += dx * (y - m.my)
}

func (m *moments) merge(o moments) {
	if o.n == 0 {
		return
	}
	n := m.n + o.n
	dx, dy := o.mx-m.mx, o.my-m.my
	m.m2 += o.m2 + dx*dy*m.n*o.n/n
	m.mx += dx * o.n / n
	m.my += dy * o.n / n
	m.n = n
}

type spreadState struct {
	population, root, two bool
	m                     []moments
}

func (s *spreadState) Grow(n int) { s.m = grown(s.m, n) }

func (s *spreadState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	if !s.two {
		eachReal(args[0], groups, func(g int32, x float64) { s.m[g].add(x, x) })
		return nil
	}
	for i, g := range groups {
		x, ok := realAt(args[0], i)
		if y, both := realAt(args[1], i); ok && both {
			s.m[g].add(x, y)
		}
	}
	return nil
}

func (s *spreadState) Merge(other State, to []int32) error {
	for g, m := range other.(*spreadState).m {
		s.m[to[g]].merge(m)
	}
	return nil
}

func (s *spreadState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]float64, n)
	for g := range out {
		m := s.m[g]
		if m.n < 2 {
			continue
		}
		by := m.n - 1
		if s.population {
			by = m.n
		}
		if out[g] = m.m2 / by; s.root {
			out[g] = math.Sqrt(out[g])
		}
	}
	return []*vector.Vector{vector.Of(types.Real, out, nil)}, nil
}

func (s *spreadState) Bytes() int64 { return int64(cap(s.m)) * 32 }
