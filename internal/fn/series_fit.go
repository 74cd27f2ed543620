package fn

import (
	"math"
	"slices"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// line is a straight line through a series; the first element stands at 1.
type line struct {
	square, slope, intercept float64
	variance, rest           float64 // of the series, and of what the line leaves
	n                        int
}

// fitLine draws the line with the least squares.
func fitLine(y []float64) line {
	l := line{n: len(y), variance: variance(y)}
	m, mx := mean(y), float64(len(y)+1)/2
	var xy, xx float64
	for i, f := range y {
		d := float64(i+1) - mx
		xy += d * (f - m)
		xx += d * d
	}
	if xx > 0 {
		l.slope = xy / xx
	}
	l.intercept = m - l.slope*mx
	rest := make([]float64, len(y))
	for i, f := range y {
		rest[i] = f - l.at(i)
	}
	l.rest = variance(rest)
	l.square = explained(l.variance, l.rest)
	return l
}

// at is the height of the line at element i, counted from 0.
func (l line) at(i int) float64 { return l.intercept + l.slope*float64(i+1) }

func (l line) points() []float64 {
	out := make([]float64, l.n)
	for i := range out {
		out[i] = l.at(i)
	}
	return out
}

// explained is the share of a variance that a fit explains; all of it when
// there is none.
func explained(variance, rest float64) float64 {
	if variance == 0 {
		return 1
	}
	return 1 - rest/variance
}

func realParts(names ...string) []types.Column {
	out := make([]types.Column, len(names))
	for i, n := range names {
		out[i] = types.Column{Name: n, Type: types.Real}
	}
	return out
}

func dynamicParts(names ...string) []types.Column {
	out := realParts(names...)
	for i := range out {
		out[i].Type = types.Dynamic
	}
	return out
}

// fitRows makes the row of a fit with several results and its twin that gives
// them as a bag; keys name the results there, a dot makes a bag inside.
func fitRows(name, summary string, parts []types.Column, nested map[string]bool, fit func(y []float64) []dynamic.Value) {
	whole := func(args []dynamic.Value) []dynamic.Value {
		y, ok := numbersOf(args[0])
		if !ok || len(y) == 0 {
			return nil
		}
		return fit(y)
	}
	scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic, Parts: parts,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			if out := whole(args); out != nil {
				return dynamic.FromArray(out)
			}
			return dynamic.NullValue
		}),
	})
	scalar(Scalar{
		Name: name + "_dynamic", Summary: summary[:len(summary)-1] + ", as a bag.", Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			if out := whole(args); out != nil {
				return fitBag(parts, nested, out)
			}
			return dynamic.NullValue
		}),
	})
}

// fitBag puts results in a bag; right_slope goes to slope of the bag right.
func fitBag(parts []types.Column, nested map[string]bool, vals []dynamic.Value) dynamic.Value {
	type group struct {
		keys []string
		vals []dynamic.Value
	}
	top, inner := group{}, map[string]*group{}
	var order []string
	for i, p := range parts {
		prefix, rest, _ := strings.Cut(p.Name, "_")
		if !nested[prefix] {
			top.keys, top.vals = append(top.keys, p.Name), append(top.vals, vals[i])
			continue
		}
		if inner[prefix] == nil {
			inner[prefix] = &group{}
			order = append(order, prefix)
		}
		g := inner[prefix]
		g.keys, g.vals = append(g.keys, rest), append(g.vals, vals[i])
	}
	for _, prefix := range order {
		top.keys, top.vals = append(top.keys, prefix), append(top.vals, dynamic.FromBag(inner[prefix].keys, inner[prefix].vals))
	}
	return dynamic.FromBag(top.keys, top.vals)
}

func fractions(x ...float64) []dynamic.Value { return seriesOf(x).Items() }

func init() {
	fitRows("series_fit_line", "Fits a straight line to a series.",
		append(realParts("rsquare", "slope", "variance", "rvariance", "interception"), dynamicParts("line_fit")...), nil,
		func(y []float64) []dynamic.Value {
			l := fitLine(y)
			return append(fractions(l.square, l.slope, l.variance, l.rest, l.intercept), seriesOf(l.points()))
		})
	sides := []string{"right_rsquare", "right_slope", "right_interception", "right_variance", "right_rvariance",
		"left_rsquare", "left_slope", "left_interception", "left_variance", "left_rvariance"}
	parts := append(realParts("rsquare"), types.Column{Name: "split_idx", Type: types.Long})
	parts = append(append(parts, realParts("variance", "rvariance")...), dynamicParts("line_fit")...)
	fitRows("series_fit_2lines", "Fits two straight lines to a series, one on each side of its best split.",
		append(parts, realParts(sides...)...), map[string]bool{"right": true, "left": true}, fitTwoLines)
}

// fitTwoLines tries each split and keeps the one whose lines leave least. The
// element at the split is the first of the right side; each side counts its
// elements from 1.
func fitTwoLines(y []float64) []dynamic.Value {
	if len(y) < 4 {
		return nil
	}
	all := variance(y)
	best, split := math.Inf(1), 2
	left := spreads(y)
	reversed := make([]float64, len(y))
	for i, f := range y {
		reversed[len(y)-1-i] = f
	}
	right := spreads(reversed)
	for s := 2; s <= len(y)-2; s++ {
		if rest := left[s] + right[len(y)-s]; rest < best {
			best, split = rest, s
		}
	}
	l, r := fitLine(y[:split]), fitLine(y[split:])
	points := append(l.points(), r.points()...)
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - points[i]
	}
	remains := variance(rest)
	out := []dynamic.Value{dynamic.FromReal(explained(all, remains)), dynamic.FromLong(int64(split)),
		dynamic.FromReal(all), dynamic.FromReal(remains), seriesOf(points)}
	for _, s := range []line{r, l} {
		out = append(out, fractions(s.square, s.slope, s.intercept, s.variance, s.rest)...)
	}
	return out
}

