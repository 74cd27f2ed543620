// Package engine is the one door to running KQL: parse, bind, run. It keeps
// no state between queries but the workspace it was given.
package engine

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"goshawk/internal/ast"
	"goshawk/internal/bind"
	"goshawk/internal/dynamic"
	"goshawk/internal/exec"
	"goshawk/internal/fn"
	"goshawk/internal/opt"
	"goshawk/internal/parser"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/schema"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Options says how to run a query. The zero value is sensible.
type Options struct {
	// Now is what now() gives; zero means the time of the call.
	Now time.Time
	// Threads is how many goroutines read and compute; 0 means all cores.
	Threads int
	// Memory bounds what the query may hold, in bytes; 0 means 2 GiB.
	Memory int64
	// Params are texts for declared query parameters and for placeholders such
	// as {{Account_Name}}.
	Params map[string]string
	// Start is what {{StartTimeISO}} stands for; zero means the begin of the
	// catalogue's window, or else DefaultRange before Now.
	Start time.Time
	// Geo gives the place of an IP address as a bag; nil without a database.
	Geo func(ip string) (dynamic.Value, error)
	// External reads what externaldata names; nil allows nothing.
	External External
	// Stats counts what was read; may be nil.
	Stats scan.Stats
}

// External reads external data, as far as it is allowed.
type External interface {
	// Allow says why a source may not be read, or that its form is not supported.
	Allow(uri string, node *plan.External) error
	// Read gives the rows of all sources of an operator.
	Read(ctx context.Context, node *plan.External) ([]*vector.Batch, error)
}

// DefaultMemory is the memory bound when none is given: half of the smallest
// machine that hunts are expected on.
const DefaultMemory = 2 << 30

// Result is one table that a query gave.
type Result struct {
	Name    string
	Schema  types.Schema
	Batches []*vector.Batch
	// Render is render's chart kind and properties, nil without render.
	Render map[string]string
	// Ops is the plan with measured rows and time per operator.
	Ops []exec.OpStat
}

// Rows is the number of rows.
func (r *Result) Rows() int {
	n := 0
	for _, b := range r.Batches {
		n += b.N
	}
	return n
}

// Engine runs queries over a catalogue of tables.
type Engine struct {
	Catalog *Catalog
}

// Since is the same engine for which rows before an instant do not exist.
func (e *Engine) Since(t time.Time) *Engine {
	ticks, _ := types.FromTime(t)
	return &Engine{Catalog: e.Catalog.Since(ticks)}
}

// Parsed is a text with its tree.
type Parsed struct {
	Text  *source.Text
	Query *ast.Query
}

// Parse reads a query.
func Parse(text *source.Text) (Parsed, source.Diagnostics) {
	q, ds := parser.Parse(text)
	return Parsed{text, q}, ds
}

// Check parses and binds without running: functions that are known but not
// done yet keep their types.
func (e *Engine) Check(text *source.Text) (results []plan.Result, parsed bool, ds source.Diagnostics) {
	p, ds := Parse(text)
	if ds.HasErrors() {
		return nil, false, ds.Sort()
	}
	defer recovered(p.Text, &ds)
	now, _ := types.FromTime(time.Now())
	results, more := bind.Check(p.Query, p.Text, bind.Options{Schema: e.Catalog, Now: now, Parameter: schema.ParameterType})
	return results, true, append(ds, more...).Sort()
}

// CheckBody checks the body of a stored function whose parameters are given
// as KQL declares them, without the parentheses.
func (e *Engine) CheckBody(params string, body *source.Text) (ds source.Diagnostics) {
	ps, ds := parser.ParseParams(source.New(body.Name, "("+params+")"))
	if ds.HasErrors() {
		return ds.Sort()
	}
	p, ds := Parse(body)
	if ds.HasErrors() {
		return ds.Sort()
	}
	defer recovered(p.Text, &ds)
	now, _ := types.FromTime(time.Now())
	_, more := bind.Check(p.Query, p.Text, bind.Options{Schema: e.Catalog, Now: now, Outer: ps})
	return append(ds, more...).Sort()
}

func (e *Engine) bind(p Parsed, o Options) (q *plan.Query, ds source.Diagnostics) {
	defer recovered(p.Text, &ds)
	now, _ := types.FromTime(o.now())
	bo := bind.Options{Schema: e.Catalog, Now: now, Parameter: schema.ParameterType, Params: o.Params, Geo: o.Geo, End: e.Catalog.Window.Until}
	bo.Start = e.Catalog.Window.Since
	if bo.Start == 0 || !o.Start.IsZero() {
		bo.Start, _ = types.FromTime(o.start())
	}
	if o.External != nil {
		bo.External = o.External.Allow
	}
	return bind.Query(p.Query, p.Text, bo)
}

// recovered turns a broken promise inside our own code into an error that
// says so, since one bad rule must not end a hunt over a thousand.
func recovered(text *source.Text, ds *source.Diagnostics) {
	if r := recover(); r != nil {
		*ds = append(*ds, source.Diagnostic{Severity: source.Error, Code: "KQL9001", Text: text, Message: fmt.Sprintf("bug in Goshawk: %v", r),
			Hint: "please report the query; nothing is wrong with it"})
	}
}

func (o Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

// DefaultRange is how far back {{StartTimeISO}} lies when nothing says it: what
// hunts look back.
const DefaultRange = 7 * 24 * time.Hour

func (o Options) start() time.Time {
	if o.Start.IsZero() {
		return o.now().Add(-DefaultRange)
	}
	return o.Start
}

// Bind parses and binds for running.
func (e *Engine) Bind(text *source.Text, o Options) (*plan.Query, source.Diagnostics) {
	p, ds := Parse(text)
	if ds.HasErrors() {
		return nil, ds.Sort()
	}
	q, more := e.bind(p, o)
	return q, append(ds, more...).Sort()
}

// Query parses, binds and runs. Diagnostics without an error are warnings and
// hints; an error that carries diagnostics is a *source.DiagnosticsError.
func (e *Engine) Query(ctx context.Context, text *source.Text, o Options) ([]*Result, source.Diagnostics, error) {
	q, ds := e.Bind(text, o)
	if err := ds.Err(); err != nil {
		return nil, ds, err
	}
	rs, err := Run(ctx, q, o)
	return rs, ds, err
}

// Optimize rewrites a bound plan, in place, into one that reads less.
func Optimize(q *plan.Query) *plan.Query { return opt.Apply(q) }

// Run optimizes and runs a bound query.
func Run(ctx context.Context, q *plan.Query, o Options) (out []*Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("bug in Goshawk while running the query: %v", r)
		}
	}()
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	now, _ := types.FromTime(o.now())
	c := exec.Config{Env: &fn.Env{Now: now, Geo: o.Geo}, Threads: o.Threads, Memory: exec.NewBudget(o.Memory), Stats: o.Stats, Rewrite: Optimize}
	if o.External != nil {
		c.External = o.External.Read
	}
	rs, err := exec.Run(ctx, Optimize(q), c)
	if err != nil {
		return nil, err
	}
	for _, r := range rs {
		out = append(out, &Result{Name: r.Name, Schema: r.Schema, Batches: r.Batches, Render: r.Render, Ops: r.Ops})
	}
	return out, nil
}
