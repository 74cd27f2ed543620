package engine

import (
	"context"
	"sort"

	"goshawk/internal/bind"
	"goshawk/internal/scan"
	"goshawk/internal/schema"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Window leaves out rows by TimeGenerated: before Since, and from Until on.
// Ticks; zero means open.
type Window struct{ Since, Until int64 }

// Catalog is the workspace that names resolve in: the data at hand, and the
// built-in schemas of the tables for which there is none.
type Catalog struct {
	tables    map[string]scan.Table
	functions map[string]*bind.Function
	lists     map[string]scan.Table
	Window    Window
}

// NewCatalog makes a catalogue over the data at hand, by table name.
func NewCatalog(tables map[string]scan.Table) *Catalog {
	c := &Catalog{tables: map[string]scan.Table{}}
	for name, t := range tables {
		c.tables[name] = &shared{Table: t}
	}
	return c
}

// Since is the same catalogue without the rows before ticks.
func (c *Catalog) Since(ticks int64) *Catalog {
	w := *c
	w.Window.Since = max(w.Window.Since, ticks)
	return &w
}

// Table finds a table. One that is known but has no data is empty.
func (c *Catalog) Table(name string) (scan.Table, types.Schema, bool) {
	if f, ok := c.functions[name]; ok && c.tables[name] == nil && f.Problem == "" {
		// A function of the user stands for a table without data.
		return nil, nil, false
	}
	return c.TableBehind(name)
}

// TableBehind finds a table even if a function of the user stands for it: the
// function itself reads it.
func (c *Catalog) TableBehind(name string) (scan.Table, types.Schema, bool) {
	if t, ok := c.tables[name]; ok {
		if c.Window != (Window{}) && !c.HasWatchlists(name) {
			t = &windowed{t, c.Window}
		}
		return t, t.Schema(), true
	}
	s, ok := schema.Table(name)
	if !ok {
		return nil, nil, false
	}
	return &scan.Memory{Cols: s}, s, true
}

// HasData says whether a table is among the data at hand.
func (c *Catalog) HasData(table string) bool {
	_, ok := c.tables[table]
	return ok
}

// TableNames lists every known table, sorted.
func (c *Catalog) TableNames() []string {
	names := append([]string(nil), schema.TableNames()...)
	for n := range c.tables {
		if _, ok := schema.Table(n); !ok {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// timeColumn is what windows look at.
const timeColumn = "TimeGenerated"

// windowed is a table seen through a Window.
type windowed struct {
	scan.Table
	w Window
}

// Open reads TimeGenerated too, and leaves out the rows outside the window.
func (t *windowed) Open(ctx context.Context, req scan.Request) ([]scan.Part, error) {
	if t.Schema().Index(timeColumn) < 0 {
		return t.Table.Open(ctx, req)
	}
	asked := len(req.Columns)
	req.Columns = append(append([]scan.Column(nil), req.Columns...), scan.Column{Name: timeColumn, Type: types.Datetime})
	req.Limit = 0
	parts, err := t.Table.Open(ctx, req)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		parts[i] = &windowedPart{p, t.w, asked}
	}
	return parts, nil
}

type windowedPart struct {
	scan.Part
	w     Window
	asked int
}

// Exact is what the part inside says.
func (p *windowedPart) Exact() bool {
	e, ok := p.Part.(scan.ExactPart)
	return ok && e.Exact()
}

// Next gives the next batch's rows inside the window; a batch may be empty.
// A row without a time, which some exports lack, is not known to lie outside.
func (p *windowedPart) Next(ctx context.Context) (*vector.Batch, error) {
	b, err := p.Part.Next(ctx)
	if b == nil || err != nil {
		return b, err
	}
	at := b.Cols[p.asked]
	b = &vector.Batch{N: b.N, Cols: b.Cols[:p.asked]}
	rows := make([]int32, 0, b.N)
	for i := 0; i < b.N; i++ {
		if at.IsNull(i) {
			rows = append(rows, int32(i))
		} else if x := at.Int(i); x >= p.w.Since && (p.w.Until == 0 || x < p.w.Until) {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) == b.N {
		return b, nil
	}
	return b.Gather(rows), nil
}
