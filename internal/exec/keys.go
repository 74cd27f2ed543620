package exec

import (
	"encoding/binary"
	"math"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// keyIndex numbers the distinct keys of a join. A null equals a null; strings
// compare byte for byte.
type keyIndex struct {
	ints map[int64]int32
	strs map[string]int32
	null int32 // the number of the null key of a single integer column, -1 without
	n    int32
	// bytes estimates what the maps hold.
	bytes int64
}

// noKey is the number of a key that the index does not hold.
const noKey = int32(-1)

// entryBytes is what a map entry costs beside its text.
const entryBytes = 48

func newKeyIndex() *keyIndex {
	return &keyIndex{ints: map[int64]int32{}, strs: map[string]int32{}, null: noKey}
}

// numbers gives the number of the key of each of n rows; insert adds what is
// new, else a key that is not there is noKey.
func (x *keyIndex) numbers(keys []*vector.Vector, n int, insert bool) []int32 {
	out := make([]int32, n)
	if len(keys) == 1 {
		x.single(keys[0], out, insert)
		return out
	}
	var buf []byte
	for i := range out {
		buf = buf[:0]
		for _, k := range keys {
			buf = appendKey(buf, k, i)
		}
		out[i] = x.text(buf, insert)
	}
	return out
}

// single numbers one column; a dictionary's entry is looked up once.
func (x *keyIndex) single(v *vector.Vector, out []int32, insert bool) {
	switch {
	case v.Form == vector.Const && len(out) > 0:
		id := x.one(v, 0, nil, insert)
		for i := range out {
			out[i] = id
		}
	case v.Form == vector.Dict && v.Values.N <= 2*len(out):
		const unseen = int32(-2)
		memo := make([]int32, v.Values.N)
		for i := range memo {
			memo[i] = unseen
		}
		for i, c := range v.Codes {
			if memo[c] == unseen {
				memo[c] = x.one(v.Values, int(c), nil, insert)
			}
			out[i] = memo[c]
		}
	default:
		var buf []byte
		for i := range out {
			out[i] = x.one(v, i, &buf, insert)
		}
	}
}

// one numbers entry i of a single key column.
func (x *keyIndex) one(v *vector.Vector, i int, buf *[]byte, insert bool) int32 {
	switch v.Type {
	case types.Int, types.Long, types.Datetime, types.Timespan:
		if v.IsNull(i) {
			if x.null == noKey && insert {
				x.null = x.next(0)
			}
			return x.null
		}
		k := v.Int(i)
		id, ok := x.ints[k]
		if ok {
			return id
		}
		if !insert {
			return noKey
		}
		id = x.next(0)
		x.ints[k] = id
		return id
	case types.String:
		s := v.Str(i)
		id, ok := x.strs[s]
		if ok {
			return id
		}
		if !insert {
			return noKey
		}
		id = x.next(len(s))
		x.strs[s] = id
		return id
	}
	var own []byte
	if buf == nil {
		buf = &own
	}
	*buf = appendKey((*buf)[:0], v, i)
	return x.text(*buf, insert)
}

func (x *keyIndex) text(key []byte, insert bool) int32 {
	id, ok := x.strs[string(key)]
	if ok {
		return id
	}
	if !insert {
		return noKey
	}
	id = x.next(len(key))
	x.strs[string(key)] = id
	return id
}

func (x *keyIndex) next(size int) int32 {
	x.n++
	x.bytes += int64(size) + entryBytes
	return x.n - 1
}

// appendKey appends bytes that are equal exactly for equal entries of columns
// of one type; int and long are one type here.
func appendKey(b []byte, v *vector.Vector, i int) []byte {
	if v.Type != types.String && v.IsNull(i) {
		return append(b, 0)
	}
	b = append(b, 1)
	switch v.Type {
	case types.Bool:
		if v.Bool(i) {
			return append(b, 1)
		}
		return append(b, 0)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return binary.LittleEndian.AppendUint64(b, uint64(v.Int(i)))
	case types.Real:
		f := v.Real(i)
		if f == 0 {
			f = 0 // minus zero is zero
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	case types.String:
		s := v.Str(i)
		b = binary.AppendUvarint(b, uint64(len(s)))
		return append(b, s...)
	case types.Guid:
		g := v.Guid(i)
		return append(b, g[:]...)
	case types.Decimal:
		var d apd.Decimal
		d.Reduce(v.Dec(i)) // 1.0 is 1
		s := d.String()
		b = binary.AppendUvarint(b, uint64(len(s)))
		return append(b, s...)
	}
	key := v.Dyn(i).AppendKey(nil)
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(b, key...)
}
