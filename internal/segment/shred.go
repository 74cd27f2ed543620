package segment

import (
	"slices"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// shred takes a dynamic column apart. vals are its distinct documents, rows
// says which one each row has.
func shred(vals []dynamic.Value, rows []uint32) *field {
	return (&shredder{rows: rows}).node(vals, nil, 0)
}

type shredder struct {
	rows []uint32
}

// expand is a code a row from a code a document.
func (s *shredder) expand(of []uint32) []uint32 {
	out := make([]uint32, len(s.rows))
	for i, r := range s.rows {
		out[i] = of[r]
	}
	return out
}

// node makes the field of one path. gone marks the documents that do not have
// it; nil means that all do.
func (s *shredder) node(vals []dynamic.Value, gone []bool, depth int) *field {
	if depth < maxShredDepth {
		if f := s.bags(vals, gone, depth); f != nil {
			return f
		}
	}
	return s.leaf(vals, gone)
}

// bags takes bags apart, or gives nil when most values are none or have no
// keys in common.
func (s *shredder) bags(vals []dynamic.Value, gone []bool, depth int) *field {
	nbags, others := 0, 0
	for i := range vals {
		switch {
		case gone != nil && gone[i] || vals[i].IsNull():
		case vals[i].Kind() == dynamic.Bag:
			nbags++
		default:
			others++
		}
	}
	if nbags == 0 || others > nbags {
		return nil
	}
	keys := keyOrder(vals, gone, nbags)
	if len(keys) == 0 {
		return nil
	}
	place := make(map[string]int, len(keys))
	for k, key := range keys {
		place[key] = k
	}
	tag := make([]uint32, len(vals))
	kids := make([][]dynamic.Value, len(keys))
	missing := make([][]bool, len(keys))
	for k := range keys {
		kids[k], missing[k] = make([]dynamic.Value, len(vals)), make([]bool, len(vals))
		for i := range missing[k] {
			missing[k][i] = true
		}
	}
	rest := make([]dynamic.Value, len(vals))
	nrest := 0
	for i, v := range vals {
		switch {
		case gone != nil && gone[i]:
			tag[i] = tagAbsent
		case v.IsNull():
			tag[i] = tagNull
		default:
			names, items := v.Entries()
			if v.Kind() != dynamic.Bag || !inOrder(names, place) {
				tag[i], rest[i] = tagRest, v
				nrest++
				break
			}
			for j, key := range names {
				k := place[key]
				kids[k][i], missing[k][i] = items[j], false
			}
		}
	}
	if nrest > nbags/2 {
		return nil
	}
	f := &field{typ: types.Dynamic, n: len(s.rows), keys: keys, tag: tagField(s.expand(tag))}
	for k := range keys {
		f.kids = append(f.kids, s.node(kids[k], missing[k], depth+1))
	}
	if nrest > 0 {
		f.rest = s.leaf(rest, nil)
	}
	return f
}

// inOrder says whether keys stand in the order of their places.
func inOrder(keys []string, place map[string]int) bool {
	last := -1
	for _, key := range keys {
		p, ok := place[key]
		if !ok || p <= last {
			return false
		}
		last = p
	}
	return true
}

// keyOrder is the keys that become columns: those that one bag in 200 has, in
// an order that as many bags as possible keep.
func keyOrder(vals []dynamic.Value, gone []bool, nbags int) []string {
	count := map[string]int{}
	var order []string
	for i, v := range vals {
		if gone != nil && gone[i] || v.Kind() != dynamic.Bag {
			continue
		}
		after := -1 // where the key before stands
		for _, key := range v.Keys() {
			if count[key]++; count[key] == 1 {
				if len(order) >= 16*maxShredKeys {
					return nil // hardly a common shape
				}
				order = slices.Insert(order, after+1, key)
				after++
				continue
			}
			if p := slices.Index(order, key); p > after {
				after = p
			}
		}
	}
	order = slices.DeleteFunc(order, func(key string) bool { return count[key]*200 < nbags })
	if len(order) > maxShredKeys {
		return nil
	}
	return order
}

// leaf keeps values as they are: in a dictionary if they repeat.
func (s *shredder) leaf(vals []dynamic.Value, gone []bool) *field {
	index := map[string]uint32{}
	code := make([]uint32, len(vals))
	var own []dynamic.Value
	absent := 0
	var buf []byte
	kinds := [dynamic.Bag + 1]int{}
	for i, v := range vals {
		if gone != nil && gone[i] {
			if absent == 0 {
				own = append(own, dynamic.NullValue)
				absent = len(own)
			}
			code[i] = uint32(absent - 1)
			continue
		}
		kinds[v.Kind()]++
		buf = v.AppendBinary(buf[:0])
		c, ok := index[string(buf)]
		if !ok {
			c = uint32(len(own))
			index[string(buf)] = c
			own = append(own, v)
		}
		code[i] = c
	}
	n := len(s.rows)
	if len(own) <= 4096 || len(own)*4 <= n {
		f := &field{typ: types.Dynamic, n: n, codes: s.expand(code), values: vector.Of(types.Dynamic, own, nil), absent: absent}
		f.compact()
		return f
	}
	return s.flatLeaf(vals, gone, kinds)
}

// flatLeaf keeps a value a row: of one type if all are, else in binary form.
func (s *shredder) flatLeaf(vals []dynamic.Value, gone []bool, kinds [dynamic.Bag + 1]int) *field {
	kind, several := dynamic.Null, false
	for k, c := range kinds {
		if c > 0 && dynamic.Kind(k) != dynamic.Null {
			several = several || kind != dynamic.Null
			kind = dynamic.Kind(k)
		}
	}
	tag := make([]uint32, len(vals))
	for i := range vals {
		if gone != nil && gone[i] {
			tag[i] = tagAbsent
		} else if vals[i].IsNull() {
			tag[i] = tagNull
		}
	}
	f := &field{typ: types.Dynamic, n: len(s.rows), tag: tagField(s.expand(tag))}
	rows := s.rows
	if !several {
		switch kind {
		case dynamic.String:
			f.inner = &field{typ: types.String, n: f.n, text: func(i int) string { return vals[rows[i]].Text() }}
			return f
		case dynamic.Long, dynamic.Datetime, dynamic.Timespan:
			f.inner = &field{n: f.n, ints: make([]int64, f.n)}
			f.inner.typ = map[dynamic.Kind]types.Type{dynamic.Long: types.Long, dynamic.Datetime: types.Datetime, dynamic.Timespan: types.Timespan}[kind]
			for i, r := range rows {
				f.inner.ints[i] = vals[r].Long()
			}
			return f
		case dynamic.Real:
			f.inner = &field{typ: types.Real, n: f.n, reals: make([]float64, f.n)}
			for i, r := range rows {
				if tag[r] == tagHere {
					f.inner.reals[i] = vals[r].Real()
				}
			}
			return f
		}
	}
	f.inner = &field{typ: types.Dynamic, n: f.n, dyn: func(i int) dynamic.Value { return vals[rows[i]] }}
	return f
}
