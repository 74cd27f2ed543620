package segment

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Reader reads one part. It may be used by several goroutines.
type Reader struct {
	src   io.ReaderAt
	name  string
	size  int64
	dir   *directory
	sum   uint32
	cache *Cache
	space func(column string) *vector.Space

	mu    sync.Mutex // guards dicts
	dicts map[*node]*dictSlot
}

// Open reads the directory of a file of a size. Name is what errors call it;
// cache keeps dictionaries between reads and may be nil.
func Open(src io.ReaderAt, size int64, name string, cache *Cache) (*Reader, error) {
	r := &Reader{src: src, size: size, name: name, cache: cache, dicts: map[*node]*dictSlot{}}
	if err := r.open(); err != nil {
		return nil, r.named(err)
	}
	return r, nil
}

func (r *Reader) open() error {
	if r.size < int64(headSize+tailSize) {
		return damagef("file", "it has %d bytes: it is cut", r.size)
	}
	head := make([]byte, headSize)
	tail := make([]byte, tailSize)
	if _, err := r.src.ReadAt(head, 0); err != nil {
		return readError("head", err)
	}
	if _, err := r.src.ReadAt(tail, r.size-int64(tailSize)); err != nil {
		return readError("tail", err)
	}
	if string(head[:len(headWord)]) != headWord {
		return damagef("head", "it is no segment file")
	}
	if v := head[len(headWord)]; v == 0 || v > Version {
		return damagef("head", "format version %d is not known; versions up to %d are", v, Version)
	}
	if string(tail[16:]) != tailWord {
		return damagef("tail", "the last word is missing: the file is cut or was not finished")
	}
	at, n := int64(binary.LittleEndian.Uint64(tail)), int64(binary.LittleEndian.Uint32(tail[8:]))
	r.sum = binary.LittleEndian.Uint32(tail[12:])
	if at < int64(headSize) || at > r.size || at+n != r.size-int64(tailSize) {
		return damagef("tail", "the place of the directory is wrong")
	}
	raw := make([]byte, n)
	if _, err := r.src.ReadAt(raw, at); err != nil {
		return readError("directory", err)
	}
	if crc32.Checksum(raw, castagnoli) != r.sum {
		return damagef("directory", "the checksum does not match")
	}
	raw, err := unsqueeze(raw)
	if err != nil {
		return damagef("directory", "%v", err)
	}
	r.dir, err = readDirectory(raw, at)
	return err
}

// readError is what a read that failed says; a short file is damage.
func readError(where string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damagef(where, "the file ends before it")
	}
	return err
}

// named puts the file's name into damage.
func (r *Reader) named(err error) error {
	var d *Damage
	if errors.As(err, &d) && d.File == "" {
		d.File = r.name
	}
	return err
}

// NumberBy lets the texts of dictionaries of string columns be numbered, by
// column, in spaces that readers of one table share. It is called before the
// first read.
func (r *Reader) NumberBy(space func(column string) *vector.Space) { r.space = space }

// Rows is the number of rows.
func (r *Reader) Rows() int { return r.dir.rows }

// Sum is the checksum of the directory, as Info has it.
func (r *Reader) Sum() uint32 { return r.sum }

// Blocks is the number of blocks; Block reads one.
func (r *Reader) Blocks() int { return r.dir.blocks() }

// BlockRows is how many rows every block but the last has.
const BlockRows = blockRows

// Schema is the columns in order.
func (r *Reader) Schema() types.Schema {
	var s types.Schema
	for _, c := range r.dir.columns {
		s = append(s, types.Column{Name: c.name, Type: c.typ})
	}
	return s
}

// fetch reads piece i of a run and checks it.
func (r *Reader) fetch(x run, i int, where string) ([]byte, error) {
	return r.fetchTo(nil, x, i, where)
}

// fetchTo is fetch into b, if it is large enough.
func (r *Reader) fetchTo(b []byte, x run, i int, where string) ([]byte, error) {
	at := x.at
	for _, l := range x.lens[:i] {
		at += int64(l)
	}
	b = slices.Grow(b[:0], x.lens[i])[:x.lens[i]]
	if _, err := r.src.ReadAt(b, at); err != nil {
		return nil, r.named(readError(where, err))
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, r.named(damagef(where, "the checksum does not match"))
	}
	return body, nil
}

// Column finds a column, or a path inside a dynamic one, for reading. A
// column that the part does not have is null, or empty, in every row.
func (r *Reader) Column(name string, path []string, t types.Type) *Column {
	c := &Column{r: r, name: name, typ: t, path: path, node: &node{kind: nodeNone}}
	for i := range r.dir.columns {
		if e := &r.dir.columns[i]; e.name == name {
			c.node, c.index = e.root, e.index
			c.has = e.typ
		}
	}
	// Go down as far as bags were taken apart. Where some rows stand in the
	// rest, the path is followed in the values.
	for len(c.path) > 0 && c.node.kind == nodeStruct && c.node.rest.kind == nodeNone {
		k := slices.Index(c.node.keys, c.path[0])
		if k < 0 {
			c.node = &node{kind: nodeNone}
			break
		}
		c.node, c.path = c.node.kids[k], c.path[1:]
		c.index = nil
	}
	if c.node.kind == nodeNone {
		c.path = nil
	}
	return c
}

// Column is a column of a part, found for reading. It may be used by several
// goroutines.
type Column struct {
	r     *Reader
	name  string
	typ   types.Type // asked for
	has   types.Type // what the part has; Unknown without
	path  []string   // what is left to follow inside the values
	node  *node
	index *tokenEntry
}

// Range is the lowest and highest value of a block of whole numbers or times.
// ok is false where that is not known; nulls do not count.
func (c *Column) Range(block int) (lo, hi int64, ok bool) {
	n := c.node
	if n.kind == nodeTagged {
		n = n.inner
	}
	if n.kind != nodeInts || len(c.path) > 0 || c.typ != c.has {
		return 0, 0, false
	}
	return n.zones[block].min, n.zones[block].max, true
}

// Empty says whether the column is null, or empty, in every row.
func (c *Column) Empty() bool { return c.node.kind == nodeNone }

// Distinct is about how many different values the column has, 0 if nobody
// knows; exact says that it is no estimate. Nulls is how many rows are null.
func (c *Column) Distinct() (n uint64, exact bool, nulls uint64) {
	x := c.node
	nulls = x.nulls
	if x.kind == nodeTagged {
		x = x.inner
	}
	return x.distinct, x.kind == nodeDict, nulls
}

// Values is the values that the codes of a dictionary mean, nil for a column
// that is no dictionary. Block.Filter looks at the codes.
func (c *Column) Values() (*vector.Vector, error) {
	if c.node.kind != nodeDict {
		return nil, nil
	}
	return c.r.values(c)
}
