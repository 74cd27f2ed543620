package exec

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// normal is a sort key as numbers: a smaller number comes first. When it is
// not exact, equal numbers may belong to different values.
type normal struct {
	codes []uint64
	width int // bits of the largest
	exact bool
}

// sortRows puts the rows below n in the order of the keys; equal rows stay as
// they are. Keys become numbers, which are sorted by their digits; only what
// numbers cannot tell apart is compared.
func sortRows(keys []*vector.Vector, plans []plan.Key, n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	if n < 2 || len(keys) == 0 {
		return rows
	}
	packed := make([]uint64, n)
	used, width := 0, 0 // keys that packed decides, and its bits
	for k, v := range keys {
		x := normalize(v, &plans[k])
		if x.width+width > 64 || !x.exact && width > 0 {
			break
		}
		for i, c := range x.codes {
			packed[i] = packed[i]<<x.width | c
		}
		width += x.width
		if !x.exact {
			break
		}
		used++
	}
	radixSort(packed, rows, width)
	if used == len(keys) {
		return rows
	}
	for lo := 0; lo < n; {
		hi := lo + 1
		for hi < n && packed[hi] == packed[lo] {
			hi++
		}
		if hi-lo > 1 {
			slices.SortStableFunc(rows[lo:hi], func(a, b int32) int {
				for k := used; k < len(keys); k++ {
					if c := compareKey(keys[k], int(a), int(b), &plans[k]); c != 0 {
						return c
					}
				}
				return 0
			})
		}
		lo = hi
	}
	return rows
}

// radixSort sorts keys below 1<<width, with the rows beside them, by 11 bits
// at a time from the lowest: as many counters as fit a core's first cache.
func radixSort(keys []uint64, rows []int32, width int) {
	const digit = 11
	keys2, rows2 := make([]uint64, len(keys)), make([]int32, len(rows))
	from, fromRows := keys, rows
	for shift := 0; shift < width; shift += digit {
		var count [1 << digit]int
		for _, k := range from {
			count[k>>shift&(1<<digit-1)]++
		}
		if count[from[0]>>shift&(1<<digit-1)] == len(from) {
			continue // all alike
		}
		at := 0
		for d, c := range count {
			count[d] = at
			at += c
		}
		for i, k := range from {
			d := k >> shift & (1<<digit - 1)
			keys2[count[d]], rows2[count[d]] = k, fromRows[i]
			count[d]++
		}
		from, keys2 = keys2, from
		fromRows, rows2 = rows2, fromRows
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
		copy(rows, fromRows)
	}
}

// normalize makes numbers of a key's values.
func normalize(v *vector.Vector, key *plan.Key) normal {
	if v.Form == vector.Const || v.N == 0 {
		return normal{codes: make([]uint64, v.N), exact: true}
	}
	if v.Form == vector.Dict {
		return dictKey(v, key)
	}
	out := normal{codes: make([]uint64, v.N), exact: true}
	switch v.Type {
	case types.Bool:
		for i := range out.codes {
			out.codes[i] = uint64(boolInt(v.Bools[i]))
		}
	case types.Int, types.Long, types.Datetime, types.Timespan:
		for i, x := range v.Ints {
			out.codes[i] = uint64(x) ^ 1<<63
		}
	case types.Real:
		for i, f := range v.Reals {
			out.codes[i] = realCode(f)
		}
	case types.String:
		out.exact = false
		for i, s := range v.Strs {
			out.codes[i] = prefixCode(s)
		}
	case types.Guid:
		out.exact = false
		for i := range v.Guids {
			out.codes[i] = binary.BigEndian.Uint64(v.Guids[i][:])
		}
	default:
		return normal{codes: out.codes}
	}
	out.finish(v.IsNull, v.Valid != nil, key)
	return out
}

// finish moves the codes to begin at 0, turns them around for a descending
// key, and puts nulls where they belong.
func (n *normal) finish(null func(int) bool, nulls bool, key *plan.Key) {
	lo, hi, some := uint64(math.MaxUint64), uint64(0), false
	for i, c := range n.codes {
		if nulls && null(i) {
			continue
		}
		lo, hi, some = min(lo, c), max(hi, c), true
	}
	if !some {
		lo, hi = 0, 0
	}
	span := hi - lo
	if nulls && span == math.MaxUint64 { // no code is left for null
		n.exact, n.width = false, 0
		clear(n.codes)
		return
	}
	first := uint64(0)
	if nulls && key.NullsFirst {
		first = 1
	}
	for i, c := range n.codes {
		switch {
		case nulls && null(i) && key.NullsFirst:
			n.codes[i] = 0
		case nulls && null(i):
			n.codes[i] = span + 1
		case key.Desc:
			n.codes[i] = hi - c + first
		default:
			n.codes[i] = c - lo + first
		}
	}
	if nulls {
		span++
	}
	n.width = bits.Len64(span)
}

// realCode keeps the order of vector.Compare: NaN first, both zeros equal.
func realCode(f float64) uint64 {
	if f != f {
		return 0
	}
	if f == 0 {
		f = 0
	}
	b := math.Float64bits(f)
	if b>>63 == 1 {
		return ^b
	}
	return b | 1<<63
}

// prefixCode is the first eight bytes of a text, zeros behind a shorter one.
func prefixCode(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

// dictKey puts the entries of a dictionary in order once, and takes their
// places for numbers.
func dictKey(v *vector.Vector, key *plan.Key) normal {
	vals := v.Values
	seen := make([]bool, vals.N)
	var entries []int32
	for _, c := range v.Codes {
		if !seen[c] {
			seen[c] = true
			entries = append(entries, c)
		}
	}
	compare := func(a, b int32) int { return compareKey(vals, int(a), int(b), key) }
	if vals.Strs != nil {
		compare = func(a, b int32) int {
			c := strings.Compare(vals.Strs[a], vals.Strs[b])
			if key.Desc {
				return -c
			}
			return c
		}
	}
	slices.SortFunc(entries, compare)
	rank := make([]uint64, vals.N)
	last := uint64(0)
	for i, e := range entries {
		if i > 0 && compare(entries[i-1], e) != 0 {
			last++
		}
		rank[e] = last
	}
	out := normal{codes: make([]uint64, v.N), width: bits.Len64(last), exact: true}
	for i, c := range v.Codes {
		out.codes[i] = rank[c]
	}
	return out
}
