package kqltest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"goshawk/internal/bind"
	"goshawk/internal/dynamic"
	"goshawk/internal/engine"
	"goshawk/internal/exec"
	"goshawk/internal/external"
	"goshawk/internal/fn"
	"goshawk/internal/geoip"
	"goshawk/internal/geoip/geoiptest"
	"goshawk/internal/ingest"
	"goshawk/internal/parser"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/store"
	"goshawk/internal/stored"
	"goshawk/internal/types"
	"goshawk/internal/vector"
	"goshawk/internal/watchlist"
)

// Medium is a place that the data of a case can be read from. Every case runs
// from each; another one (a file format, a store) is one more row in Media.
type Medium struct {
	Name string
	// Table offers rows, in batches of at most size rows if the medium can.
	Table func(schema types.Schema, rows *vector.Batch, size int) (scan.Table, error)
}

// Media are the places that cases are run from.
var Media = []Medium{
	{"memory", func(s types.Schema, rows *vector.Batch, size int) (scan.Table, error) {
		m := &scan.Memory{Cols: s}
		for at := 0; at < rows.N; at += size {
			m.Batches = append(m.Batches, rows.Slice(at, min(at+size, rows.N)))
		}
		return m, nil
	}},
	{"memory in dictionaries", func(s types.Schema, rows *vector.Batch, size int) (scan.Table, error) {
		m := &scan.Memory{Cols: s}
		for at := 0; at < rows.N; at += size {
			b := rows.Slice(at, min(at+size, rows.N))
			for i, c := range b.Cols {
				b.Cols[i] = dictionary(c)
			}
			m.Batches = append(m.Batches, b)
		}
		return m, nil
	}},
	{"a flushed segment", func(s types.Schema, rows *vector.Batch, size int) (scan.Table, error) {
		t, err := store.Flushed(s, rows)
		return &cut{t, size}, err
	}},
}

// dictionary is v with its entries backwards in a dictionary, so that codes
// and rows differ.
func dictionary(v *vector.Vector) *vector.Vector {
	rows, codes := make([]int32, v.N), make([]int32, v.N)
	for i := range rows {
		rows[i], codes[i] = int32(v.N-1-i), int32(v.N-1-i)
	}
	return vector.NewDict(v.Gather(rows).Flatten(), codes)
}

// workspace is the tables of a case, read once.
type workspace struct {
	data  map[string]loaded
	logs  map[string]scan.Table
	funcs *stored.Set
	// ext reads the files for externaldata; nil when there are none.
	ext   *external.Reader
	lists []*watchlist.List
	// geo is nil without a database of places.
	geo func(ip string) (dynamic.Value, error)
	// dir is the folder of the files, which messages leave out.
	dir string
}

type loaded struct {
	schema types.Schema
	rows   *vector.Batch
}

// load makes the tables of c; dir is a folder for its raw logs.
func load(c *Case, dir string) (*workspace, error) {
	w := &workspace{data: map[string]loaded{}, logs: map[string]scan.Table{}, funcs: &stored.Set{}, dir: dir}
	for _, t := range c.Data {
		l, err := written(t)
		if err != nil {
			return nil, fmt.Errorf("data %s: %w", t.Name, err)
		}
		w.data[t.Name] = l
	}
	if len(c.Functions) > 0 {
		paths, err := writeFiles(dir, c.Functions)
		if err != nil {
			return nil, err
		}
		w.funcs = stored.Load(paths)
	}
	if len(c.External) > 0 {
		if _, err := writeFiles(dir, c.External); err != nil {
			return nil, err
		}
		var err error
		if w.ext, err = external.New(external.Config{Files: []string{dir}}); err != nil {
			return nil, err
		}
	}
	if c.Places != nil {
		var err error
		if w.geo, err = places(c.Places); err != nil {
			return nil, err
		}
	}
	if len(c.Watchlists) > 0 {
		paths, err := writeFiles(dir, c.Watchlists)
		if err != nil {
			return nil, err
		}
		if w.lists, err = watchlist.Load(paths, types.ToTime(now)); err != nil {
			return nil, err
		}
	}
	var specs []ingest.Spec
	for i, l := range c.Logs {
		path := filepath.Join(dir, fmt.Sprintf("logs%d.ndjson", i+1))
		if err := os.WriteFile(path, []byte(l.Text), 0o600); err != nil {
			return nil, err
		}
		specs = append(specs, ingest.Spec{Table: l.Table, Path: path})
	}
	if len(specs) == 0 {
		return w, nil
	}
	ws, err := ingest.Open(specs, ingest.Options{})
	if err != nil {
		return nil, err
	}
	for _, f := range ws.Report() {
		if f.Skipped != "" {
			return nil, fmt.Errorf("jsonl: %s", f.Skipped)
		}
	}
	for _, n := range ws.Names() {
		w.logs[n], _ = ws.Table(n)
	}
	return w, nil
}

