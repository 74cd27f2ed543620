package fn

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"goshawk/internal/vector"
)

// betaRow makes the row of a function of the beta distribution: NaN when x is
// outside 0 to 1 or a parameter is not positive.
func betaRow(name, summary string, f func(x, a, b float64) float64) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			x, a, b := reals(args[0]), reals(args[1]), reals(args[2])
			return collect(c, nonNull(args, c.N), func(i int) (float64, bool) {
				if x, a, b := x.at(i), a.at(i), b.at(i); x >= 0 && x <= 1 && a > 0 && b > 0 {
					return f(x, a, b), true
				}
				return math.NaN(), true
			}), nil
		},
	})
}

var (
	_ = betaRow("beta_pdf", "Gives the density of the beta distribution.", func(x, a, b float64) float64 {
		la, _ := math.Lgamma(a)
		lb, _ := math.Lgamma(b)
		lab, _ := math.Lgamma(a + b)
		return math.Exp(lab-la-lb) * math.Pow(x, a-1) * math.Pow(1-x, b-1)
	})
	_ = betaRow("beta_cdf", "Gives the share of the beta distribution below a value.", func(x, a, b float64) float64 {
		return mathext.RegIncBeta(a, b, x)
	})
)

// beta_inv is null for what is no probability, and NaN for parameters that are
// not positive, as the documentation prints.
var _ = scalar(Scalar{
	Name: "beta_inv", Summary: "Gives the value below which a share of the beta distribution lies.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		p, a, b := reals(args[0]), reals(args[1]), reals(args[2])
		return collect(c, nonNull(args, c.N), func(i int) (float64, bool) {
			p, a, b := p.at(i), a.at(i), b.at(i)
			switch {
			case !(p > 0 && p <= 1):
				return 0, false
			case !(a > 0 && b > 0):
				return math.NaN(), true
			}
			return mathext.InvRegIncBeta(a, b, p), true
		}), nil
	},
})

// welch_test gives the probability, on both sides, that two samples of equal
// means differ as much as these.
var _ = scalar(Scalar{
	Name: "welch_test", Summary: "Gives the probability that two samples come from distributions of equal mean.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		var v [6]view[float64]
		for k := range v {
			v[k] = reals(args[k])
		}
		return collect(c, nonNull(args, c.N), func(i int) (float64, bool) {
			return welch(v[0].at(i), v[1].at(i), v[2].at(i), v[3].at(i), v[4].at(i), v[5].at(i)), true
		}), nil
	},
})

func welch(mean1, variance1, n1, mean2, variance2, n2 float64) float64 {
	a, b := variance1/n1, variance2/n2
	if !(a >= 0 && b >= 0 && a+b > 0 && n1 > 1 && n2 > 1) {
		return math.NaN()
	}
	t := (mean1 - mean2) / math.Sqrt(a+b)
	freedom := (a + b) * (a + b) / (a*a/(n1-1) + b*b/(n2-1))
	return mathext.RegIncBeta(freedom/2, 0.5, freedom/(freedom+t*t))
}
