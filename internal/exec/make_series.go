package exec

import (
	"context"
	"fmt"
	"math"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxSeries bounds the length of one series.
const maxSeries = 1 << 20

// seriesName is what errors and explain call the operator.
const seriesName = "make-series"

// buildMakeSeries makes a row of arrays per group.
func (b *builder) buildMakeSeries(r *plan.MakeSeries) (Operator, error) {
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	m := &makeSeries{b: b, node: r, in: in}
	for _, e := range append([]plan.Expr{r.From, r.To, r.Step}, r.Defaults...) {
		var x evaluator
		if e != nil {
			if x, err = b.compile(nil, e); err != nil {
				return nil, err
			}
		}
		m.consts = append(m.consts, x)
	}
	return m, nil
}

type makeSeries struct {
	b      *builder
	node   *plan.MakeSeries
	in     Operator
	consts []evaluator // from, to, step, then the defaults; nil when not given
	out    *held
}

// Next computes everything at the first call and gives out pieces.
func (m *makeSeries) Next(ctx context.Context) (*vector.Batch, error) {
	if m.out == nil {
		out, err := m.compute(ctx)
		if err != nil {
			return nil, err
		}
		m.out = &held{name: seriesName, size: m.b.cfg.BatchSize}
		if out != nil {
			m.out.batches = []*vector.Batch{out}
		}
	}
	return m.out.Next(ctx)
}

func (m *makeSeries) compute(ctx context.Context) (*vector.Batch, error) {
	batches, err := m.b.drain(ctx, m.in, seriesName)
	if err != nil {
		return nil, err
	}
	lone := len(batches) == 0 // one series of defaults is asked for
	if lone && !(m.node.NonEmpty && len(m.node.Keys) == 0 && m.node.From != nil && m.node.To != nil) {
		return nil, nil
	}
	values := make([]vector.Datum, len(m.consts))
	for i, x := range m.consts {
		if x == nil {
			continue
		}
		if values[i], err = single(ctx, x); err != nil {
			return nil, err
		}
	}
	cols := m.node.Input.Cols()
	if lone {
		batches = append(batches, &vector.Batch{})
		for _, c := range cols {
			batches[0].Cols = append(batches[0].Cols, vector.Make(c.Type, 0))
		}
	}
	all := glue(cols, batches)
	column := func(c *plan.Col) *vector.Vector { return all.Cols[columnIndex(cols, c)] }

	// Groups in the order of their first row.
	keys := make([]*vector.Vector, len(m.node.Keys))
	for i, c := range m.node.Keys {
		keys[i] = column(c)
	}
	index := newKeyIndex()
	ids := index.numbers(keys, all.N, true)
	rows := make([][]int32, index.n)
	for i, id := range ids {
		rows[id] = append(rows[id], int32(i))
	}
	if lone {
		rows = [][]int32{nil}
	}

	axis, err := newAxis(column(m.node.Axis), values[0], values[1], values[2], m.node.Closed)
	if err != nil {
		return nil, err
	}
	first := make([]int32, 0, len(rows))
	arrays := make([][]dynamic.Value, len(m.node.Aggs)+1)
	for _, group := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start, n, err := axis.span(group)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			continue // every row of the group lacks the axis
		}
		if err := m.b.cfg.Memory.Charge(seriesName, int64(n)*int64(len(arrays))*valueBytes); err != nil {
			return nil, err
		}
		first = append(first, append(group, 0)[0])
		for k, c := range m.node.Aggs {
			arrays[k] = append(arrays[k], fill(column(c), values[3+k], m.consts[3+k] != nil, group, axis, start, n))
		}
		arrays[len(m.node.Aggs)] = append(arrays[len(m.node.Aggs)], axis.points(start, n))
	}
	out := &vector.Batch{N: len(first)}
	for _, k := range keys {
		out.Cols = append(out.Cols, k.Gather(first))
	}
	for _, a := range arrays {
		out.Cols = append(out.Cols, vector.Of(types.Dynamic, a, nil))
	}
	if out.N == 0 {
		return nil, nil
	}
	return out, nil
}

// valueBytes is what one dynamic scalar takes.
const valueBytes = 48

