package exec

import (
	"context"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// scanSteps runs rows past steps. The conditions on the row alone come as
// columns, computed for all rows at once; those on the state are computed for
// a run of rows at a time, which grows as long as the state stays the same.
type scanSteps struct {
	b     *builder
	r     *plan.ScanSteps
	in    Operator
	steps []scanStep
	// rowCols are the input's columns, before the state's in what conditions
	// and values are computed over.
	rowCols int
	filled  []*plan.Col
	empty   []*vector.Vector // per state column: its value without a row

	keys    []int // places of the columns that partition, none without
	groups  *grouper
	tracks  []*track
	matches int64 // sequences begun so far
	took    int64
	done    bool
}

// scanStep is one step made ready.
type scanStep struct {
	output string
	rows   []int // places of the columns that must be true
	cond   evaluator
	used   []int // places that cond looks at
	values []stepValue
	states []stepState // what later rows ask of a row matched here
}

// stepValue fills column to, a place in filled.
type stepValue struct {
	to   int
	eval evaluator
	used []int
}

// stepState is the state column at, which shows the filled or passed column
// from.
type stepState struct{ at, from int }

// track is the state of the rows of one partition.
type track struct {
	states []sequence
	probes [][2]probe // per step: against its own state, and the one before
}

// sequence is what one step holds: the row last matched by each step up to
// it, as values of the state's columns; nil where there is none.
type sequence struct {
	active  bool
	version int
	match   int64
	rows    [][]*vector.Vector
	last    *matched // waits with output=last
}

// probe is the condition computed for rows from lo on, with one version of
// the state.
type probe struct {
	batch   *vector.Batch
	version int
	lo      int
	result  []bool
	size    int
}

// matched is a row that is put out.
type matched struct {
	batch  *vector.Batch
	row    int
	filled []vector.Datum
	match  int64
}

func (b *builder) buildScanSteps(r *plan.ScanSteps) (Operator, error) {
	s := &scanSteps{b: b, r: r, filled: r.Filled()}
	cols := append([]*plan.Col(nil), r.Input.Cols()...)
	s.rowCols = len(cols)
	for _, st := range r.States {
		cols = append(cols, st.Col)
		s.empty = append(s.empty, vector.Constant(s.start(columnIndex(s.filled, st.From)), 1))
	}
	for i := range r.Steps {
		step, err := b.scanStep(r, i, cols, s.filled)
		if err != nil {
			return nil, err
		}
		s.steps = append(s.steps, step)
	}
	for _, c := range r.Partition {
		s.keys = append(s.keys, columnIndex(cols, c))
	}
	var ts []types.Type
	for _, c := range r.Partition {
		ts = append(ts, c.Type)
	}
	s.groups = newGrouper(ts)
	var err error
	s.in, err = b.build(r.Input)
	return s, err
}

func (b *builder) scanStep(r *plan.ScanSteps, at int, cols, filled []*plan.Col) (scanStep, error) {
	p := &r.Steps[at]
	step := scanStep{output: p.Output}
	for _, c := range p.Rows {
		step.rows = append(step.rows, columnIndex(cols, c))
	}
	if p.Cond != nil {
		ev, err := b.compile(cols, p.Cond)
		if err != nil {
			return step, err
		}
		step.cond, step.used = ev, usedColumns(cols, p.Cond)
	}
	for to, c := range filled {
		x := p.Values[c]
		if x == nil {
			continue
		}
		ev, err := b.compile(cols, x)
		if err != nil {
			return step, err
		}
		step.values = append(step.values, stepValue{to: to, eval: ev, used: usedColumns(cols, x)})
	}
	for k, st := range r.States {
		if st.Step == at {
			step.states = append(step.states, stepState{k, columnIndex(filled, st.From)})
		}
	}
	return step, nil
}

// start is what a filled column is without a row: the default of a declared
// one, else null.
func (s *scanSteps) start(i int) vector.Datum {
	if k := i - len(s.r.Passed); k >= 0 {
		return s.r.Declared[k].Default
	}
	d := vector.Datum{T: s.filled[i].Type}
	if d.T == types.String {
		d.V = ""
	}
	return d
}

// Next gives the rows matched in the next batch of the input that has any.
func (s *scanSteps) Next(ctx context.Context) (*vector.Batch, error) {
	for !s.done {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in, err := s.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		var found []matched
		if in == nil {
			s.done = true
			found = s.rest()
			if err := s.in.Close(); err != nil {
				return nil, err
			}
		} else if found, err = s.batch(ctx, in); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return s.show(found), nil
		}
	}
	return nil, nil
}

