package plugin

import "fmt"

// sliding_window_counts counts, for each bin from Start to End, the rows and
// ids of the look-back window that ends with it. A bin without rows of its own
// is there when its window has some.
var _ = plugin(Plugin{
	Name:    "sliding_window_counts",
	Summary: "Counts rows and ids in a window that slides along a timeline.",
	Columns: timelineColumns(longs("Count", "Dcount")...),
	All:     slidingCounts,
})

func slidingCounts(r *Run, in *Rows) (*Result, error) {
	e, x, start, end, err := period(r, in, "Step")
	if err != nil {
		return nil, err
	}
	back, err := r.Use.size("LookBackWindow")
	if err != nil {
		return nil, err
	}
	w, err := slide(r, e, x, start, end, back)
	if err != nil {
		return nil, err
	}
	out := &table{cells: sortedCells(w.counts), longs: make([][]int64, 2)}
	for _, c := range out.cells {
		out.longs[0], out.longs[1] = append(out.longs[0], w.counts[c]), append(out.longs[1], int64(len(w.sets[c])))
	}
	return e.result(r.Use, out), nil
}

// windows are what each bin's look-back window holds.
type windows struct {
	counts map[cell]int64
	sets   map[cell]idSet
}

// slide gives each event to the bins from its own to the last whose window of
// length back reaches it.
func slide(r *Run, e *events, x *axis, start, end, back int64) (*windows, error) {
	w := &windows{counts: map[cell]int64{}, sets: map[cell]idSet{}}
	first := x.floor(start)
	entries := int64(0)
	for i, t := range e.at {
		if t > end || t < start-back {
			continue
		}
		own := x.floor(t)
		steps := 0
		for b := own; b <= end && (b == own || b < own+back); b = x.next(b) {
			if steps++; steps > maxSteps {
				return nil, fmt.Errorf("the window has more than %d steps; choose a larger step or a shorter window", maxSteps)
			}
			if b < first {
				continue
			}
			c := cell{b, e.dim[i]}
			w.counts[c]++
			setAt(w.sets, c).add(e.id[i])
			entries++
		}
		if entries > 1<<16 {
			if err := r.Charge(entries * setEntry); err != nil {
				return nil, err
			}
			entries = 0
			if err := r.Ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	return w, r.Charge(entries * setEntry)
}
