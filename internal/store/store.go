package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"

	"goshawk/internal/segment"
	"goshawk/internal/vector"
)

// Store reads a store. It sees the list of parts as it was when it was opened
// or refreshed. It may be used by several goroutines.
type Store struct {
	cfg   Config
	dir   string
	cache *segment.Cache

	mu      sync.Mutex // guards the rest
	list    *manifest
	damage  []error
	readers map[string]*openPart     // by path
	spaces  map[string]*vector.Space // by table and column

	rows, bytes atomic.Int64 // looked at
}

// openPart is a part that is open.
type openPart struct {
	file   ReadFile
	reader *segment.Reader
}

// maxOpenParts bounds the files that stay open between queries.
const maxOpenParts = 512

// Open opens a store for reading.
func Open(dir string, cfg Config) (*Store, error) {
	s := &Store{cfg: cfg.withDefaults(), dir: filepath.Clean(dir), cache: segment.NewCache(dictMemory), readers: map[string]*openPart{}, spaces: map[string]*vector.Space{}}
	return s, s.Refresh()
}

// Refresh takes the list as it is now.
func (s *Store) Refresh() error {
	m, damage, err := readManifest(s.cfg.FS, s.dir)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list, s.damage = m, damage
	return nil
}

// Damage is what was wrong with the list, though it could be read.
func (s *Store) Damage() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.damage
}

// snapshot is the list that reads go by.
func (s *Store) snapshot() *manifest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list
}

// Names lists the tables, sorted.
func (s *Store) Names() []string {
	var out []string
	for n := range s.snapshot().Tables {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Table finds a table.
func (s *Store) Table(name string) (*Table, bool) {
	t := s.snapshot().Tables[name]
	if t == nil {
		return nil, false
	}
	return &Table{store: s, name: name, schema: t.schema()}, true
}

// Read is how many rows and bytes of parts have been looked at.
func (s *Store) Read() (rows, bytes int64) { return s.rows.Load(), s.bytes.Load() }

func (s *Store) count(rows int, bytes int64) {
	s.rows.Add(int64(rows))
	s.bytes.Add(bytes)
}

// open gives the reader of a part.
func (s *Store) open(table string, p *partInfo) (*segment.Reader, error) {
	path := filepath.Join(s.dir, tablesName, folder(table), filepath.FromSlash(p.File))
	s.mu.Lock()
	o := s.readers[path]
	s.mu.Unlock()
	if o != nil {
		return o.reader, nil
	}
	f, err := s.cfg.FS.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open part: %w", err)
	}
	r, err := openSegment(f, path, p, s.cache)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.readers[path]; o != nil { // another goroutine was first
		f.Close()
		return o.reader, nil
	}
	r.NumberBy(func(column string) *vector.Space { return s.space(table + "\x00" + column) })
	s.readers[path] = &openPart{f, r}
	return r, nil
}

// space gives the numbers of the texts of a column.
func (s *Store) space(column string) *vector.Space {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[column]
	if sp == nil {
		sp = vector.NewSpace()
		s.spaces[column] = sp
	}
	return sp
}

func openSegment(f ReadFile, path string, p *partInfo, cache *segment.Cache) (*segment.Reader, error) {
	size, err := f.Size()
	if err != nil {
		return nil, fmt.Errorf("open part: %w", err)
	}
	if size != p.Bytes {
		return nil, &segment.Damage{File: path, Where: "file", What: fmt.Sprintf("it has %d bytes, written were %d", size, p.Bytes)}
	}
	r, err := segment.Open(f, size, path, cache)
	if err != nil {
		return nil, err
	}
	if r.Sum() != p.Sum || r.Rows() != p.Rows {
		return nil, &segment.Damage{File: path, Where: "directory", What: "it is another part than the one in the list"}
	}
	return r, nil
}

// trim closes parts that no list names any more, and others when there are
// too many. No read is going on in them: it is called before one begins, and
// reads hold what they have opened.
func (s *Store) trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.readers) < maxOpenParts {
		return
	}
	// A read that still runs keeps its files through the map it was given, so
	// they are not closed here but left to their finalizers.
	s.readers = map[string]*openPart{}
}

// Close closes the files.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, o := range s.readers {
		err = errors.Join(err, o.file.Close())
	}
	s.readers = map[string]*openPart{}
	return err
}

// gone says that a part was removed by a merge since the list was read.
func gone(err error) bool { return errors.Is(err, os.ErrNotExist) }
