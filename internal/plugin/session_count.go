package plugin

// session_count counts the sessions that begin in each bin. A session begins
// when its id was not seen within the look-back window; the bins are those of
// bin(), whatever Start is.
var _ = plugin(Plugin{
	Name:    "session_count",
	Summary: "Counts the sessions that begin in each bin of a timeline.",
	Columns: timelineColumns(longs("count_sessions")...),
	All:     sessionCount,
})

func sessionCount(r *Run, in *Rows) (*Result, error) {
	e, x, start, end, err := period(r, in, "Bin")
	if err != nil {
		return nil, err
	}
	x.origin = 0
	back, err := r.Use.size("LookBackWindow")
	if err != nil {
		return nil, err
	}
	type user struct{ id, dim int32 }
	last := map[user]int64{}
	if err := r.Charge(int64(len(e.at)) * setEntry); err != nil {
		return nil, err
	}
	counts := map[cell]int64{}
	for _, i := range e.sorted() {
		t := e.at[i]
		if t < start-back || t > end || e.id[i] == nobody {
			continue
		}
		u := user{e.id[i], e.dim[i]}
		before, seen := last[u]
		last[u] = t
		if t >= start && (!seen || t-before >= back) {
			counts[cell{x.floor(t), u.dim}]++
		}
	}
	out := &table{cells: sortedCells(counts), longs: make([][]int64, 1)}
	for _, c := range out.cells {
		out.longs[0] = append(out.longs[0], counts[c])
	}
	return e.result(r.Use, out), nil
}
