package plugin

// basket finds every closed pattern that is frequent enough. The service finds
// its first values in a sample; here all rows are looked at.
var _ = plugin(Plugin{
	Name:    "basket",
	Summary: "Finds all patterns of values that enough rows share.",
	Columns: segmentColumns(append(longs("SegmentId", "Count"), reals("Percent")...)...),
	Whole:   true,
	Tilde:   true,
	All:     basket,
})

// The thresholds of the documentation.
const (
	leastRatio     = 0.015
	usualRatio     = 0.05
	usualDimension = 5
)

func basket(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	least, err := u.ratio("Threshold", usualRatio, leastRatio)
	if err != nil {
		return nil, err
	}
	deep := u.integer("MaxDimensions", usualDimension)
	if deep < 1 {
		return nil, argErrorf(u.Arg("MaxDimensions"), "MaxDimensions is at least 1")
	}
	b, err := newBaskets(r, in, least, u.skipped("WeightColumn"), nil)
	if err != nil {
		return nil, err
	}
	var list []*pattern
	enough := func(p *pattern) bool { return p.weight >= least*b.total && p.weight > 0 }
	err = b.search(r.Ctx, int(min(deep, int64(len(in.Cols)))), enough, func(p *pattern) {
		// The published examples are in this order.
		p.score = p.weight * float64(p.items)
		list = append(list, p)
	})
	if err != nil {
		return nil, err
	}
	byScore(list)
	return b.segments(u, in, list, b.counted()...), nil
}
