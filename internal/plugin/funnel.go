package plugin

import (
	"fmt"
	"sort"

	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxSamples is how many ids stand in a row's samples.
const maxSamples = 128

// followed is why funnel_sequence is not complete.
const followed = "no documentation says what may stand between the states of a sequence; here they follow each other, repeats of one state aside"

// funnel_sequence gives three tables: what stands before and after a sequence,
// only before, and only after.
var _ = plugin(Plugin{
	Name:    "funnel_sequence",
	Summary: "Counts the ids that take a sequence of states, by the states before and after it.",
	Columns: funnelColumns("prev", "next"),
	All:     func(r *Run, in *Rows) (*Result, error) { return funnel(r, in, true, true) },
	More: []*Plugin{
		{
			Name: "funnel_sequence", Columns: funnelColumns("prev"),
			All: func(r *Run, in *Rows) (*Result, error) { return funnel(r, in, true, false) },
		},
		{
			Name: "funnel_sequence", Columns: funnelColumns("next"),
			All: func(r *Run, in *Rows) (*Result, error) { return funnel(r, in, false, true) },
		},
	},
	Status: fn.Partial,
	Reason: followed,
})

func funnelColumns(sides ...string) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		var out []Column
		if a := u.Arg("TimelineColumn"); a != nil {
			out = append(out, columnOf(a))
		}
		for _, s := range sides {
			out = append(out, Made(s, types.String))
		}
		return append(out, Made("dcount", types.Long), Made("samples", types.Dynamic)), nil
	}
}

// journey is the states of one id in one bin, in the order of time.
type journey struct {
	id    int32
	bin   int64
	at    []int64
	state []string
}

// journeys are all journeys, ids in the order they are first seen, and the
// sequence looked for.
func journeys(r *Run, in *Rows, step string) (*events, []*journey, []string, error) {
	e, x, start, end, err := period(r, in, step)
	if err != nil {
		return nil, nil, nil, err
	}
	states, err := convert(r.Env, in.Args[r.Use.Arg("StateColumn").Index], types.String)
	if err != nil {
		return nil, nil, nil, err
	}
	seq := r.Use.Arg("Sequence")
	list, _ := r.Use.constant("Sequence").V.(dynamic.Value)
	var want []string
	for _, it := range list.Items() {
		want = append(want, it.String())
	}
	if len(want) == 0 {
		return nil, nil, nil, argErrorf(seq, "the sequence is an array of states")
	}
	if err := r.Charge(int64(len(e.at)) * 40); err != nil {
		return nil, nil, nil, err
	}
	type key struct {
		id  int32
		bin int64
	}
	by := map[key]*journey{}
	var out []*journey
	for _, i := range e.sorted() {
		if e.at[i] < start || e.at[i] >= end || e.id[i] == nobody {
			continue
		}
		k := key{e.id[i], x.floor(e.at[i])}
		j := by[k]
		if j == nil {
			j = &journey{id: k.id, bin: k.bin}
			by[k] = j
			out = append(out, j)
		}
		j.at, j.state = append(j.at, e.at[i]), append(j.state, states.Str(int(e.row[i])))
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].bin < out[b].bin })
	return e, out, want, nil
}

// stay is a run of one state: the times of its first and last row.
type stay struct {
	state       string
	first, last int64
}

func (j *journey) stays() []stay {
	var out []stay
	for i, s := range j.state {
		if n := len(out); n > 0 && out[n-1].state == s {
			out[n-1].last = j.at[i]
			continue
		}
		out = append(out, stay{s, j.at[i], j.at[i]})
	}
	return out
}

// funnel counts what is before and after the sequence.
func funnel(r *Run, in *Rows, before, after bool) (*Result, error) {
	window, err := r.Use.bound("MaxWindowSizeBetweenSteps")
	if err != nil {
		return nil, err
	}
	e, all, want, err := journeys(r, in, "Step")
	if err != nil {
		return nil, err
	}
	type row struct {
		bin        int64
		prev, next string
	}
	var rows []row
	ids := map[row][]int32{}
	for _, j := range all {
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
		seen := map[row]bool{}
		stays := j.stays()
		near := func(a, b int) bool { return a >= 0 && b < len(stays) && stays[b].first-stays[a].last <= window }
		for i := range stays {
			if !sequenceAt(stays[i:], want, near, i) {
				continue
			}
			k := row{bin: j.bin}
			if before && near(i-1, i) {
				k.prev = stays[i-1].state
			}
			if last := i + len(want) - 1; after && near(last, last+1) {
				k.next = stays[last+1].state
			}
			if seen[k] {
				continue
			}
			seen[k] = true
			if ids[k] == nil {
				rows = append(rows, k)
			}
			ids[k] = append(ids[k], j.id)
		}
	}
	sort.SliceStable(rows, func(a, b int) bool {
		if rows[a].bin != rows[b].bin {
			return rows[a].bin < rows[b].bin
		}
		return len(ids[rows[a]]) > len(ids[rows[b]])
	})
	names := e.names(r.Use, in)
	bins, counts, samples := make([]int64, len(rows)), make([]int64, len(rows)), make([]dynamic.Value, len(rows))
	prev, next := make([]string, len(rows)), make([]string, len(rows))
	for i, k := range rows {
		bins[i], counts[i], prev[i], next[i] = k.bin, int64(len(ids[k])), k.prev, k.next
		list := ids[k][:min(len(ids[k]), maxSamples)]
		some := make([]dynamic.Value, len(list))
		for n, id := range list {
			some[n] = names(id)
		}
		samples[i] = dynamic.FromArray(some)
	}
	out := &Result{N: len(rows), Made: []*vector.Vector{vector.Of(r.Use.Arg("TimelineColumn").Type, bins, nil)}}
	if before {
		out.Made = append(out.Made, vector.Of(types.String, prev, nil))
	}
	if after {
		out.Made = append(out.Made, vector.Of(types.String, next, nil))
	}
	out.Made = append(out.Made, vector.Of(types.Long, counts, nil), vector.Of(types.Dynamic, samples, nil))
	return out, nil
}

