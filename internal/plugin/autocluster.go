package plugin

import (
	"context"
	"math"
	"sort"

	"goshawk/internal/fn"
)

// autocluster follows what is published of the service's: seeds are the most
// frequent rows, and each is widened by giving up the value whose loss makes
// the best pattern. A pattern is good when it covers much (size) and says much
// (rare values say more). The best pattern is taken, its rows are set aside,
// and the search begins again.
var _ = plugin(Plugin{
	Name:    "autocluster",
	Summary: "Finds a few patterns of values that describe much of the rows.",
	Columns: segmentColumns(append(longs("SegmentId", "Count"), reals("Percent")...)...),
	Whole:   true,
	Tilde:   true,
	All:     autocluster,
	Status:  fn.Partial,
	Reason:  "counts are exact; which patterns are chosen is not published in full, so the service may choose others",
})

// Where autocluster ends: patterns that cover or say little are noise.
const (
	leastCover    = 0.01
	leastScore    = 0.2 // of the best pattern's
	mostClusters  = 25
	usualSeeds    = 25
	usualSizeness = 0.5
)

func autocluster(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	size, err := u.ratio("SizeWeight", usualSizeness, 0)
	if err != nil {
		return nil, err
	}
	seeds := u.integer("NumSeeds", usualSeeds)
	if seeds < 1 {
		return nil, argErrorf(u.Arg("NumSeeds"), "NumSeeds is at least 1")
	}
	b, err := newBaskets(r, in, leastCover, u.skipped("WeightColumn"), nil)
	if err != nil {
		return nil, err
	}
	score := func(p *pattern) float64 {
		says := 0.0
		for k, v := range p.value {
			if v != free {
				says += 1 - b.freq[k][v]/b.total
			}
		}
		return math.Pow(p.weight/b.total, size) * math.Pow(says/float64(len(b.cols)), 1-size)
	}
	left := b.all().rows
	var list []*pattern
	for len(left) > 0 && len(list) < mostClusters {
		best, err := b.bestCluster(r.Ctx, left, int(seeds), score)
		if err != nil {
			return nil, err
		}
		if best == nil || best.weight < leastCover*b.total || len(list) > 0 && best.score < leastScore*list[0].score {
			break
		}
		if best = b.whole(best); b.rowsOf(best) < 2 {
			break // a row is no pattern
		}
		list = append(list, best)
		left = b.not(left, best.value)
	}
	return b.segments(u, in, list, b.counted()...), nil
}

// bestCluster widens each seed and gives the best pattern met.
func (b *baskets) bestCluster(ctx context.Context, left []int32, seeds int, score func(*pattern) float64) (*pattern, error) {
	order := append([]int32(nil), left...)
	sort.SliceStable(order, func(i, j int) bool { return b.weight[order[i]] > b.weight[order[j]] })
	var best *pattern
	for _, seed := range order[:min(seeds, len(order))] {
		p := &pattern{value: make([]int32, len(b.cols))}
		for k := range p.value {
			if p.value[k] = b.cols[k][seed]; p.value[k] != free {
				p.items++
			}
		}
		for p.items > 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			var gain []float64
			p.weight, gain = b.weigh(left, p.value)
			if p.score = score(p); best == nil || p.score > best.score {
				best = p
			}
			// Give up the value whose loss leaves the best pattern.
			var next *pattern
			for k, v := range p.value {
				if v == free {
					continue
				}
				q := &pattern{value: append([]int32(nil), p.value...), weight: p.weight + gain[k], items: p.items - 1}
				q.value[k] = free
				if q.score = score(q); next == nil || q.score > next.score {
					next = q
				}
			}
			p = next
		}
	}
	return best, nil
}

// weigh is the weight of the baskets with all values, and for each column the
// weight of those that lack that column's value only.
func (b *baskets) weigh(rows []int32, value []int32) (all float64, but []float64) {
	but = make([]float64, len(value))
	for _, r := range rows {
		lacks := -1
		for k, v := range value {
			if v == free || b.cols[k][r] == v {
				continue
			}
			if lacks >= 0 {
				lacks = len(value)
				break
			}
			lacks = k
		}
		switch {
		case lacks < 0:
			all += b.weight[r]
		case lacks < len(value):
			but[lacks] += b.weight[r]
		}
	}
	return all, but
}

// with is the pattern of some values over some baskets.
func (b *baskets) with(rows []int32, value []int32) *pattern {
	p := &pattern{value: append([]int32(nil), value...)}
	for _, v := range value {
		if v != free {
			p.items++
		}
	}
	for _, r := range rows {
		if b.fits(r, value) {
			p.rows = append(p.rows, r)
			p.weight += b.weight[r]
		}
	}
	return p
}

// fits says whether a basket has the values.
func (b *baskets) fits(row int32, value []int32) bool {
	for k, v := range value {
		if v != free && b.cols[k][row] != v {
			return false
		}
	}
	return true
}

// whole is a pattern counted over all baskets.
func (b *baskets) whole(p *pattern) *pattern {
	q := b.with(b.all().rows, p.value)
	q.score = p.score
	return q
}

// rowsOf is how many input rows have the values of a pattern.
func (b *baskets) rowsOf(p *pattern) int {
	n := 0
	for _, r := range p.rows {
		n += b.count[r]
	}
	return n
}

// not leaves out the baskets with the values.
func (b *baskets) not(rows []int32, value []int32) []int32 {
	var out []int32
	for _, r := range rows {
		if !b.fits(r, value) {
			out = append(out, r)
		}
	}
	return out
}
