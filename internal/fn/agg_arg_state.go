package fn

import (
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// argState keeps one row per group: the row whose first argument is best. With
// sign 0 it is the first row (take_any of several columns).
//
// Of a row only its place is kept: the batch and the number in it. Values are
// taken out when many batches are held, and then only those of rows that are
// still best: with rows in the order of time every batch brings new best ones.
type argState struct {
	t    []types.Type
	sign int
	// chunks are arguments of batches, one vector per argument; loose is the
	// first that still has all rows of its batch.
	chunks [][]*vector.Vector
	loose  int
	// best is the chunk and row of each group, chunk in the upper half.
	best []int64
	// While the first argument is a whole number or time without nulls, keys is
	// the best one of each group.
	keys  []int64
	whole bool
	begun bool
	bytes int64
}

// noRow stands for a group without rows.
const noRow = int64(-1)

// maxLoose bounds the batches that are held whole.
const maxLoose = 12

func (s *argState) Grow(n int) {
	for len(s.best) < n {
		s.best = append(s.best, noRow)
	}
	s.keys = grown(s.keys, n)
}

func rowAt(chunk, row int) int64 { return int64(chunk)<<32 | int64(row) }

// datum is the value of argument k in a kept row.
func (s *argState) datum(at int64, k int) vector.Datum {
	return s.chunks[at>>32][k].Datum(int(int32(at)))
}

func wholeNumbers(v *vector.Vector) bool {
	if v.Ints == nil && (v.Form != vector.Dict || v.Values.Ints == nil) {
		return false
	}
	if v.Form == vector.Dict {
		return v.Values.Valid == nil
	}
	return v.Valid == nil
}

// Add notes which rows of the batch are best so far.
func (s *argState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	if !s.begun {
		s.begun, s.whole = true, wholeNumbers(v)
	} else if s.whole && !wholeNumbers(v) {
		s.whole = false
	}
	chunk := len(s.chunks)
	s.chunks = append(s.chunks, append([]*vector.Vector(nil), args...))
	used := false
	for i, g := range groups {
		old := s.best[g]
		switch {
		case old == noRow:
		case s.sign == 0:
			continue
		case s.whole:
			if x := v.Int(i); s.sign > 0 && x <= s.keys[g] || s.sign < 0 && x >= s.keys[g] {
				continue
			}
		case !better(v.Datum(i), s.datum(old, 0), s.sign):
			continue
		}
		if s.whole {
			s.keys[g] = v.Int(i)
		}
		s.best[g], used = rowAt(chunk, i), true
	}
	if !used {
		s.chunks = s.chunks[:chunk]
		return nil
	}
	for _, a := range args {
		s.bytes += chunkBytes(a)
	}
	if len(s.chunks)-s.loose > maxLoose {
		s.tighten()
	}
	return nil
}

// chunkBytes is about what holding v costs; a dictionary's values are held by
// others too.
func chunkBytes(v *vector.Vector) int64 {
	if v.Form == vector.Dict {
		return int64(len(v.Codes))*4 + 64
	}
	return v.Bytes()
}

// tighten keeps of the loose chunks only the rows that are best.
func (s *argState) tighten() {
	rows := make([][]int32, len(s.chunks)-s.loose)
	for g, at := range s.best {
		if c := int(at >> 32); at != noRow && c >= s.loose {
			k := c - s.loose
			s.best[g] = rowAt(c, len(rows[k]))
			rows[k] = append(rows[k], int32(at))
		}
	}
	for k, r := range rows {
		chunk := s.chunks[s.loose+k]
		for i, v := range chunk {
			s.bytes -= chunkBytes(v)
			chunk[i] = own(v.Gather(r))
			s.bytes += chunkBytes(chunk[i])
		}
	}
	s.loose = len(s.chunks)
	if held := len(s.chunks); held > 4*maxLoose {
		s.join()
	}
}

// own is v without a hold on the batch it came from. v is not shared.
func own(v *vector.Vector) *vector.Vector {
	if v.Form != vector.Flat {
		return v
	}
	for i, x := range v.Strs {
		v.Strs[i] = strings.Clone(x)
	}
	for i, x := range v.Dyns {
		v.Dyns[i] = x.Detach()
	}
	return v
}

// join makes one chunk of all, with a row a group.
func (s *argState) join() {
	one := make([]*vector.Vector, len(s.t))
	for k := range s.t {
		one[k] = s.column(k, len(s.best))
	}
	for g, at := range s.best {
		if at != noRow {
			s.best[g] = rowAt(0, g)
		}
	}
	s.chunks, s.loose, s.bytes = [][]*vector.Vector{one}, 1, 0
	for _, v := range one {
		s.bytes += chunkBytes(v)
	}
}

// column is argument k of the groups below n; null for a group without rows.
func (s *argState) column(k, n int) *vector.Vector {
	if v := s.numbered(k, n); v != nil {
		return v
	}
	b := vector.NewBuilder(s.t[k], n)
	for g := range n {
		if at := s.best[g]; at == noRow {
			b.AppendNull()
		} else {
			b.AppendFrom(s.chunks[at>>32][k], int(int32(at)))
		}
	}
	return b.Done()
}

// numbered is column for texts that are all numbered in one space.
func (s *argState) numbered(k, n int) *vector.Vector {
	if s.t[k] != types.String {
		return nil
	}
	var space *vector.Space
	nums := make([][]int32, len(s.chunks))
	for c, chunk := range s.chunks {
		v := chunk[k]
		if v.Form != vector.Dict {
			return nil
		}
		sp, ns := v.Values.Numbered()
		if sp == nil || space != nil && sp != space {
			return nil
		}
		space, nums[c] = sp, ns
	}
	if space == nil {
		return nil
	}
	codes := make([]int32, n)
	for g := range codes {
		at := s.best[g]
		if at == noRow {
			return nil
		}
		c := at >> 32
		codes[g] = nums[c][s.chunks[c][k].Codes[int32(at)]]
	}
	return vector.NewDict(space.Values(), codes)
}

// Merge takes over the better rows of other.
func (s *argState) Merge(other State, to []int32) error {
	o := other.(*argState)
	if !o.begun {
		return nil
	}
	o.tighten()
	if !s.begun {
		s.begun, s.whole = true, o.whole
	}
	s.tighten()
	s.whole = s.whole && o.whole
	offset := len(s.chunks)
	s.chunks = append(s.chunks, o.chunks...)
	s.loose = len(s.chunks)
	s.bytes += o.bytes
	for g, at := range o.best {
		t := to[g]
		old := s.best[t]
		switch {
		case at == noRow || old != noRow && s.sign == 0:
			continue
		case old == noRow:
		case s.whole:
			if x := o.keys[g]; s.sign > 0 && x <= s.keys[t] || s.sign < 0 && x >= s.keys[t] {
				continue
			}
		case !better(o.datum(at, 0), s.datum(old, 0), s.sign):
			continue
		}
		s.best[t] = at + int64(offset)<<32
		if o.whole {
			s.keys[t] = o.keys[g]
		}
	}
	if len(s.chunks) > 4*maxLoose {
		s.join()
	}
	return nil
}

func (s *argState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]*vector.Vector, len(s.t))
	for k := range s.t {
		out[k] = s.column(k, n)
	}
	return out, nil
}

func (s *argState) Bytes() int64 { return s.bytes + int64(cap(s.best)+cap(s.keys))*8 }
