package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"

	"goshawk/internal/types"
)

// manifest is the list of parts. A list is never changed: a commit makes the
// next one.
type manifest struct {
	Format     int                   `json:"format"`
	Generation int64                 `json:"generation"`
	Tables     map[string]*tableInfo `json:"tables"`
	Taken      []Taken               `json:"taken,omitempty"`
}

// tableInfo is one table in the list.
type tableInfo struct {
	Columns []columnInfo `json:"columns"`
	// KeepDays is how many days rows are kept; 0 is for ever.
	KeepDays int        `json:"keep_days,omitempty"`
	Parts    []partInfo `json:"parts"`
}

type columnInfo struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// partInfo is one part in the list.
type partInfo struct {
	File  string `json:"file"` // below the table's folder, with slashes
	Day   string `json:"day"`
	Rows  int    `json:"rows"`
	Bytes int64  `json:"bytes"`
	Index int64  `json:"index,omitempty"` // of the bytes, token index
	Sort  string `json:"sort,omitempty"`
	Min   int64  `json:"min,omitempty"` // first and last time, in ticks
	Max   int64  `json:"max,omitempty"`
	Null  int    `json:"null,omitempty"` // rows without a time
	Sum   uint32 `json:"sum"`
}

// Taken is a piece of a log file that the store has taken in. Pieces of one
// file form a chain, so that a file that has grown is known up to where it
// ended.
type Taken struct {
	// ID stands for this piece and those before it, and for the table; Prev is
	// the ID before.
	ID    string `json:"id"`
	Prev  string `json:"prev"`
	Table string `json:"table"`
	// Size is the bytes of the piece. Open says that the last line had no end.
	Size int64 `json:"size"`
	Open bool  `json:"open,omitempty"`
	// Whole says that the piece is a whole file that is no lines. Partial, that
	// only its first Rows rows are in.
	Whole   bool `json:"whole,omitempty"`
	Partial bool `json:"partial,omitempty"`
	// Name is the file as it was called; Rows and Bad are what it gave.
	Name string `json:"name,omitempty"`
	Rows int64  `json:"rows,omitempty"`
	Bad  int64  `json:"bad,omitempty"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (m *manifest) encode() ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(append(b, '\n'), "crc32c %08x\n", crc32.Checksum(b, castagnoli)), nil
}

func decodeManifest(b []byte) (*manifest, error) {
	body, tail, ok := bytes.Cut(b, []byte("\n"))
	var sum uint32
	if n, err := fmt.Sscanf(string(tail), "crc32c %08x\n", &sum); !ok || n != 1 || err != nil || len(tail) != len("crc32c 00000000\n") {
		return nil, errors.New("its checksum is missing: the file is cut")
	}
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, errors.New("its checksum does not match")
	}
	m := &manifest{}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, err
	}
	if m.Format < 1 || m.Format > formatVersion {
		return nil, fmt.Errorf("format %d is not known; formats up to %d are", m.Format, formatVersion)
	}
	return m, nil
}

// readManifest reads the list: the newer of the two copies that can be read.
// damage names the copies that cannot.
func readManifest(fs FS, dir string) (m *manifest, damage []error, err error) {
	missing := 0
	for _, name := range []string{manifestName, copyName} {
		path := filepath.Join(dir, name)
		b, err := readFile(fs, path, maxManifest)
		switch {
		case errors.Is(err, os.ErrNotExist):
			missing++
			continue
		case err != nil:
			damage = append(damage, fmt.Errorf("%s cannot be read: %w", path, err))
			continue
		}
		got, err := decodeManifest(b)
		if err != nil {
			damage = append(damage, errorf(Damaged, "%s is damaged: %v; the other copy is used if it is whole", path, err))
			continue
		}
		if m == nil || got.Generation > m.Generation {
			m = got
		}
	}
	switch {
	case m != nil:
		if missing == 1 && m.Generation > 0 { // a new store may have stopped between its two
			damage = append(damage, errorf(Damaged, "one of %s and %s is missing in %s", manifestName, copyName, dir))
		}
		return m, damage, nil
	case len(damage) > 0:
		return nil, damage, errorf(Damaged, "the list of parts of the store %s cannot be read (%v); the parts under %s may be whole",
			dir, damage[0], tablesName)
	}
	// The list is written before the first part: parts without one are damage.
	if names, err := fs.List(filepath.Join(dir, tablesName)); err == nil && len(names) > 0 {
		return nil, nil, errorf(Damaged, "the store %s has parts, and both copies of the list of parts are missing", dir)
	}
	return nil, nil, errorf(NotFound, "there is no store at %s", dir)
}

// writeManifest makes m the list. When it returns, m is on the disk in both
// copies; when it fails, a reader sees the old list or m, which is complete.
func writeManifest(fs FS, dir string, m *manifest) error {
	b, err := m.encode()
	if err != nil {
		return err
	}
	for _, name := range []string{copyName, manifestName} {
		err := writeSynced(fs, filepath.Join(dir, name), func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		})
		if err == nil {
			err = fs.SyncDir(dir)
		}
		if err != nil {
			return fmt.Errorf("write the list of parts: %w", err)
		}
	}
	return nil
}

// clone is a copy that can be changed; parts and columns are not shared.
func (m *manifest) clone() *manifest {
	out := &manifest{Format: formatVersion, Generation: m.Generation + 1, Tables: map[string]*tableInfo{}, Taken: append([]Taken(nil), m.Taken...)}
	for name, t := range m.Tables {
		c := *t
		c.Columns = append([]columnInfo(nil), t.Columns...)
		c.Parts = append([]partInfo(nil), t.Parts...)
		out.Tables[name] = &c
	}
	return out
}

// sortParts puts parts in the order of their times.
func (t *tableInfo) sortParts() {
	sort.SliceStable(t.Parts, func(i, j int) bool {
		a, b := &t.Parts[i], &t.Parts[j]
		if a.Min != b.Min {
			return a.Min < b.Min
		}
		return a.File < b.File
	})
}

func (t *tableInfo) schema() types.Schema {
	var s types.Schema
	for _, c := range t.Columns {
		typ, _ := types.Parse(c.Type)
		s = append(s, types.Column{Name: c.Name, Type: typ})
	}
	return s
}

func (t *tableInfo) setSchema(s types.Schema) {
	t.Columns = nil
	for _, c := range s {
		t.Columns = append(t.Columns, columnInfo{c.Name, c.Type.String()})
	}
}

// widen is s with the columns of more. A column with two types gets one that
// holds both.
func widen(s, more types.Schema) (out types.Schema, changed bool) {
	out = append(out, s...)
	for _, c := range more {
		i := out.Index(c.Name)
		switch {
		case i < 0:
			out, changed = append(out, c), true
		case out[i].Type != c.Type:
			if t := wider(out[i].Type, c.Type); t != out[i].Type {
				out[i].Type, changed = t, true
			}
		}
	}
	return out, changed
}

func wider(a, b types.Type) types.Type {
	switch {
	case a == b, b == types.Unknown:
		return a
	case a == types.Unknown:
		return b
	case a.Integer() && b.Integer():
		return types.Long
	case a == types.Real && b.Integer(), a.Integer() && b == types.Real:
		return types.Real
	}
	return types.Dynamic
}

// take puts pieces into the list; one that was in part replaces itself.
func (m *manifest) take(pieces []Taken) {
	at := map[string]int{}
	for i := range m.Taken {
		if m.Taken[i].Partial {
			at[m.Taken[i].ID] = i
		}
	}
	for _, t := range pieces {
		if i, ok := at[t.ID]; ok {
			m.Taken[i] = t
			continue
		}
		if t.Partial {
			at[t.ID] = len(m.Taken)
		}
		m.Taken = append(m.Taken, t)
	}
}
