package fn

import "math/bits"

// Shifts take their count modulo 64.
var (
	_ = scalar(Scalar{Name: "binary_and", Summary: "Gives the bits both numbers have.", Kernel: lift2(func(a, b int64) int64 { return a & b })})
	_ = scalar(Scalar{Name: "binary_or", Summary: "Gives the bits either number has.", Kernel: lift2(func(a, b int64) int64 { return a | b })})
	_ = scalar(Scalar{Name: "binary_xor", Summary: "Gives the bits only one of two numbers has.", Kernel: lift2(func(a, b int64) int64 { return a ^ b })})
	_ = scalar(Scalar{Name: "binary_not", Summary: "Turns all bits of a number around.", Kernel: lift1(func(a int64) int64 { return ^a })})
	_ = scalar(Scalar{Name: "binary_shift_left", Summary: "Moves the bits of a number to the left.",
		Kernel: lift2(func(a, n int64) int64 { return a << (uint64(n) & 63) })})
	_ = scalar(Scalar{Name: "binary_shift_right", Summary: "Moves the bits of a number to the right, keeping its sign.",
		Kernel: lift2(func(a, n int64) int64 { return a >> (uint64(n) & 63) })})
	_ = scalar(Scalar{Name: "bitset_count_ones", Summary: "Counts the bits that are set.",
		Kernel: lift1(func(a int64) int64 { return int64(bits.OnesCount64(uint64(a))) })})
)
