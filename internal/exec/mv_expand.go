package exec

import (
	"context"
	"fmt"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// buildMvExpand gives a row per element of the expanded values.
func (b *builder) buildMvExpand(r *plan.MvExpand) (Operator, error) {
	in, err := b.build(r.Input)
	if err != nil {
		return nil, err
	}
	m := &mvExpand{in: in, none: b.none[r], bagArray: r.BagArray, limit: r.Limit, size: b.cfg.BatchSize, entries: &mvEntries{}}
	cols := r.Input.Cols()
	for _, item := range r.Items {
		e, err := b.compile(cols, item.Expr)
		if err != nil {
			return nil, err
		}
		to := item.To
		if to == types.Unknown {
			to = types.Dynamic
		}
		conv, err := b.converter(types.Dynamic, to)
		if err != nil {
			return nil, err
		}
		m.items = append(m.items, mvItem{eval: e, convert: conv})
	}
	for _, c := range r.Columns {
		from := mvColumn{item: -1, input: -1}
		for k := range r.Items {
			if r.Items[k].Col == c {
				from.item = k
			}
		}
		if from.item < 0 && (r.Index == nil || c != r.Index) {
			if from.input = columnIndex(cols, c); from.input < 0 {
				return nil, fmt.Errorf("bug: mv-expand has no column %q", c.Name)
			}
		}
		m.from = append(m.from, from)
	}
	if p, ok := in.(*pipe); ok && m.none == nil {
		// In the goroutines that read the table, each with a state of its own.
		p.behind(b.stack[len(b.stack)-1], "mv-expand", func(in Operator) Operator {
			own := *m
			own.in = in
			return &own
		})
		return p, nil
	}
	return m, nil
}

type mvItem struct {
	eval    evaluator
	convert func(*vector.Vector) (*vector.Vector, error)
}

// mvColumn says where a result column comes from: an item, an input column,
// or, with neither, the index of the element.
type mvColumn struct{ item, input int }

// mvExpand stands at element elem of row row of batch, so that a huge array
// comes out in pieces.
type mvExpand struct {
	// none, if set, is told that there was no element at all; any says that
	// there was one.
	none *bool
	any  bool

	in       Operator
	items    []mvItem
	from     []mvColumn
	bagArray bool
	limit    int64
	size     int

	batch  *vector.Batch
	values []*vector.Vector
	row    int
	elem   int
	// current holds the elements of row, per item; count is how many rows it
	// gives.
	current [][]dynamic.Value
	count   int

	entries *mvEntries
	lists   *mvLists // of batch, when its values are a dictionary
}

// Next gives the next rows, at most a batch size of them.
func (m *mvExpand) Next(ctx context.Context) (*vector.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if m.batch == nil {
			in, err := m.in.Next(ctx)
			if in == nil && err == nil && m.none != nil && !m.any {
				*m.none = true
			}
			if in == nil || err != nil {
				return nil, err
			}
			m.batch, m.row, m.elem, m.current, m.lists = in, 0, 0, nil, nil
			m.values = make([]*vector.Vector, len(m.items))
			for k, item := range m.items {
				if m.values[k], err = item.eval.Eval(ctx, in); err != nil {
					return nil, err
				}
			}
			if v := m.values[0]; len(m.items) == 1 && v.Form == vector.Dict {
				if m.lists, err = m.entries.of(v.Values, m); err != nil {
					return nil, err
				}
			}
		}
		out, err := m.piece()
		m.any = m.any || out != nil
		if err != nil || out != nil {
			return out, err
		}
	}
}

// piece expands rows of the batch until the piece is full or the batch ends;
// nil when that gave no row.
func (m *mvExpand) piece() (*vector.Batch, error) {
	if m.lists != nil {
		return m.listed()
	}
	var rows []int32
	var index []int64
	elems := make([][]dynamic.Value, len(m.items))
	for m.row < m.batch.N && len(rows) < m.size {
		if m.current == nil {
			m.open()
		}
		for ; m.elem < m.count && len(rows) < m.size; m.elem++ {
			rows = append(rows, int32(m.row))
			index = append(index, int64(m.elem))
			for k, have := range m.current {
				v := dynamic.NullValue
				if m.elem < len(have) {
					v = have[m.elem]
				}
				elems[k] = append(elems[k], v)
			}
		}
		if m.elem >= m.count {
			m.row, m.elem, m.current = m.row+1, 0, nil
		}
	}
	batch := m.batch
	if m.row >= batch.N {
		m.batch = nil
	}
	if len(rows) == 0 {
		return nil, nil
	}
	cols := make([]*vector.Vector, len(elems))
	for k, e := range elems {
		v, err := m.items[k].convert(vector.Of(types.Dynamic, e, nil))
		if err != nil {
			return nil, err
		}
		cols[k] = v
	}
	return m.assemble(batch, rows, index, cols), nil
}

// open lists the elements of the current row and counts its rows.
func (m *mvExpand) open() {
	m.current, m.count = make([][]dynamic.Value, len(m.values)), 0
	for k, v := range m.values {
		m.current[k] = m.elements(v.ToDynamic(m.row))
		m.count = max(m.count, len(m.current[k]))
	}
	if m.limit > 0 && int64(m.count) > m.limit {
		m.count = int(m.limit)
	}
}

func (m *mvExpand) assemble(in *vector.Batch, rows []int32, index []int64, items []*vector.Vector) *vector.Batch {
	kept := in.Gather(rows)
	out := &vector.Batch{N: len(rows), Cols: make([]*vector.Vector, len(m.from))}
	for i, from := range m.from {
		switch {
		case from.item >= 0:
			out.Cols[i] = items[from.item]
		case from.input >= 0:
			out.Cols[i] = kept.Cols[from.input]
		default:
			out.Cols[i] = vector.Of(types.Long, index, nil)
		}
	}
	return out
}

// elements are the rows a value gives: null and scalars one, an empty array
// or bag none.
func (m *mvExpand) elements(v dynamic.Value) []dynamic.Value {
	switch v.Kind() {
	case dynamic.Array:
		return v.Items()
	case dynamic.Bag:
		keys, items := v.Entries()
		out := make([]dynamic.Value, len(keys))
		for i := range keys {
			if m.bagArray {
				out[i] = dynamic.FromArray([]dynamic.Value{dynamic.FromString(keys[i]), items[i]})
			} else {
				out[i] = dynamic.FromBag([]string{keys[i]}, []dynamic.Value{items[i]})
			}
		}
		return out
	}
	return []dynamic.Value{v}
}

// Close closes the input.
func (m *mvExpand) Close() error {
	m.batch = nil
	return m.in.Close()
}

// Describe names the operator.
func (m *mvExpand) Describe() string { return "mv-expand" }
