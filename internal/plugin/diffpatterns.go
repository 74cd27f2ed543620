package plugin

import (
	"math"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// diffpatterns looks at every closed pattern, takes the one with the largest
// difference between the sets, then the next that is no part of one taken, and
// so on.
var _ = plugin(Plugin{
	Name:    "diffpatterns",
	Summary: "Finds patterns of values that are more frequent in one of two sets than in the other.",
	Columns: segmentColumns(append(longs("SegmentId", "CountA", "CountB"), reals("PercentA", "PercentB", "PercentDiffAB")...)...),
	Whole:   true,
	Tilde:   true,
	All:     diffPatterns,
	Status:  fn.Partial,
	Reason:  "counts are exact; which patterns are chosen is not published in full, so the service may choose others",
})

// mostCovered is the share of a pattern's rows that may lie in one already
// taken.
const mostCovered = 0.8

func diffPatterns(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	least, err := u.ratio("Threshold", usualRatio, leastRatio)
	if err != nil {
		return nil, err
	}
	deep := u.integer("MaxDimensions", int64(len(in.Cols)))
	if deep < 1 {
		return nil, argErrorf(u.Arg("MaxDimensions"), "MaxDimensions is at least 1")
	}
	split := u.Arg("SplitColumn")
	side, err := sides(r, in.Args[split.Index], u.text("SplitValueA", ""), u.text("SplitValueB", ""))
	if err != nil {
		return nil, err
	}
	b, err := newBaskets(r, in, least, u.skipped("WeightColumn", "SplitColumn"), side)
	if err != nil {
		return nil, err
	}
	d := &difference{b: b}
	for i, w := range b.weight {
		d.total[b.side[i]] += w
	}
	var list []*pattern
	enough := func(p *pattern) bool {
		// No part of p can differ by more than p has.
		c := d.percent(p)
		return max(c[0], c[1]) >= 100*least
	}
	err = b.search(r.Ctx, int(min(deep, int64(len(in.Cols)))), enough, func(p *pattern) {
		c := d.percent(p)
		if p.score = math.Abs(c[0] - c[1]); p.score >= 100*least {
			list = append(list, p)
		}
	})
	if err != nil {
		return nil, err
	}
	byScore(list)
	return b.segments(u, in, d.choose(list),
		func(p *pattern) vector.Datum { return longDatum(d.count(p)[0]) },
		func(p *pattern) vector.Datum { return longDatum(d.count(p)[1]) },
		func(p *pattern) vector.Datum { return realDatum(d.percent(p)[0]) },
		func(p *pattern) vector.Datum { return realDatum(d.percent(p)[1]) },
		func(p *pattern) vector.Datum { return realDatum(p.score) }), nil
}

// sides says for each row whether it belongs to set A (0), B (1) or neither.
func sides(r *Run, v *vector.Vector, a, b string) ([]int8, error) {
	text, err := convert(r.Env, v, types.String)
	if err != nil {
		return nil, err
	}
	out := make([]int8, v.N)
	for i := range out {
		switch text.Str(i) {
		case a:
		case b:
			out[i] = 1
		default:
			out[i] = -1
		}
	}
	return out, nil
}

// difference compares two sets.
type difference struct {
	b     *baskets
	total [2]float64
}

func (d *difference) count(p *pattern) (c [2]float64) {
	for _, r := range p.rows {
		c[d.b.side[r]] += d.b.weight[r]
	}
	return c
}

func (d *difference) percent(p *pattern) [2]float64 {
	c := d.count(p)
	for i := range c {
		if d.total[i] > 0 {
			c[i] = 100 * c[i] / d.total[i]
		}
	}
	return c
}

// choose takes patterns from the best on that say something new: neither part
// of a pattern taken nor wider than it, and not the same rows for the most.
func (d *difference) choose(list []*pattern) []*pattern {
	var out []*pattern
	for _, p := range list {
		fresh := true
		for _, q := range out {
			if within(p, q) || within(q, p) || d.shared(p, q) > mostCovered*p.weight {
				fresh = false
				break
			}
		}
		if fresh {
			out = append(out, p)
		}
	}
	return out
}

// within says whether p has all values of q.
func within(p, q *pattern) bool {
	for k, v := range q.value {
		if v != free && p.value[k] != v {
			return false
		}
	}
	return true
}

// shared is the weight of the baskets of p that are q's too.
func (d *difference) shared(p, q *pattern) float64 {
	w := 0.0
	for _, r := range p.rows {
		if d.b.fits(r, q.value) {
			w += d.b.weight[r]
		}
	}
	return w
}
