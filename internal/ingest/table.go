package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/scan"
	"goshawk/internal/schema"
	"goshawk/internal/types"
)

// table is the rows of one table in all files that have some.
type table struct {
	name   string
	schema types.Schema
	files  []tableFile
	extra  map[string]types.Type
}

type tableFile struct {
	file   *file
	layout *layout
}

// Schema is the documented columns, then what the files have beyond them.
func (t *table) Schema() types.Schema { return t.schema }

func (w *Workspace) join(name string, f *file, l *layout, extra map[string]types.Type) {
	t := w.tables[name]
	if t == nil {
		t = &table{name: name, extra: map[string]types.Type{}}
		w.tables[name] = t
	}
	t.files = append(t.files, tableFile{f, l})
	for n, typ := range extra {
		old, ok := t.extra[n]
		switch {
		case !ok || old == types.Unknown:
			t.extra[n] = typ
		case typ == types.Unknown || typ == old:
		case old.Numeric() && typ.Numeric():
			t.extra[n] = types.Real
		default:
			t.extra[n] = types.Dynamic
		}
	}
}

func (t *table) finish() {
	known, _ := schema.Table(t.name)
	t.schema = append(t.schema, known...)
	lower := map[string]bool{}
	for _, c := range known {
		lower[strings.ToLower(c.Name)] = true
	}
	var names []string
	for n := range t.extra {
		if !lower[strings.ToLower(n)] {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		typ := t.extra[n]
		switch {
		case typ == types.Unknown:
			typ = types.String
		case n == "TimeGenerated" || n == "Timestamp":
			typ = types.Datetime
		}
		t.schema = append(t.schema, types.Column{Name: n, Type: typ})
	}
}

// rangeSize is how many bytes of a plain file one part reads at most, and
// minRange at least; in between it is a small share of the memory.
const (
	rangeSize = 8 << 20
	minRange  = 1 << 20
)

func (o Options) rangeSize() int64 { return min(max(o.Memory/32, minRange), rangeSize) }

// Open starts a read of all files in order.
func (t *table) Open(_ context.Context, req scan.Request) ([]scan.Part, error) {
	var parts []scan.Part
	for _, tf := range t.files {
		q := compile(t, tf.layout, req)
		if !tf.file.plain {
			parts = append(parts, &streamPart{file: tf.file, query: q})
			continue
		}
		size := tf.file.opts.rangeSize()
		for at := int64(0); at < tf.file.size; at += size {
			parts = append(parts, &rangePart{file: tf.file, query: q, from: at, to: min(at+size, tf.file.size)})
		}
	}
	return parts, nil
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// rangePart is the lines of a plain file that begin in [from, to).
type rangePart struct {
	file     *file
	query    *query
	from, to int64
	done     bool
}

// Close ends the read.
func (p *rangePart) Close() error {
	p.done = true
	return nil
}

// Next gives the lines as one batch.
func (p *rangePart) Next(ctx context.Context) (_ *batch, err error) {
	defer recovered(p.file.path, &err)
	if p.done || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	p.done = true
	f, err := os.Open(p.file.path)
	if err != nil {
		p.file.broken(err)
		return nil, nil
	}
	defer f.Close()
	hold := buffers.Get().(*[]byte)
	defer buffers.Put(hold)
	c := &chunk{offset: p.from, read: p.to - p.from}
	if err := p.load(f, c, (*hold)[:0]); err != nil {
		p.file.broken(err)
		return nil, nil
	}
	if cap(c.data) <= 2*rangeSize {
		*hold = c.data[:0]
	}
	return p.query.run(p.file, c), nil
}

func (p *rangePart) load(f io.ReaderAt, c *chunk, buf []byte) error {
	start := max(p.from-1, 0) // the byte before says whether a line begins at from
	n := int(p.to - start)
	if cap(buf) < n {
		buf = make([]byte, 0, n+64<<10)
	}
	got, err := f.ReadAt(buf[:n], start)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	buf = buf[:got]
	if p.from > 0 {
		i := bytes.IndexByte(buf, '\n')
		if i < 0 || i == len(buf)-1 && p.to < p.file.size && got == n && i+1 == n {
			return nil // no line begins here
		}
		c.offset = start + int64(i) + 1
		buf = buf[i+1:]
	}
	begin := int64(0)
	if i := bytes.LastIndexByte(buf, '\n'); i >= 0 {
		begin = int64(i) + 1
	}
	// Read on to the end of the last line.
	at := p.to
	for len(buf) > 0 && buf[len(buf)-1] != '\n' && at < p.file.size {
		if int64(len(buf))-begin > int64(p.file.opts.MaxLine) {
			c.fail(BadLine{Offset: c.offset + begin, Reason: tooLong(p.file.opts.MaxLine)})
			buf = buf[:begin]
			break
		}
		more := make([]byte, 256<<10)
		k, err := f.ReadAt(more[:min(int64(len(more)), p.file.size-at)], at)
		if k == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			break
		}
		at += int64(k)
		if i := bytes.IndexByte(more[:k], '\n'); i >= 0 {
			k = i + 1
		}
		buf = append(buf, more[:k]...)
	}
	if p.from == 0 {
		buf = bytes.TrimPrefix(buf, []byte("\xef\xbb\xbf"))
	}
	c.data = buf
	return nil
}

// streamPart is a file that must be read from its beginning: unpacked in one
// goroutine, parsed in several.
type streamPart struct {
	file  *file
	query *query
	out   chan chan result
	stop  context.CancelFunc
	ended bool
}

type result struct {
	batch *batch
	err   error
}

// Close ends the read.
func (p *streamPart) Close() error {
	p.ended = true
	if p.stop != nil {
		p.stop()
	}
	return nil
}

// Next gives the next batch in the order of the file.
func (p *streamPart) Next(ctx context.Context) (*batch, error) {
	if p.ended {
		return nil, nil
	}
	if p.out == nil {
		inner, stop := context.WithCancel(ctx)
		p.stop = stop
		p.out = make(chan chan result, p.file.opts.Threads)
		go p.produce(inner)
	}
	for {
		slot, ok := <-p.out
		if !ok {
			return nil, errors.Join(ctx.Err(), p.Close())
		}
		r := <-slot
		if r.err != nil || r.batch != nil {
			return r.batch, r.err
		}
	}
}

// recovered makes an error of a panic, which in a goroutine would end the
// process and not the query.
func recovered(path string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("bug in Goshawk while reading %s: %v", path, r)
	}
}

// guarded is next, with a panic made an error.
func guarded(path string, next producer) (c *chunk, err error) {
	defer recovered(path, &err)
	return next()
}

// produce runs until the file ends or ctx does; Close stops it.
func (p *streamPart) produce(ctx context.Context) {
	defer close(p.out)
	send := func(slot chan result) bool {
		select {
		case p.out <- slot:
			return true
		case <-ctx.Done():
			return false
		}
	}
	next, cl, err := p.file.records()
	if err != nil {
		p.file.broken(err)
		return
	}
	defer cl.Close()
	for {
		c, err := guarded(p.file.path, next)
		if c == nil {
			if err != nil && err != io.EOF {
				// A stream that breaks off keeps the rows before.
				p.file.broken(err)
			}
			return
		}
		slot := make(chan result, 1)
		if !send(slot) {
			return
		}
		go func() { // ends when the chunk is read
			var r result
			defer func() { slot <- r }()
			defer recovered(p.file.path, &r.err)
			r.batch = p.query.run(p.file, c)
		}()
	}
}
