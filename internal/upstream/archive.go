package upstream

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// maxArchive bounds what is unpacked of an archive, so that a small file
// cannot fill the memory.
const maxArchive = 8 << 30

// fetchArchive reads a .tar, .tar.gz or .zip file. A folder that holds
// everything, as code hosts put into their archives, is taken off the paths.
func fetchArchive(ctx context.Context, c Config) (*Snapshot, error) {
	f, err := os.Open(c.URL)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(f)
	head, _ := in.Peek(4)
	var entries []entry
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		entries, err = zipEntries(f, info.Size())
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, zerr := gzip.NewReader(in)
		if zerr != nil {
			return nil, zerr
		}
		entries, err = tarEntries(ctx, io.LimitReader(z, maxArchive))
	default:
		entries, err = tarEntries(ctx, io.LimitReader(in, maxArchive))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.URL, err)
	}
	top := commonTop(entries)
	t := newTaker(c)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.take(strings.TrimPrefix(e.name, top), e.size, e.read); err != nil {
			return nil, err
		}
	}
	s := t.done()
	s.Time, s.Commit = info.ModTime().UTC(), contentHash(s.Files)
	return s, nil
}

// entry is a file in an archive.
type entry struct {
	name string
	size int64
	read func() ([]byte, error)
}

// safe gives the path of an archive's file, "" for one that is absolute or
// points outside.
func safe(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	clean := path.Clean(name)
	if path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") {
		return ""
	}
	return clean
}

// mayHold says whether an archive's file can be wanted; the contents of all
// others are passed over.
func mayHold(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".kql", ".kusto", ".csl", ".md", ".markdown", ".txt", ".json":
		return true
	}
	return strings.Count(name, "/") <= 1 && isLicence(path.Base(name))
}

func tarEntries(ctx context.Context, r io.Reader) ([]entry, error) {
	var out []entry
	total := int64(0)
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		name := safe(h.Name)
		if h.Typeflag != tar.TypeReg || name == "" || h.Size > maxFile || !mayHold(name) {
			continue
		}
		if total += h.Size; total > maxTotal || len(out) > maxFiles || ctx.Err() != nil {
			return nil, fmt.Errorf("%w of %d files and %d GiB", errFull, maxFiles, maxTotal>>30)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{name, h.Size, func() ([]byte, error) { return data, nil }})
	}
}

func zipEntries(f io.ReaderAt, size int64) ([]entry, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, e := range z.File {
		name := safe(e.Name)
		if !e.Mode().IsRegular() || name == "" || !mayHold(name) {
			continue
		}
		out = append(out, entry{name, int64(e.UncompressedSize64), func() ([]byte, error) {
			r, err := e.Open()
			if err != nil {
				return nil, err
			}
			defer r.Close()
			data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
			if err == nil && len(data) > maxFile {
				return nil, fmt.Errorf("%s unpacks to more than it says", e.Name)
			}
			return data, err
		}})
	}
	return out, nil
}

// commonTop is the folder with a slash that all entries are in, or "".
func commonTop(entries []entry) string {
	top := ""
	for i, e := range entries {
		first, _, ok := strings.Cut(e.name, "/")
		if !ok || i > 0 && first != top {
			return ""
		}
		top = first
	}
	if top == "" {
		return ""
	}
	return top + "/"
}
