// Package exec runs plans: one operator per relational node, passing batches
// of columns from the tables up to the result. It knows plans, values and
// functions; where rows come from is behind scan.Table.
package exec

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Operator gives batches. Next returns a batch that stays valid until the
// next call, or nil at the end and ever after. Close may be called twice and
// before Next. Describe names the operator for explain.
type Operator interface {
	Next(ctx context.Context) (*vector.Batch, error)
	Close() error
	Describe() string
}

// ExternalReader reads what externaldata points at.
type ExternalReader func(ctx context.Context, node *plan.External) ([]*vector.Batch, error)

// Config is what a run may use.
type Config struct {
	Env     *fn.Env
	Threads int // goroutines reading and computing; 1 when not set
	Memory  *Budget
	// BatchSize is how many rows computed results are handed out in.
	BatchSize int
	Stats     scan.Stats
	External  ExternalReader
	// Rewrite optimizes the stages of a query whose columns depend on data;
	// nil leaves them as they are bound.
	Rewrite func(*plan.Query) *plan.Query
}

// defaultBatch rows keep a column of strings in a core's cache.
const defaultBatch = 16384

func (c Config) withDefaults() Config {
	if c.Env == nil {
		c.Env = &fn.Env{}
	}
	if c.Threads < 1 {
		c.Threads = 1
	}
	if c.BatchSize < 1 {
		c.BatchSize = defaultBatch
	}
	if c.Memory == nil {
		c.Memory = NewBudget(0)
	}
	return c
}

// Budget bounds the memory of what grows with the data: groups, sorted rows,
// join tables, kept results.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget makes a budget of bytes; 0 or less is no bound.
func NewBudget(bytes int64) *Budget { return &Budget{limit: bytes} }

// Charge takes n bytes for the operator op, or says that they are not there.
func (b *Budget) Charge(op string, n int64) error {
	if b == nil || n <= 0 {
		return nil
	}
	used := b.used.Add(n)
	if b.limit > 0 && used > b.limit {
		b.used.Add(-n)
		return fmt.Errorf("%s needs %s more memory, and %s of the %s for rows are in use; narrow the query or raise --memory",
			op, bytesText(n), bytesText(used-n), bytesText(b.limit))
	}
	return nil
}

// Release gives n bytes back.
func (b *Budget) Release(n int64) {
	if b != nil && n > 0 {
		b.used.Add(-n)
	}
}

// Used is how many bytes are taken.
func (b *Budget) Used() int64 { return b.used.Load() }

func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// OpStat is what one operator did.
type OpStat struct {
	Name  string
	Depth int
	Rows  int64 // rows given out
	// Duration is the time in the operator and, unless it runs inside a
	// scan's goroutines, the operators below it.
	Duration time.Duration
}

type opStat struct {
	name  string
	depth int
	rows  atomic.Int64
	nanos atomic.Int64
}

// Result is one result of a query.
type Result struct {
	Name    string
	Schema  types.Schema
	Batches []*vector.Batch
	Render  map[string]string
	Ops     []OpStat
}

// Rows is the number of rows.
func (r *Result) Rows() int {
	n := 0
	for _, b := range r.Batches {
		n += b.N
	}
	return n
}

// Each calls f for every row in order until it returns false.
func (r *Result) Each(f func(b *vector.Batch, row int) bool) {
	for _, b := range r.Batches {
		for i := 0; i < b.N; i++ {
			if !f(b, i) {
				return
			}
		}
	}
}

// builder turns plan nodes into operators and expressions into evaluators.
type builder struct {
	cfg   Config
	ctx   context.Context // of the whole run: subqueries outlive who asks first
	ops   []*opStat
	stack []*opStat

	// kept holds the shared results of materialize.
	kept map[*plan.Materialize]*kept
	// given holds the rows that surrounding operators run subqueries over.
	given map[*plan.Given]*vector.Batch
	// parts holds the graphs that surrounding graph parts are at.
	parts map[*plan.PartGraph]*graph
	// subs holds the subqueries that are computed once. Of those in varies,
	// which depend on rows given, fresh holds the ones of this run.
	subs   map[any]*subquery
	varies map[plan.Rel]bool
	fresh  map[any]*subquery
	// none is set by the expansions of mv-apply that find no element.
	none map[*plan.MvExpand]*bool
}

// Run computes all results of q.
func Run(ctx context.Context, q *plan.Query, cfg Config) ([]*Result, error) {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &builder{cfg: cfg, ctx: ctx, kept: map[*plan.Materialize]*kept{}, subs: map[any]*subquery{}}
	q, err := b.settle(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []*Result
	for i := range q.Results {
		r := &q.Results[i]
		b.ops = nil
		res := &Result{Name: r.Name, Render: r.Render}
		for _, c := range r.Rel.Cols() {
			res.Schema = append(res.Schema, types.Column{Name: c.Name, Type: c.Type})
		}
		op, err := b.build(r.Rel)
		if err != nil {
			return nil, err
		}
		res.Batches, err = b.drain(ctx, op, "the result")
		if err != nil {
			return nil, err
		}
		for _, st := range b.ops {
			res.Ops = append(res.Ops, OpStat{Name: st.name, Depth: st.depth, Rows: st.rows.Load(), Duration: time.Duration(st.nanos.Load())})
		}
		out = append(out, res)
	}
	return out, nil
}

// drain reads op to its end and closes it. The rows are charged to who.
func (b *builder) drain(ctx context.Context, op Operator, who string) ([]*vector.Batch, error) {
	defer op.Close()
	var out []*vector.Batch
	for {
		batch, err := op.Next(ctx)
		if err != nil {
			return nil, err
		}
		if batch == nil {
			return out, op.Close()
		}
		if batch.N == 0 {
			continue
		}
		if err := b.cfg.Memory.Charge(who, batch.Bytes()); err != nil {
			return nil, err
		}
		out = append(out, batch)
	}
}

// subquery is a relation inside an expression, computed at first use.
type subquery struct {
	once    sync.Once
	b       *builder
	rel     plan.Rel
	batches []*vector.Batch
	err     error
}

// sub gives the one subquery for the expression node key.
func (b *builder) sub(key any, rel plan.Rel) *subquery {
	subs := b.subs
	if b.varies[rel] {
		subs = b.fresh
	}
	s := subs[key]
	if s == nil {
		s = &subquery{b: b, rel: rel}
		subs[key] = s
	}
	return s
}

func (s *subquery) rows() ([]*vector.Batch, error) {
	s.once.Do(func() {
		defer recovered("a subquery", &s.err)
		// A subquery may hold subqueries that the outer builder knows, and is
		// built while workers run: it gets a builder of its own.
		in := &builder{
			cfg: s.b.cfg, ctx: s.b.ctx, kept: s.b.kept, subs: map[any]*subquery{},
			given: s.b.given, varies: s.b.varies, fresh: map[any]*subquery{},
		}
		op, err := in.build(s.rel)
		if err != nil {
			s.err = err
			return
		}
		s.batches, s.err = in.drain(s.b.ctx, op, "subquery")
	})
	return s.batches, s.err
}
