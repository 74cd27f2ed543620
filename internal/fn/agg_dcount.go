package fn

import (
	"encoding/binary"
	"math/bits"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// dcount counts distinct values: exactly while they are few, or texts that
// repeat from dictionary to dictionary; beyond maxExact with a sketch, whose
// error the accuracy bounds. Nulls do not count; the empty string does.
var _ = aggregate(Aggregate{
	Name:    "dcount",
	Summary: "Counts the distinct values.",
	New:     newDcount,
})

var _ = aggregate(Aggregate{
	Name:    "dcountif",
	Summary: "Counts the distinct values of the rows for which a predicate holds.",
	New:     whenTrue(1, newDcount),
})

var _ = aggregateIf(Aggregate{
	Name:    "count_distinct",
	Summary: "Counts the distinct values.",
	New:     func(a AggArgs) (State, error) { return &dcountState{in: newInterner(a.Types[0])}, nil },
}, "count_distinctif", 1, "Counts the distinct values of the rows for which a predicate holds.")

// maxExact is how many distinct values dcount keeps before it goes over to
// sketches. Kusto estimates from 1,025 on; keeping more costs memory only.
const maxExact = 1 << 13

func newDcount(a AggArgs) (State, error) {
	accuracy := int64(defaultAccuracy)
	if len(a.Consts) > 1 && a.Consts[1] != nil {
		if n, ok := a.Consts[1].V.(int64); ok && n >= 0 && n < int64(len(hllBits)) {
			accuracy = n
		}
	}
	return &dcountState{in: newInterner(a.Types[0]), bits: hllBits[accuracy]}, nil
}

// dcountState counts in one of three ways. Numbered texts are bits in a row of
// bits per group, as long as that takes little memory. Anything else is pairs
// of group and value, and, beyond maxExact values, a sketch a group.
type dcountState struct {
	in   *interner
	seen pairs
	n    []int64 // by pairs
	bits int     // of a sketch; 0 never estimates

	numbered numberSets
	sketches []*hll // nil while counting exactly
}

func (s *dcountState) Grow(n int) {
	s.n = grown(s.n, n)
	s.numbered.grow(n)
	if s.sketches != nil {
		s.sketches = grown(s.sketches, n)
	}
}

func (s *dcountState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	switch {
	case s.sketches != nil:
		s.estimate(groups, v)
		return nil
	case s.in.empty() && s.numbered.add(groups, v):
		return nil
	}
	s.pairs()
	for i, id := range s.in.ids(v, len(groups)) {
		if id >= 0 && s.seen.add(groups[i], id) {
			s.n[groups[i]]++
		}
	}
	if s.bits > 0 && len(s.in.vals) > maxExact {
		s.sketch()
	}
	return nil
}

// pairs goes over from bits to pairs.
func (s *dcountState) pairs() {
	if s.numbered.space == nil {
		return
	}
	s.in.begun, s.in.space = true, s.numbered.space
	s.numbered.each(func(g, num int32) {
		if s.seen.add(g, num) {
			s.n[g]++
		}
	})
	s.numbered = numberSets{groups: s.numbered.groups}
}

// sketch goes over to sketches.
func (s *dcountState) sketch() {
	s.pairs()
	s.sketches = make([]*hll, len(s.n))
	hashes := make([]int64, len(s.in.vals))
	for i, x := range s.in.vals {
		hashes[i] = hashOfValue(x, s.in.t)
	}
	var all []string
	if s.in.space != nil {
		all = s.in.space.Values().Strs
	}
	s.seen.each(func(g, id int32) {
		switch {
		case s.in.space == nil:
			s.of(g).add(hashes[id])
		case id >= beyondSpace:
			s.of(g).add(hashes[id-beyondSpace])
		default:
			s.of(g).add(int64(xxhash64([]byte(all[id]))))
		}
	})
	s.in, s.seen, s.n = newInterner(s.in.t), pairs{}, make([]int64, len(s.n))
}

// hashOfValue is hashOf for a value of a column of type t.
func hashOfValue(x dynamic.Value, t types.Type) int64 {
	switch t {
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return int64(xxhash64(binary.LittleEndian.AppendUint64(nil, uint64(x.Long()))))
	case types.Bool:
		return int64(xxhash64([]byte{byte(btoi(x.Bool()))}))
	case types.Guid:
		if g, ok := vector.ParseGuid(x.Text()); ok {
			return int64(xxhash64(g[:]))
		}
	}
	return int64(xxhash64([]byte(x.String())))
}

func (s *dcountState) of(g int32) *hll {
	if s.sketches[g] == nil {
		s.sketches[g] = newHLL(s.bits)
	}
	return s.sketches[g]
}

func (s *dcountState) estimate(groups []int32, v *vector.Vector) {
	if v.Form == vector.Dict && v.Values.N <= v.N {
		hashes := make([]int64, v.Values.N)
		for i := range hashes {
			if !v.Values.IsNull(i) {
				hashes[i] = hashOf(v.Values, i)
			}
		}
		for i, g := range groups {
			if c := v.Codes[i]; !v.Values.IsNull(int(c)) {
				s.of(g).add(hashes[c])
			}
		}
		return
	}
	for i, g := range groups {
		if !v.IsNull(i) {
			s.of(g).add(hashOf(v, i))
		}
	}
}

func (s *dcountState) Merge(other State, to []int32) error {
	o := other.(*dcountState)
	if s.sketches == nil && o.sketches == nil {
		if s.in.empty() && o.in.empty() && s.numbered.merge(&o.numbered, to) {
			return nil
		}
		s.pairs()
		o.pairs()
		ids := s.in.absorb(o.in)
		o.seen.each(func(g, id int32) {
			if s.seen.add(to[g], ids(id)) {
				s.n[to[g]]++
			}
		})
		if s.bits > 0 && len(s.in.vals) > maxExact {
			s.sketch()
		}
		return nil
	}
	if s.sketches == nil {
		s.sketch()
	}
	if o.sketches == nil {
		o.sketch()
	}
	for g, h := range o.sketches {
		switch {
		case h == nil:
		case s.sketches[to[g]] == nil:
			s.sketches[to[g]] = h
		default:
			s.sketches[to[g]].merge(h)
		}
	}
	return nil
}

func (s *dcountState) Results(n int) ([]*vector.Vector, error) {
	out := make([]int64, n)
	copy(out, s.n)
	for g := range out {
		if s.numbered.space != nil {
			out[g] = s.numbered.count(g)
		}
		if g < len(s.sketches) && s.sketches[g] != nil {
			out[g] = s.sketches[g].count()
		}
	}
	return []*vector.Vector{vector.Of(types.Long, out, nil)}, nil
}

func (s *dcountState) Bytes() int64 {
	n := s.in.bytes + int64(len(s.seen.slots)+cap(s.n)+len(s.numbered.bits))*8
	for _, h := range s.sketches {
		if h != nil {
			n += int64(40*len(h.hashes) + len(h.dense) + 64)
		}
	}
	return n
}

// numberSets is a set of numbered texts per group: a row of bits each.
type numberSets struct {
	space  *vector.Space
	groups int
	words  int // of a row
	bits   []uint64
	rows   int // seen so far
}

// The bits of all groups take less than 8 bytes a row that was seen, which
// pairs take twice of, or freeBits.
const freeBits = 1 << 20

func (b *numberSets) grow(n int) {
	b.groups = max(b.groups, n)
}

// fits says whether rows of words are small enough.
func (b *numberSets) fits(words int) bool { return words*b.groups <= max(freeBits/8, b.rows) }

// widen makes the rows long enough for all numbers of the space.
func (b *numberSets) widen(size int) bool {
	words := max(b.words, (size+63)/64)
	if !b.fits(words) {
		return false
	}
	if words == b.words {
		b.bits = grown(b.bits, words*b.groups)
		return true
	}
	bits := make([]uint64, words*b.groups)
	for g := 0; g*b.words < len(b.bits); g++ {
		copy(bits[g*words:], b.bits[g*b.words:(g+1)*b.words])
	}
	b.words, b.bits = words, bits
	return true
}

// add puts texts in; false says that it cannot.
func (b *numberSets) add(groups []int32, v *vector.Vector) bool {
	vals := v
	if v.Form == vector.Dict {
		vals = v.Values
	}
	space, nums := vals.Numbered()
	if space == nil || b.space != nil && b.space != space {
		return false
	}
	b.rows += len(groups)
	if !b.widen(space.Values().N) {
		b.rows -= len(groups)
		return false
	}
	b.space = space
	words := b.words
	switch v.Form {
	case vector.Dict:
		for i, g := range groups {
			x := nums[v.Codes[i]]
			b.bits[int(g)*words+int(x>>6)] |= 1 << (x & 63)
		}
	case vector.Const:
		for _, g := range groups {
			b.bits[int(g)*words+int(nums[0]>>6)] |= 1 << (nums[0] & 63)
		}
	default:
		for i, g := range groups {
			x := nums[i]
			b.bits[int(g)*words+int(x>>6)] |= 1 << (x & 63)
		}
	}
	return true
}

// merge puts the sets of o in; false says that it cannot.
func (b *numberSets) merge(o *numberSets, to []int32) bool {
	if o.space == nil {
		return true
	}
	if b.space != nil && b.space != o.space {
		return false
	}
	b.rows += o.rows
	if !b.widen(o.words * 64) {
		b.rows -= o.rows
		return false
	}
	b.space = o.space
	for g := 0; (g+1)*o.words <= len(o.bits) && g < len(to); g++ {
		row := b.bits[int(to[g])*b.words:]
		for w, x := range o.bits[g*o.words : (g+1)*o.words] {
			row[w] |= x
		}
	}
	return true
}

func (b *numberSets) count(g int) int64 {
	n := 0
	if (g+1)*b.words <= len(b.bits) {
		for _, w := range b.bits[g*b.words : (g+1)*b.words] {
			n += bits.OnesCount64(w)
		}
	}
	return int64(n)
}

func (b *numberSets) each(f func(g, num int32)) {
	for g := 0; (g+1)*b.words <= len(b.bits) && b.words > 0; g++ {
		for w, x := range b.bits[g*b.words : (g+1)*b.words] {
			for ; x != 0; x &= x - 1 {
				f(int32(g), int32(w*64+bits.TrailingZeros64(x)))
			}
		}
	}
}
