package engine

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// shared is a table that several queries read. After load it answers from
// memory for the columns it holds; anything else goes to the files.
type shared struct {
	scan.Table
	mu      sync.RWMutex
	index   map[string]int // column key to position in the batches
	batches []*vector.Batch
}

// key names a column with its path; names cannot hold a zero byte.
func key(c scan.Column) string { return c.Name + "\x00" + strings.Join(c.Path, "\x00") }

// Open reads from memory when every asked column is there.
func (s *shared) Open(ctx context.Context, req scan.Request) ([]scan.Part, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.index == nil {
		return s.Table.Open(ctx, req)
	}
	pick := make([]int, len(req.Columns))
	for i, c := range req.Columns {
		at, ok := s.index[key(c)]
		if !ok {
			return s.Table.Open(ctx, req)
		}
		pick[i] = at
	}
	parts := make([]scan.Part, len(s.batches))
	for i, b := range s.batches {
		out := &vector.Batch{N: b.N}
		for _, at := range pick {
			out.Cols = append(out.Cols, b.Cols[at])
		}
		parts[i] = &heldPart{out}
	}
	return parts, nil
}

// heldPart gives one batch.
type heldPart struct{ batch *vector.Batch }

// Next gives the batch once.
func (p *heldPart) Next(context.Context) (*vector.Batch, error) {
	b := p.batch
	p.batch = nil
	return b, nil
}

// Close ends the read.
func (p *heldPart) Close() error {
	p.batch = nil
	return nil
}

// Preload reads, for each table that at least two of the queries scan, the
// columns they need together, once, so that a hunt of many rules does not
// parse the same files for every rule. It says how many bytes it holds; a
// table that would take more than limit together with those before stays in
// its files.
func Preload(ctx context.Context, queries []*plan.Query, threads int, limit int64) (held int64, err error) {
	type want struct {
		users   int
		columns []scan.Column
		seen    map[string]bool
	}
	tables := map[*shared]*want{}
	var order []*shared
	for _, q := range queries {
		used := map[*shared]bool{}
		for _, r := range q.Results {
			plan.Walk(r.Rel, func(r plan.Rel) {
				sc, ok := r.(*plan.Scan)
				if !ok {
					return
				}
				t := sharedOf(sc.Table)
				if t == nil {
					return
				}
				if tables[t] == nil {
					tables[t] = &want{seen: map[string]bool{}}
					order = append(order, t)
				}
				w := tables[t]
				if !used[t] {
					used[t] = true
					w.users++
				}
				cols := sc.Sources
				if _, windowed := sc.Table.(*windowed); windowed {
					cols = append(cols[:len(cols):len(cols)], scan.Column{Name: timeColumn, Type: types.Datetime})
				}
				for _, c := range cols {
					if !w.seen[key(c)] {
						w.seen[key(c)] = true
						w.columns = append(w.columns, c)
					}
				}
			})
		}
	}
	for _, t := range order {
		if w := tables[t]; w.users > 1 {
			n, err := t.load(ctx, w.columns, threads, limit-held)
			if err != nil {
				return held, err
			}
			held += n
		}
	}
	return held, nil
}

func sharedOf(t scan.Table) *shared {
	if w, ok := t.(*windowed); ok {
		t = w.Table
	}
	s, _ := t.(*shared)
	return s
}

// load reads columns into memory, several parts at once, in part order, and
// says how much they take. Beyond limit it lets go of them.
func (s *shared) load(ctx context.Context, columns []scan.Column, threads int, limit int64) (int64, error) {
	parts, err := s.Table.Open(ctx, scan.Request{Columns: columns})
	if err != nil {
		return 0, err
	}
	var taken atomic.Int64
	read := make([][]*vector.Batch, len(parts))
	errs := make([]error, len(parts))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, threads) {
		wg.Add(1)
		go func() { // ends when next is closed
			defer wg.Done()
			for i := range next {
				read[i], errs[i] = drain(ctx, parts[i], &taken, limit)
			}
		}()
	}
	for i := range parts {
		next <- i
	}
	close(next)
	wg.Wait()
	if taken.Load() > limit {
		return 0, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range parts {
		if errs[i] != nil {
			return 0, errs[i]
		}
		s.batches = append(s.batches, read[i]...)
	}
	s.index = map[string]int{}
	for i, c := range columns {
		s.index[key(c)] = i
	}
	return taken.Load(), nil
}

// drain reads a part while no more than limit is taken.
func drain(ctx context.Context, p scan.Part, taken *atomic.Int64, limit int64) ([]*vector.Batch, error) {
	defer p.Close()
	var out []*vector.Batch
	for {
		b, err := p.Next(ctx)
		if err != nil || b == nil {
			return out, err
		}
		if taken.Add(b.Bytes()) > limit {
			return nil, nil
		}
		out = append(out, b)
	}
}
