package segment

import (
	"encoding/binary"
	"math/bits"
	"slices"
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

// readCodes reads a block of a stream whose codes are below limit.
func readCodes(b []byte, out []int32, limit int) error {
	c := cutter{b: b}
	lo, width := c.uvarint(), int(c.byte())
	if c.failed || lo >= uint64(limit) {
		return damagef("", "the codes are cut or out of range")
	}
	raw := []byte(nil)
	if width > 0 {
		var err error
		if raw, err = unsqueeze(c.b); err != nil {
			return err
		}
	}
	top, ok := unpackCodes(raw, width, uint32(lo), out)
	if !ok || int64(top) >= int64(limit) {
		return damagef("", "the codes are cut or out of range")
	}
	return nil
}
