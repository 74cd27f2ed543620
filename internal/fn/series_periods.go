package fn

import (
	"cmp"
	"math"
	"slices"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// shortestPeriod is the fewest elements a period may have, as documented.
const shortestPeriod = 4

// prominence is how far the correlation must rise from the valley before a
// period. Less is taken as chance: a slow trend correlates well at any
// distance, and noise on it makes small bumps.
const prominence = 0.1

// period is a length after which a series repeats itself, and how well.
type period struct {
	length int
	score  float64
}

// correlations compares a series with itself moved by k elements, for each k.
func correlations(y []float64) []float64 {
	n := len(y)
	size := 1
	for size < 2*n {
		size *= 2
	}
	z := make([]complex128, size)
	m := mean(y)
	for i, f := range y {
		z[i] = complex(f-m, 0)
	}
	if size > 1 {
		z = radix2(z, -1)
		for i, c := range z {
			z[i] = complex(real(c)*real(c)+imag(c)*imag(c), 0)
		}
		z = radix2(z, 1)
	}
	out := make([]float64, n)
	if variance(y) == 0 {
		return out // rounding would make something of nothing
	}
	for k := range out {
		out[k] = real(z[k]) / real(z[0])
	}
	return out
}

// periodsOf finds the lengths from lo to hi at which the correlation has a
// peak, the best first. A multiple of a shorter period that repeats no better
// is that period again. Kusto's own measure is not published: the score here
// is the correlation, made up by the root of the share of the series that is
// compared.
func periodsOf(y []float64, lo, hi float64) []period {
	n := len(y)
	last := int(math.Min(hi, float64(n/2)))
	first := int(math.Max(math.Ceil(lo), shortestPeriod))
	if last < first {
		return nil
	}
	r := correlations(y)
	score := func(k int) float64 { return r[k] * math.Sqrt(float64(n)/float64(n-k)) }
	valley := math.Inf(1)
	for k := 1; k < first; k++ {
		valley = math.Min(valley, r[k])
	}
	var found []period
	for k := first; k <= last && k+1 <= n/2; k++ {
		if r[k] > 0 && r[k]-valley > prominence && isPeak(r, k) {
			found = append(found, period{k, math.Min(1, score(k))})
		}
		valley = math.Min(valley, r[k])
	}
	var kept []period
	for _, p := range found { // by length
		again := slices.ContainsFunc(kept, func(q period) bool {
			off := p.length % q.length
			return min(off, q.length-off) <= p.length/q.length/2 && p.score <= q.score
		})
		if !again {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b period) int { return cmp.Compare(b.score, a.score) })
	return kept
}

// isPeak says whether no neighbour of k within a quarter of it is higher.
func isPeak(r []float64, k int) bool {
	for d := 1; d <= max(2, k/4); d++ {
		if r[k-d] > r[k] || k+d < len(r) && r[k+d] > r[k] {
			return false
		}
	}
	return true
}

func periodParts() []types.Column { return dynamicParts("periods", "scores") }

const periodReason = "how Kusto scores a period is not published; where it was observed, 0.8406, the score here is 0.8411"

var _ = scalar(Scalar{
	Name: "series_periods_detect", Summary: "Finds the lengths after which a series repeats itself.", Nulls: Handles, Type: isDynamic,
	Parts: periodParts(), Status: Partial, Reason: periodReason,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		y, ok := numbersOf(args[0])
		lo, ok1 := args[1].Number()
		hi, ok2 := args[2].Number()
		if !ok || !ok1 || !ok2 || args[3].IsNull() || args[3].Long() < 0 {
			return dynamic.NullValue
		}
		found := periodsOf(y, lo, hi)
		n := min(int(args[3].Long()), max(1, len(y)/2))
		periods, scores := make([]float64, n), make([]float64, n)
		for i := range min(n, len(found)) {
			periods[i], scores[i] = float64(found[i].length), found[i].score
		}
		return dynamic.FromArray([]dynamic.Value{seriesOf(periods), seriesOf(scores)})
	}),
})

var _ = scalar(Scalar{
	Name: "series_periods_validate", Summary: "Says how well a series repeats itself after given lengths.", Nulls: Handles, Type: isDynamic,
	Parts: periodParts(), Status: Partial, Reason: periodReason,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		y, ok := numbersOf(args[0])
		if !ok {
			return dynamic.NullValue
		}
		found := periodsOf(y, shortestPeriod, float64(len(y)))
		var periods, scores []float64
		for _, a := range args[1:] {
			p, _ := a.Number()
			score := 0.0
			for _, f := range found {
				if math.Abs(float64(f.length)-p) < 1 {
					score = math.Max(score, f.score)
				}
			}
			periods, scores = append(periods, p), append(scores, score)
		}
		return dynamic.FromArray([]dynamic.Value{seriesOf(periods), seriesOf(scores)})
	}),
})