// fill is one series of an aggregate.
func fill(v *vector.Vector, def vector.Datum, given bool, group []int32, axis *seriesAxis, start float64, n int) dynamic.Value {
	items := make([]dynamic.Value, n)
	empty := zeroOf(v.Type)
	if given {
		empty = dynamic.NullValue
		if !def.Null() {
			empty = vector.Constant(def, 1).ToDynamic(0)
		}
		if f, ok := empty.Number(); ok && v.Type == types.Real {
			empty = dynamic.FromReal(f)
		}
	}
	for i := range items {
		items[i] = empty
	}
	for _, r := range group {
		if i, ok := axis.index(int(r), start); ok && i >= 0 && i < n {
			items[i] = v.ToDynamic(int(r))
		}
	}
	return dynamic.FromArray(items)
}

// zeroOf fills steps without rows when the query names no default.
func zeroOf(t types.Type) dynamic.Value {
	switch t {
	case types.Real:
		return dynamic.FromReal(0)
	case types.Int, types.Long:
		return dynamic.FromLong(0)
	}
	return dynamic.NullValue
}

// seriesAxis counts steps along the axis. Positions are ticks or numbers less
// base, so that a float keeps them exact.
type seriesAxis struct {
	v        *vector.Vector
	base     int64
	step     float64
	from, to *float64
	closed   bool
}

func newAxis(v *vector.Vector, from, to, step vector.Datum, closed bool) (*seriesAxis, error) {
	a := &seriesAxis{v: v, closed: closed}
	if v.Type != types.Real {
		if !from.Null() {
			a.base = asInt(from)
		} else {
			for i := 0; i < v.N; i++ {
				if !v.IsNull(i) {
					a.base = v.Int(i)
					break
				}
			}
		}
	}
	if step.Null() {
		return nil, fmt.Errorf("make-series: the step is null")
	}
	if a.step = a.position(step, 0); a.step <= 0 || math.IsNaN(a.step) || math.IsInf(a.step, 0) {
		return nil, fmt.Errorf("make-series: the step is not positive")
	}
	if !from.Null() {
		f := a.position(from, a.base)
		a.from = &f
	}
	if !to.Null() {
		f := a.position(to, a.base)
		a.to = &f
	}
	return a, nil
}

// position is a value less base.
func (a *seriesAxis) position(d vector.Datum, base int64) float64 {
	if f, ok := d.V.(float64); ok {
		return f
	}
	return float64(asInt(d) - base)
}

func (a *seriesAxis) at(row int) float64 {
	if a.v.Type == types.Real {
		return a.v.Real(row)
	}
	return float64(a.v.Int(row) - a.base)
}

// index is the step of a row in a series that begins at start.
func (a *seriesAxis) index(row int, start float64) (int, bool) {
	if a.v.IsNull(row) {
		return 0, false
	}
	i := math.Round((a.at(row) - start) / a.step)
	return int(i), i >= 0 && i < maxSeries
}

// span is where the series of a group begins and how many steps it has; less
// than 0 when it has none.
func (a *seriesAxis) span(group []int32) (float64, int, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range group {
		if !a.v.IsNull(int(r)) {
			p := a.at(int(r))
			lo, hi = math.Min(lo, p), math.Max(hi, p)
		}
	}
	if a.from != nil {
		lo = *a.from
	}
	n := math.Round((hi-lo)/a.step) + 1
	if a.to != nil {
		if n = math.Ceil((*a.to - lo) / a.step); a.closed {
			n = math.Floor((*a.to-lo)/a.step) + 1
		}
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, -1, nil
	}
	if n > maxSeries {
		return 0, 0, fmt.Errorf("make-series: a series of %.0f steps is longer than %d; take a larger step", n, maxSeries)
	}
	return lo, int(math.Max(n, 0)), nil
}

// points is the array of the axis.
func (a *seriesAxis) points(start float64, n int) dynamic.Value {
	items := make([]dynamic.Value, n)
	for i := range items {
		p := start + float64(i)*a.step
		tick := a.base + int64(p)
		switch a.v.Type {
		case types.Real:
			items[i] = dynamic.FromReal(p)
		case types.Datetime:
			items[i] = dynamic.FromDatetime(tick)
		case types.Timespan:
			items[i] = dynamic.FromTimespan(tick)
		default:
			items[i] = dynamic.FromLong(tick)
		}
	}
	return dynamic.FromArray(items)
}

// Close closes the input and drops the rows.
func (m *makeSeries) Close() error {
	m.out = &held{name: seriesName}
	return m.in.Close()
}

// Describe names the operator.
func (m *makeSeries) Describe() string { return seriesName }
