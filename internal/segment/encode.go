package segment

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// encoder makes the pieces of one column.
type encoder struct {
	rows, column, sorted int
	base                 []int64 // the sort column, for other columns
	root                 *node
	nodes                []*node // those with pieces, in file order
	index                *tokenEntry
}

// node makes the entry of f and of what is inside it.
func (e *encoder) node(f *field) *node {
	if f.trivial() {
		return &node{kind: nodeNone}
	}
	n := &node{typ: f.typ}
	switch {
	case f.codes != nil:
		e.dict(n, f)
	case f.valid != nil || f.inner != nil:
		e.tagged(n, f)
	case f.ints != nil:
		e.ints(n, f)
	case f.reals != nil:
		e.reals(n, f)
	case f.kids != nil:
		n.kind, n.keys = nodeStruct, f.keys
		n.tag = e.node(f.tag)
		for _, k := range f.kids {
			n.kids = append(n.kids, e.node(k))
		}
		if f.rest != nil {
			n.rest = e.node(f.rest)
		}
		return n
	default:
		e.texts(n, f)
	}
	return n
}

// keep notes a node that has pieces.
func (e *encoder) keep(n *node, ps ...piece) {
	n.pieces = append(n.pieces, ps...)
	e.nodes = append(e.nodes, n)
}

func (e *encoder) dict(n *node, f *field) {
	n.kind, n.stream, n.n, n.absent = nodeDict, f.stream, f.values.N, f.absent
	n.distinct = uint64(f.values.N - btoi(f.absent > 0))
	for _, c := range f.codes {
		if f.values.IsNull(int(c)) {
			n.nulls++
		}
	}
	ps := []piece{seal(appendValues(nil, f.values))}
	if f.byCode != nil {
		width := bits.Len(uint(f.values.N - 1))
		nums := make([]uint64, len(f.byCode))
		for i, c := range f.byCode {
			nums[i] = uint64(c)
		}
		ps = append(ps, seal(squeezeCodes(nil, pack(nil, nums, width))))
	}
	e.keep(n, ps...)
}

// tagged puts the rows without a value beside flat values.
func (e *encoder) tagged(n *node, f *field) {
	n.kind = nodeTagged
	if f.inner != nil {
		n.tag, n.inner = e.node(f.tag), e.node(f.inner)
		return
	}
	tag := make([]uint32, f.n)
	for i := range tag {
		if !f.valid.Get(i) {
			tag[i] = tagNull
			n.nulls++
		}
	}
	t := tagField(tag)
	// Written with a stream of its own inside the node: streams have been laid.
	n.tag = &node{kind: nodeBits, typ: types.Int}
	var ps []piece
	for lo := 0; lo < f.n; lo += blockRows {
		block := make([]uint32, min(blockRows, f.n-lo))
		for i := range block {
			block[i] = uint32(t.values.Ints[t.codes[lo+i]])
		}
		ps = append(ps, seal(appendCodes(nil, block)))
	}
	e.keep(n.tag, ps...)
	plain := *f
	plain.valid = nil
	n.inner = e.node(&plain)
}

func (e *encoder) ints(n *node, f *field) {
	n.kind = nodeInts
	var ps []piece
	var seen sketch
	for lo := 0; lo < f.n; lo += blockRows {
		hi := min(lo+blockRows, f.n)
		var base []int64
		if e.base != nil {
			base = e.base[lo:hi]
		}
		block := f.ints[lo:hi]
		ps = append(ps, seal(appendInts(nil, block, base)))
		low, high := block[0], block[0]
		for _, x := range block {
			low, high = min(low, x), max(high, x)
			seen.add(uint64(x) * 0x9E3779B97F4A7C15)
		}
		n.zones = append(n.zones, zone{low, high})
	}
	n.distinct = seen.estimate()
	e.keep(n, ps...)
}

func (e *encoder) reals(n *node, f *field) {
	n.kind = nodeReals
	var ps []piece
	var seen sketch
	for lo := 0; lo < f.n; lo += blockRows {
		hi := min(lo+blockRows, f.n)
		var raw []byte
		for _, x := range f.reals[lo:hi] {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(x))
			seen.add(math.Float64bits(x) * 0x9E3779B97F4A7C15)
		}
		ps = append(ps, seal(squeezeCodes(nil, raw)))
	}
	n.distinct = seen.estimate()
	e.keep(n, ps...)
}

// texts writes pages of strings, guids or dynamic values.
func (e *encoder) texts(n *node, f *field) {
	n.kind = nodeTexts
	at := f.text
	switch {
	case f.typ == types.Guid:
		at = func(i int) string { return vector.GuidText(f.guids[i]) }
	case f.dyn != nil:
		at = func(i int) string { return string(f.dyn(i).AppendBinary(nil)) }
	}
	var ps []piece
	var seen sketch
	for lo := 0; lo < f.n; lo += pageRows {
		hi := min(lo+pageRows, f.n)
		var raw []byte
		if f.guids != nil {
			raw = appendText([]byte{1}, uuidShape)
			for i := lo; i < hi; i++ {
				raw = append(raw, f.guids[i][:]...)
				seen.add(binary.LittleEndian.Uint64(f.guids[i][:]) * 0x9E3779B97F4A7C15)
			}
			ps = append(ps, seal(append([]byte{plain}, raw...)))
			continue
		}
		page := make([]string, hi-lo)
		for i := range page {
			page[i] = at(lo + i)
			h := uint64(crc32.Checksum([]byte(page[i]), castagnoli))
			seen.add((h ^ uint64(len(page[i]))<<32) * 0x9E3779B97F4A7C15)
		}
		raw = appendTexts(nil, len(page), func(i int) string { return page[i] })
		if raw[0] == 1 {
			ps = append(ps, seal(append([]byte{plain}, raw...)))
		} else {
			ps = append(ps, seal(squeezeText(nil, raw)))
		}
	}
	n.distinct = seen.estimate()
	e.keep(n, ps...)
}

// sketch estimates how many different numbers it has seen: it counts which of
// its bits are set.
type sketch struct {
	bits []uint64
	n    uint64
}

// sketchBits gives estimates up to about half a million within a few percent.
const sketchBits = 1 << 16

func (s *sketch) add(h uint64) {
	if s.bits == nil {
		s.bits = make([]uint64, sketchBits/64)
	}
	s.n++
	h ^= h >> 32
	s.bits[h>>6&(sketchBits/64-1)] |= 1 << (h & 63)
}

func (s *sketch) estimate() uint64 {
	empty := 0
	for _, w := range s.bits {
		empty += 64 - bits.OnesCount64(w)
	}
	if empty == 0 {
		return s.n
	}
	return min(s.n, uint64(math.Round(sketchBits*math.Log(sketchBits/float64(empty)))))
}
