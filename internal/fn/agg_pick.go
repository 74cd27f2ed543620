package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// pickState keeps the argument values of one row per group: the row whose
// first argument is best. With sign 0 it is the first row (take_any).
type pickState struct {
	t    []types.Type
	sign int
	// best holds per group len(t) values, or nil before the first row.
	best  [][]vector.Datum
	bytes int64
	// winner is the best row of the batch at hand per group, plus one.
	winner []int32
}

func (s *pickState) Grow(n int) {
	s.best = grown(s.best, n)
	s.winner = grown(s.winner, n)
}

// Add finds the best row of each group within the batch first, comparing in
// place, and makes values only of those.
func (s *pickState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	win := betterRow(args[0], s.sign)
	var touched []int32
	for i, g := range groups {
		switch w := s.winner[g]; {
		case w == 0:
			s.winner[g] = int32(i) + 1
			touched = append(touched, g)
		case s.sign != 0 && win(int32(i), w-1):
			s.winner[g] = int32(i) + 1
		}
	}
	for _, g := range touched {
		row := int(s.winner[g] - 1)
		s.winner[g] = 0
		if s.best[g] != nil && (s.sign == 0 || !better(args[0].Datum(row), s.best[g][0], s.sign)) {
			continue
		}
		vals := make([]vector.Datum, len(s.t))
		for k := range vals {
			vals[k] = keep(args[k].Datum(row))
		}
		s.put(g, vals)
	}
	return nil
}

func (s *pickState) put(g int32, vals []vector.Datum) {
	for _, d := range s.best[g] {
		s.bytes -= 40 + datumBytes(d)
	}
	for _, d := range vals {
		s.bytes += 40 + datumBytes(d)
	}
	s.best[g] = vals
}

func (s *pickState) Merge(other State, to []int32) error {
	for g, vals := range other.(*pickState).best {
		t := to[g]
		if vals == nil || s.best[t] != nil && (s.sign == 0 || !better(vals[0], s.best[t][0], s.sign)) {
			continue
		}
		s.put(t, vals)
	}
	return nil
}

func (s *pickState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]*vector.Vector, len(s.t))
	for k, t := range s.t {
		out[k] = column(t, n, func(g int) vector.Datum {
			if s.best[g] == nil {
				return vector.Datum{T: t}
			}
			return s.best[g][k]
		})[0]
	}
	return out, nil
}

func (s *pickState) Bytes() int64 { return s.bytes + int64(cap(s.best))*28 }
