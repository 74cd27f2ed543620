package fn

import (
	"math"
	"strconv"
	"strings"

	"goshawk/internal/vector"
)

var byteUnits = []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}

// format_bytes steps by 1024 and drops zeros behind the point.
var _ = scalar(Scalar{
	Name: "format_bytes", Summary: "Writes a number of bytes with a unit, such as 19 MB.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		size, digits, want := reals(args[0]), int64(0), -1
		if len(args) > 1 {
			digits = min(max(ints(args[1]).at(0), 0), 15)
		}
		if len(args) > 2 && constText(args[2]) != "" {
			for k, u := range byteUnits {
				if u == constText(args[2]) {
					want = k
				}
			}
			if want < 0 {
				return nil, Errorf("format_bytes() knows no unit %q", constText(args[2]))
			}
		}
		return collect(c, nonNull(args, c.N), func(i int) (string, bool) {
			x, k := size.at(i), 0
			for k < want || want < 0 && math.Abs(x) >= 1024 && k < len(byteUnits)-1 {
				x /= 1024
				k++
			}
			s := strconv.FormatFloat(roundTo(x, digits), 'f', int(digits), 64)
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			return s + " " + byteUnits[k], true
		}), nil
	},
})
