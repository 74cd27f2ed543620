package store

import (
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// FS is what the store needs of a file system. Tests put one in that fails.
// Names are paths of the system.
type FS interface {
	// Create makes a file for writing, empty if it is there.
	Create(name string) (File, error)
	Open(name string) (ReadFile, error)
	Rename(from, to string) error
	Remove(name string) error
	MkdirAll(dir string) error
	// List gives the names in a folder, folders with a slash behind.
	List(dir string) ([]string, error)
	// SyncDir makes what was renamed, made and removed in a folder durable.
	SyncDir(dir string) error
	// Lock takes a file for this process until it is closed. It does not wait:
	// ok is false when another has it.
	Lock(name string) (c io.Closer, ok bool, err error)
}

// File is a file being written.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// ReadFile is a file being read.
type ReadFile interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// OS is the file system of the machine.
type OS struct{}

type osFile struct{ *os.File }

// Size is the file's size.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Create makes a file.
func (OS) Create(name string) (File, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}

// Open opens a file for reading.
func (OS) Open(name string) (ReadFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Rename puts a file in the place of another.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file or an empty folder.
func (OS) Remove(name string) error { return os.Remove(name) }

// MkdirAll makes a folder and those above it.
func (OS) MkdirAll(dir string) error { return os.MkdirAll(dir, 0o755) }

// List gives the names in a folder.
func (OS) List(dir string) ([]string, error) {
	es, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range es {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		out = append(out, name)
	}
	return out, nil
}

// Lock takes a file. The system frees it when the process ends, however it
// ends.
func (OS) Lock(name string) (io.Closer, bool, error) {
	l := flock.New(name)
	ok, err := l.TryLock()
	return l, ok, err
}

// readFile reads a whole file of at most limit bytes.
func readFile(fs FS, name string, limit int64) ([]byte, error) {
	f, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := f.Size()
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, errorf(Damaged, "%s has %d bytes, more than the %d it may have", name, n, limit)
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return b, nil
}

// writeSynced writes a file under a name of its own, syncs it, and puts it in
// its place. The folder is synced by the caller or by durable.
func writeSynced(fs FS, name string, write func(io.Writer) error) error {
	tmp := name + tempExt
	f, err := fs.Create(tmp)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = fs.Rename(tmp, name)
	}
	if err != nil {
		_ = fs.Remove(tmp)
	}
	return err
}

// mkdirSynced makes a folder below root and syncs the folders above it, so
// that the new names last.
func mkdirSynced(fs FS, root, dir string) error {
	if err := fs.MkdirAll(dir); err != nil {
		return err
	}
	for d := dir; d != root && len(d) > len(root); {
		d = filepath.Dir(d)
		if err := fs.SyncDir(d); err != nil {
			return err
		}
	}
	return nil
}