// spreads gives for each k the sum of squares that a line through the first k
// elements leaves, in one pass: the sums only grow by an element.
func spreads(y []float64) []float64 {
	out := make([]float64, len(y)+1)
	base := mean(y) // near 0 the sums lose fewer digits
	var sy, syy, sxy float64
	for i, f := range y {
		f -= base
		x := float64(i + 1)
		sy, syy, sxy = sy+f, syy+f*f, sxy+x*f
		k := x
		sx, sxx := k*(k+1)/2, k*(k+1)*(2*k+1)/6
		cov, spread := sxy-sx*sy/k, sxx-sx*sx/k
		out[i+1] = syy - sy*sy/k
		if spread > 0 {
			out[i+1] -= cov * cov / spread
		}
	}
	return out
}

// maxDegree bounds a polynomial: beyond it powers of any x leave the range of
// a double.
const maxDegree = 100

var _ = scalar(Scalar{
	Name: "series_fit_poly", Summary: "Fits a polynomial to a series.", Nulls: Handles, Type: isDynamic,
	Parts: append(append(append(realParts("rsquare"), dynamicParts("coefficients")...), realParts("variance", "rvariance")...), dynamicParts("poly_fit")...),
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		y, ok := numbersOf(args[0])
		if !ok || len(y) == 0 {
			return dynamic.NullValue
		}
		x := make([]float64, len(y))
		for i := range x {
			x[i] = float64(i + 1)
		}
		if len(args) > 1 && !args[1].IsNull() {
			if x, ok = numbersOf(args[1]); !ok || len(x) != len(y) {
				return dynamic.NullValue
			}
		}
		degree := 1
		if len(args) > 2 && !args[2].IsNull() {
			degree = int(args[2].Long())
		}
		if degree < 0 || degree > maxDegree || degree >= len(y) && degree > 1 {
			return dynamic.NullValue
		}
		return fitPoly(x, y, degree)
	}),
})

// fitPoly solves for the coefficients over x moved and scaled to -1 to 1,
// where powers stay apart, and then writes them for x itself.
func fitPoly(x, y []float64, degree int) dynamic.Value {
	lo, hi := x[0], x[0]
	for _, f := range x {
		lo, hi = min(lo, f), max(hi, f)
	}
	mid, half := (lo+hi)/2, (hi-lo)/2
	if half == 0 {
		half = 1
	}
	rows := make([][]float64, len(x))
	for i, f := range x {
		rows[i] = make([]float64, degree+2)
		rows[i][0] = 1
		for k := 1; k <= degree; k++ {
			rows[i][k] = rows[i][k-1] * (f - mid) / half
		}
		rows[i][degree+1] = y[i]
	}
	scaled := leastSquares(rows, degree+1)
	fit, rest := make([]float64, len(x)), make([]float64, len(x))
	for i, f := range x {
		t := (f - mid) / half
		for k := degree; k >= 0; k-- {
			fit[i] = fit[i]*t + scaled[k]
		}
		rest[i] = y[i] - fit[i]
	}
	// Horner's rule over polynomials: multiply by (x - mid) / half, add the next.
	plain := make([]float64, degree+1)
	for k := degree; k >= 0; k-- {
		for j := degree; j >= 0; j-- {
			below := 0.0
			if j > 0 {
				below = plain[j-1]
			}
			plain[j] = (below - mid*plain[j]) / half
		}
		plain[0] += scaled[k]
	}
	slices.Reverse(plain)
	all, remains := variance(y), variance(rest)
	return dynamic.FromArray([]dynamic.Value{dynamic.FromReal(explained(all, remains)), seriesOf(plain),
		dynamic.FromReal(all), dynamic.FromReal(remains), seriesOf(fit)})
}

// leastSquares solves rows of n factors and a right side by Householder
// reflections, which change rows. Factors that depend on others become 0.
func leastSquares(rows [][]float64, n int) []float64 {
	m := len(rows)
	for k := 0; k < min(n, m); k++ {
		norm := 0.0
		for i := k; i < m; i++ {
			norm = math.Hypot(norm, rows[i][k])
		}
		if norm == 0 {
			continue
		}
		if rows[k][k] > 0 {
			norm = -norm
		}
		v := make([]float64, m-k)
		for i := k; i < m; i++ {
			v[i-k] = rows[i][k]
		}
		v[0] -= norm
		square := dot(v, v)
		for j := k; j <= n; j++ {
			sum := 0.0
			for i := k; i < m; i++ {
				sum += v[i-k] * rows[i][j]
			}
			for i := k; i < m; i++ {
				rows[i][j] -= 2 * sum / square * v[i-k]
			}
		}
	}
	out := make([]float64, n)
	for k := min(n, m) - 1; k >= 0; k-- {
		sum := rows[k][n]
		for j := k + 1; j < n; j++ {
			sum -= rows[k][j] * out[j]
		}
		if math.Abs(rows[k][k]) > 1e-12 {
			out[k] = sum / rows[k][k]
		}
	}
	return out
}
