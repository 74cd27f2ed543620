package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"sync"

	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Source is a log file to take in.
type Source interface {
	Name() string
	// Tables are those that the file has rows of; Schema gives their columns.
	Tables() []string
	Schema(table string) types.Schema
	// Lines says that the file is lines of which a piece can be read alone.
	Lines() bool
	// Content opens the bytes that stand for the content.
	Content() (io.ReadCloser, error)
	// Parts reads the rows of a table, from the lines that begin in [from, to)
	// if the file is lines. The same content gives the same rows in the same
	// order every time.
	Parts(table string, req scan.Request, from, to int64) []scan.Part
	// Bad is how many records could not be read so far.
	Bad() int64
}

// Loaded is what taking a file in has done.
type Loaded struct {
	Rows int64 // taken in now
	// Bytes were read; Known is how many of them were in the store already.
	Bytes, Known int64
}

// pieceSize is about how much of a file is one step of progress: what is
// read again at most when taking in was broken off.
const pieceSize = 32 << 20

// Load takes the rows of a file into the store, except those that it has
// from the same content already. They are durable after the next Commit that
// succeeds; Load commits by itself when much is waiting. progress may be nil.
func (w *Writer) Load(ctx context.Context, src Source, progress func(bytes int64)) (Loaded, error) {
	if progress == nil {
		progress = func(int64) {}
	}
	var all Loaded
	for _, table := range src.Tables() {
		l := &loader{w: w, src: src, table: table, schema: src.Schema(table), progress: progress}
		err := l.run(ctx)
		all.Rows += l.got.Rows
		all.Bytes += l.got.Bytes
		all.Known += l.got.Known
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

type loader struct {
	w        *Writer
	src      Source
	table    string
	schema   types.Schema
	progress func(int64)
	got      Loaded

	// The step whose rows are being added: its piece, how many rows were in
	// the store before, how many of them are still to be passed over, and how
	// many were added.
	now                Taken
	before, skip, rows int64
	bad                int64
}

func (l *loader) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if !l.src.Lines() {
		return l.whole(ctx)
	}
	f, err := l.src.Content()
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	defer f.Close()
	steps := make(chan step, 1)
	go l.cut(ctx, f, steps) // ends with the file or with ctx
	return l.read(ctx, steps)
}

// step is a piece of a file in the order of the file.
type step struct {
	err      error
	taken    Taken
	from, to int64
	known    bool
	skip     int64 // of the rows, those that the store has
}

// id names a piece by its content, what came before it, and the table.
func id(prev, table string, sum []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00", prev, table)
	h.Write(sum)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// first is the Prev of the first piece of a file: the same content may be
// taken into several tables.
func first(table string) string { return "+" + table }

// cut goes through the content of lines and gives pieces that end with a
// line. A piece that the store has already is found by its content.
func (l *loader) cut(ctx context.Context, f io.Reader, steps chan<- step) {
	defer close(steps)
	send := func(s step) bool {
		select {
		case steps <- s:
			return s.err == nil
		case <-ctx.Done():
			return false
		}
	}
	var buf []byte
	eof := false
	at, prev := int64(0), first(l.table)
	for {
		want := l.w.cfg.Piece
		for _, t := range l.w.pieces(prev) {
			want = max(want, int(t.Size)+1) // a piece with a very long line
		}
		for !eof && (len(buf) < want || bytes.IndexByte(buf, '\n') < 0) {
			n := len(buf)
			more := max(want-n, l.w.cfg.Piece/4)
			buf = slices.Grow(buf, more)[:n+more]
			k, err := io.ReadFull(f, buf[n:])
			buf = buf[:n+k]
			switch {
			case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
				eof = true
			case err != nil:
				send(step{err: fmt.Errorf("read %s: %w", l.src.Name(), err)})
				return
			}
		}
		if len(buf) == 0 {
			return
		}
		t, known := l.w.find(prev, l.table, buf, eof)
		if !known {
			n := min(len(buf), l.w.cfg.Piece)
			if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
				n = i + 1
			} else if i := bytes.IndexByte(buf, '\n'); i >= 0 {
				n = i + 1
			} else {
				n = len(buf)
			}
			sum := sha256.Sum256(buf[:n])
			t = Taken{ID: id(prev, l.table, sum[:]), Prev: prev, Table: l.table, Size: int64(n), Open: buf[n-1] != '\n', Name: l.src.Name()}
		}
		if !send(step{taken: t, known: known, from: at, to: at + t.Size}) {
			return
		}
		at, prev = at+t.Size, t.ID
		buf = buf[:copy(buf, buf[t.Size:])]
	}
}

// find looks for a piece that the store has and that buf begins with; eof
// says that buf is the rest of the file.
func (w *Writer) find(prev, table string, buf []byte, eof bool) (Taken, bool) {
	var fits []Taken
	for _, t := range w.pieces(prev) {
		// A last line without an end may have been half a line.
		if n := t.Size; n <= int64(len(buf)) && (!t.Open || n == int64(len(buf)) && eof || n < int64(len(buf)) && buf[n] == '\n') {
			fits = append(fits, t)
		}
	}
	sort.Slice(fits, func(i, j int) bool { return fits[i].Size < fits[j].Size })
	h := sha256.New()
	at := int64(0)
	var found Taken
	ok := false
	for _, t := range fits {
		h.Write(buf[at:t.Size])
		at = t.Size
		if id(prev, table, h.Sum(nil)) == t.ID {
			found, ok = t, true
		}
	}
	return found, ok
}

// whole takes in a file that is no lines. Its piece is the whole file; when
// much is waiting in between, how many rows are in is noted.
func (l *loader) whole(ctx context.Context) error {
	f, err := l.src.Content()
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	h := sha256.New()
	size, err := io.Copy(h, f)
	f.Close()
	if err != nil {
		return fmt.Errorf("read %s: %w", l.src.Name(), err)
	}
	prev := first(l.table)
	t := Taken{ID: id(prev, l.table, h.Sum(nil)), Prev: prev, Table: l.table, Size: size, Name: l.src.Name(), Whole: true}
	s := step{taken: t, to: size}
	for _, k := range l.w.pieces(prev) {
		if k.ID == t.ID {
			s.known, s.skip = !k.Partial, k.Rows
		}
	}
	steps := make(chan step, 1)
	steps <- s
	close(steps)
	return l.read(ctx, steps)
}

// item is rows, or the end of a step.
type item struct {
	batch *vector.Batch
	err   error
}

// reading is a part that some goroutine reads.
type reading struct {
	part       scan.Part
	out        chan item
	begin, end *step // a step begins or ends here
}

// read parses the pieces in several goroutines and adds their rows in order.
func (l *loader) read(ctx context.Context, steps <-chan step) error {
	ctx, stop := context.WithCancel(ctx)
	threads := l.w.cfg.Threads
	work := make(chan *reading)
	order := make(chan *reading, 2*threads)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	for range threads {
		wg.Add(1)
		go func() { // ends when work is closed
			defer wg.Done()
			for r := range work {
				r.run(ctx)
			}
		}()
	}
	wg.Add(1)
	go func() { // ends with the steps or with ctx
		defer wg.Done()
		defer close(order)
		defer close(work)
		l.hand(ctx, steps, work, order)
	}()
	for r := range order {
		switch {
		case r.begin != nil:
			l.now, l.before, l.skip, l.rows, l.bad = r.begin.taken, r.begin.skip, r.begin.skip, 0, l.src.Bad()
			continue
		case r.end != nil:
			if err := l.finish(r.end); err != nil {
				return err
			}
			continue
		}
		for it := range r.out {
			if it.err != nil {
				return it.err
			}
			if err := l.add(it.batch); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// hand gives the parts of the steps to the goroutines.
func (l *loader) hand(ctx context.Context, steps <-chan step, work chan<- *reading, order chan<- *reading) {
	req := scan.Request{}
	for _, c := range l.schema {
		req.Columns = append(req.Columns, scan.Column{Name: c.Name, Type: c.Type})
	}
	put := func(ch chan<- *reading, r *reading) bool {
		select {
		case ch <- r:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for s := range steps {
		if !put(order, &reading{begin: &s}) {
			return
		}
		if s.err == nil && !s.known {
			for _, p := range l.src.Parts(l.table, req, s.from, s.to) {
				r := &reading{part: p, out: make(chan item, 4)}
				if !put(order, r) || !put(work, r) {
					return
				}
			}
		}
		if !put(order, &reading{end: &s}) {
			return
		}
	}
}

func (r *reading) run(ctx context.Context) {
	defer close(r.out)
	defer r.part.Close()
	for {
		b, err := r.next(ctx)
		if b == nil && err == nil {
			return
		}
		select {
		case r.out <- item{b, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// next reads a batch; a panic in a reader is an error and ends no process.
func (r *reading) next(ctx context.Context) (b *vector.Batch, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("bug in Goshawk while reading logs: %v", x)
		}
	}()
	return r.part.Next(ctx)
}

func (l *loader) add(b *vector.Batch) error {
	w := l.w
	if l.skip > 0 {
		n := min(l.skip, int64(b.N))
		l.skip -= n
		if n == int64(b.N) {
			return nil
		}
		b = b.Slice(int(n), b.N)
	}
	if err := w.Add(l.table, l.schema, b); err != nil {
		return err
	}
	l.rows += int64(b.N)
	l.got.Rows += int64(b.N)
	if l.now.Whole && w.Full() {
		t := l.now
		t.Partial, t.Rows = true, l.before+l.rows
		w.take(t)
		return w.Commit()
	}
	return nil
}

// finish notes that a step is in.
func (l *loader) finish(s *step) error {
	if s.err != nil {
		return s.err
	}
	l.got.Bytes += s.taken.Size
	l.progress(s.taken.Size)
	if s.known {
		l.got.Known += s.taken.Size
		return nil
	}
	t := s.taken
	t.Rows = l.before + l.rows
	t.Bad = l.src.Bad() - l.bad
	l.w.take(t)
	if l.w.Full() {
		return l.w.Commit()
	}
	return nil
}

// take notes a piece for the next commit.
func (w *Writer) take(t Taken) {
	w.taken = append(w.taken, t)
	w.knownMu.Lock()
	defer w.knownMu.Unlock()
	known := w.known[t.Prev]
	for i := range known {
		if known[i].ID == t.ID {
			known[i] = t
			return
		}
	}
	w.known[t.Prev] = append(known, t)
}

// pieces is a copy of the known pieces behind prev.
func (w *Writer) pieces(prev string) []Taken {
	w.knownMu.Lock()
	defer w.knownMu.Unlock()
	return slices.Clone(w.known[prev])
}
