package segment

import (
	"encoding/binary"

	"goshawk/internal/types"
)

// run is pieces that stand one behind the other.
type run struct {
	at   int64
	lens []int
}

// zone is the lowest and highest value of a block.
type zone struct{ min, max int64 }

// The kinds of nodes. Their numbers stand in files.
const (
	nodeNone   = 0 // every row is null, or the empty text
	nodeDict   = 1 // values; a stream has the codes
	nodeInts   = 2 // blocks of whole numbers
	nodeReals  = 3 // blocks of fractions
	nodeTexts  = 4 // pages of texts
	nodeTagged = 5 // flat values, and which rows have none
	nodeBits   = 6 // blocks of small numbers: the tags of a flat column
	nodeStruct = 7 // bags taken apart
)

// node is a column or a path of a column in the directory.
type node struct {
	kind   int
	typ    types.Type
	run    run
	pieces []piece // before they have places

	// Statistics. distinct is an estimate but for dictionaries.
	nulls    uint64
	distinct uint64
	zones    []zone // of nodeInts, a block

	// nodeDict: n values, of which the code says which; absent as in field. With
	// a second piece, the values are found by way of the stream's codes.
	stream, n, absent int

	tag, inner *node
	keys       []string
	kids       []*node
	rest       *node
}

type streamEntry struct {
	n   int
	run run
}

type columnEntry struct {
	name  string
	typ   types.Type
	root  *node
	index *tokenEntry
}

// directory is what a file says about its pieces.
type directory struct {
	rows    int
	sorted  int // the sort column, -1 without
	streams []streamEntry
	columns []columnEntry
}

func (d *directory) blocks() int { return (d.rows + blockRows - 1) / blockRows }

func appendRun(b []byte, r run) []byte {
	b = binary.AppendUvarint(b, uint64(r.at))
	b = binary.AppendUvarint(b, uint64(len(r.lens)))
	for _, l := range r.lens {
		b = binary.AppendUvarint(b, uint64(l))
	}
	return b
}

func (c *cutter) run() run {
	r := run{at: int64(c.uvarint())}
	r.lens = make([]int, c.count(len(c.b)))
	for i := range r.lens {
		r.lens[i] = c.count(maxPiece)
	}
	return r
}

func (d *directory) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(d.rows))
	b = binary.AppendVarint(b, int64(d.sorted))
	b = binary.AppendUvarint(b, uint64(len(d.streams)))
	for _, s := range d.streams {
		b = binary.AppendUvarint(b, uint64(s.n))
		b = appendRun(b, s.run)
	}
	b = binary.AppendUvarint(b, uint64(len(d.columns)))
	for _, c := range d.columns {
		b = appendText(b, c.name)
		b = append(b, byte(c.typ))
		b = c.root.append(b)
		b = c.index.append(b)
	}
	return b
}

func (n *node) append(b []byte) []byte {
	if n == nil {
		return append(b, nodeNone)
	}
	b = append(b, byte(n.kind))
	if n.kind == nodeNone {
		return b
	}
	b = append(b, byte(n.typ))
	b = binary.AppendUvarint(b, n.nulls)
	b = binary.AppendUvarint(b, n.distinct)
	switch n.kind {
	case nodeDict:
		b = binary.AppendUvarint(b, uint64(n.stream))
		b = binary.AppendUvarint(b, uint64(n.n))
		b = binary.AppendUvarint(b, uint64(n.absent))
	case nodeInts:
		b = binary.AppendUvarint(b, uint64(len(n.zones)))
		for _, z := range n.zones {
			b = binary.AppendVarint(b, z.min)
			b = binary.AppendUvarint(b, uint64(z.max)-uint64(z.min))
		}
	case nodeTagged:
		return n.inner.append(n.tag.append(b))
	case nodeStruct:
		b = n.tag.append(b)
		b = binary.AppendUvarint(b, uint64(len(n.keys)))
		for i, k := range n.keys {
			b = n.kids[i].append(appendText(b, k))
		}
		return n.rest.append(b)
	}
	return appendRun(b, n.run)
}

