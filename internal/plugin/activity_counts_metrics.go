package plugin

// activity_counts_metrics compares each step with all steps before it. Start
// and End are both included.
var _ = plugin(Plugin{
	Name:    "activity_counts_metrics",
	Summary: "Counts rows, ids, new ids and all ids so far for each step of a timeline.",
	Columns: timelineColumns(longs("count", "dcount", "new_dcount", "aggregated_dcount")...),
	All:     activityCounts,
})

func activityCounts(r *Run, in *Rows) (*Result, error) {
	e, x, start, end, err := period(r, in, "Step")
	if err != nil {
		return nil, err
	}
	counts, sets := map[cell]int64{}, map[cell]idSet{}
	if err := r.Charge(int64(len(e.at)) * setEntry); err != nil {
		return nil, err
	}
	for i, t := range e.at {
		if t < start || t > end {
			continue
		}
		c := cell{x.floor(t), e.dim[i]}
		counts[c]++
		setAt(sets, c).add(e.id[i])
	}
	out := &table{cells: sortedCells(counts), longs: make([][]int64, 4)}
	seen := map[int32]idSet{} // by dimension
	for _, c := range out.cells {
		before := seen[c.dim]
		if before == nil {
			before = idSet{}
			seen[c.dim] = before
		}
		out.longs[0] = append(out.longs[0], counts[c])
		out.longs[1] = append(out.longs[1], int64(len(sets[c])))
		out.longs[2] = append(out.longs[2], int64(sets[c].without(before)))
		for id := range sets[c] {
			before.add(id)
		}
		out.longs[3] = append(out.longs[3], int64(len(before)))
	}
	return e.result(r.Use, out), nil
}

// period reads the events, the bounds Start and End, and the bins of a step.
func period(r *Run, in *Rows, step string) (e *events, x *axis, start, end int64, err error) {
	if start, err = r.Use.bound("Start"); err != nil {
		return
	}
	if end, err = r.Use.bound("End"); err != nil {
		return
	}
	if x, err = newAxis(r.Use, step, start); err != nil {
		return
	}
	e, err = loadEvents(r, in, "TimelineColumn")
	return
}
