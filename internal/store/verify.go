package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"sync"
)

// Report is what verify found.
type Report struct {
	Tables, Parts int
	Rows, Bytes   int64
	// Damage lists what is damaged, by file.
	Damage []error
	// Stray are files that no list names: a writer that died leaves them, and
	// the next one removes them. They do no harm.
	Stray []string
}

// Verify reads everything and says what is damaged.
func (s *Store) Verify(ctx context.Context) (*Report, error) {
	list := s.snapshot()
	rep := &Report{Tables: len(list.Tables), Damage: append([]error(nil), s.Damage()...)}
	type job struct {
		table string
		part  *partInfo
	}
	var jobs []job
	named := map[string]bool{}
	for _, name := range s.Names() {
		parts := list.Tables[name].Parts
		for i := range parts {
			jobs = append(jobs, job{name, &parts[i]})
			named[filepath.Join(s.dir, tablesName, folder(name), filepath.FromSlash(parts[i].File))] = true
			rep.Rows += int64(parts[i].Rows)
			rep.Bytes += parts[i].Bytes
		}
	}
	rep.Parts = len(jobs)
	found := make([][]error, len(jobs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(s.cfg.Threads, len(jobs)) {
		wg.Add(1)
		go func() { // ends when next is closed
			defer wg.Done()
			for i := range next {
				found[i] = s.verify(jobs[i].table, jobs[i].part)
			}
		}()
	}
	for i := range jobs {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, f := range found {
		rep.Damage = append(rep.Damage, f...)
	}
	rep.Stray = s.stray(named)
	return rep, nil
}

// verify reads a part, past the readers that are open.
func (s *Store) verify(table string, p *partInfo) []error {
	path := filepath.Join(s.dir, tablesName, folder(table), filepath.FromSlash(p.File))
	lost := func(err error) []error {
		return []error{fmt.Errorf("%w; %d rows of %s of day %s cannot be read", err, p.Rows, table, p.Day)}
	}
	f, err := s.cfg.FS.Open(path)
	if err != nil {
		return lost(fmt.Errorf("part %s: %w", path, err))
	}
	defer f.Close()
	r, err := openSegment(f, path, p, nil)
	if err != nil {
		return lost(err)
	}
	return r.Verify()
}

// stray lists segment and unfinished files that are not named.
func (s *Store) stray(named map[string]bool) []string {
	var out []string
	var walk func(dir string, depth int)
	walk = func(dir string, depth int) {
		names, err := s.cfg.FS.List(dir)
		if err != nil {
			return
		}
		for _, n := range names {
			path := filepath.Join(dir, n)
			if n[len(n)-1] == '/' {
				if depth < 2 {
					walk(path, depth+1)
				}
			} else if ext := filepath.Ext(n); (ext == segmentExt || ext == tempExt) && !named[path] {
				out = append(out, path)
			}
		}
	}
	walk(filepath.Join(s.dir, tablesName), 0)
	sort.Strings(out)
	return out
}
