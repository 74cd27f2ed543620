package store

import (
	"context"
	"math"
	"sync"

	"goshawk/internal/scan"
	"goshawk/internal/segment"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Table reads one table of a store: a scan.Table.
type Table struct {
	store  *Store
	name   string
	schema types.Schema
}

// Schema is the columns in order.
func (t *Table) Schema() types.Schema { return t.schema }

// Rows is the number of rows of the table.
func (t *Table) Rows() int64 {
	n := int64(0)
	if info := t.store.snapshot().Tables[t.name]; info != nil {
		for _, p := range info.Parts {
			n += int64(p.Rows)
		}
	}
	return n
}

// refreshes is how often a read begins again because a merge has removed a
// part between the list and its opening.
const refreshes = 4

// Open starts a read. Parts are in the order of time.
func (t *Table) Open(_ context.Context, req scan.Request) ([]scan.Part, error) {
	t.store.trim()
	for try := 0; ; try++ {
		parts, err := t.open(req)
		if err == nil || !gone(err) || try == refreshes {
			return parts, err
		}
		if err := t.store.Refresh(); err != nil {
			return nil, err
		}
	}
}

func (t *Table) open(req scan.Request) ([]scan.Part, error) {
	info := t.store.snapshot().Tables[t.name]
	if info == nil {
		return nil, nil
	}
	var out []scan.Part
	for i := range info.Parts {
		p := &info.Parts[i]
		if !mayHold(p, req.Conds) {
			continue
		}
		r, err := t.store.open(t.name, p)
		if err != nil {
			return nil, err
		}
		out = append(out, scansOf(r, req, t.store.count)...)
	}
	return out, nil
}

// scansOf is the reads of one part: some blocks each.
func scansOf(r *segment.Reader, req scan.Request, count func(rows int, bytes int64)) []scan.Part {
	var out []scan.Part
	s := &partScan{reader: r, req: req, count: count}
	for lo := 0; lo < r.Blocks(); lo += scanBlocks {
		out = append(out, &blockScan{part: s, at: lo, end: min(lo+scanBlocks, r.Blocks()), limit: req.Limit})
	}
	return out
}

// span is the values between two bounds, both included.
type span struct{ lo, hi int64 }

// spanOf is what a condition says about a whole number or time.
func spanOf(c *scan.Cond) (span, bool) {
	s := span{math.MinInt64, math.MaxInt64}
	if len(c.Values) == 0 || len(c.Column.Path) > 0 {
		return s, false
	}
	x, ok := c.Values[0].V.(int64)
	if !ok || c.Values[0].T != c.Column.Type {
		return s, false
	}
	switch c.Op {
	case "Equal":
		return span{x, x}, len(c.Values) == 1
	case "GreaterThan":
		if x < math.MaxInt64 {
			x++
		}
		s.lo = x
	case "GreaterThanOrEqual":
		s.lo = x
	case "LessThan":
		if x > math.MinInt64 {
			x--
		}
		s.hi = x
	case "LessThanOrEqual":
		s.hi = x
	case "Between":
		y, ok := int64(0), false
		if len(c.Values) == 2 {
			y, ok = c.Values[1].V.(int64)
		}
		return span{x, y}, ok
	default:
		return s, false
	}
	return s, true
}

// mayHold says whether a part can have wanted rows by its times.
func mayHold(p *partInfo, conds []scan.Cond) bool {
	if p.Sort == "" {
		return true
	}
	for i := range conds {
		c := &conds[i]
		if c.Column.Name != p.Sort || c.Column.Type != types.Datetime {
			continue
		}
		// A null meets no comparison.
		if s, ok := spanOf(c); ok && (p.Null == p.Rows || s.hi < p.Min || s.lo > p.Max) {
			return false
		}
	}
	return true
}

// partScan is a read of one part. Several goroutines read its blocks.
type partScan struct {
	reader *segment.Reader
	req    scan.Request
	count  func(rows int, bytes int64) // what was looked at

	once  sync.Once
	err   error
	cols  []*columnScan
	tests []*test
	none  bool // no row can be wanted
}

// columnScan is a column of a part as the table's type.
type columnScan struct {
	c    *segment.Column
	want types.Type
	// values are those of a dictionary of another type, brought to the wanted
	// one once, so that all blocks share them.
	mu     sync.Mutex // guards the rest
	from   *vector.Vector
	values *vector.Vector
}

func (p *partScan) column(c scan.Column) *columnScan {
	s := &columnScan{c: p.reader.Column(c.Name, c.Path, c.Type), want: c.Type}
	if len(c.Path) > 0 {
		s.want = types.Dynamic
	}
	return s
}

// fit brings what was read to the wanted type.
func (s *columnScan) fit(v *vector.Vector) *vector.Vector {
	if v.Type == s.want || v.Type == types.Dynamic && s.want == types.Unknown {
		return v
	}
	if v.Form == vector.Dict {
		return vector.NewDict(s.fitValues(v.Values), v.Codes)
	}
	return as(v, s.want)
}

func (s *columnScan) fitValues(v *vector.Vector) *vector.Vector {
	if v.Type == s.want || v.Type == types.Dynamic && s.want == types.Unknown {
		return v
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from != v {
		s.from, s.values = v, as(v, s.want).Flatten()
	}
	return s.values
}

// begin finds the columns and asks the dictionaries, once for the part.
func (p *partScan) begin(ctx context.Context) error {
	p.once.Do(func() { p.err = p.prepare(ctx) })
	return p.err
}

func (p *partScan) prepare(ctx context.Context) error {
	for _, c := range p.req.Columns {
		p.cols = append(p.cols, p.column(c))
	}
	for i := range p.req.Conds {
		t, err := p.test(ctx, &p.req.Conds[i])
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		if t.none {
			p.none = true
			return nil
		}
		p.tests = append(p.tests, t)
	}
	sortTests(p.tests)
	return nil
}

// blockScan reads some blocks of a part: a scan.Part.
type blockScan struct {
	part    *partScan
	at, end int
	limit   int
}

// Next gives the wanted rows of the next block that has some.
func (b *blockScan) Next(ctx context.Context) (*vector.Batch, error) {
	if b.at >= b.end {
		return nil, nil
	}
	p := b.part
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	if p.none {
		b.at = b.end
		return nil, nil
	}
	for b.at < b.end {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		blk := p.reader.Block(b.at)
		b.at++
		out, err := p.read(ctx, blk)
		p.count(blk.N(), blk.Bytes())
		blk.Release()
		if err != nil {
			return nil, err
		}
		if out == nil {
			continue
		}
		if b.limit > 0 {
			if b.limit -= out.N; b.limit <= 0 {
				b.at = b.end
			}
		}
		return out, nil
	}
	return nil, nil
}

// read gives the wanted rows of a block; nil when there are none.
func (p *partScan) read(ctx context.Context, blk *segment.Block) (*vector.Batch, error) {
	rows, some, err := p.pick(ctx, blk)
	if err != nil || !some {
		return nil, err
	}
	out := &vector.Batch{N: blk.N()}
	if rows != nil {
		out.N = len(rows)
	}
	for _, c := range p.cols {
		v, err := blk.Column(c.c, rows)
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, c.fit(v))
	}
	return out, nil
}

// Exact says that the rows have passed all tests.
func (b *blockScan) Exact() bool { return true }

// Close ends the read.
func (b *blockScan) Close() error {
	b.at = b.end
	return nil
}
