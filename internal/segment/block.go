package segment

import (
	"fmt"
	"slices"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Block is some consecutive rows of a part. Codes that several columns share
// are unpacked once. A Block is used by one goroutine.
type Block struct {
	r     *Reader
	i     int
	n     int
	codes map[int][]int32 // by stream
	raw   map[int]*packed
	base  []int64 // the sort column
	bytes int64   // read from the file

	// What was picked last: columns that share codes share the picked ones too.
	rows   []int32
	picked map[int][]int32
}

// Block is block i.
func (r *Reader) Block(i int) *Block {
	return &Block{r: r, i: i, n: min(blockRows, r.dir.rows-i*blockRows), codes: map[int][]int32{}, raw: map[int]*packed{}}
}

func (b *Block) fetch(x run, i int, where string) ([]byte, error) {
	b.bytes += int64(x.lens[i])
	return b.r.fetch(x, i, where)
}

// N is the number of rows.
func (b *Block) N() int { return b.n }

// Filter is the rows, among rows if that is not nil, at which the code of a
// dictionary column passes. A dictionary of one code has no codes to look at.
func (b *Block) Filter(c *Column, pass []bool, rows []int32) ([]int32, error) {
	if c.node.kind != nodeDict || c.node.stream == 0 {
		if len(pass) == 1 && !pass[0] {
			return []int32{}, nil
		}
		return rows, nil
	}
	p, err := b.packed(c.node.stream)
	if err != nil {
		return nil, err
	}
	out, err := p.filter(pass, rows)
	if err != nil {
		return nil, b.r.named(in(b.where(c.node.stream), err))
	}
	return out, nil
}

func (b *Block) where(s int) string { return fmt.Sprintf("codes %d, block %d", s, b.i) }

// packed is a stream's block as it stands in the file.
func (b *Block) packed(s int) (*packed, error) {
	if p := b.raw[s]; p != nil {
		return p, nil
	}
	e := &b.r.dir.streams[s-1]
	file, unpacked := buffers.Get().(*[]byte), buffers.Get().(*[]byte)
	b.bytes += int64(e.run.lens[b.i])
	raw, err := b.r.fetchTo(*file, e.run, b.i, b.where(s))
	if err != nil {
		return nil, err
	}
	*file = raw[:0]
	p, err := readPacked(raw, b.n, e.n, *unpacked)
	if err != nil {
		return nil, b.r.named(in(b.where(s), err))
	}
	if cap(p.raw) > cap(*unpacked) && p.width > 0 && len(raw) < len(p.raw) {
		*unpacked = p.raw[:0] // it was unpacked into new memory
	}
	p.file, p.unpacked = file, unpacked
	b.raw[s] = &p
	return &p, nil
}

// Release gives back memory that nothing read from the block stands in. The
// block must not be used afterwards.
func (b *Block) Release() {
	for _, p := range b.raw {
		buffers.Put(p.file)
		buffers.Put(p.unpacked)
	}
	b.raw = nil
}

func (b *Block) stream(s int) ([]int32, error) {
	if codes := b.codes[s]; codes != nil {
		return codes, nil
	}
	p, err := b.packed(s)
	if err != nil {
		return nil, err
	}
	out := make([]int32, b.n)
	if err := p.all(out); err != nil {
		return nil, b.r.named(in(b.where(s), err))
	}
	b.codes[s] = out
	return out, nil
}

// pick is the codes of a stream at rows.
func (b *Block) pick(s int, rows []int32) ([]int32, error) {
	if rows == nil {
		return b.stream(s)
	}
	if len(rows) == 0 {
		return []int32{}, nil
	}
	if len(b.rows) != len(rows) || &b.rows[0] != &rows[0] {
		b.rows, b.picked = rows, map[int][]int32{}
	}
	if p := b.picked[s]; p != nil {
		return p, nil
	}
	out := make([]int32, len(rows))
	if codes := b.codes[s]; codes != nil {
		for i, r := range rows {
			out[i] = codes[r]
		}
	} else {
		p, err := b.packed(s)
		if err != nil {
			return nil, err
		}
		if err := p.at(rows, out); err != nil {
			return nil, b.r.named(in(b.where(s), err))
		}
	}
	b.picked[s] = out
	return out, nil
}

// Column reads a column: all rows of the block, or those in rows, which
// ascend.
func (b *Block) Column(c *Column, rows []int32) (*vector.Vector, error) {
	n := b.n
	if rows != nil {
		n = len(rows)
	}
	if c.node.kind == nodeNone || n == 0 {
		return zero(c.typ, n), nil
	}
	if len(c.path) > 0 && c.node.kind != nodeDict {
		return b.path(c, c.node, c.path, rows, n)
	}
	return b.read(c, c.node, rows, n)
}

// path follows a path into x, where not all rows are bags taken apart.
func (b *Block) path(c *Column, x *node, path []string, rows []int32, n int) (*vector.Vector, error) {
	if x.kind == nodeNone {
		return zero(types.Dynamic, n), nil
	}
	if x.kind != nodeStruct || len(path) == 0 {
		v, err := b.read(c, x, rows, n)
		if err != nil {
			return nil, err
		}
		for _, k := range path {
			v = v.Path(k)
		}
		return v, nil
	}
	v := zero(types.Dynamic, n)
	if k := slices.Index(x.keys, path[0]); k >= 0 {
		var err error
		if v, err = b.path(c, x.kids[k], path[1:], rows, n); err != nil {
			return nil, err
		}
	}
	tag, err := b.tagCodes(c, x.tag, rows, n)
	if err != nil || !slices.Contains(tag, tagRest) {
		return v, err
	}
	rest, err := b.read(c, x.rest, rows, n)
	if err != nil {
		return nil, err
	}
	out := make([]dynamic.Value, n)
	for i := range out {
		if tag[i] != tagRest {
			out[i] = v.Dyn(i)
			continue
		}
		out[i] = rest.Dyn(i)
		for _, k := range path {
			out[i] = out[i].Get(k)
		}
	}
	return vector.Of(types.Dynamic, out, nil), nil
}

func (b *Block) read(c *Column, x *node, rows []int32, n int) (*vector.Vector, error) {
	where := func() string { return fmt.Sprintf("column %s, block %d", c.name, b.i) }
	switch x.kind {
	case nodeNone:
		return zero(types.Dynamic, n), nil
	case nodeDict:
		at := *c
		if at.node != x {
			at.node, at.path = x, nil
		}
		vals, err := b.r.values(&at)
		if err != nil {
			return nil, err
		}
		if x.stream == 0 {
			out := *vals
			out.Form, out.N = vector.Const, n
			return &out, nil
		}
		codes, err := b.pick(x.stream, rows)
		if err != nil {
			return nil, err
		}
		return vector.NewDict(vals, codes), nil
	case nodeInts:
		if rows == nil {
			out := make([]int64, b.n)
			if err := b.ints(x, out, where()); err != nil {
				return nil, err
			}
			return vector.Of(x.typ, out, nil), nil
		}
		hold := numbers.Get().(*[]int64)
		defer numbers.Put(hold)
		*hold = slices.Grow((*hold)[:0], b.n)[:b.n]
		if err := b.ints(x, *hold, where()); err != nil {
			return nil, err
		}
		return vector.Of(x.typ, reorder(*hold, rows), nil), nil
	case nodeReals:
		raw, err := b.fetch(x.run, b.i, where())
		if err == nil {
			raw, err = unsqueeze(raw)
		}
		if err != nil {
			return nil, b.r.named(in(where(), err))
		}
		if len(raw) != 8*b.n {
			return nil, b.r.named(damagef(where(), "the fractions are cut"))
		}
		out := make([]float64, b.n)
		cut := cutter{b: raw}
		for i := range out {
			out[i] = cut.real()
		}
		return vector.Of(x.typ, reorder(out, rows), nil), nil
	case nodeTexts:
		return b.texts(x, rows, n, where)
	case nodeTagged:
		return b.tagged(c, x, rows, n)
	case nodeStruct:
		return b.bags(c, x, rows, n)
	}
	return nil, b.r.named(damagef(where(), "the column is of an unknown kind"))
}

// ints reads a block of whole numbers.
func (b *Block) ints(x *node, out []int64, where string) error {
	file := buffers.Get().(*[]byte)
	defer buffers.Put(file)
	b.bytes += int64(x.run.lens[b.i])
	raw, err := b.r.fetchTo(*file, x.run, b.i, where)
	if err != nil {
		return err
	}
	*file = raw[:0]
	err = readInts(raw, out, func() ([]int64, error) {
		if b.base != nil {
			return b.base, nil
		}
		if b.r.dir.sorted < 0 {
			return nil, nil
		}
		s := b.r.dir.columns[b.r.dir.sorted].root
		if s.kind == nodeTagged {
			s = s.inner
		}
		if s.kind != nodeInts || s == x {
			return nil, nil
		}
		base := make([]int64, b.n)
		if err := b.ints(s, base, "sort column"); err != nil {
			return nil, err
		}
		b.base = base
		return base, nil
	})
	if err != nil {
		return b.r.named(in(where, err))
	}
	return nil
}

// texts reads the pages that hold the rows.
func (b *Block) texts(x *node, rows []int32, n int, where func() string) (*vector.Vector, error) {
	strs := make([]string, 0, n)
	for lo := 0; lo < b.n; lo += pageRows {
		hi := min(lo+pageRows, b.n)
		var pick *picked
		size := hi - lo
		if rows != nil {
			pick = &picked{of: hi - lo}
			for len(rows) > 0 && int(rows[0]) < hi {
				pick.rows = append(pick.rows, rows[0]-int32(lo))
				rows = rows[1:]
			}
			if size = len(pick.rows); size == 0 {
				continue
			}
			if size == hi-lo {
				pick = nil
			}
		}
		raw, err := b.fetch(x.run, (b.i*blockRows+lo)/pageRows, where())
		if err == nil {
			raw, err = unsqueeze(raw)
		}
		if err != nil {
			return nil, b.r.named(in(where(), err))
		}
		at := len(strs)
		strs = strs[:at+size]
		if !readTexts(&cutter{b: raw}, strs[at:], pick) {
			return nil, b.r.named(damagef(where(), "the texts are cut"))
		}
	}
	t := x.typ
	v := vector.Make(t, len(strs))
	if v.Guids != nil {
		for i, s := range strs {
			g, ok := vector.ParseGuid(s)
			if !ok {
				return nil, b.r.named(damagef(where(), "a value is no guid"))
			}
			v.Guids[i] = g
		}
		return v, nil
	}
	if err := fromTexts(v, strs); err != nil {
		return nil, b.r.named(in(where(), err))
	}
	return v, nil
}

// tagCodes is what each row is; nil when every row is there.
func (b *Block) tagCodes(c *Column, x *node, rows []int32, n int) ([]int32, error) {
	where := fmt.Sprintf("tags of column %s, block %d", c.name, b.i)
	if x.kind == nodeBits {
		raw, err := b.fetch(x.run, b.i, where)
		if err != nil {
			return nil, err
		}
		out := make([]int32, b.n)
		if err := readCodes(raw, out, tags); err != nil {
			return nil, b.r.named(in(where, err))
		}
		return reorder(out, rows), nil
	}
	at := *c
	at.node, at.path = x, nil
	vals, err := b.r.values(&at)
	if err != nil {
		return nil, err
	}
	for _, t := range vals.Ints {
		if t < 0 || t >= tags {
			return nil, b.r.named(damagef(where, "tag %d is not known", t))
		}
	}
	out := make([]int32, n)
	if x.stream == 0 {
		if vals.Ints[0] == tagHere {
			return nil, nil
		}
		for i := range out {
			out[i] = int32(vals.Ints[0])
		}
		return out, nil
	}
	codes, err := b.pick(x.stream, rows)
	if err != nil {
		return nil, err
	}
	for i, k := range codes {
		out[i] = int32(vals.Ints[k])
	}
	return out, nil
}

// tagged reads flat values some of which are not there.
func (b *Block) tagged(c *Column, x *node, rows []int32, n int) (*vector.Vector, error) {
	tag, err := b.tagCodes(c, x.tag, rows, n)
	if err != nil {
		return nil, err
	}
	v, err := b.read(c, x.inner, rows, n)
	if err != nil {
		return nil, err
	}
	var gone vector.Bitmap
	for i, t := range tag {
		if t != tagHere {
			if gone == nil {
				gone = vector.NewBitmap(n)
			}
			gone.Set(i)
		}
	}
	switch {
	case x.typ == types.Dynamic && v.Type == types.Dynamic:
		return v, nil // nulls stand among the values
	case x.typ == types.Dynamic:
		return vector.NewTyped(v, gone), nil
	case gone != nil:
		valid := vector.FullBitmap(n)
		for i := range valid {
			valid[i] &^= gone[i]
		}
		v.Valid = valid
	}
	return v, nil
}

// bags puts bags together again.
func (b *Block) bags(c *Column, x *node, rows []int32, n int) (*vector.Vector, error) {
	tag, err := b.tagCodes(c, x.tag, rows, n)
	if err != nil {
		return nil, err
	}
	s := &vector.Shredded{Keys: x.keys, Rest: map[int]dynamic.Value{}}
	var rest *vector.Vector
	for i, t := range tag {
		if t == tagHere {
			continue
		}
		if s.Whole == nil {
			s.Whole = vector.NewBitmap(n)
		}
		s.Whole.Set(i)
		if t != tagRest {
			continue
		}
		if rest == nil {
			if rest, err = b.read(c, x.rest, rows, n); err != nil {
				return nil, err
			}
		}
		s.Rest[i] = rest.Dyn(i)
	}
	for _, kid := range x.kids {
		v, err := b.read(c, kid, rows, n)
		if err != nil {
			return nil, err
		}
		has, err := b.has(c, kid, rows, n)
		if err != nil {
			return nil, err
		}
		s.Cols, s.Has = append(s.Cols, v), append(s.Has, has)
	}
	return &vector.Vector{Type: types.Dynamic, Form: vector.Struct, N: n, Fields: s}, nil
}

// has is the rows that have a key; nil for all.
func (b *Block) has(c *Column, x *node, rows []int32, n int) (vector.Bitmap, error) {
	switch x.kind {
	case nodeTagged, nodeStruct:
		tag, err := b.tagCodes(c, x.tag, rows, n)
		if err != nil || tag == nil {
			return nil, err
		}
		out := vector.FullBitmap(n)
		for i, t := range tag {
			if t == tagAbsent {
				out.Clear(i)
			}
		}
		return out, nil
	case nodeDict:
		if x.absent == 0 {
			return nil, nil
		}
		gone, err := b.r.absents(x, "dictionary of column "+c.name)
		if err != nil {
			return nil, b.r.named(err)
		}
		out := vector.FullBitmap(n)
		if x.stream == 0 {
			if gone[0] {
				return vector.NewBitmap(n), nil
			}
			return nil, nil
		}
		codes, err := b.pick(x.stream, rows)
		if err != nil {
			return nil, err
		}
		for i, k := range codes {
			if gone[k] {
				out.Clear(i)
			}
		}
		return out, nil
	case nodeNone:
		// Every row has an explicit null: absent ones would have a dictionary.
		return nil, nil
	}
	return nil, nil
}

// Index is the number of the block in its part.
func (b *Block) Index() int { return b.i }

// Bytes is how many bytes of the file were read for the block.
func (b *Block) Bytes() int64 { return b.bytes }
