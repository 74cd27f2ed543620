package store

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"time"

	"goshawk/internal/segment"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Config steers a store. The zero value is sensible.
type Config struct {
	FS FS
	// Threads is how many goroutines encode and read; 0 means all cores.
	Threads int
	// Flush is how many bytes of rows are gathered before they are written.
	Flush int64
	// Piece is about how many bytes of a file are one step of progress.
	Piece int
}

func (c Config) withDefaults() Config {
	if c.FS == nil {
		c.FS = OS{}
	}
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.Flush <= 0 {
		c.Flush = defaultFlush
	}
	if c.Piece <= 0 {
		c.Piece = pieceSize
	}
	return c
}

// Writer adds rows to a store. One process has it at a time. It is used by
// one goroutine.
type Writer struct {
	cfg  Config
	dir  string
	lock io.Closer

	mu     sync.Mutex // guards list, seq and broken against merging
	list   *manifest
	seq    int
	broken error

	// What waits for the next commit.
	open  map[string]*openTable
	taken []Taken
	days  int

	knownMu sync.Mutex         // guards known
	known   map[string][]Taken // by Prev

	merged   chan error // gives the end of the merge that runs; nil without
	mergeErr error
}

// openTable is the rows of a table that wait.
type openTable struct {
	schema types.Schema
	sort   int // column that gives the day, -1 without
	days   map[string]*segment.Builder
}

// Create opens a store for writing and makes it if it is not there.
func Create(dir string, cfg Config) (*Writer, error) {
	cfg = cfg.withDefaults()
	dir = filepath.Clean(dir)
	if err := cfg.FS.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("make the store's folder: %w", err)
	}
	lock, ok, err := cfg.FS.Lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("lock store %s: %w", dir, err)
	}
	if !ok {
		return nil, errorf(Busy, "another process is writing to the store %s; wait for it, or read with query and hunt, which need no lock", dir)
	}
	w := &Writer{cfg: cfg, dir: dir, lock: lock, open: map[string]*openTable{}, known: map[string][]Taken{}}
	if err := w.begin(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return w, nil
}

// begin reads the list, writes the first one for a new store, and removes
// what a dead writer has left.
func (w *Writer) begin() error {
	m, damage, err := readManifest(w.cfg.FS, w.dir)
	var e *Error
	if errors.As(err, &e) && e.Kind == NotFound {
		m = &manifest{Format: formatVersion, Tables: map[string]*tableInfo{}}
		err = writeManifest(w.cfg.FS, w.dir, m)
		damage = nil
	}
	if err != nil {
		return err
	}
	if len(damage) > 0 {
		// One copy is good: write both again.
		if err := writeManifest(w.cfg.FS, w.dir, m); err != nil {
			return err
		}
	}
	w.list = m
	for _, t := range m.Taken {
		w.known[t.Prev] = append(w.known[t.Prev], t)
	}
	return w.sweep()
}

// sweep removes parts and unfinished files that the list does not name.
func (w *Writer) sweep() error {
	fs := w.cfg.FS
	root := filepath.Join(w.dir, tablesName)
	for _, name := range []string{manifestName, copyName} {
		_ = fs.Remove(filepath.Join(w.dir, name+tempExt))
	}
	named := map[string]bool{}
	for name, t := range w.list.Tables {
		for _, p := range t.Parts {
			named[filepath.Join(root, folder(name), filepath.FromSlash(p.File))] = true
		}
	}
	tables, err := fs.List(root)
	if err != nil {
		return nil // no table yet
	}
	for _, t := range tables {
		days, err := fs.List(filepath.Join(root, t))
		if err != nil {
			return fmt.Errorf("look for old parts: %w", err)
		}
		for _, d := range days {
			files, err := fs.List(filepath.Join(root, t, d))
			if err != nil {
				return fmt.Errorf("look for old parts: %w", err)
			}
			left := len(files)
			for _, f := range files {
				full := filepath.Join(root, t, d, f)
				ext := filepath.Ext(f)
				if !named[full] && (ext == segmentExt || ext == tempExt) {
					if err := fs.Remove(full); err != nil {
						return fmt.Errorf("remove an old part: %w", err)
					}
					left--
				}
			}
			if left == 0 {
				_ = fs.Remove(filepath.Join(root, t, d))
			}
		}
	}
	return nil
}

