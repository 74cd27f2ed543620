package segment

import (
	"math"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// gatherer collects the values of one column of a part.
type gatherer interface {
	// add takes the entries of v at rows, or all when rows is nil.
	add(v *vector.Vector, rows []int32)
	// finish gives the column with its rows in order; nil keeps the order.
	finish(order []int32) *field
	// bytes is about what is held; rows is how many values there are.
	bytes() int64
	rows() int
}

func newGatherer(t types.Type) gatherer {
	switch t {
	case types.String:
		return newTextGather()
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return &intGather{typ: t}
	case types.Dynamic, types.Unknown:
		return newDynGather()
	}
	return &anyGather{typ: t, b: vector.NewBuilder(t, 0)}
}

// intGather gathers whole numbers and times.
type intGather struct {
	typ  types.Type
	vals []int64
	null []int32 // rows without a value
}

func (g *intGather) bytes() int64 { return int64(len(g.vals)) * 8 }
func (g *intGather) rows() int    { return len(g.vals) }

func (g *intGather) add(v *vector.Vector, rows []int32) {
	if v.Form == vector.Flat && v.Valid == nil && rows == nil {
		g.vals = append(g.vals, v.Ints...)
		return
	}
	n := len(rows)
	if rows == nil {
		n = v.N
	}
	for k := range n {
		i := row(rows, k)
		if v.IsNull(i) {
			g.null = append(g.null, int32(len(g.vals)))
			g.vals = append(g.vals, 0)
			continue
		}
		g.vals = append(g.vals, v.Int(i))
	}
}

func (g *intGather) finish(order []int32) *field {
	f := &field{typ: g.typ, n: len(g.vals), ints: reorder(g.vals, order)}
	f.setNulls(g.null, order)
	if len(g.null) > 0 {
		// A null keeps the value before it, which costs no bits.
		last := int64(0)
		for i := range f.ints {
			if !f.valid.Get(i) {
				f.ints[i] = last
			}
			last = f.ints[i]
		}
	}
	return f
}

// anyGather gathers the types that are rare in logs.
type anyGather struct {
	typ types.Type
	b   *vector.Builder
}

func (g *anyGather) bytes() int64 { return int64(g.b.Len()) * 24 }
func (g *anyGather) rows() int    { return g.b.Len() }

func (g *anyGather) add(v *vector.Vector, rows []int32) {
	n := len(rows)
	if rows == nil {
		n = v.N
	}
	for k := range n {
		g.b.AppendFrom(v, row(rows, k))
	}
}

func (g *anyGather) finish(order []int32) *field {
	v := g.b.Done()
	if order != nil {
		v = v.Gather(order)
	}
	// As a dictionary if values repeat, or if there is no other form.
	index := map[any]uint32{}
	codes := make([]uint32, v.N)
	vals := vector.NewBuilder(g.typ, 0)
	for i := range codes {
		var key any
		if !v.IsNull(i) {
			switch g.typ {
			case types.Bool:
				key = v.Bool(i)
			case types.Real:
				key = math.Float64bits(v.Real(i))
			case types.Guid:
				key = v.Guid(i)
			default:
				key = vector.DecimalText(v.Dec(i))
			}
		}
		c, ok := index[key]
		if !ok {
			c = uint32(len(index))
			index[key] = c
			vals.AppendFrom(v, i)
		}
		codes[i] = c
	}
	if len(index) > 256 && len(index)*4 > v.N && (g.typ == types.Real || g.typ == types.Guid) {
		return &field{typ: g.typ, n: v.N, reals: v.Reals, guids: v.Guids, valid: v.Valid}
	}
	return &field{typ: g.typ, n: v.N, codes: codes, values: vals.Done()}
}

// dynGather gathers a dynamic column. Equal documents are kept once.
type dynGather struct {
	index map[string]uint32
	vals  []dynamic.Value
	codes []uint32
	size  int64
	apart bool // documents hardly repeat: they are no longer compared
	buf   []byte
}

func newDynGather() *dynGather { return &dynGather{index: map[string]uint32{}} }

func (g *dynGather) bytes() int64 { return g.size + int64(len(g.codes))*4 }
func (g *dynGather) rows() int    { return len(g.codes) }

func (g *dynGather) add(v *vector.Vector, rows []int32) {
	n := len(rows)
	if rows == nil {
		n = v.N
	}
	var memo []uint32
	if v.Form == vector.Dict {
		memo = make([]uint32, v.Values.N)
	}
	for k := range n {
		i := row(rows, k)
		if memo == nil {
			g.codes = append(g.codes, g.code(v.Dyn(i)))
			continue
		}
		x := v.Codes[i]
		if memo[x] == 0 {
			memo[x] = g.code(v.Values.Dyns[x]) + 1
		}
		g.codes = append(g.codes, memo[x]-1)
	}
	if !g.apart && len(g.codes) >= tryRows && len(g.vals)*10 > len(g.codes)*7 {
		g.apart, g.index = true, nil
	}
}

func (g *dynGather) code(d dynamic.Value) uint32 {
	if !g.apart {
		// Unread JSON text stands for the value; it begins with { or [, which
		// are no kinds.
		if text, ok := d.Unread(); ok {
			g.buf = append(g.buf[:0], text...)
		} else {
			g.buf = d.AppendBinary(g.buf[:0])
		}
		if c, ok := g.index[string(g.buf)]; ok {
			return c
		}
		g.index[string(g.buf)] = uint32(len(g.vals))
		g.size += int64(len(g.buf)) + 64
	}
	c := uint32(len(g.vals))
	d = d.Detach()
	g.vals = append(g.vals, d)
	g.size += 48 + d.Bytes()
	return c
}

func (g *dynGather) finish(order []int32) *field {
	return shred(g.vals, reorder(g.codes, order))
}
