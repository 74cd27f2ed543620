package plugin

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func sortRows(rows []int32) { slices.Sort(rows) }

// gatherOuter is the entries of v at rows, null (or empty) where a row is
// negative.
func gatherOuter(v *vector.Vector, rows []int32) *vector.Vector {
	outer := false
	for _, r := range rows {
		outer = outer || r < 0
	}
	if !outer {
		return v.Gather(rows)
	}
	b := vector.NewBuilder(v.Type, len(rows))
	for _, r := range rows {
		if r < 0 {
			b.AppendNull()
		} else {
			b.AppendFrom(v, int(r))
		}
	}
	return b.Done()
}

// unused is name, or name with the first number that makes it new.
func unused(taken map[string]bool, name string) string {
	if !taken[name] {
		return name
	}
	for i := 1; ; i++ {
		if n := name + strconv.Itoa(i); !taken[n] {
			return n
		}
	}
}

// groups numbers the distinct keys of rows in the order they are first seen.
type groups struct {
	of    []int32 // the group of each row
	first []int32 // the first row of each group
	n     int32
}

func newGroups(keys []*vector.Vector, n int) *groups {
	g := &groups{of: make([]int32, n), first: []int32{}}
	index := map[string]int32{}
	var buf []byte
	for i := range n {
		buf = buf[:0]
		for _, k := range keys {
			buf = appendKey(buf, k, i)
		}
		id, ok := index[string(buf)]
		if !ok {
			id = g.n
			g.n++
			index[string(buf)] = id
			g.first = append(g.first, int32(i))
		}
		g.of[i] = id
	}
	return g
}

// appendKey appends bytes that are equal exactly for equal entries of columns
// of one type.
func appendKey(b []byte, v *vector.Vector, i int) []byte {
	switch v.Type {
	case types.String:
		s := v.Str(i)
		return append(binary.AppendUvarint(b, uint64(len(s))), s...)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		if !v.IsNull(i) {
			return binary.LittleEndian.AppendUint64(append(b, 1), uint64(v.Int(i)))
		}
		return append(b, 0)
	case types.Real:
		if !v.IsNull(i) {
			f := v.Real(i)
			if f == 0 {
				f = 0 // minus zero is zero
			}
			return binary.LittleEndian.AppendUint64(append(b, 1), math.Float64bits(f))
		}
		return append(b, 0)
	}
	key := v.ToDynamic(i).AppendKey(nil)
	return append(binary.AppendUvarint(b, uint64(len(key))), key...)
}