// folder is the folder name of a table.
func folder(table string) string { return url.PathEscape(table) }

// timeColumns are the columns that day partitions go by, the first that a
// table has.
var timeColumns = []string{"TimeGenerated", "Timestamp"}

func sortColumn(s types.Schema) int {
	for _, name := range timeColumns {
		if i := s.Index(name); i >= 0 && s[i].Type == types.Datetime {
			return i
		}
	}
	return -1
}

// Add takes rows of a table. They are durable after the next Commit that
// succeeds; the batch is not held.
func (w *Writer) Add(table string, schema types.Schema, batch *vector.Batch) error {
	if err := w.failed(); err != nil {
		return err
	}
	if batch.N == 0 {
		return nil
	}
	t, err := w.table(table, schema)
	if err != nil {
		return err
	}
	fitted := t.fit(schema, batch)
	for day, rows := range t.split(fitted) {
		if t.days[day] == nil && w.days >= maxOpenDays {
			day = manyDays
		}
		b := t.days[day]
		if b == nil {
			b = segment.NewBuilder(t.schema)
			t.days[day] = b
			w.days++
		}
		if err := b.Add(fitted, rows); err != nil {
			return err
		}
	}
	return nil
}

// Waiting is about how many bytes of memory the rows that wait take.
func (w *Writer) Waiting() int64 {
	n := int64(0)
	for _, t := range w.open {
		for _, b := range t.days {
			n += b.Bytes()
		}
	}
	return n
}

// Full says that so much waits that a commit is due.
func (w *Writer) Full() bool { return w.Waiting() >= w.cfg.Flush }

// table gives the open table with at least the columns of schema.
func (w *Writer) table(name string, schema types.Schema) (*openTable, error) {
	t := w.open[name]
	if t != nil {
		wide, changed := widen(t.schema, schema)
		if !changed {
			return t, nil
		}
		// What waits has other columns: it is written first.
		if err := w.Commit(); err != nil {
			return nil, err
		}
		t = &openTable{schema: wide, days: map[string]*segment.Builder{}}
	} else {
		t = &openTable{days: map[string]*segment.Builder{}}
		w.mu.Lock()
		if known := w.list.Tables[name]; known != nil {
			t.schema = known.schema()
		}
		w.mu.Unlock()
		t.schema, _ = widen(t.schema, schema)
	}
	t.sort = sortColumn(t.schema)
	w.open[name] = t
	return t, nil
}

// fit brings a batch to the table's columns.
func (t *openTable) fit(schema types.Schema, batch *vector.Batch) *vector.Batch {
	out := &vector.Batch{N: batch.N, Cols: make([]*vector.Vector, len(t.schema))}
	for i, c := range t.schema {
		if k := schema.Index(c.Name); k >= 0 {
			out.Cols[i] = as(batch.Cols[k], c.Type)
		} else {
			out.Cols[i] = vector.Nulls(c.Type, batch.N)
		}
	}
	return out
}

// split gives the rows of each day; nil rows are all.
func (t *openTable) split(b *vector.Batch) map[string][]int32 {
	if t.sort < 0 {
		return map[string][]int32{noDay: nil}
	}
	v := b.Cols[t.sort]
	const none = -1
	day := func(i int) int64 {
		if v.IsNull(i) {
			return none
		}
		return v.Int(i) / types.Day
	}
	first, one := day(0), true
	for i := 1; i < b.N && one; i++ {
		one = day(i) == first
	}
	if one {
		return map[string][]int32{dayName(first): nil}
	}
	rows := map[int64][]int32{}
	for i := range b.N {
		d := day(i)
		rows[d] = append(rows[d], int32(i))
	}
	out := map[string][]int32{}
	for d, r := range rows {
		out[dayName(d)] = r
	}
	return out
}

func dayName(d int64) string {
	if d < 0 {
		return noDay
	}
	return types.ToTime(d * types.Day).Format(time.DateOnly)
}

// failed says why the writer cannot go on: after a commit that failed, the
// list on the disk may be the old one or the new one.
func (w *Writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}

// waiting is a part that is to be written.
type waiting struct {
	table, day string
	sort       string
	b          *segment.Builder
}

