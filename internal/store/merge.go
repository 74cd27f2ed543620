package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"path"
	"path/filepath"
	"sort"
	"time"

	"goshawk/internal/scan"
	"goshawk/internal/segment"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// group is parts of one day that become one.
type group struct {
	table string
	parts []partInfo
}

// sizeClass puts parts of a like size together: each class holds parts up to
// four times as large as the one before.
func sizeClass(rows int) int { return (bits.Len(uint(rows/4096)) + 1) / 2 }

// candidates finds what to merge. With all, every day becomes as few parts as
// it can; else parts of a size class are merged when there are mergeFan.
func (m *manifest) candidates(all bool) []group {
	var out []group
	names := make([]string, 0, len(m.Tables))
	for n := range m.Tables {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, name := range names {
		days := map[string][]partInfo{}
		var order []string
		for _, p := range m.Tables[name].Parts {
			key := p.Day
			if !all {
				key = fmt.Sprint(p.Day, "/", sizeClass(p.Rows))
			}
			if days[key] == nil {
				order = append(order, key)
			}
			days[key] = append(days[key], p)
		}
		for _, key := range order {
			ps := days[key]
			for len(ps) > 1 {
				rows, n := 0, 0
				for n < len(ps) && rows+ps[n].Rows <= maxPartRows {
					rows += ps[n].Rows
					n++
				}
				if n >= mergeFan || all && n > 1 {
					out = append(out, group{name, ps[:n:n]})
				}
				ps = ps[max(n, 1):]
			}
		}
	}
	return out
}

// merge makes one part of a group and puts it in the list in their place.
func (w *Writer) merge(g group) error {
	w.mu.Lock()
	info := w.list.Tables[g.table]
	var schema types.Schema
	if info != nil {
		schema = info.schema()
	}
	w.mu.Unlock()
	if info == nil {
		return nil
	}
	b := segment.NewBuilder(schema)
	for i := range g.parts {
		if err := w.addPart(b, schema, g.table, &g.parts[i]); err != nil {
			return err
		}
	}
	part := waiting{table: g.table, day: g.parts[0].Day, sort: g.parts[0].Sort, b: b}
	infos, err := w.writeParts([]waiting{part})
	if err != nil {
		return err
	}
	replaced := map[string]bool{}
	for _, p := range g.parts {
		replaced[p.File] = true
	}
	found := 0
	err = w.publish(func(m *manifest) error {
		t := m.Tables[g.table]
		var left []partInfo
		if t != nil {
			for _, p := range t.Parts {
				if replaced[p.File] {
					found++
				} else {
					left = append(left, p)
				}
			}
		}
		if found != len(g.parts) {
			return errGone
		}
		t.Parts = append(left, infos[0])
		return nil
	})
	switch {
	case errors.Is(err, errGone): // dropped meanwhile
		return w.cfg.FS.Remove(w.path(g.table, infos[0].File))
	case err != nil:
		w.mu.Lock()
		defer w.mu.Unlock()
		w.broken = fmt.Errorf("merge parts of store %s: %w", w.dir, err)
		return w.broken
	}
	w.remove(g.table, g.parts)
	return nil
}

var errGone = errors.New("the parts are gone")

// remove deletes files that the list does not name any more. What stays
// behind, the next writer removes.
func (w *Writer) remove(table string, parts []partInfo) {
	days := map[string]bool{}
	for _, p := range parts {
		_ = w.cfg.FS.Remove(w.path(table, p.File))
		days[path.Dir(p.File)] = true
	}
	for d := range days {
		dir := filepath.Join(w.dir, tablesName, folder(table), d)
		if names, err := w.cfg.FS.List(dir); err == nil && len(names) == 0 {
			_ = w.cfg.FS.Remove(dir)
		}
	}
}

// addPart adds the rows of a part, brought to the table's columns.
func (w *Writer) addPart(b *segment.Builder, schema types.Schema, table string, p *partInfo) error {
	file := w.path(table, p.File)
	f, err := w.cfg.FS.Open(file)
	if err != nil {
		return fmt.Errorf("open part: %w", err)
	}
	defer f.Close()
	r, err := openSegment(f, file, p, nil)
	if err != nil {
		return err
	}
	s := &partScan{reader: r}
	for _, c := range schema {
		s.cols = append(s.cols, s.column(scan.Column{Name: c.Name, Type: c.Type}))
	}
	for i := range r.Blocks() {
		blk := r.Block(i)
		batch := &vector.Batch{N: blk.N()}
		for _, c := range s.cols {
			v, err := blk.Column(c.c, nil)
			if err != nil {
				return err
			}
			batch.Cols = append(batch.Cols, c.fit(v))
		}
		if err := b.Add(batch, nil); err != nil {
			return err
		}
	}
	return nil
}

// mergeSoon merges in the background what is due. One merge runs at a time;
// Close waits for it.
func (w *Writer) mergeSoon() {
	if w.merged != nil {
		select {
		case err := <-w.merged:
			w.merged = nil
			w.mergeErr = errors.Join(w.mergeErr, err)
		default:
			return // still at it
		}
	}
	w.mu.Lock()
	due := w.list.candidates(false)
	w.mu.Unlock()
	if len(due) == 0 || w.mergeErr != nil {
		return
	}
	done := make(chan error, 1)
	w.merged = done
	go func() { // ends after one group; waitMerge waits for it
		done <- w.merge(due[0])
	}()
}

func (w *Writer) waitMerge() error {
	if w.merged != nil {
		w.mergeErr = errors.Join(w.mergeErr, <-w.merged)
		w.merged = nil
	}
	err := w.mergeErr
	w.mergeErr = nil
	return err
}

// Settle merges what is due and waits for it. Damaged parts stay as they are
// and are reported.
func (w *Writer) Settle(ctx context.Context) error { return w.compact(ctx, false) }

// Compact makes as few parts of every day as can be.
func (w *Writer) Compact(ctx context.Context) error { return w.compact(ctx, true) }

func (w *Writer) compact(ctx context.Context, all bool) error {
	errs := w.waitMerge()
	bad := map[string]bool{}
	for {
		if err := errors.Join(w.failed(), ctx.Err()); err != nil {
			return err
		}
		w.mu.Lock()
		due := w.list.candidates(all)
		w.mu.Unlock()
		again := false
		for _, g := range due {
			if bad[g.parts[0].File] {
				continue
			}
			if err := w.merge(g); err != nil {
				errs = errors.Join(errs, err)
				bad[g.parts[0].File] = true
				continue
			}
			again = true
			break
		}
		if !again {
			return errs
		}
	}
}

// Keep sets for how many days a table keeps rows; 0 is for ever.
func (w *Writer) Keep(table string, days int) error {
	return w.change(func(m *manifest) ([]partInfo, error) {
		t := m.Tables[table]
		if t == nil {
			return nil, errorf(NotFound, "the store %s has no table %q", w.dir, table)
		}
		t.KeepDays = days
		return nil, nil
	}, table)
}

// Expire drops the parts whose rows are all older than their table keeps
// them. It gives how many rows were dropped.
func (w *Writer) Expire(now time.Time) (int64, error) {
	ticks, ok := types.FromTime(now)
	if !ok {
		return 0, nil
	}
	dropped := int64(0)
	w.mu.Lock()
	var names []string
	for n, t := range w.list.Tables {
		if t.KeepDays > 0 {
			names = append(names, n)
		}
	}
	w.mu.Unlock()
	sort.Strings(names)
	for _, name := range names {
		err := w.change(func(m *manifest) ([]partInfo, error) {
			t := m.Tables[name]
			// Whole days only: the day that the bound falls into stays.
			oldest := (ticks/types.Day - int64(t.KeepDays)) * types.Day
			var left, old []partInfo
			for _, p := range t.Parts {
				if p.Sort != "" && p.Null == 0 && p.Max < oldest {
					old = append(old, p)
					dropped += int64(p.Rows)
				} else {
					left = append(left, p)
				}
			}
			t.Parts = left
			return old, nil
		}, name)
		if err != nil {
			return 0, err
		}
	}
	return dropped, nil
}

// Drop removes a table and forgets which files it was taken from, so that
// they can be taken in again.
func (w *Writer) Drop(table string) error {
	return w.change(func(m *manifest) ([]partInfo, error) {
		t := m.Tables[table]
		if t == nil {
			return nil, errorf(NotFound, "the store %s has no table %q", w.dir, table)
		}
		delete(m.Tables, table)
		var left []Taken
		for _, x := range m.Taken {
			if x.Table != table {
				left = append(left, x)
			}
		}
		m.Taken = left
		w.knownMu.Lock()
		defer w.knownMu.Unlock()
		w.known = map[string][]Taken{}
		for _, x := range left {
			w.known[x.Prev] = append(w.known[x.Prev], x)
		}
		return t.Parts, nil
	}, table)
}

// change publishes a list without some parts and deletes their files.
func (w *Writer) change(edit func(*manifest) ([]partInfo, error), table string) error {
	if err := w.failed(); err != nil {
		return err
	}
	var old []partInfo
	refused := false
	err := w.publish(func(m *manifest) (err error) {
		old, err = edit(m)
		refused = err != nil
		return err
	})
	if err != nil {
		if !refused {
			w.mu.Lock()
			w.broken = fmt.Errorf("change store %s: %w", w.dir, err)
			w.mu.Unlock()
		}
		return err
	}
	w.remove(table, old)
	return nil
}
