package segment

import (
	"unsafe"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// texts is strings one behind the other. What at gives is a view that lives
// as long as the texts.
type texts struct {
	blob []byte
	ends []uint64
}

func (t *texts) n() int { return len(t.ends) }

func (t *texts) add(s string) {
	t.blob = append(t.blob, s...)
	t.ends = append(t.ends, uint64(len(t.blob)))
}

func (t *texts) at(i int) string {
	from := uint64(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return view(t.blob[from:t.ends[i]])
}

// view is bytes as a string without a copy; nobody changes them afterwards.
func view(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// textGather gathers a string column: as a dictionary while values repeat,
// else as texts, or as guids when all of them are.
type textGather struct {
	count int
	// As a dictionary:
	index map[string]uint32
	vals  []string
	arena []byte // what vals point into
	codes []uint32
	// Else:
	flat  bool
	guids []vector.Guid // while every value is a guid in lower case
	texts texts
	size  int64
}

// tryRows is how many rows a string column is looked at before it is decided
// that its values do not repeat.
const tryRows = 16384

func newTextGather() *textGather { return &textGather{index: map[string]uint32{}} }

func (g *textGather) bytes() int64 { return g.size + int64(len(g.codes))*4 + int64(len(g.guids))*16 }
func (g *textGather) rows() int    { return g.count }

// own copies s into the arena.
func (g *textGather) own(s string) string {
	if len(g.arena)+len(s) > cap(g.arena) {
		g.arena = make([]byte, 0, max(64<<10, len(s)))
	}
	at := len(g.arena)
	g.arena = append(g.arena, s...)
	return view(g.arena[at:len(g.arena):len(g.arena)])
}

func (g *textGather) code(s string) uint32 {
	c, ok := g.index[s]
	if !ok {
		c = uint32(len(g.vals))
		s = g.own(s)
		g.vals = append(g.vals, s)
		g.index[s] = c
		g.size += int64(len(s)) + 64
	}
	return c
}

func (g *textGather) add(v *vector.Vector, rows []int32) {
	n := len(rows)
	if rows == nil {
		n = v.N
	}
	g.count += n
	if g.flat {
		for k := range n {
			g.addFlat(v.Str(row(rows, k)))
		}
		return
	}
	switch v.Form {
	case vector.Const:
		if n > 0 {
			c := g.code(v.Str(0))
			for range n {
				g.codes = append(g.codes, c)
			}
		}
	case vector.Dict:
		memo := make([]uint32, v.Values.N) // code plus one
		for k := range n {
			x := v.Codes[row(rows, k)]
			if memo[x] == 0 {
				memo[x] = g.code(v.Values.Strs[x]) + 1
			}
			g.codes = append(g.codes, memo[x]-1)
		}
	default:
		for k := range n {
			g.codes = append(g.codes, g.code(v.Strs[row(rows, k)]))
		}
	}
	if len(g.codes) >= tryRows && len(g.vals)*10 > len(g.codes)*7 {
		g.flatten()
	}
}

func row(rows []int32, k int) int {
	if rows == nil {
		return k
	}
	return int(rows[k])
}

func (g *textGather) flatten() {
	codes, vals := g.codes, g.vals
	g.index, g.codes, g.vals, g.arena, g.flat, g.size = nil, nil, nil, nil, true, 0
	g.guids = []vector.Guid{}
	for _, c := range codes {
		g.addFlat(vals[c])
	}
}

func (g *textGather) addFlat(s string) {
	if g.guids != nil {
		if id, ok := plainGuid(s); ok {
			g.guids = append(g.guids, id)
			return
		}
		var b [36]byte
		for i := range g.guids {
			g.addText(view(unpackHex(b[:0], uuidShape, g.guids[i][:])))
		}
		g.guids = nil
	}
	g.addText(s)
}

func (g *textGather) addText(s string) {
	g.texts.add(s)
	g.size += int64(len(s)) + 8
}

// plainGuid reads a guid that is written with dashes and in lower case, so
// that its bytes give the text again.
func plainGuid(s string) (id vector.Guid, ok bool) {
	if len(s) != 36 || !fits(uuidShape, s) {
		return id, false
	}
	packHex(id[:0], uuidShape, s)
	return id, true
}

// finish is the column with its rows in order.
func (g *textGather) finish(order []int32) *field {
	if !g.flat {
		return &field{typ: types.String, n: len(g.codes), codes: reorder(g.codes, order), values: vector.Of(types.String, g.vals, nil)}
	}
	if g.guids != nil {
		ids := reorder(g.guids, order)
		return &field{typ: types.String, text: func(i int) string { return string(unpackHex(nil, uuidShape, ids[i][:])) }, guids: ids, n: len(ids)}
	}
	return &field{typ: types.String, n: g.texts.n(), text: func(i int) string { return g.texts.at(row(order, i)) }}
}

// reorder is s in the given order; nil keeps it.
func reorder[T any](s []T, order []int32) []T {
	if order == nil {
		return s
	}
	out := make([]T, len(order))
	for i, r := range order {
		out[i] = s[r]
	}
	return out
}
