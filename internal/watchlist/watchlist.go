// Package watchlist reads watchlists from CSV files as Sentinel imports them,
// and offers them as the tables that rules read: one for each alias, and the
// table Watchlist of all items.
package watchlist

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"goshawk/internal/dynamic"
	"goshawk/internal/external"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxFile bounds one file, unpacked. Sentinel takes up to 500 MB by blob.
const maxFile = 512 << 20

// searchKey is the column that rules look items up by.
const searchKey = "SearchKey"

// List is one watchlist.
type List struct {
	Alias string
	Path  string
	// Key is the column that SearchKey is.
	Key  string
	Rows int

	header  []string
	rows    [][]string
	key     int
	updated int64 // ticks
}

// Load reads watchlists: ALIAS=FILE, ALIAS:COLUMN=FILE with the column that
// rules search by, or a folder whose CSV files are called as their lists.
// Without a column it is the one called SearchKey, or else the first. Now is
// that of the queries: items count as written before it.
func Load(specs []string, now time.Time) ([]*List, error) {
	var out []*List
	seen := map[string]string{}
	for _, spec := range specs {
		lists, err := loadOne(spec, now)
		if err != nil {
			return nil, err
		}
		for _, l := range lists {
			if other, taken := seen[l.Alias]; taken {
				return nil, fmt.Errorf("watchlist %s: both %s and %s are given", l.Alias, other, l.Path)
			}
			seen[l.Alias] = l.Path
		}
		out = append(out, lists...)
	}
	sort.Slice(out, func(i, k int) bool { return out[i].Alias < out[k].Alias })
	return out, nil
}

func loadOne(spec string, now time.Time) ([]*List, error) {
	if name, path, ok := strings.Cut(spec, "="); ok {
		alias, key, _ := strings.Cut(name, ":")
		l, err := read(strings.TrimSpace(alias), strings.TrimSpace(key), path, now)
		return []*List{l}, err
	}
	info, err := os.Stat(spec)
	if err != nil {
		return nil, fmt.Errorf("watchlist %s: %w", spec, unwrapped(err))
	}
	if !info.IsDir() {
		l, err := read(stem(spec), "", spec, now)
		return []*List{l}, err
	}
	entries, err := os.ReadDir(spec)
	if err != nil {
		return nil, fmt.Errorf("watchlist %s: %w", spec, unwrapped(err))
	}
	var out []*List
	for _, e := range entries {
		low := strings.ToLower(e.Name())
		if !e.Type().IsRegular() || !strings.HasSuffix(low, ".csv") && !strings.HasSuffix(low, ".csv.gz") {
			continue
		}
		path := filepath.Join(spec, e.Name())
		l, err := read(stem(path), "", path, now)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("watchlist %s: the folder holds no .csv file", spec)
	}
	return out, nil
}

func unwrapped(err error) error {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err
	}
	return err
}