// sequenceAt says whether stays begin with the states wanted, each near the one
// before; at is the place of the first among all stays.
func sequenceAt(stays []stay, want []string, near func(a, b int) bool, at int) bool {
	if len(stays) < len(want) {
		return false
	}
	for k, s := range want {
		if stays[k].state != s || k > 0 && !near(at+k-1, at+k) {
			return false
		}
	}
	return true
}

// names gives the id that a number stands for.
func (e *events) names(u *Use, in *Rows) func(id int32) dynamic.Value {
	first := map[int32]int32{}
	for i, id := range e.id {
		if _, ok := first[id]; !ok {
			first[id] = e.row[i]
		}
	}
	col := in.Args[u.Arg("IdColumn").Index]
	return func(id int32) dynamic.Value { return col.ToDynamic(int(first[id])) }
}

// funnel_sequence_completion counts how far ids come in a sequence when no more
// than a period passes from step to step. Other states may stand between.
var _ = plugin(Plugin{
	Name:    "funnel_sequence_completion",
	Summary: "Counts the ids that reach each state of a sequence, for several longest times between steps.",
	Columns: func(u *Use) ([]Column, error) {
		var out []Column
		for _, p := range []string{"TimelineColumn", "StateColumn"} {
			if a := u.Arg(p); a != nil {
				out = append(out, columnOf(a))
			}
		}
		return append(out, Made("Period", types.Timespan), Made("dcount", types.Long)), nil
	},
	All: funnelCompletion,
})

func funnelCompletion(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	_, all, want, err := journeys(r, in, "BinSize")
	if err != nil {
		return nil, err
	}
	list, _ := u.constant("MaxSequencePeriods").V.(dynamic.Value)
	periods, err := convert(r.Env, vector.Of(types.Dynamic, append([]dynamic.Value(nil), list.Items()...), nil), types.Timespan)
	if err != nil {
		return nil, err
	}
	var bins []int64
	var states []int
	var spans, counts []int64
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].bin == all[from].bin {
			to++
		}
		for p := range periods.N {
			if periods.IsNull(p) {
				return nil, argErrorf(u.Arg("MaxSequencePeriods"), "element %d of MaxSequencePeriods is no timespan", p+1)
			}
			if err := r.Ctx.Err(); err != nil {
				return nil, err
			}
			reached := make([]int64, len(want))
			for _, j := range all[from:to] {
				for k := range j.reach(want, periods.Int(p)) {
					reached[k]++
				}
			}
			for k, n := range reached {
				if n > 0 {
					bins, states, spans, counts = append(bins, all[from].bin), append(states, k), append(spans, periods.Int(p)), append(counts, n)
				}
			}
		}
		from = to
	}
	shown := vector.NewBuilder(types.String, len(states))
	for _, k := range states {
		shown.Append(vector.Datum{T: types.String, V: want[k]})
	}
	state, err := convert(r.Env, shown.Done(), u.Arg("StateColumn").Type)
	if err != nil {
		return nil, fmt.Errorf("funnel_sequence_completion: %w", err)
	}
	return &Result{N: len(bins), Made: []*vector.Vector{
		vector.Of(u.Arg("TimelineColumn").Type, bins, nil), state, vector.Of(types.Timespan, spans, nil), vector.Of(types.Long, counts, nil),
	}}, nil
}

// reach is how many states of the sequence a journey comes to. The latest time
// at which a state was reached leaves the most time for the next.
func (j *journey) reach(want []string, window int64) int {
	last := make([]int64, len(want))
	far := 0
	for i, s := range j.state {
		for k := min(far, len(want)-1); k >= 0; k-- {
			if s != want[k] || k > 0 && j.at[i]-last[k-1] > window {
				continue
			}
			last[k] = j.at[i]
			far = max(far, k+1)
		}
	}
	return far
}
