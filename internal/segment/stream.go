package segment

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
)

// stream is a code a row, shared by the dictionaries whose values follow from
// it.
type stream struct {
	codes []uint32
	n     int // codes are below n
}

// maxFollow is how many times more codes a stream may have than a dictionary
// that follows it: each code takes a place in a table that is made when the
// dictionary is read.
const maxFollow = 8

// layStreams gives every dictionary a stream: one of another dictionary whose
// codes decide its values, else its own. Dictionaries of one value need none.
func layStreams(fields []*field) []*stream {
	var dicts []*field
	for _, f := range fields {
		f.each(func(f *field) {
			if f.codes != nil && f.values.N > 1 {
				dicts = append(dicts, f)
			}
		})
	}
	slices.SortStableFunc(dicts, func(a, b *field) int { return b.values.N - a.values.N })
	var streams []*stream
	for _, f := range dicts {
		k := f.values.N
		for s, st := range streams {
			if st.n > maxFollow*k+64 {
				continue
			}
			if to := follows(f, st); to != nil {
				f.stream, f.byCode = s+1, to
				break
			}
		}
		if f.stream == 0 {
			streams = append(streams, &stream{codes: f.codes, n: k})
			f.stream = len(streams)
		}
	}
	return streams
}

// follows gives the value of f for each code of st, nil if st does not decide
// it.
func follows(f *field, st *stream) []uint32 {
	const unseen = ^uint32(0)
	to := make([]uint32, st.n)
	for i := range to {
		to[i] = unseen
	}
	for i, c := range st.codes {
		switch to[c] {
		case f.codes[i]:
		case unseen:
			to[c] = f.codes[i]
		default:
			return nil
		}
	}
	return to
}

// appendCodes appends one block of a stream: the lowest code, the width of
// what is above it, and the packed codes.
func appendCodes(b []byte, codes []uint32) []byte {
	lo, hi := slices.Min(codes), slices.Max(codes)
	width := bits.Len32(hi - lo)
	b = binary.AppendUvarint(b, uint64(lo))
	b = append(b, byte(width))
	if width == 0 {
		return b
	}
	nums := make([]uint64, len(codes))
	for i, c := range codes {
		nums[i] = uint64(c - lo)
	}
	return squeezeCodes(b, pack(nil, nums, width))
}

// packed is a block of a stream as it stands in the file.
type packed struct {
	raw   []byte
	width int
	base  uint32
	n     int // codes of the block
	limit int // codes are below

	// Buffers that go back to the pool.
	file, unpacked *[]byte
}

// readPacked reads the head of a block of a stream with n codes below limit.
func readPacked(b []byte, n, limit int, unpacked []byte) (p packed, err error) {
	c := cutter{b: b}
	lo := c.uvarint()
	p = packed{width: int(c.byte()), base: uint32(lo), n: n, limit: limit}
	if c.failed || lo >= uint64(limit) || p.width > 32 {
		return p, damagef("", "the codes are cut or out of range")
	}
	if p.width > 0 {
		if p.raw, err = unsqueezeTo(unpacked, c.b); err != nil {
			return p, err
		}
		if len(p.raw) < packedSize(n, p.width) {
			return p, damagef("", "the codes are cut or out of range")
		}
	}
	return p, nil
}

// all unpacks the block into out.
func (p *packed) all(out []int32) error {
	top, ok := unpackCodes(p.raw, p.width, p.base, out)
	if !ok || int64(top) >= int64(p.limit) {
		return damagef("", "the codes are cut or out of range")
	}
	return nil
}

// at unpacks the codes of some rows.
func (p *packed) at(rows []int32, out []int32) error {
	if p.width == 0 {
		for i := range out {
			out[i] = int32(p.base)
		}
		return nil
	}
	mask := uint64(1)<<p.width - 1
	top := uint32(0)
	for i, r := range rows {
		at := int(r) * p.width
		c := uint32(binary.LittleEndian.Uint64(p.raw[at>>3:])>>(at&7)&mask) + p.base
		out[i] = int32(c)
		top = max(top, c)
	}
	if int64(top) >= int64(p.limit) {
		return damagef("", "the codes are cut or out of range")
	}
	return nil
}

// filter gives the rows, among rows if that is not nil, whose code passes.
func (p *packed) filter(pass []bool, rows []int32) ([]int32, error) {
	n := p.n
	if rows != nil {
		n = len(rows)
	}
	if len(pass) < p.limit {
		return nil, damagef("", "the codes are out of range")
	}
	if p.width == 0 {
		switch {
		case !pass[p.base]:
			return []int32{}, nil
		case rows != nil:
			return rows, nil
		}
		out := make([]int32, n)
		for i := range out {
			out[i] = int32(i)
		}
		return out, nil
	}
	hold := filtered.Get().(*[]int32)
	defer filtered.Put(hold)
	if cap(*hold) < n {
		*hold = make([]int32, n)
	}
	out := (*hold)[:n]
	k := 0
	mask, width, base := uint64(1)<<p.width-1, p.width, p.base
	for i := range n {
		r := i
		if rows != nil {
			r = int(rows[i])
		}
		at := r * width
		c := uint32(binary.LittleEndian.Uint64(p.raw[at>>3:])>>(at&7)&mask) + base
		if int(c) >= len(pass) {
			return nil, damagef("", "the codes are out of range")
		}
		// Written always, kept if it passes: no branch to guess.
		out[k] = int32(r)
		if pass[c] {
			k++
		}
	}
	return append(make([]int32, 0, k), out[:k]...), nil
}

// readCodes reads a block of a stream whose codes are below limit.
func readCodes(b []byte, out []int32, limit int) error {
	p, err := readPacked(b, len(out), limit, nil)
	if err != nil {
		return err
	}
	return p.all(out)
}

// filtered and buffers are room for what does not outlive a block.
var (
	filtered = sync.Pool{New: func() any { return new([]int32) }}
	buffers  = sync.Pool{New: func() any { return new([]byte) }}
	numbers  = sync.Pool{New: func() any { return new([]int64) }}
)
