package exec

import (
	"sync"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// mvEntries remembers the elements of the entries of dictionaries: a part of
// a stored table hands out the same dictionary with each batch.
type mvEntries struct {
	mu    sync.Mutex // guards the rest
	lists []*mvLists
	next  int
}

// mvLists is the elements of each entry of a dictionary. Elements that are
// equal are one.
type mvLists struct {
	values *vector.Vector
	once   sync.Once
	err    error
	// elems are the distinct elements, converted; of has, for entry i, the
	// elements at[i] to at[i+1].
	elems *vector.Vector
	of    []int32
	at    []int
}

// maxListed bounds the elements of a dictionary that are listed ahead.
const maxListed = 1 << 20

// of gives the lists of a dictionary; nil when it is too large.
func (e *mvEntries) of(values *vector.Vector, m *mvExpand) (*mvLists, error) {
	e.mu.Lock()
	var l *mvLists
	for _, x := range e.lists {
		if x.values == values {
			l = x
		}
	}
	if l == nil {
		l = &mvLists{values: values}
		if len(e.lists) < memoSize {
			e.lists = append(e.lists, l)
		} else {
			e.lists[e.next] = l
			e.next = (e.next + 1) % memoSize
		}
	}
	e.mu.Unlock()
	l.once.Do(func() { l.fill(m) })
	if l.err != nil || l.elems == nil {
		return nil, l.err
	}
	return l, nil
}

func (l *mvLists) fill(m *mvExpand) {
	index := map[string]int32{}
	var elems []dynamic.Value
	var buf []byte
	l.at = append(l.at, 0)
	for i := range l.values.N {
		list := m.elements(l.values.ToDynamic(i))
		if m.limit > 0 && int64(len(list)) > m.limit {
			list = list[:m.limit]
		}
		if len(l.of)+len(list) > maxListed {
			return
		}
		for _, v := range list {
			buf = v.AppendBinary(buf[:0])
			id, ok := index[string(buf)]
			if !ok {
				id = int32(len(elems))
				index[string(buf)] = id
				elems = append(elems, v)
			}
			l.of = append(l.of, id)
		}
		l.at = append(l.at, len(l.of))
	}
	v, err := m.items[0].convert(vector.Of(types.Dynamic, elems, nil))
	if l.err = err; err == nil {
		l.elems = v.Flatten()
	}
}

// listed is piece for a batch whose values are a dictionary.
func (m *mvExpand) listed() (*vector.Batch, error) {
	var rows, codes []int32
	var index []int64
	of := m.values[0].Codes
	for m.row < m.batch.N && len(rows) < m.size {
		c := of[m.row]
		list := m.lists.of[m.lists.at[c]:m.lists.at[c+1]]
		for ; m.elem < len(list) && len(rows) < m.size; m.elem++ {
			rows = append(rows, int32(m.row))
			index = append(index, int64(m.elem))
			codes = append(codes, list[m.elem])
		}
		if m.elem >= len(list) {
			m.row, m.elem = m.row+1, 0
		}
	}
	batch, elems := m.batch, m.lists.elems
	if m.row >= batch.N {
		m.batch = nil
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return m.assemble(batch, rows, index, []*vector.Vector{vector.NewDict(elems, codes)}), nil
}
