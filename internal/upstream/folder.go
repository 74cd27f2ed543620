package upstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fetchFolder reads a folder. Symbolic links and hidden folders are not
// followed, and nothing outside of the folder is read.
func fetchFolder(ctx context.Context, c Config) (*Snapshot, error) {
	root, err := os.OpenRoot(c.URL)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	t := newTaker(c)
	newest := time.Time{}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			t.s.Notes = append(t.s.Notes, name+" cannot be read: "+err.Error())
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !t.needs(name) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return t.take(name, info.Size(), func() ([]byte, error) {
			f, err := root.Open(filepath.FromSlash(name))
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return io.ReadAll(io.LimitReader(f, maxFile))
		})
	})
	if err != nil {
		return nil, err
	}
	s := t.done()
	s.Time, s.Commit = newest.UTC(), contentHash(s.Files)
	return s, nil
}

// contentHash stands for a commit where there is none.
func contentHash(files []File) string {
	h := sha256.New()
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		_, _ = io.WriteString(h, f.Path+"\x00"+hex.EncodeToString(sum[:])+"\n")
	}
	return "content-" + hex.EncodeToString(h.Sum(nil))[:40]
}
