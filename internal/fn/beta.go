package fn

import (
	"math"

	"goshawk/internal/vector"
)

// beta_pdf is NaN outside 0 to 1 and for parameters that are not positive.
var _ = scalar(Scalar{
	Name: "beta_pdf", Summary: "Gives the density of the beta distribution.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		x, a, b := reals(args[0]), reals(args[1]), reals(args[2])
		return collect(c, nonNull(args, c.N), func(i int) (float64, bool) { return betaDensity(x.at(i), a.at(i), b.at(i)), true }), nil
	},
})

func betaDensity(x, a, b float64) float64 {
	if !(x >= 0 && x <= 1 && a > 0 && b > 0) {
		return math.NaN()
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	return math.Exp(lab-la-lb) * math.Pow(x, a-1) * math.Pow(1-x, b-1)
}
