package cli

import (
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/ingest"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/store"
	"goshawk/internal/types"
)

// dataFlags are the flags of commands that read logs.
type dataFlags struct {
	space        workspaceFlags
	logs         []string
	store        string
	now          string
	since, until string
	memory       string
	threads      int
}

func (f *dataFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringArrayVar(&f.logs, "logs", nil, "log file or folder, recognised by shape, or TABLE=PATH (repeatable)")
	f.space.register(cmd)
	fl.StringVar(&f.store, "store", "", "folder of a store that ingest has filled; its rows come before those of --logs")
	fl.StringVar(&f.now, "now", "", "the time that now() and ago() take, e.g. 2026-03-01T00:00:00Z")
	fl.StringVar(&f.since, "since", "", "leave out rows before this time: 2026-03-01T00:00:00Z, or a span such as 7d before now; rows without a time stay")
	fl.StringVar(&f.until, "until", "", "leave out rows from this time on")
	fl.StringVar(&f.memory, "memory", "2GB", "memory that the process may take, of which a query can hold about half")
	fl.IntVar(&f.threads, "threads", 0, "goroutines that read and compute (0: all cores)")
}

const (
	// minMemory is the least that --memory can be: what reading files in parts
	// takes, measured at about 110 MB, and something to compute with.
	minMemory = 200_000_000
	// ownMemory is what the program takes besides its heap.
	ownMemory = 32_000_000
	// rowShare is how much of the memory, in percent, rows and groups may take.
	// The rest is for buffers of files and for garbage not collected yet.
	rowShare = 55
)

// data is opened logs with an engine over them.
type data struct {
	engine    *engine.Engine
	options   engine.Options
	workspace *ingest.Workspace
	store     *store.Store // nil without
	// paths are what --logs named.
	paths []string
	// warnings are what is wrong with files of functions and watchlists.
	warnings source.Diagnostics
	// remarks are other things to say beside the answer.
	remarks []string
}

func (f *dataFlags) open() (*data, error) {
	d := &data{}
	now := time.Now()
	if f.now != "" {
		t, err := parseTime(f.now, now)
		if err != nil {
			return nil, usagef("--now: %v", err)
		}
		now = t
	}
	mem, err := parseBytes(f.memory)
	if err != nil {
		return nil, usagef("--memory: %v", err)
	}
	if mem < minMemory {
		return nil, usagef("--memory %s is less than reading needs; give %d MB or more", f.memory, minMemory/1_000_000)
	}
	debug.SetMemoryLimit(mem - ownMemory)
	threads := f.threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	d.options = engine.Options{Now: now, Threads: threads, Memory: (mem - ownMemory) / 100 * rowShare}
	var specs []ingest.Spec
	for _, l := range f.logs {
		spec := logSpec(l)
		specs = append(specs, spec)
		d.paths = append(d.paths, spec.Path)
	}
	if d.workspace, err = ingest.Open(specs, ingest.Options{Threads: threads, Now: now, Memory: mem / 4}); err != nil {
		return nil, err
	}
	tables := map[string]scan.Table{}
	for _, name := range d.workspace.Names() {
		tables[name], _ = d.workspace.Table(name)
	}
	if err := d.openStore(f.store, threads, tables); err != nil {
		return nil, err
	}
	cat := engine.NewCatalog(tables)
	if cat.Window, err = f.window(now); err != nil {
		return nil, err
	}
	if d.warnings, err = f.space.load(cat, &d.options); err != nil {
		return nil, err
	}
	d.engine = &engine.Engine{Catalog: cat}
	return d, nil
}

// openStore adds the tables of a store.
func (d *data) openStore(dir string, threads int, tables map[string]scan.Table) (err error) {
	if dir == "" {
		return nil
	}
	if d.store, err = store.Open(dir, store.Config{Threads: threads}); err != nil {
		return err
	}
	for _, name := range d.store.Names() {
		t, _ := d.store.Table(name)
		if logs := tables[name]; logs != nil {
			tables[name] = store.Both(t, logs)
		} else {
			tables[name] = t
		}
	}
	return nil
}

// names are the tables that there is data of.
func (d *data) names() []string {
	names := d.workspace.Names()
	if d.store != nil {
		names = append(names, d.store.Names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// window reads --since and --until as ticks.
func (f *dataFlags) window(now time.Time) (w engine.Window, err error) {
	for _, x := range []struct {
		flag, text string
		to         *int64
	}{{"--since", f.since, &w.Since}, {"--until", f.until, &w.Until}} {
		if x.text == "" {
			continue
		}
		t, err := parseTime(x.text, now)
		if err != nil {
			return w, usagef("%s: %v", x.flag, err)
		}
		*x.to, _ = types.FromTime(t)
	}
	return w, nil
}

// parseTime reads an instant, or a span such as 7d that counts back from now.
func parseTime(s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	if n, err := strconv.ParseFloat(strings.TrimSuffix(s, "d"), 64); err == nil && strings.HasSuffix(s, "d") {
		return now.Add(-time.Duration(n * 24 * float64(time.Hour))), nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(-d), nil
	}
	return time.Time{}, usagef("%q is neither a time such as 2026-03-01T00:00:00Z nor a span such as 7d", s)
}

// parseBytes reads a size such as 500MB or 2GB.
func parseBytes(s string) (int64, error) {
	units := []struct {
		suffix string
		n      float64
	}{{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}, {"", 1}}
	for _, u := range units {
		if num, ok := strings.CutSuffix(s, u.suffix); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
			if err == nil && n > 0 && n*u.n < 1<<62 {
				return int64(n * u.n), nil
			}
		}
	}
	return 0, usagef("%q is not a size such as 500MB or 2GB", s)
}

// logSpec reads TABLE=PATH or PATH. What stands before = must look like a
// table name, so that a path with = in it stays a path.
func logSpec(s string) ingest.Spec {
	if name, path, ok := strings.Cut(s, "="); ok && name != "" && !strings.ContainsAny(name, "/\\.: ") {
		return ingest.Spec{Table: name, Path: path}
	}
	return ingest.Spec{Path: s}
}

func (d *data) hasData(table string) bool {
	if _, ok := d.workspace.Table(table); ok || d.engine.Catalog.HasWatchlists(table) {
		return true
	}
	if d.store == nil {
		return false
	}
	_, ok := d.store.Table(table)
	return ok
}

// fits says whether the logs are small enough to be held in memory: decoded
// columns hold on to the text they were read from, so files count whole, and
// packed files about eight times (what sign-in logs pack to).
func (d *data) fits() bool {
	if d.store != nil {
		return false // a store reads only what it needs
	}
	var n int64
	for _, f := range d.workspace.Report() {
		size := f.Bytes
		if ext := filepath.Ext(f.Path); ext != ".json" && ext != ".ndjson" && ext != ".jsonl" && ext != ".csv" {
			size *= 8
		}
		n += size
	}
	return n < d.options.Memory
}
