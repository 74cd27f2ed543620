package plugin

import (
	"fmt"
	"sort"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxSteps bounds the bins of one timeline, so that a step of one tick over
// years ends in a message and not in a full memory.
const maxSteps = 1 << 22

// timelineColumns are the columns of plugins that give a row for each bin of a
// timeline: the bin, the dimensions, then the measures.
func timelineColumns(measures ...Column) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("TimelineColumn"); a != nil {
			out = append(out, columnOf(a))
		}
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		return append(out, measures...), nil
	}
}

func longs(names ...string) []Column {
	var out []Column
	for _, n := range names {
		out = append(out, Made(n, types.Long))
	}
	return out
}

func reals(names ...string) []Column {
	var out []Column
	for _, n := range names {
		out = append(out, Made(n, types.Real))
	}
	return out
}

// nobody is the id of rows whose id is null: they are counted as rows and not
// as ids.
const nobody = -1

// events are the rows of an input with a timeline, those without a place on
// it left out.
type events struct {
	id, dim []int32
	at      []int64
	row     []int32 // the input row of each event
	ids     int     // number of distinct ids
	dims    *groups
	dimCols []*vector.Vector
}

// loadEvents reads ids, dimensions and times.
func loadEvents(r *Run, in *Rows, timeParam string) (*events, error) {
	u := r.Use
	e := &events{}
	line := u.Arg(timeParam)
	if !ticked(line.Type) {
		return nil, argErrorf(line, "a timeline is datetime, timespan, long or int here, not %s", line.Type)
	}
	times := in.Args[line.Index]
	const size = 4 + 4 + 8 + 4 + 48 // the slices, and the entries of the groups
	if err := r.Charge(int64(in.N) * size); err != nil {
		return nil, err
	}
	var ids *groups
	var idCol *vector.Vector
	if a := u.Arg("IdColumn"); a != nil {
		idCol = in.Args[a.Index]
		ids = newGroups([]*vector.Vector{idCol}, in.N)
		e.ids = int(ids.n)
	}
	for _, a := range u.All("Dimension") {
		e.dimCols = append(e.dimCols, in.Args[a.Index])
	}
	e.dims = newGroups(e.dimCols, in.N)
	for i := range in.N {
		if times.IsNull(i) {
			continue
		}
		e.row = append(e.row, int32(i))
		e.at = append(e.at, times.Int(i))
		e.dim = append(e.dim, e.dims.of[i])
		if ids != nil {
			id := ids.of[i]
			if idCol.IsNull(i) {
				id = nobody
			}
			e.id = append(e.id, id)
		}
	}
	return e, nil
}

// ticked says whether values of a type are whole numbers here.
func ticked(t types.Type) bool {
	return t == types.Datetime || t == types.Timespan || t.Integer()
}

// sorted lists the events by time; those at one time keep their order.
func (e *events) sorted() []int32 {
	out := make([]int32, len(e.at))
	for i := range out {
		out[i] = int32(i)
	}
	sort.SliceStable(out, func(i, j int) bool { return e.at[out[i]] < e.at[out[j]] })
	return out
}

// bound is the constant of a parameter as a place on the timeline.
func (u *Use) bound(param string) (int64, error) {
	a := u.Arg(param)
	if a == nil || a.Const == nil {
		return 0, fmt.Errorf("the argument %s is missing", param)
	}
	switch v := a.Const.V.(type) {
	case int64:
		return v, nil
	case float64:
		return int64(v), nil
	}
	return 0, argErrorf(a, "%s has no value", param)
}

// size is the constant of a parameter as a step: more than zero.
func (u *Use) size(param string) (int64, error) {
	n, err := u.bound(param)
	if err == nil && n <= 0 {
		err = argErrorf(u.Arg(param), "%s must be more than zero", param)
	}
	return n, err
}

// axis cuts a timeline into bins.
type axis struct {
	origin, step int64
	calendar     string // week, month or year instead of a step
}

// newAxis makes the bins that start at origin, or calendar bins where the
// parameter is one of their words.
func newAxis(u *Use, param string, origin int64) (*axis, error) {
	if a := u.Arg(param); a != nil && a.Const != nil {
		if s, ok := a.Const.V.(string); ok {
			switch s {
			case "week", "month", "year":
				return &axis{calendar: s}, nil
			}
			return nil, argErrorf(a, "%s is a step, or week, month or year, not %q", param, s)
		}
	}
	step, err := u.size(param)
	return &axis{origin: origin, step: step}, err
}

// floor is the start of the bin that holds t.
func (x *axis) floor(t int64) int64 {
	if x.calendar != "" {
		return calendarFloor(x.calendar, t)
	}
	d := t - x.origin
	n := d / x.step
	if d%x.step < 0 {
		n--
	}
	return x.origin + n*x.step
}

// next is the bin after the one that starts at b.
func (x *axis) next(b int64) int64 {
	if x.calendar == "" {
		return b + x.step
	}
	const longest = 367 * types.Day // more than a year
	step := map[string]int64{"week": 8 * types.Day, "month": 32 * types.Day, "year": longest}[x.calendar]
	return calendarFloor(x.calendar, b+step)
}

// list is the bins from the one of from to the one of to.
func (x *axis) list(from, to int64) ([]int64, error) {
	var out []int64
	for b := x.floor(from); b <= to; b = x.next(b) {
		if out = append(out, b); len(out) > maxSteps {
			return nil, fmt.Errorf("the timeline has more than %d steps; choose a larger step or a shorter time", maxSteps)
		}
	}
	return out, nil
}

// calendarFloor is the start of the week (Sunday), month or year of t.
func calendarFloor(word string, t int64) int64 {
	at := types.ToTime(t)
	y, m, d := at.Date()
	switch word {
	case "week":
		d -= int(at.Weekday())
	case "month":
		d = 1
	case "year":
		m, d = 1, 1
	}
	out, ok := types.FromTime(dateOf(y, m, d))
	if !ok {
		return 0
	}
	return out
}

// cell is a bin of a dimension.
type cell struct {
	at  int64
	dim int32
}

// table builds the result of a plugin over a timeline.
type table struct {
	cells []cell
	longs [][]int64
	reals [][]float64
}

// sortedCells lists the cells of a map by bin, then dimension.
func sortedCells[T any](m map[cell]T) []cell {
	out := make([]cell, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].at != out[j].at {
			return out[i].at < out[j].at
		}
		return out[i].dim < out[j].dim
	})
	return out
}

// result makes the columns: bin, dimensions, measures.
func (e *events) result(u *Use, t *table) *Result {
	at := make([]int64, len(t.cells))
	rows := make([]int32, len(t.cells))
	for i, c := range t.cells {
		at[i] = c.at
		if len(e.dimCols) > 0 {
			rows[i] = e.dims.first[c.dim]
		}
	}
	out := &Result{N: len(t.cells), Made: []*vector.Vector{vector.Of(u.Arg("TimelineColumn").Type, at, nil)}}
	for _, d := range e.dimCols {
		out.Made = append(out.Made, d.Gather(rows))
	}
	for _, l := range t.longs {
		out.Made = append(out.Made, vector.Of(types.Long, l, nil))
	}
	for _, r := range t.reals {
		out.Made = append(out.Made, vector.Of(types.Real, r, nil))
	}
	return out
}
