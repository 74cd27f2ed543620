package store

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// memFS is a file system in memory that knows what would last: the content of
// a file up to its last sync, and the names of a folder at its last sync. It
// can fail from an operation on, and be taken as it is after a power cut.
type memFS struct {
	mu    sync.Mutex
	files map[string]*memFile // as programs see it
	dirs  map[string]bool
	last  map[string]*memFile // names that last
	ops   int
	// failAt is the operation from which on everything fails; 0 never.
	failAt int
	failed bool
	// room is how many more bytes can be written; negative for any number.
	room   int64
	locked map[string]bool
}

type memFile struct {
	data   []byte
	synced []byte
}

var (
	errCrash = errors.New("the machine has stopped")
	errFull  = errors.New("no space left on device")
)

func newMemFS() *memFS {
	return &memFS{files: map[string]*memFile{}, dirs: map[string]bool{}, last: map[string]*memFile{}, room: -1, locked: map[string]bool{}}
}

// op counts an operation that changes the disk.
func (m *memFS) op() error {
	m.ops++
	if m.failAt > 0 && m.ops >= m.failAt {
		m.failed = true
		return errCrash
	}
	return nil
}

// crash is the disk after a power cut. What was not synced is there in part,
// as chance has it.
func (m *memFS) crash(r *rand.Rand) *memFS {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := newMemFS()
	for d := range m.dirs {
		out.dirs[d] = true
	}
	names := map[string]*memFile{}
	for n, f := range m.last {
		names[n] = f
	}
	all := map[string]bool{}
	for n := range m.files {
		all[n] = true
	}
	for n := range m.last {
		all[n] = true
	}
	var list []string
	for n := range all {
		list = append(list, n)
	}
	sort.Strings(list)
	for _, n := range list {
		if r.IntN(2) == 0 { // this name went to the disk in time
			if f := m.files[n]; f != nil {
				names[n] = f
			} else {
				delete(names, n)
			}
		}
	}
	for n, f := range names {
		data := bytes.Clone(f.synced)
		if len(f.data) > len(data) && r.IntN(2) == 0 {
			data = bytes.Clone(f.data[:len(data)+r.IntN(len(f.data)-len(data)+1)])
		}
		c := &memFile{data: data, synced: bytes.Clone(data)}
		out.files[n], out.last[n] = c, c
	}
	return out
}

func (m *memFS) Create(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.op(); err != nil {
		return nil, err
	}
	f := &memFile{}
	m.files[filepath.Clean(name)] = f
	return &memWriter{m, f}, nil
}

type memWriter struct {
	fs *memFS
	f  *memFile
}

func (w *memWriter) Write(b []byte) (int, error) {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	if err := w.fs.op(); err != nil {
		return 0, err
	}
	if w.fs.room >= 0 && int64(len(b)) > w.fs.room {
		w.f.data = append(w.f.data, b[:w.fs.room]...)
		n := int(w.fs.room)
		w.fs.room = 0
		return n, errFull
	}
	if w.fs.room >= 0 {
		w.fs.room -= int64(len(b))
	}
	w.f.data = append(w.f.data, b...)
	return len(b), nil
}

func (w *memWriter) Sync() error {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	if err := w.fs.op(); err != nil {
		return err
	}
	w.f.synced = bytes.Clone(w.f.data)
	return nil
}

func (w *memWriter) Close() error { return nil }

type memReader struct{ *bytes.Reader }

func (r memReader) Close() error         { return nil }
func (r memReader) Size() (int64, error) { return r.Reader.Size(), nil }

func (m *memFS) Open(name string) (ReadFile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed {
		return nil, errCrash
	}
	f := m.files[filepath.Clean(name)]
	if f == nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	return memReader{bytes.NewReader(bytes.Clone(f.data))}, nil
}

func (m *memFS) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.op(); err != nil {
		return err
	}
	f := m.files[filepath.Clean(from)]
	if f == nil {
		return os.ErrNotExist
	}
	delete(m.files, filepath.Clean(from))
	m.files[filepath.Clean(to)] = f
	return nil
}

func (m *memFS) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.op(); err != nil {
		return err
	}
	name = filepath.Clean(name)
	if m.files[name] == nil {
		if m.dirs[name] {
			delete(m.dirs, name)
			return nil
		}
		return os.ErrNotExist
	}
	if m.room >= 0 {
		m.room += int64(len(m.files[name].data))
	}
	delete(m.files, name)
	return nil
}

func (m *memFS) MkdirAll(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.op(); err != nil {
		return err
	}
	for d := filepath.Clean(dir); !m.dirs[d]; d = filepath.Dir(d) {
		m.dirs[d] = true
	}
	return nil
}

func (m *memFS) List(dir string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir = filepath.Clean(dir)
	if !m.dirs[dir] {
		return nil, os.ErrNotExist
	}
	seen := map[string]bool{}
	for n := range m.files {
		if filepath.Dir(n) == dir {
			seen[filepath.Base(n)] = true
		}
	}
	for n := range m.dirs {
		if n != dir && filepath.Dir(n) == dir {
			seen[filepath.Base(n)+"/"] = true
		}
	}
	var out []string
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return out, nil
}

func (m *memFS) SyncDir(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.op(); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	for n := range m.last {
		if filepath.Dir(n) == dir && m.files[n] == nil {
			delete(m.last, n)
		}
	}
	for n, f := range m.files {
		if filepath.Dir(n) == dir {
			m.last[n] = f
		}
	}
	return nil
}

type memLock struct {
	m    *memFS
	name string
}

func (l memLock) Close() error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	delete(l.m.locked, l.name)
	return nil
}

func (m *memFS) Lock(name string) (io.Closer, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locked[name] {
		return nil, false, nil
	}
	m.locked[name] = true
	return memLock{m, name}, true, nil
}

// paths lists files by a part of their name.
func (m *memFS) paths(part string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for n := range m.files {
		if strings.Contains(n, part) {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}