// stem is a file's name without .csv and .gz.
func stem(path string) string {
	base := filepath.Base(path)
	if low := strings.ToLower(base); strings.HasSuffix(low, ".gz") {
		base = base[:len(base)-3]
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// read reads one file. The first record is the header.
func read(alias, key, path string, now time.Time) (*List, error) {
	fail := func(err error) (*List, error) { return nil, fmt.Errorf("watchlist %s: %s: %w", alias, path, err) }
	if alias == "" {
		return nil, fmt.Errorf("watchlist %s: it has no alias", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(unwrapped(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	var in io.Reader = f
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return fail(err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return fail(err)
	}
	if len(data) > maxFile {
		return fail(fmt.Errorf("it holds more than %d MB", maxFile>>20))
	}
	rows, err := external.Records(strings.TrimPrefix(string(data), "\ufeff"), ',')
	if err != nil {
		return fail(err)
	}
	if len(rows) == 0 {
		return fail(fmt.Errorf("it is empty; the first line names the columns"))
	}
	l := &List{Alias: alias, Path: path, header: names(rows[0]), rows: rows[1:], Rows: len(rows) - 1}
	// A query must not find items that are newer than its now.
	at := info.ModTime()
	if last := now.Add(-time.Second); at.After(last) {
		at = last
	}
	l.updated, _ = types.FromTime(at)
	return l, l.chooseKey(key)
}

// names are the columns of a header, each once and none without a name.
func names(header []string) []string {
	out := make([]string, len(header))
	seen := map[string]bool{}
	for i, h := range header {
		name := strings.TrimSpace(h)
		if name == "" {
			name = fmt.Sprintf("Column%d", i+1)
		}
		for base, n := name, 1; seen[name]; n++ {
			name = fmt.Sprintf("%s%d", base, n)
		}
		seen[name] = true
		out[i] = name
	}
	return out
}

func (l *List) chooseKey(key string) error {
	for _, want := range []string{key, searchKey} {
		for i, h := range l.header {
			if want != "" && h == want {
				l.key, l.Key = i, h
				return nil
			}
		}
		if key != "" {
			return fmt.Errorf("watchlist %s: %s has no column %q", l.Alias, l.Path, key)
		}
	}
	l.Key = l.header[0]
	return nil
}

// value is the text of a row in a column; short rows end in nothing.
func value(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// itemID is the same for the same row in the same place of the same list.
func (l *List) itemID(i int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d\x00%s", l.Alias, i, strings.Join(l.rows[i], "\x00"))))
	var g vector.Guid
	copy(g[:], sum[:])
	return vector.GuidText(g)
}

// item is a row as a bag.
func (l *List) item(row []string) dynamic.Value {
	vals := make([]dynamic.Value, len(l.header))
	for i := range l.header {
		vals[i] = dynamic.FromString(value(row, i))
	}
	return dynamic.FromBag(append([]string(nil), l.header...), vals)
}

// Table is what _GetWatchlist gives: the columns that every list has, then
// those of its items, all text.
func (l *List) Table() scan.Table {
	t := newTable([]types.Column{
		{Name: "_DTItemId", Type: types.String}, {Name: "LastUpdatedTimeUTC", Type: types.Datetime},
		{Name: searchKey, Type: types.String}, {Name: "WatchlistItem", Type: types.Dynamic},
	})
	for _, h := range l.header {
		if t.schema.Index(h) < 0 {
			t.column(h, types.String)
		}
	}
	for i, row := range l.rows {
		t.text("_DTItemId", l.itemID(i))
		t.put("LastUpdatedTimeUTC", l.updated)
		t.text(searchKey, value(row, l.key))
		t.put("WatchlistItem", l.item(row))
		for k, h := range l.header {
			if at := t.schema.Index(h); at >= 4 {
				t.text(h, value(row, k))
			}
		}
	}
	return t.done()
}

// All is the table Watchlist: the items of all lists.
func All(lists []*List) scan.Table {
	t := newTable([]types.Column{
		{Name: "TimeGenerated", Type: types.Datetime}, {Name: "WatchlistAlias", Type: types.String}, {Name: "WatchlistName", Type: types.String},
		{Name: "_DTItemId", Type: types.String}, {Name: "_DTItemType", Type: types.String}, {Name: "_DTItemStatus", Type: types.String},
		{Name: "_DTTimestamp", Type: types.Datetime}, {Name: "LastUpdatedTimeUTC", Type: types.Datetime}, {Name: searchKey, Type: types.String},
		{Name: "WatchlistItem", Type: types.Dynamic}, {Name: "Type", Type: types.String},
	})
	for _, l := range lists {
		for i, row := range l.rows {
			for _, name := range []string{"TimeGenerated", "_DTTimestamp", "LastUpdatedTimeUTC"} {
				t.put(name, l.updated)
			}
			t.text("WatchlistAlias", l.Alias)
			t.text("WatchlistName", l.Alias)
			t.text("_DTItemId", l.itemID(i))
			t.text("_DTItemType", "watchlist-item")
			t.text("_DTItemStatus", "Create")
			t.text(searchKey, value(row, l.key))
			t.put("WatchlistItem", l.item(row))
			t.text("Type", "Watchlist")
		}
	}
	return t.done()
}
