package segment

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"sync"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Builder gathers the rows of one part and writes them. It is used by one
// goroutine at a time.
type Builder struct {
	schema types.Schema
	cols   []gatherer
	n      int
}

// NewBuilder starts a part with these columns.
func NewBuilder(schema types.Schema) *Builder {
	b := &Builder{schema: schema}
	for _, c := range schema {
		b.cols = append(b.cols, newGatherer(c.Type))
	}
	return b
}

// Add takes the rows of a batch that has the part's columns; rows are their
// numbers, nil for all. Nothing of the batch is held.
func (b *Builder) Add(batch *vector.Batch, rows []int32) error {
	if len(batch.Cols) != len(b.cols) {
		return fmt.Errorf("bug: a batch of %d columns for a part of %d", len(batch.Cols), len(b.cols))
	}
	n := len(rows)
	if rows == nil {
		n = batch.N
	}
	if b.n+n > maxRows {
		return fmt.Errorf("a part holds %d rows at most", maxRows)
	}
	for i, c := range b.cols {
		c.add(batch.Cols[i], rows)
	}
	b.n += n
	return nil
}

// Rows is how many rows were added.
func (b *Builder) Rows() int { return b.n }

// Bytes is about how much memory the rows take.
func (b *Builder) Bytes() int64 {
	n := int64(0)
	for _, c := range b.cols {
		n += c.bytes()
	}
	return n
}

// Options says how a part is written.
type Options struct {
	// Sort names a datetime column that the rows are put in the order of; nulls
	// come first, equal times stay in the order they were added. Empty keeps
	// the order.
	Sort string
	// Tokens says for which string columns a token index is kept; nil means for
	// all whose texts do not repeat.
	Tokens func(column string) bool
	// Threads is how many goroutines encode; 0 means all cores.
	Threads int
}

// Info is what a written part holds.
type Info struct {
	Rows  int
	Bytes int64
	// Min and Max are the first and last time in the sort column, in ticks;
	// Null is how many rows have none.
	Min, Max int64
	Null     int
	// Sum is the checksum of the directory: it stands for the content.
	Sum uint32
	// Index is how many of the bytes are token index.
	Index int64
}

// piece is one run of bytes with its checksum behind it.
type piece struct{ b []byte }

func seal(b []byte) piece {
	return piece{binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))}
}

// Write writes the part. The builder is empty afterwards.
func (b *Builder) Write(w io.Writer, opts Options) (*Info, error) {
	if b.n == 0 {
		return nil, fmt.Errorf("bug: a part without rows")
	}
	if opts.Threads <= 0 {
		opts.Threads = runtime.GOMAXPROCS(0)
	}
	info := &Info{Rows: b.n}
	order, sortedBy := b.order(opts.Sort, info)
	fields := make([]*field, len(b.cols))
	parallel(opts.Threads, len(b.cols), func(i int) {
		f := b.cols[i].finish(order)
		b.cols[i] = nil
		f.each(func(f *field) {
			if f.codes != nil {
				f.sortValues()
			}
		})
		fields[i] = f
	})
	streams := layStreams(fields)
	d := &directory{rows: b.n, sorted: sortedBy}
	var base []int64
	if sortedBy >= 0 {
		base = fields[sortedBy].ints
	}
	out := &layout{streams: make([][]piece, len(streams)), columns: make([]*encoder, len(fields))}
	d.streams = make([]streamEntry, len(streams))
	parallel(opts.Threads, len(streams)+len(fields), func(i int) {
		if i < len(streams) {
			d.streams[i].n = streams[i].n
			for lo := 0; lo < b.n; lo += blockRows {
				out.streams[i] = append(out.streams[i], seal(appendCodes(nil, streams[i].codes[lo:min(lo+blockRows, b.n)])))
			}
			return
		}
		i -= len(streams)
		e := &encoder{rows: b.n, column: i, sorted: sortedBy, base: base}
		if i == sortedBy {
			e.base = nil
		}
		e.root = e.node(fields[i])
		if opts.Tokens == nil || opts.Tokens(b.schema[i].Name) {
			e.tokens(fields[i])
		}
		out.columns[i] = e
	})
	return info, out.write(w, d, b.schema, info)
}

// order is the rows by the sort column, and the number of that column, -1
// without one.
func (b *Builder) order(name string, info *Info) (order []int32, column int) {
	column = b.schema.Index(name)
	if column < 0 || b.schema[column].Type != types.Datetime {
		return nil, -1
	}
	g := b.cols[column].(*intGather)
	null := vector.NewBitmap(b.n)
	for _, i := range g.null {
		null.Set(int(i))
	}
	info.Null = len(g.null)
	first := true
	sorted := len(g.null) == 0
	last := int64(0)
	for i, t := range g.vals {
		if null.Get(i) {
			continue
		}
		if first {
			info.Min, info.Max, first = t, t, false
		}
		info.Min, info.Max = min(info.Min, t), max(info.Max, t)
		sorted = sorted && (i == 0 || t >= last)
		last = t
	}
	if sorted {
		return nil, column
	}
	order = make([]int32, b.n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(x, y int32) int {
		nx, ny := null.Get(int(x)), null.Get(int(y))
		if nx || ny {
			return btoi(ny) - btoi(nx)
		}
		return cmp.Compare(g.vals[x], g.vals[y])
	})
	return order, column
}

// parallel calls do for each number below n in several goroutines.
func parallel(threads, n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(threads, n) {
		wg.Add(1)
		go func() { // ends when next is closed
			defer wg.Done()
			for i := range next {
				do(i)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// layout is the pieces of a file before they have places.
type layout struct {
	streams [][]piece
	columns []*encoder
}

// counter counts what goes through and remembers the first error.
type counter struct {
	w   io.Writer
	at  int64
	err error
}

func (c *counter) put(b []byte) {
	if c.err != nil {
		return
	}
	n, err := c.w.Write(b)
	c.at += int64(n)
	c.err = err
}

// place writes pieces and gives where they stand.
func (c *counter) place(ps []piece) run {
	r := run{at: c.at, lens: make([]int, len(ps))}
	for i, p := range ps {
		r.lens[i] = len(p.b)
		c.put(p.b)
	}
	return r
}

func (l *layout) write(w io.Writer, d *directory, schema types.Schema, info *Info) error {
	c := &counter{w: w}
	c.put(append([]byte(headWord), Version))
	for i, ps := range l.streams {
		d.streams[i].run = c.place(ps)
	}
	for i, e := range l.columns {
		for _, n := range e.nodes {
			n.run = c.place(n.pieces)
			n.pieces = nil
		}
		d.columns = append(d.columns, columnEntry{name: schema[i].Name, typ: schema[i].Type, root: e.root})
	}
	for i, e := range l.columns {
		if e.index != nil {
			before := c.at
			e.index.run = c.place(e.index.pieces)
			e.index.pieces = nil
			info.Index += c.at - before
			d.columns[i].index = e.index
		}
	}
	raw := squeezeText(nil, d.append(nil))
	info.Sum = crc32.Checksum(raw, castagnoli)
	at := c.at
	c.put(raw)
	tail := binary.LittleEndian.AppendUint64(nil, uint64(at))
	tail = binary.LittleEndian.AppendUint32(tail, uint32(len(raw)))
	tail = binary.LittleEndian.AppendUint32(tail, info.Sum)
	c.put(append(tail, tailWord...))
	info.Bytes = c.at
	return c.err
}
