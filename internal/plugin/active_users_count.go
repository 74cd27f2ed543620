package plugin

// active_users_count counts an id in the bin of each appearance at which it
// was seen in enough periods of the look-back window. Appearances before Start
// count for the window; the window does not hold its own beginning.
var _ = plugin(Plugin{
	Name:    "active_users_count",
	Summary: "Counts the ids that were active in enough periods of a look-back window.",
	Columns: timelineColumns(longs("dcount")...),
	All:     activeUsers,
})

func activeUsers(r *Run, in *Rows) (*Result, error) {
	e, x, start, end, err := period(r, in, "Step")
	if err != nil {
		return nil, err
	}
	back, err := r.Use.size("LookbackWindow")
	if err != nil {
		return nil, err
	}
	periods, err := newAxis(r.Use, "Period", start)
	if err != nil {
		return nil, err
	}
	need, err := r.Use.bound("ActivePeriods")
	if err != nil {
		return nil, err
	}
	type user struct{ id, dim int32 }
	seen := map[user]*appearances{}
	if err := r.Charge(int64(len(e.at)) * setEntry); err != nil {
		return nil, err
	}
	sets := map[cell]idSet{}
	for _, i := range e.sorted() {
		t := e.at[i]
		if t > end {
			break
		}
		if t < start-back || e.id[i] == nobody {
			continue
		}
		u := user{e.id[i], e.dim[i]}
		a := seen[u]
		if a == nil {
			a = &appearances{}
			seen[u] = a
		}
		a.add(t, t-back, periods)
		if t >= start && a.active >= need {
			setAt(sets, cell{x.floor(t), u.dim}).add(u.id)
		}
	}
	out := &table{cells: sortedCells(sets), longs: make([][]int64, 1)}
	for _, c := range out.cells {
		out.longs[0] = append(out.longs[0], int64(len(sets[c])))
	}
	return e.result(r.Use, out), nil
}

// appearances are the times at which an id was seen within the window, and
// the number of periods they fall into.
type appearances struct {
	times  []int64
	active int64
}

// add adds a time, and drops those up to and including gone.
func (a *appearances) add(t, gone int64, periods *axis) {
	if n := len(a.times); n == 0 || periods.floor(a.times[n-1]) != periods.floor(t) {
		a.active++
	}
	a.times = append(a.times, t)
	for a.times[0] <= gone {
		if periods.floor(a.times[0]) != periods.floor(a.times[1]) {
			a.active--
		}
		a.times = a.times[1:]
	}
}
