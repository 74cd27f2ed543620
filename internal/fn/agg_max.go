package fn

import (
	"cmp"
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// max and min skip nulls; nothing gives null. Strings compare by their bytes.
// With a NaN among the values both are NaN.
var _ = aggregateIf(Aggregate{
	Name:    "max",
	Summary: "The largest value.",
	New:     newBest(1),
}, "maxif", 1, "The largest value of the rows for which a predicate holds.")

var _ = aggregateIf(Aggregate{
	Name:    "min",
	Summary: "The smallest value.",
	New:     newBest(-1),
}, "minif", 1, "The smallest value of the rows for which a predicate holds.")

// newBest makes max (sign 1) or min (sign -1).
func newBest(sign int) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) {
		switch a.Types[0] {
		case types.Int, types.Long, types.Datetime, types.Timespan:
			return &bestInt{t: a.Types[0], sign: int64(sign)}, nil
		case types.Real:
			return &bestReal{sign: sign}, nil
		}
		return &bestAny{pickState{t: a.Types[:1], sign: sign}}, nil
	}
}

// bestInt is max or min of what is kept as int64.
type bestInt struct {
	t    types.Type
	sign int64
	best []int64
	has  []bool
}

func (s *bestInt) Grow(n int) { s.best, s.has = grown(s.best, n), grown(s.has, n) }

func (s *bestInt) see(g int32, x int64) {
	if b := s.best[g]; !s.has[g] || s.sign > 0 && x > b || s.sign < 0 && x < b {
		s.best[g], s.has[g] = x, true
	}
}

func (s *bestInt) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	eachInt(args[0], groups, s.see)
	return nil
}

func (s *bestInt) Merge(other State, to []int32) error {
	o := other.(*bestInt)
	for g, x := range o.best {
		if o.has[g] {
			s.see(to[g], x)
		}
	}
	return nil
}

func (s *bestInt) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	valid := vector.NewBitmap(n)
	for g := 0; g < n; g++ {
		if s.has[g] {
			valid.Set(g)
		}
	}
	return []*vector.Vector{vector.Of(s.t, s.best[:n:n], valid)}, nil
}

func (s *bestInt) Bytes() int64 { return int64(cap(s.best)) * 9 }

// bestReal is max or min of reals.
type bestReal struct {
	sign int
	best []float64
	has  []bool
}

func (s *bestReal) Grow(n int) { s.best, s.has = grown(s.best, n), grown(s.has, n) }

func (s *bestReal) see(g int32, x float64) {
	if b := s.best[g]; !s.has[g] || math.IsNaN(x) || s.sign > 0 && x > b || s.sign < 0 && x < b {
		s.best[g], s.has[g] = x, true
	}
}

func (s *bestReal) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	for i, g := range groups {
		if v := args[0]; !v.IsNull(i) {
			s.see(g, v.Real(i))
		}
	}
	return nil
}

func (s *bestReal) Merge(other State, to []int32) error {
	o := other.(*bestReal)
	for g, x := range o.best {
		if o.has[g] {
			s.see(to[g], x)
		}
	}
	return nil
}

func (s *bestReal) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	valid := vector.NewBitmap(n)
	for g := 0; g < n; g++ {
		if s.has[g] {
			valid.Set(g)
		}
	}
	return []*vector.Vector{vector.Of(types.Real, s.best[:n:n], valid)}, nil
}

func (s *bestReal) Bytes() int64 { return int64(cap(s.best)) * 9 }

// bestAny is max or min of the other types: an arg_max without columns, whose
// nulls never win and so need no skipping.
type bestAny struct{ pickState }

func (s *bestAny) Merge(other State, to []int32) error {
	return s.pickState.Merge(&other.(*bestAny).pickState, to)
}

// compareDatum orders two values of one type; null comes before all, NaN
// directly behind it.
func compareDatum(a, b vector.Datum) int {
	if a.V == nil || b.V == nil {
		return cmp.Compare(btoi(a.V != nil), btoi(b.V != nil))
	}
	switch x := a.V.(type) {
	case bool:
		return cmp.Compare(btoi(x), btoi(b.V.(bool)))
	case int64:
		return cmp.Compare(x, b.V.(int64))
	case float64:
		return cmp.Compare(x, b.V.(float64))
	case string:
		return strings.Compare(x, b.V.(string))
	case vector.Guid:
		y := b.V.(vector.Guid)
		return strings.Compare(string(x[:]), string(y[:]))
	case vector.Decimal:
		return x.Cmp(b.V.(vector.Decimal))
	}
	return compareDynamic(a.V.(dynamic.Value), b.V.(dynamic.Value))
}

// compareDynamic orders numbers by value and the rest by its text, numbers
// first.
func compareDynamic(a, b dynamic.Value) int {
	x, isNum := a.Number()
	y, isNum2 := b.Number()
	if isNum && isNum2 {
		return cmp.Compare(x, y)
	}
	if isNum != isNum2 {
		return btoi(isNum2) - btoi(isNum)
	}
	return strings.Compare(a.String(), b.String())
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// betterRow says of two entries of v whether the first beats the second; see
// better.
func betterRow(v *vector.Vector, sign int) func(i, j int32) bool {
	if v.Form == vector.Flat && v.Valid == nil {
		switch {
		case v.Ints != nil && sign > 0:
			return func(i, j int32) bool { return v.Ints[i] > v.Ints[j] }
		case v.Ints != nil:
			return func(i, j int32) bool { return v.Ints[i] < v.Ints[j] }
		case v.Strs != nil:
			return func(i, j int32) bool { return strings.Compare(v.Strs[i], v.Strs[j])*sign > 0 }
		}
	}
	if v.Form == vector.Const {
		return func(i, j int32) bool { return false }
	}
	return func(i, j int32) bool { return better(v.Datum(int(i)), v.Datum(int(j)), sign) }
}

// better says whether a beats b: nulls never win, NaN only against null.
func better(a, b vector.Datum, sign int) bool {
	if a.V == nil || b.V == nil {
		return a.V != nil
	}
	x, isReal := a.V.(float64)
	if y, ok := b.V.(float64); ok && isReal && (math.IsNaN(x) || math.IsNaN(y)) {
		return !math.IsNaN(x)
	}
	return compareDatum(a, b)*sign > 0
}
