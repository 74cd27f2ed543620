package segment

import (
	"encoding/binary"
	"math/bits"
)

// Packed numbers stand in width bits each, the lowest first. Behind them are
// slack bytes, so that each can be read with one load of 8 bytes.
const slack = 8

// packedSize is the bytes that n numbers of a width take with their slack.
func packedSize(n, width int) int {
	if width == 0 {
		return 0
	}
	return (n*width+7)/8 + slack
}

// pack appends numbers below 1<<width. A width above 56 is written as 64.
func pack(b []byte, nums []uint64, width int) []byte {
	if width == 0 {
		return b
	}
	if width == 64 {
		for _, x := range nums {
			b = binary.LittleEndian.AppendUint64(b, x)
		}
		return append(b, make([]byte, slack)...)
	}
	start := len(b)
	b = append(b, make([]byte, packedSize(len(nums), width))...)
	out := b[start:]
	for i, x := range nums {
		at := i * width
		p := out[at>>3:]
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)|x<<(at&7))
	}
	return b
}

// widthOf is how many bits numbers up to max need; what one load cannot give
// is rounded up to 64.
func widthOf(max uint64) int {
	w := bits.Len64(max)
	if w > 56 {
		return 64
	}
	return w
}

// unpack reads n numbers into out, which has that length.
func unpack(b []byte, width int, out []uint64) bool {
	if len(b) < packedSize(len(out), width) {
		return false
	}
	switch width {
	case 0:
		clear(out)
		return true
	case 64:
		for i := range out {
			out[i] = binary.LittleEndian.Uint64(b[i*8:])
		}
		return true
	}
	mask := uint64(1)<<width - 1
	at := 0
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7) & mask
		at += width
	}
	return true
}

// unpackCodes reads len(out) codes and gives the largest.
func unpackCodes(b []byte, width int, base uint32, out []int32) (top uint32, ok bool) {
	if width > 32 || len(b) < packedSize(len(out), width) {
		return 0, false
	}
	switch width {
	case 0:
		for i := range out {
			out[i] = int32(base)
		}
		return base, true
	case 8:
		b = b[:len(out)]
		for i, c := range b {
			x := uint32(c) + base
			out[i] = int32(x)
			top = max(top, x)
		}
		return top, true
	case 16:
		for i := range out {
			x := uint32(binary.LittleEndian.Uint16(b[2*i:])) + base
			out[i] = int32(x)
			top = max(top, x)
		}
		return top, true
	}
	mask := uint64(1)<<width - 1
	i, at := 0, 0
	if width <= 14 { // four numbers a load
		w := uint(width)
		for ; i+4 <= len(out); i += 4 {
			x := binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7)
			at += 4 * width
			o := out[i : i+4 : i+4]
			c0, c1, c2, c3 := uint32(x&mask)+base, uint32(x>>w&mask)+base, uint32(x>>(2*w)&mask)+base, uint32(x>>(3*w)&mask)+base
			o[0], o[1], o[2], o[3] = int32(c0), int32(c1), int32(c2), int32(c3)
			top = max(top, c0, c1, c2, c3)
		}
	}
	for ; i < len(out); i++ {
		x := uint32(binary.LittleEndian.Uint64(b[at>>3:])>>(at&7)&mask) + base
		at += width
		out[i] = int32(x)
		top = max(top, x)
	}
	return top, true
}
