package fn

import (
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// restartAt reads the restart argument at position k, if there is one.
func restartAt(args []*vector.Vector, k int) func(i int) bool {
	if k >= len(args) {
		return func(int) bool { return false }
	}
	r := args[k]
	return func(i int) bool { return !r.IsNull(i) && r.Bool(i) }
}

var _ = scalar(Scalar{
	Name: "row_number", Summary: "Numbers the rows of an ordered table.", Nulls: Handles, Window: true,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		first, restart := int64(1), restartAt(args, 1)
		if len(args) > 0 && c.N > 0 && !args[0].IsNull(0) {
			first = args[0].Int(0)
		}
		n := first - 1
		return collect(c, nil, func(i int) (int64, bool) {
			if n++; restart(i) {
				n = first
			}
			return n, true
		}), nil
	},
})

// neighbour makes the rows of prev and next.
func neighbour(name, summary string, sign int64) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Window: true,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			off := int64(1)
			if len(args) > 1 && c.N > 0 && !args[1].IsNull(0) {
				if off = args[1].Int(0); off == 0 {
					return nil, Errorf("%s() needs an offset other than 0", name)
				}
			}
			if off > int64(c.N) || off < -int64(c.N) {
				off = int64(c.N)
			}
			b := vector.NewBuilder(args[0].Type, c.N)
			for i := 0; i < c.N; i++ {
				from := int64(i) + sign*off
				switch {
				case from >= 0 && from < int64(c.N):
					b.AppendFrom(args[0], int(from))
				case len(args) > 2 && args[2].Type == args[0].Type:
					b.AppendFrom(args[2], i)
				case len(args) > 2:
					d, ok := recast(args[2].Datum(i), args[0].Type)
					if !ok {
						return nil, Errorf("%s(): the default is of type %s, the column of type %s", name, args[2].Type, args[0].Type)
					}
					b.Append(d)
				default:
					b.AppendNull()
				}
			}
			return b.Done(), nil
		},
	})
}

// recast gives a number the storage of another number type, or makes any
// scalar dynamic.
func recast(d vector.Datum, t types.Type) (vector.Datum, bool) {
	if d.Null() {
		return vector.Datum{T: t}, true
	}
	v := vector.Constant(d, 1)
	switch {
	case t == types.Dynamic:
		return vector.Datum{T: t, V: v.ToDynamic(0)}, true
	case t.Integer() && d.T.Integer():
		return vector.Datum{T: t, V: d.V}, true
	case t == types.Real && d.T.Numeric():
		return vector.Datum{T: t, V: reals(v).at(0)}, true
	case t == types.Decimal && d.T.Numeric():
		return vector.Datum{T: t, V: decs(v).at(0)}, true
	}
	return d, false
}

var (
	_ = neighbour("prev", "Gives the value of a column some rows before.", -1)
	_ = neighbour("next", "Gives the value of a column some rows after.", 1)
)

// row_cumsum skips nulls.
var _ = scalar(Scalar{
	Name: "row_cumsum", Summary: "Adds up a column from the first row, or the last restart, to this one.", Nulls: Handles, Window: true,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		a, restart := args[0], restartAt(args, 1)
		switch {
		case a.Type == types.Decimal:
			return nil, Errorf("row_cumsum() of decimals is not supported")
		case a.Type == types.Real:
			sum := 0.0
			return collect(c, nil, func(i int) (float64, bool) {
				if restart(i) {
					sum = 0
				}
				if !a.IsNull(i) {
					sum += a.Real(i)
				}
				return sum, true
			}), nil
		}
		var sum int64
		return collect(c, nil, func(i int) (int64, bool) {
			if restart(i) {
				sum = 0
			}
			if !a.IsNull(i) {
				sum += a.Int(i)
			}
			return sum, true
		}), nil
	},
})

// rankRow makes the rows of the ranks: dense ranks count distinct values,
// min ranks count rows.
func rankRow(name, summary string, dense bool) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Window: true,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			a, restart := args[0], restartAt(args, 1)
			rank, rows := int64(0), int64(0)
			var last, key []byte
			return collect(c, nil, func(i int) (int64, bool) {
				rows++
				key = a.ToDynamic(i).AppendKey(key[:0])
				switch {
				case i == 0 || restart(i):
					rank, rows = 1, 1
				case string(key) == string(last):
				case dense:
					rank++
				default:
					rank = rows
				}
				last = append(last[:0], key...)
				return rank, true
			}), nil
		},
	})
}

var (
	_ = rankRow("row_rank_dense", "Ranks the rows of a sorted table; the next value has the next rank.", true)
	_ = rankRow("row_rank_min", "Ranks the rows of a sorted table; equal rows share the lowest rank.", false)
)

// row_window_session gives the start of the session each row is in. A session
// ends when it grows too long, when the gap to the row before is too wide, or
// at a restart.
var _ = scalar(Scalar{
	Name: "row_window_session", Summary: "Gives the first datetime of the session that a row belongs to.", Nulls: Handles, Window: true,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		t, restart := args[0], restartAt(args, 3)
		var first, last int64
		open := false
		return collect(c, nil, func(i int) (int64, bool) {
			if t.IsNull(i) {
				open = false
				return 0, false
			}
			now := t.Int(i)
			if !open || restart(i) || now-first > args[1].Int(i) || now-last > args[2].Int(i) {
				first, open = now, true
			}
			last = now
			return first, true
		}), nil
	},
})
