package vector

import "math/bits"

// Bitmap is a set of row numbers. A nil Bitmap is the empty set when read.
type Bitmap []uint64

// NewBitmap makes an empty set that can hold the rows below n.
func NewBitmap(n int) Bitmap { return make(Bitmap, (n+63)/64) }

// FullBitmap makes the set of all rows below n.
func FullBitmap(n int) Bitmap {
	b := NewBitmap(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	if n%64 != 0 {
		b[len(b)-1] = 1<<(n%64) - 1
	}
	return b
}

// Get says whether i is in the set.
func (b Bitmap) Get(i int) bool {
	w := i >> 6
	return w < len(b) && b[w]>>(i&63)&1 != 0
}

// Set puts i in.
func (b Bitmap) Set(i int) { b[i>>6] |= 1 << (i & 63) }

// Clear takes i out.
func (b Bitmap) Clear(i int) { b[i>>6] &^= 1 << (i & 63) }

// Count is the number of members.
func (b Bitmap) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}