// Commit writes what was added. When it returns without an error, all of it
// is on the disk; after an error the writer must be closed, and what the next
// one finds is the state before or after this commit.
func (w *Writer) Commit() error {
	if err := w.failed(); err != nil {
		return err
	}
	var parts []waiting
	schemas := map[string]types.Schema{}
	for name, t := range w.open {
		schemas[name] = t.schema
		for day, b := range t.days {
			sort := ""
			if t.sort >= 0 {
				sort = t.schema[t.sort].Name
			}
			parts = append(parts, waiting{name, day, sort, b})
		}
	}
	sort.Slice(parts, func(i, j int) bool {
		if parts[i].table != parts[j].table {
			return parts[i].table < parts[j].table
		}
		return parts[i].day < parts[j].day
	})
	taken := w.taken
	w.open, w.taken, w.days = map[string]*openTable{}, nil, 0
	if len(parts) == 0 && len(taken) == 0 {
		return nil
	}
	infos, err := w.writeParts(parts)
	if err == nil {
		err = w.publish(func(m *manifest) error {
			for name, s := range schemas {
				t := m.Tables[name]
				if t == nil {
					t = &tableInfo{}
					m.Tables[name] = t
				}
				wide, _ := widen(t.schema(), s)
				t.setSchema(wide)
			}
			for i, p := range parts {
				m.Tables[p.table].Parts = append(m.Tables[p.table].Parts, infos[i])
			}
			m.take(taken)
			return nil
		})
	}
	if err != nil {
		w.mu.Lock()
		w.broken = fmt.Errorf("commit to store %s: %w", w.dir, err)
		err = w.broken
		w.mu.Unlock()
		return err
	}
	w.mergeSoon()
	return nil
}

// writeParts writes several parts at once, each synced.
func (w *Writer) writeParts(parts []waiting) ([]partInfo, error) {
	infos := make([]partInfo, len(parts))
	errs := make([]error, len(parts))
	// Each part encodes its columns in several goroutines; two parts at a time
	// fill the gaps at their ends.
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	dirs := map[string]bool{}
	for i, p := range parts {
		dir := filepath.Join(w.dir, tablesName, folder(p.table), p.day)
		if !dirs[dir] {
			dirs[dir] = true
			if err := mkdirSynced(w.cfg.FS, w.dir, dir); err != nil {
				return nil, err
			}
		}
		infos[i] = partInfo{File: path.Join(p.day, w.nextName()), Day: p.day, Sort: p.sort}
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			errs[i] = w.writePart(p, &infos[i])
		}()
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		for i, p := range parts { // make room: the disk may be full
			_ = w.cfg.FS.Remove(w.path(p.table, infos[i].File))
		}
		return nil, err
	}
	for dir := range dirs {
		if err := w.cfg.FS.SyncDir(dir); err != nil {
			return nil, err
		}
	}
	return infos, nil
}

func (w *Writer) path(table, file string) string {
	return filepath.Join(w.dir, tablesName, folder(table), filepath.FromSlash(file))
}

func (w *Writer) nextName() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	return fmt.Sprintf("%08d-%04d%s", w.list.Generation+1, w.seq, segmentExt)
}

// writePart writes one part and completes its entry.
func (w *Writer) writePart(p waiting, info *partInfo) error {
	return writeSynced(w.cfg.FS, w.path(p.table, info.File), func(out io.Writer) error {
		buf := newBuffered(out)
		got, err := p.b.Write(buf, segment.Options{Sort: p.sort, Threads: w.cfg.Threads})
		if err != nil {
			return err
		}
		info.Rows, info.Bytes, info.Index = got.Rows, got.Bytes, got.Index
		info.Min, info.Max, info.Null, info.Sum = got.Min, got.Max, got.Null, got.Sum
		return buf.Flush()
	})
}

// publish makes the next list.
func (w *Writer) publish(change func(*manifest) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.list.clone()
	if err := change(next); err != nil {
		return err
	}
	for _, t := range next.Tables {
		t.sortParts()
	}
	if err := writeManifest(w.cfg.FS, w.dir, next); err != nil {
		return err
	}
	w.list = next
	return nil
}

// Close gives the lock back. What was not committed is lost.
func (w *Writer) Close() error {
	err := w.waitMerge()
	if w.lock != nil {
		err = errors.Join(err, w.lock.Close())
		w.lock = nil
	}
	return err
}
