package fn

import (
	"math/bits"
	"strconv"

	"goshawk/internal/dynamic"
	"goshawk/internal/vector"
)

// ipv4_range_to_cidr_list takes the largest network that begins at the first
// address, and goes on behind it.
var _ = scalar(Scalar{
	Name: "ipv4_range_to_cidr_list", Summary: "Covers a range of IPv4 addresses with networks.", Nulls: Handles,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		from, to := texts(args[0]), texts(args[1])
		return collect(c, nil, func(i int) (dynamic.Value, bool) {
			a, ok1 := parseV4(from.at(i))
			b, ok2 := parseV4(to.at(i))
			if !ok1 || !ok2 {
				return dynamic.NullValue, true
			}
			return dynamic.FromStrings(networksBetween(a.word(a.bits), b.word(b.bits))), true
		}), nil
	},
})

func networksBetween(from, to int64) []string {
	out := []string{}
	for from <= to {
		size := 32
		if from != 0 {
			size = bits.TrailingZeros64(uint64(from))
		}
		size = min(size, bits.Len64(uint64(to-from+1))-1, 32)
		out = append(out, v4Text(from)+"/"+strconv.Itoa(32-size))
		from += 1 << size
	}
	return out
}
