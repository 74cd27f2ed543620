package plugin

import (
	"math"

	"goshawk/internal/types"
)

// activity_metrics compares each step with the step before it.
var _ = plugin(Plugin{
	Name:    "activity_metrics",
	Summary: "Counts ids and new ids, and the rates of ids that stay and go, between the steps of a timeline.",
	Columns: timelineColumns(append(longs("dcount_values", "dcount_newvalues"), reals("retention_rate", "churn_rate")...)...),
	All:     activityMetrics,
})

func activityMetrics(r *Run, in *Rows) (*Result, error) {
	e, x, start, end, err := stepsOf(r, in)
	if err != nil {
		return nil, err
	}
	sets := map[cell]idSet{}
	if err := r.Charge(int64(len(e.at)) * setEntry); err != nil {
		return nil, err
	}
	for i, t := range e.at {
		if t >= start && t <= end {
			setAt(sets, cell{x.floor(t), e.dim[i]}).add(e.id[i])
		}
	}
	before := map[int64]int64{} // the bin before each bin
	for c := range sets {
		before[x.next(c.at)] = c.at
	}
	out := &table{cells: sortedCells(sets), longs: make([][]int64, 2), reals: make([][]float64, 2)}
	for _, c := range out.cells {
		now := sets[c]
		var last idSet
		if b, ok := before[c.at]; ok {
			last = sets[cell{b, c.dim}]
		}
		fresh := now.without(last)
		stay, gone := math.NaN(), math.NaN()
		if len(last) > 0 {
			stay = float64(len(now)-fresh) / float64(len(last))
			gone = float64(last.without(now)) / float64(len(last))
		}
		out.longs[0], out.longs[1] = append(out.longs[0], int64(len(now))), append(out.longs[1], int64(fresh))
		out.reals[0], out.reals[1] = append(out.reals[0], stay), append(out.reals[1], gone)
	}
	return e.result(r.Use, out), nil
}

// stepsOf is period; with three arguments the third is the step, and the
// period is all there is.
func stepsOf(r *Run, in *Rows) (e *events, x *axis, start, end int64, err error) {
	u := r.Use
	if u.Arg("Step") != nil {
		return period(r, in, "Step")
	}
	if u.Arg("Start") == nil || u.Arg("End") != nil {
		return nil, nil, 0, 0, argErrorf(u.Arg("TimelineColumn"), "activity_metrics needs a step: activity_metrics(id, time, start, end, step) or activity_metrics(id, time, step)")
	}
	if e, err = loadEvents(r, in, "TimelineColumn"); err != nil {
		return
	}
	start, end = e.span()
	x, err = newAxis(u, "Start", 0)
	return
}

// span is the first and the last time.
func (e *events) span() (start, end int64) {
	for i, t := range e.at {
		if i == 0 || t < start {
			start = t
		}
		if i == 0 || t > end {
			end = t
		}
	}
	return start, end
}

// activity_engagement slides a long window that ends with each short one.
var _ = plugin(Plugin{
	Name:    "activity_engagement",
	Summary: "Counts ids in a short and in a long window that ends with it, and their ratio (daily and monthly users).",
	Columns: timelineColumns(append(longs("dcount_activities_inner", "dcount_activities_outer"), reals("activity_ratio")...)...),
	All:     activityEngagement,
})

func activityEngagement(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	inner, err := u.size("InnerActivityWindow")
	if err != nil {
		return nil, err
	}
	outer, err := u.size("OuterActivityWindow")
	if err != nil {
		return nil, err
	}
	e, err := loadEvents(r, in, "TimelineColumn")
	if err != nil || len(e.at) == 0 {
		return e.orNone(u, err)
	}
	start, end := e.span()
	x := &axis{step: inner} // without Start the bins are those of bin()
	if u.Arg("Start") != nil {
		if start, err = u.bound("Start"); err != nil {
			return nil, err
		}
		if end, err = u.bound("End"); err != nil {
			return nil, err
		}
		x.origin = start
	}
	w, err := slide(r, e, x, start, end, outer)
	if err != nil {
		return nil, err
	}
	short := map[cell]idSet{}
	for i, t := range e.at {
		if t >= start && t <= end {
			setAt(short, cell{x.floor(t), e.dim[i]}).add(e.id[i])
		}
	}
	out := &table{cells: sortedCells(w.sets), longs: make([][]int64, 2), reals: make([][]float64, 1)}
	for _, c := range out.cells {
		n, m := len(short[c]), len(w.sets[c])
		out.longs[0], out.longs[1] = append(out.longs[0], int64(n)), append(out.longs[1], int64(m))
		out.reals[0] = append(out.reals[0], float64(n)/float64(m))
	}
	return e.result(u, out), nil
}

// orNone is the result without rows, or the error.
func (e *events) orNone(u *Use, err error) (*Result, error) {
	if err != nil {
		return nil, err
	}
	t := &table{}
	for _, c := range u.made()[1+len(e.dimCols):] {
		if c.Type == types.Real {
			t.reals = append(t.reals, []float64{})
		} else {
			t.longs = append(t.longs, []int64{})
		}
	}
	return e.result(u, t), nil
}