// written computes the batch of a table written out.
func written(t *Table) (loaded, error) {
	text := source.New("data", t.Datatable())
	q, ds := parser.Parse(text)
	if err := ds.Err(); err != nil {
		return loaded{}, err
	}
	p, ds := bind.Query(q, text, bind.Options{})
	if err := ds.Err(); err != nil {
		return loaded{}, err
	}
	rs, err := exec.Run(context.Background(), p, exec.Config{Env: &fn.Env{}})
	if err != nil {
		return loaded{}, err
	}
	var ts []types.Type
	for _, c := range rs[0].Schema {
		ts = append(ts, c.Type)
	}
	return loaded{rs[0].Schema, vector.ConcatBatches(ts, rs[0].Batches)}, nil
}

// catalog is the tables in a medium and in batches of size rows.
func (w *workspace) catalog(m Medium, size int) (*engine.Catalog, error) {
	tables := map[string]scan.Table{}
	for name, l := range w.data {
		t, err := m.Table(l.schema, l.rows, size)
		if err != nil {
			return nil, err
		}
		tables[name] = t
	}
	for name, t := range w.logs {
		tables[name] = &cut{t, size}
	}
	c := engine.NewCatalog(tables)
	for _, f := range w.funcs.Functions {
		c.Add(&bind.Function{Name: f.Name, Params: f.Params, Body: f.Body, Text: f.Text, From: f.Path, Problem: f.Problem})
	}
	lists := map[string]scan.Table{}
	for _, l := range w.lists {
		lists[l.Alias] = l.Table()
	}
	c.SetWatchlists(lists, watchlist.All(w.lists))
	return c, nil
}

// places makes a database of the rows of a table: prefix, country, state, city,
// latitude, longitude.
func places(t *Table) (func(string) (dynamic.Value, error), error) {
	l, err := written(t)
	if err != nil {
		return nil, err
	}
	var list []geoiptest.Place
	for i := range l.rows.N {
		c := l.rows.Cols
		p := geoiptest.Place{Prefix: c[0].Str(i), Country: c[1].Str(i), State: c[2].Str(i), City: c[3].Str(i)}
		if p.Located = !c[4].IsNull(i); p.Located {
			p.Latitude, p.Longitude = c[4].Real(i), c[5].Real(i)
		}
		list = append(list, p)
	}
	data, err := geoiptest.Build("Test-City", list)
	if err != nil {
		return nil, err
	}
	db, err := geoip.OpenBytes("geoip", data)
	if err != nil {
		return nil, err
	}
	return db.Lookup, nil
}

// clean joins messages, without the folder of the page's files.
func (w *workspace) clean(messages ...string) string {
	var out []string
	for _, m := range messages {
		if m != "" {
			out = append(out, m)
		}
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), w.dir+string(filepath.Separator), "")
}

// writeFiles writes files into a folder and gives their paths.
func writeFiles(dir string, files []File) ([]string, error) {
	var paths []string
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		paths = append(paths, path)
		if f.Absent {
			continue
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o600); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// cut is a table whose batches are cut to at most size rows.
type cut struct {
	scan.Table
	size int
}

// Open starts a read.
func (t *cut) Open(ctx context.Context, req scan.Request) ([]scan.Part, error) {
	parts, err := t.Table.Open(ctx, req)
	for i, p := range parts {
		parts[i] = &cutPart{Part: p, size: t.size}
	}
	return parts, err
}

type cutPart struct {
	scan.Part
	size int
	rest *vector.Batch
}

// Exact is what the part inside says.
func (p *cutPart) Exact() bool {
	e, ok := p.Part.(scan.ExactPart)
	return ok && e.Exact()
}

// Next gives the next piece of a batch.
func (p *cutPart) Next(ctx context.Context) (*vector.Batch, error) {
	for p.rest == nil || p.rest.N == 0 {
		b, err := p.Part.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		p.rest = b
	}
	n := min(p.size, p.rest.N)
	out := p.rest.Slice(0, n)
	p.rest = p.rest.Slice(n, p.rest.N)
	return out, nil
}