// readDirectory reads and checks a directory: every number in it is within
// its bounds, so that readers need not look again.
func readDirectory(raw []byte, size int64) (*directory, error) {
	c := &cutter{b: raw}
	d := &directory{rows: c.count(maxRows), sorted: int(c.varint())}
	r := dirReader{c: c, d: d, size: size}
	d.streams = make([]streamEntry, c.count(len(c.b)))
	for i := range d.streams {
		d.streams[i] = streamEntry{c.count(maxRows), c.run()}
		r.check(d.streams[i].run, d.blocks())
	}
	d.columns = make([]columnEntry, c.count(len(c.b)))
	for i := range d.columns {
		e := columnEntry{name: c.text(), typ: types.Type(c.byte())}
		if e.typ > types.Timespan || e.typ == types.Unknown {
			c.failed = true
		}
		if c.failed {
			break
		}
		e.root = r.node(0)
		e.index = r.index()
		d.columns[i] = e
	}
	if c.failed || len(c.b) > 0 || d.rows == 0 || d.sorted >= len(d.columns) {
		return nil, damagef("directory", "its numbers do not fit together")
	}
	return d, nil
}

type dirReader struct {
	c    *cutter
	d    *directory
	size int64
}

// check demands n pieces inside the file.
func (r *dirReader) check(x run, n int) {
	end := x.at
	for _, l := range x.lens {
		if l < 4 {
			r.c.failed = true
		}
		end += int64(l)
	}
	if len(x.lens) != n || x.at < 0 || x.at > r.size || end > r.size {
		r.c.failed = true
	}
}

func (r *dirReader) node(depth int) *node {
	c := r.c
	n := &node{kind: int(c.byte())}
	if n.kind == nodeNone || c.failed {
		return n
	}
	if depth > 2*maxShredDepth+4 {
		c.failed = true
		return n
	}
	n.typ, n.nulls, n.distinct = types.Type(c.byte()), c.uvarint(), c.uvarint()
	if n.typ > types.Timespan || n.typ == types.Unknown {
		c.failed = true
		return n
	}
	pieces := r.d.blocks()
	switch n.kind {
	case nodeDict:
		n.stream, n.n, n.absent = c.count(len(r.d.streams)), c.count(maxRows), c.count(maxRows)
		if n.n == 0 || n.absent > n.n || n.stream == 0 && n.n != 1 {
			c.failed = true
		}
		n.run = c.run()
		if len(n.run.lens) == 2 {
			r.check(n.run, 2)
		} else {
			r.check(n.run, 1)
			if n.stream > 0 && r.d.streams[n.stream-1].n != n.n {
				c.failed = true
			}
		}
		return n
	case nodeInts:
		n.zones = make([]zone, c.count(len(c.b)))
		for i := range n.zones {
			lo := c.varint()
			n.zones[i] = zone{lo, int64(uint64(lo) + c.uvarint())}
		}
		if len(n.zones) != pieces {
			c.failed = true
		}
	case nodeTexts:
		pieces = (r.d.rows + pageRows - 1) / pageRows
	case nodeReals, nodeBits:
	case nodeTagged:
		n.tag, n.inner = r.node(depth+1), r.node(depth+1)
		if k := n.inner.kind; k == nodeTagged || k == nodeStruct || k == nodeDict || k == nodeBits {
			c.failed = true
		}
		r.tagged(n.tag)
		return n
	case nodeStruct:
		n.tag = r.node(depth + 1)
		r.tagged(n.tag)
		n.keys = make([]string, c.count(min(len(c.b), maxShredKeys)))
		for i := range n.keys {
			n.keys[i] = c.text()
			n.kids = append(n.kids, r.node(depth+1))
		}
		n.rest = r.node(depth + 1)
		return n
	default:
		c.failed = true
		return n
	}
	n.run = c.run()
	r.check(n.run, pieces)
	return n
}

// tagged demands that n can be read as tags.
func (r *dirReader) tagged(n *node) {
	if n.kind != nodeBits && (n.kind != nodeDict || n.typ != types.Int) {
		r.c.failed = true
	}
}