// batch runs the rows of a batch past the steps.
func (s *scanSteps) batch(ctx context.Context, in *vector.Batch) ([]matched, error) {
	var ids []int32
	if len(s.keys) > 0 {
		keys := make([]*vector.Vector, len(s.keys))
		for i, k := range s.keys {
			keys[i] = in.Cols[k]
		}
		known := s.groups.bytes
		ids = s.groups.ids(keys, in.N)
		if err := s.charge(s.groups.bytes - known); err != nil {
			return nil, err
		}
	}
	var found []matched
	for row := range in.N {
		if row%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		id := 0
		if ids != nil {
			id = int(ids[row])
		}
		for id >= len(s.tracks) {
			if err := s.charge(int64(len(s.steps)) * 256); err != nil {
				return nil, err
			}
			s.tracks = append(s.tracks, s.newTrack())
		}
		var err error
		if found, err = s.row(ctx, s.tracks[id], in, row, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s *scanSteps) newTrack() *track {
	t := &track{states: make([]sequence, len(s.steps)), probes: make([][2]probe, len(s.steps))}
	for i := range t.states {
		t.states[i].rows = make([][]*vector.Vector, len(s.steps))
		for k := range t.probes[i] {
			t.probes[i][k].version = -1
		}
	}
	return t
}

func (s *scanSteps) charge(n int64) error {
	if err := s.b.cfg.Memory.Charge(s.Describe(), n); err != nil {
		return err
	}
	s.took += n
	return nil
}

// row runs one row past the steps, from the last to the first.
func (s *scanSteps) row(ctx context.Context, t *track, in *vector.Batch, row int, found []matched) ([]matched, error) {
	for k := len(s.steps) - 1; k >= 0; k-- {
		step := &s.steps[k]
		if !step.rowHolds(in, row) {
			continue
		}
		own := &t.states[k]
		if k > 0 && t.states[k-1].active {
			before := &t.states[k-1]
			yes, err := s.holds(ctx, step, &t.probes[k][1], before, in, row)
			if err != nil {
				return nil, err
			}
			if yes {
				found = own.flush(found)
				found = before.flush(found)
				copy(own.rows, before.rows)
				own.rows[k], own.active, own.match = nil, true, before.match
				before.clear()
				if found, err = s.match(ctx, k, own, in, row, found); err != nil {
					return nil, err
				}
				continue
			}
		}
		if !own.active && k > 0 {
			continue
		}
		yes, err := s.holds(ctx, step, &t.probes[k][0], own, in, row)
		if err != nil {
			return nil, err
		}
		if !yes {
			continue
		}
		if !own.active {
			own.active, own.match = true, s.matches
			s.matches++
		}
		if found, err = s.match(ctx, k, own, in, row, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// rowHolds says whether the conditions on the row alone hold.
func (st *scanStep) rowHolds(in *vector.Batch, row int) bool {
	for _, c := range st.rows {
		if v := in.Cols[c]; v.IsNull(row) || !v.Bool(row) {
			return false
		}
	}
	return true
}

// clear empties the state.
func (q *sequence) clear() {
	for i := range q.rows {
		q.rows[i] = nil
	}
	q.active = false
	q.version++
}

// flush puts out the row that waits with output=last.
func (q *sequence) flush(found []matched) []matched {
	if q.last != nil {
		found = append(found, *q.last)
		q.last = nil
	}
	return found
}

// rest are the rows that wait when the input ends.
func (s *scanSteps) rest() []matched {
	var found []matched
	for _, t := range s.tracks {
		for k := range t.states {
			found = t.states[k].flush(found)
		}
	}
	return found
}

// holds says whether the condition on the state holds for a row.
func (s *scanSteps) holds(ctx context.Context, step *scanStep, p *probe, q *sequence, in *vector.Batch, row int) (bool, error) {
	if step.cond == nil {
		return true, nil
	}
	if p.batch != in || p.version != q.version || row >= p.lo+len(p.result) || row < p.lo {
		if p.batch == in && p.version == q.version {
			p.size = min(2*p.size, mostProbed)
		} else if p.version != q.version || p.size == 0 {
			p.size = 1
		}
		hi := min(in.N, row+p.size)
		v, err := step.cond.Eval(ctx, s.over(in, row, hi, step.used, q))
		if err != nil {
			return false, err
		}
		p.batch, p.version, p.lo, p.result = in, q.version, row, p.result[:0]
		for i := range v.N {
			p.result = append(p.result, !v.IsNull(i) && v.Bool(i))
		}
	}
	return p.result[row-p.lo], nil
}

// mostProbed bounds the rows that a condition is computed for ahead.
const mostProbed = 1024

// over is the rows lo to hi with the state behind their columns; only the
// columns used are there.
func (s *scanSteps) over(in *vector.Batch, lo, hi int, used []int, q *sequence) *vector.Batch {
	out := &vector.Batch{N: hi - lo, Cols: make([]*vector.Vector, s.rowCols+len(s.r.States))}
	for _, i := range used {
		if i < s.rowCols {
			out.Cols[i] = in.Cols[i].Slice(lo, hi)
			continue
		}
		k := i - s.rowCols
		v := s.empty[k]
		if held := q.rows[s.r.States[k].Step]; held != nil {
			v = held[k]
		}
		one := *v
		one.N = out.N
		out.Cols[i] = &one
	}
	return out
}

// match fills the declared columns of a row that step k matched, puts it out
// and into the state.
func (s *scanSteps) match(ctx context.Context, k int, q *sequence, in *vector.Batch, row int, found []matched) ([]matched, error) {
	step := &s.steps[k]
	m := matched{batch: in, row: row, match: q.match}
	if len(s.r.Declared) > 0 || len(step.values) > 0 {
		m.filled = make([]vector.Datum, len(s.filled))
		for i := len(s.r.Passed); i < len(s.filled); i++ {
			m.filled[i] = s.start(i)
		}
	}
	for _, x := range step.values {
		v, err := x.eval.Eval(ctx, s.over(in, row, row+1, x.used, q))
		if err != nil {
			return nil, err
		}
		m.filled[x.to] = v.Datum(0)
		if m.filled[x.to].V == nil && m.filled[x.to].T == types.String {
			m.filled[x.to].V = ""
		}
	}
	held := make([]*vector.Vector, len(s.r.States))
	for _, st := range step.states {
		if m.filled != nil && m.filled[st.from].T != types.Unknown {
			held[st.at] = vector.Constant(m.filled[st.from], 1)
			continue
		}
		at := columnIndex(s.r.Input.Cols(), s.r.Passed[st.from].From)
		held[st.at] = vector.Constant(in.Cols[at].Datum(row), 1)
	}
	q.rows[k] = held
	q.version++
	switch step.output {
	case "all":
		found = append(found, m)
	case "last":
		q.last = &m
	}
	return found, nil
}

// show makes result rows. Rows of one batch are picked from it; the columns
// that steps fill are put together value by value.
func (s *scanSteps) show(found []matched) *vector.Batch {
	out := &vector.Batch{N: len(found)}
	input := s.r.Input.Cols()
	for _, c := range s.r.Columns {
		if c == s.r.MatchID {
			ids := make([]int64, len(found))
			for i := range found {
				ids[i] = found[i].match
			}
			out.Cols = append(out.Cols, vector.Of(types.Long, ids, nil))
			continue
		}
		at, from := -1, -1
		for i, p := range s.r.Passed {
			if p.Col == c {
				at, from = i, columnIndex(input, p.From)
			}
		}
		for i, d := range s.r.Declared {
			if d.Col == c {
				at = len(s.r.Passed) + i
			}
		}
		if from >= 0 && s.r.Passed[at].From == c {
			out.Cols = append(out.Cols, picks(c.Type, found, from))
			continue
		}
		b := vector.NewBuilder(c.Type, len(found))
		for i := range found {
			m := &found[i]
			if m.filled == nil || m.filled[at].T == types.Unknown {
				b.AppendFrom(m.batch.Cols[from], m.row)
			} else {
				b.Append(m.filled[at])
			}
		}
		out.Cols = append(out.Cols, b.Done())
	}
	return out
}

// picks is column at of the rows found.
func picks(t types.Type, found []matched, at int) *vector.Vector {
	rows := make([]int32, len(found))
	for i := range found {
		if rows[i] = int32(found[i].row); found[i].batch != found[0].batch {
			b := vector.NewBuilder(t, len(found))
			for i := range found {
				b.AppendFrom(found[i].batch.Cols[at], found[i].row)
			}
			return b.Done()
		}
	}
	return found[0].batch.Cols[at].Gather(rows)
}

// Close drops the state.
func (s *scanSteps) Close() error {
	s.b.cfg.Memory.Release(s.took)
	s.took, s.tracks, s.done = 0, nil, true
	return s.in.Close()
}

// Describe names the operator.
func (s *scanSteps) Describe() string { return "scan steps" }
