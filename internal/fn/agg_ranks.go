package fn

import (
	"cmp"
	"slices"

	"goshawk/internal/vector"
)

// counted is how often each group saw each value, by the ids of an interner:
// a hash table of pairs with a count each.
type counted struct {
	slots  []uint64 // 0 is empty; a pair is kept plus one
	counts []int64
	n      int
}

func (c *counted) add(g, id int32, w int64) {
	if c.n*2 >= len(c.slots) {
		c.resize()
	}
	c.put((uint64(uint32(g))<<32|uint64(uint32(id)))+1, w)
}

func (c *counted) put(key uint64, w int64) {
	mask := uint64(len(c.slots) - 1)
	for h := key * 0x9E3779B97F4A7C15 >> 32; ; h++ {
		switch c.slots[h&mask] {
		case key:
			c.counts[h&mask] += w
			return
		case 0:
			c.slots[h&mask], c.counts[h&mask] = key, w
			c.n++
			return
		}
	}
}

func (c *counted) resize() {
	slots, counts := c.slots, c.counts
	n := max(64, 2*len(slots))
	c.slots, c.counts, c.n = make([]uint64, n), make([]int64, n), 0
	for i, key := range slots {
		if key != 0 {
			c.put(key, counts[i])
		}
	}
}

func (c *counted) each(f func(g, id int32, w int64)) {
	for i, key := range c.slots {
		if key != 0 {
			key--
			f(int32(key>>32), int32(uint32(key)), c.counts[i])
		}
	}
}

// weighted is a value with how often it counts.
type weighted struct {
	d vector.Datum
	w int64
}

// ranked are the values of all groups, each group's in order.
func (s *rankState) ranked(n int) [][]weighted {
	// The distinct values are put in order once.
	ranks := map[int32]int32{} // by id
	var order []int32
	s.seen.each(func(_, id int32, _ int64) {
		if _, ok := ranks[id]; !ok {
			ranks[id] = 0
			order = append(order, id)
		}
	})
	vals := s.in.valuesOf(order)
	data := make([]vector.Datum, len(order))
	at := make([]int32, len(order))
	for i, v := range vals {
		data[i] = s.datumOf(v)
		at[i] = int32(i)
	}
	slices.SortFunc(at, func(a, b int32) int {
		if c := compareDatum(data[a], data[b]); c != 0 {
			return c
		}
		return cmp.Compare(order[a], order[b])
	})
	sorted := make([]vector.Datum, len(at))
	for rank, i := range at {
		ranks[order[i]] = int32(rank)
		sorted[rank] = data[i]
	}
	type pair struct {
		rank int32
		w    int64
	}
	groups := make([][]pair, n)
	s.seen.each(func(g, id int32, w int64) { groups[g] = append(groups[g], pair{ranks[id], w}) })
	out := make([][]weighted, n)
	for g, ps := range groups {
		slices.SortFunc(ps, func(a, b pair) int { return cmp.Compare(a.rank, b.rank) })
		for _, p := range ps {
			out[g] = append(out[g], weighted{sorted[p.rank], p.w})
		}
	}
	return out
}
