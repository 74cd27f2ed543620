package plugin

import (
	"fmt"
	"sort"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxSequences bounds the sequences found: a few busy hours of rows that
// fulfil every step would otherwise pair without end.
const maxSequences = 1 << 20

// sequence_detect gives every way to take one row for each step, in the order
// of time, within the windows; ways with equal times are one.
var _ = plugin(Plugin{
	Name:    "sequence_detect",
	Summary: "Finds rows that follow each other within a time, each fulfilling a condition.",
	Columns: func(u *Use) ([]Column, error) {
		var out []Column
		for _, a := range u.All("Dimension") {
			out = append(out, columnOf(a))
		}
		line := u.Arg("TimelineColumn")
		if line == nil {
			return out, nil
		}
		for _, a := range u.All("Expr") {
			out = append(out, Made(a.Name+"_"+line.Name, line.Type))
		}
		return append(out, Made("Duration", types.Timespan)), nil
	},
	All: sequenceDetect,
})

func sequenceDetect(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	step, err := u.bound("MaxSeqeunceStepWindow")
	if err != nil {
		return nil, err
	}
	span, err := u.bound("MaxSequenceSpan")
	if err != nil {
		return nil, err
	}
	e, err := loadEvents(r, in, "TimelineColumn")
	if err != nil {
		return nil, err
	}
	s := &sequences{run: r, step: step, span: span, found: map[string]bool{}}
	steps := u.All("Expr")
	byDim := make([][][]stepEvent, e.dims.n)
	for d := range byDim {
		byDim[d] = make([][]stepEvent, len(steps))
	}
	for _, i := range e.sorted() {
		for k, a := range steps {
			c := in.Args[a.Index]
			if row := int(e.row[i]); !c.IsNull(row) && c.Bool(row) {
				byDim[e.dim[i]][k] = append(byDim[e.dim[i]][k], stepEvent{e.at[i], int32(i)})
			}
		}
	}
	for d, lists := range byDim {
		s.dim, s.lists = int32(d), lists
		for _, first := range lists[0] {
			if err := s.extend([]stepEvent{first}); err != nil {
				return nil, err
			}
		}
	}
	return s.result(u, e, len(steps)), nil
}

// stepEvent is a row that fulfils a step.
type stepEvent struct {
	at  int64
	row int32
}

// sequences gathers what is found.
type sequences struct {
	run        *Run
	step, span int64
	dim        int32
	lists      [][]stepEvent // of the dimension at hand, by step
	found      map[string]bool
	dims       []int32
	times      [][]int64
	tried      int
}

// extend takes every next row that fits behind the rows so far.
func (s *sequences) extend(path []stepEvent) error {
	if len(path) == len(s.lists) {
		return s.keep(path)
	}
	list, last := s.lists[len(path)], path[len(path)-1]
	from := sort.Search(len(list), func(i int) bool { return list[i].at >= last.at })
	for _, next := range list[from:] {
		if next.at-last.at > s.step || next.at-path[0].at > s.span {
			break
		}
		if s.tried++; s.tried%(1<<14) == 0 {
			if err := s.run.Ctx.Err(); err != nil {
				return err
			}
			if s.tried > maxSequences*64 {
				return fmt.Errorf("sequence_detect: too many rows fulfil the steps at nearly the same time; narrow the windows or the conditions")
			}
		}
		if used(path, next.row) {
			continue
		}
		if err := s.extend(append(path[:len(path):len(path)], next)); err != nil {
			return err
		}
	}
	return nil
}

// used says whether a row fulfils an earlier step already.
func used(path []stepEvent, row int32) bool {
	for _, p := range path {
		if p.row == row {
			return true
		}
	}
	return false
}

func (s *sequences) keep(path []stepEvent) error {
	key := fmt.Sprint(s.dim)
	times := make([]int64, len(path))
	for i, p := range path {
		times[i] = p.at
		key += fmt.Sprint(",", p.at)
	}
	if s.found[key] {
		return nil
	}
	s.found[key] = true
	s.dims, s.times = append(s.dims, s.dim), append(s.times, times)
	if len(s.dims) > maxSequences {
		return fmt.Errorf("sequence_detect: there are more than %d sequences; narrow the windows or the conditions", maxSequences)
	}
	return s.run.Charge(int64(len(key) + 8*len(path) + 64))
}

// result makes the columns, in the order of the first step's time.
func (s *sequences) result(u *Use, e *events, steps int) *Result {
	order := make([]int, len(s.dims))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		x, y := s.times[order[a]], s.times[order[b]]
		for k := range x {
			if x[k] != y[k] {
				return x[k] < y[k]
			}
		}
		return s.dims[order[a]] < s.dims[order[b]]
	})
	out := &Result{N: len(order)}
	rows := make([]int32, len(order))
	for i, o := range order {
		if len(e.dimCols) > 0 {
			rows[i] = e.dims.first[s.dims[o]]
		}
	}
	for _, d := range e.dimCols {
		out.Made = append(out.Made, d.Gather(rows))
	}
	length := make([]int64, len(order))
	for k := range steps {
		at := make([]int64, len(order))
		for i, o := range order {
			at[i] = s.times[o][k]
			length[i] = at[i] - s.times[o][0]
		}
		out.Made = append(out.Made, vector.Of(u.Arg("TimelineColumn").Type, at, nil))
	}
	out.Made = append(out.Made, vector.Of(types.Timespan, length, nil))
	return out
}
