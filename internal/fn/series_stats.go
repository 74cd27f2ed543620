package fn

import (
	"math"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// overSeries makes the row of a function that gives one number for a series;
// elements that are no numbers give null.
func overSeries(name, summary string, f func(x []float64) float64) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles,
		Kernel: each(func(args []dynamic.Value) (float64, bool) {
			x, ok := numbersOf(args[0])
			if !ok {
				return 0, false
			}
			return f(x), true
		}),
	})
}

var (
	_ = overSeries("series_product", "Multiplies the elements of a series.", func(x []float64) float64 {
		p := 1.0
		for _, f := range x {
			p *= f
		}
		return p
	})
	_ = overSeries("series_magnitude", "Gives the Euclidean length of a series as a vector.", func(x []float64) float64 { return math.Sqrt(dot(x, x)) })
)

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range min(len(x), len(y)) {
		sum += x[i] * y[i]
	}
	return sum
}

// paired gives the numbers of two series that stand in the same places, up to
// the end of the shorter one; ok is false when a series is missing or empty.
func paired(a, b dynamic.Value) (x, y []float64, ok bool) {
	p, ok1 := sideOf(a)
	q, ok2 := sideOf(b)
	if !ok1 || !ok2 || p.one && q.one {
		return nil, nil, false
	}
	n := min(len(p.items), len(q.items))
	switch {
	case p.one:
		n = len(q.items)
	case q.one:
		n = len(p.items)
	}
	for i := range n {
		f, ok1 := numberIn(p.at(i))
		g, ok2 := numberIn(q.at(i))
		if ok1 && ok2 {
			x, y = append(x, f), append(y, g)
		}
	}
	return x, y, n > 0
}

var _ = scalar(Scalar{
	Name: "series_dot_product", Summary: "Adds up the products of the elements of two series.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (float64, bool) {
		x, y, ok := paired(args[0], args[1])
		return dot(x, y), ok
	}),
})

// series_cosine_similarity takes the lengths of the vectors as given when they
// are, which saves computing them for every pair.
var _ = scalar(Scalar{
	Name: "series_cosine_similarity", Summary: "Gives the cosine of the angle between two series as vectors.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (float64, bool) {
		if args[0].Kind() != dynamic.Array || args[1].Kind() != dynamic.Array {
			return 0, false
		}
		x, y, ok := paired(args[0], args[1])
		lx, ly := math.Sqrt(dot(x, x)), math.Sqrt(dot(y, y))
		for i, l := range []*float64{&lx, &ly} {
			if len(args) > i+2 && !args[i+2].IsNull() {
				*l, _ = args[i+2].Number()
			}
		}
		return dot(x, y) / (lx * ly), ok
	}),
})

var _ = scalar(Scalar{
	Name: "series_pearson_correlation", Summary: "Gives the correlation of two series.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (float64, bool) {
		x, ok1 := numbersOf(args[0])
		y, ok2 := numbersOf(args[1])
		if !ok1 || !ok2 || len(x) != len(y) || len(x) == 0 {
			return 0, false
		}
		return pearson(x, y), true
	}),
})

func pearson(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}

func total(x []float64) float64 {
	sum := 0.0
	for _, f := range x {
		sum += f
	}
	return sum
}

func mean(x []float64) float64 { return total(x) / float64(len(x)) }

// variance is that of a sample; of one element it is 0.
func variance(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	m, sum := mean(x), 0.0
	for _, f := range x {
		sum += (f - m) * (f - m)
	}
	return sum / float64(len(x)-1)
}

// statNames are the statistics in the order series_stats() gives them.
var statNames = []string{"min", "min_idx", "max", "max_idx", "avg", "stdev", "variance", "sum", "len"}

// seriesStats computes all statistics. An element that is null or not finite
// makes them null, or is passed over with ignore.
func seriesStats(v dynamic.Value, ignore bool) []dynamic.Value {
	out := make([]dynamic.Value, len(statNames))
	if v.Kind() != dynamic.Array {
		return out
	}
	var x []float64
	lo, hi := -1, -1
	low, high := math.Inf(1), math.Inf(-1)
	for i, it := range v.Items() {
		f, ok := numberIn(it)
		if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
			if !ignore {
				return out
			}
			continue
		}
		if f < low {
			lo, low = i, f
		}
		if f > high {
			hi, high = i, f
		}
		x = append(x, f)
	}
	if len(x) == 0 {
		return out
	}
	spread := variance(x)
	long := func(i int) dynamic.Value { return dynamic.FromLong(int64(i)) }
	copy(out, []dynamic.Value{
		dynamic.FromReal(low), long(lo), dynamic.FromReal(high), long(hi), dynamic.FromReal(mean(x)),
		dynamic.FromReal(math.Sqrt(spread)), dynamic.FromReal(spread), dynamic.FromReal(total(x)), long(len(x)),
	})
	return out
}

// ignoring reads the optional argument at i as a flag.
func ignoring(args []dynamic.Value, i int) bool {
	return len(args) > i && args[i].Kind() == dynamic.Bool && args[i].Bool()
}

var _ = scalar(Scalar{
	Name: "series_stats", Summary: "Gives minimum, maximum, average and spread of a series.", Nulls: Handles, Type: isDynamic,
	Parts: []types.Column{
		{Name: "min", Type: types.Real}, {Name: "min_idx", Type: types.Long}, {Name: "max", Type: types.Real}, {Name: "max_idx", Type: types.Long},
		{Name: "avg", Type: types.Real}, {Name: "stdev", Type: types.Real}, {Name: "variance", Type: types.Real},
	},
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		return dynamic.FromArray(seriesStats(args[0], ignoring(args, 1))[:7])
	}),
})

var _ = scalar(Scalar{
	Name: "series_stats_dynamic", Summary: "Gives minimum, maximum, average and spread of a series as a bag.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		stats := seriesStats(args[0], ignoring(args, 1))
		if stats[0].IsNull() {
			return dynamic.NullValue
		}
		return dynamic.FromBag(statNames, stats)
	}),
})
