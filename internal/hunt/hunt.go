// Package hunt runs many rules over the data and says what each one found. It
// is given an engine and rules; it reads no files itself.
package hunt

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/engine"
	"goshawk/internal/plan"
	"goshawk/internal/rule"
	"goshawk/internal/source"
)

// Status is how a rule's run ended.
type Status string

// The ends. Skipped: a table that the rule reads has no data here. Refused:
// the rule is wrong, or needs something that Goshawk does not support; the
// reason names it. Error: the run itself failed.
const (
	Hit     Status = "hit"
	None    Status = "none"
	Skipped Status = "skipped"
	Refused Status = "refused"
	Error   Status = "error"
)

// Result is what one rule gave.
type Result struct {
	Rule   *rule.Rule
	Status Status
	Reason string
	// Missing are the tables without data, for Skipped.
	Missing []string
	// Table is the rows, for Hit and None; Notes are warnings and hints.
	Table    *engine.Result
	Notes    source.Diagnostics
	Entities []Entity
	Duration time.Duration
}

// Entity is one thing a hit is about, e.g. an account.
type Entity struct {
	Type       string `json:"type"`
	Identifier string `json:"identifier"`
	Value      string `json:"value"`
}

// Config says what to run.
type Config struct {
	Engine *engine.Engine
	Rules  []*rule.Rule
	// HasData says whether a table has data here.
	HasData func(table string) bool
	Options engine.Options
	// Lookback is how far back from now a hunting rule looks that names no time
	// itself, as the hunting page's time range does for it; 0 means no bound.
	Lookback time.Duration
	// Parallel is how many rules run at once; 0 means one.
	Parallel int
	// Preload reads the columns that several rules need once, into memory. Only
	// for data that fits.
	Preload bool
	// Done is told of each finished rule, from any goroutine; may be nil.
	Done func(*Result)
}

// Run runs the rules and gives their results in the order of the rules. It
// ends early only when ctx does.
func Run(ctx context.Context, c Config) ([]*Result, error) {
	c.Parallel = min(max(1, c.Parallel), max(1, len(c.Rules)))
	c.Options.Start = c.start()
	if c.Options.Memory <= 0 {
		c.Options.Memory = engine.DefaultMemory
	}
	if c.Preload && len(c.Rules) > 1 {
		held, err := c.preload(ctx)
		if err != nil {
			return nil, err
		}
		c.Options.Memory -= held
	}
	c.Options.Memory /= int64(c.Parallel)
	out := make([]*Result, len(c.Rules))
	next := make(chan int)
	var wg sync.WaitGroup
	for range c.Parallel {
		wg.Add(1)
		go func() { // ends when next is closed
			defer wg.Done()
			for i := range next {
				out[i] = c.one(ctx, c.Rules[i])
				if c.Done != nil {
					c.Done(out[i])
				}
			}
		}()
	}
	for i := range c.Rules {
		next <- i
	}
	close(next)
	wg.Wait()
	return out, ctx.Err()
}

// preload binds every rule for the columns it reads, and loads them together.
// They may take half of the memory; it says how much they do.
func (c *Config) preload(ctx context.Context) (int64, error) {
	var queries []*plan.Query
	for _, r := range c.Rules {
		if r.Text == nil || r.Kind == rule.Parser || strings.TrimSpace(r.Query) == "" {
			continue
		}
		q, ds := c.engineFor(r).Bind(r.Text, c.Options)
		if q != nil && !ds.HasErrors() && len(c.missing(q)) == 0 {
			queries = append(queries, engine.Optimize(q))
		}
	}
	return engine.Preload(ctx, queries, c.Options.Threads, c.Options.Memory/2)
}

func (c *Config) one(ctx context.Context, r *rule.Rule) *Result {
	start := time.Now()
	res := &Result{Rule: r}
	defer func() { res.Duration = time.Since(start) }()
	if ctx.Err() != nil {
		res.Status, res.Reason = Error, "stopped before it ran"
		return res
	}
	if strings.TrimSpace(r.Query) == "" {
		res.Status, res.Reason = Refused, "the rule has no query"
		return res
	}
	if r.Kind == rule.Parser {
		res.Status, res.Reason = Skipped, "it is a function for other rules: give its file with --functions"
		return res
	}
	q, ds := c.engineFor(r).Bind(r.Text, c.Options)
	res.Notes = ds
	if err := ds.Err(); err != nil {
		res.Status, res.Reason = Refused, err.Error()
		return res
	}
	if res.Missing = c.missing(q); len(res.Missing) > 0 {
		res.Status, res.Reason = Skipped, "no data for "+strings.Join(res.Missing, ", ")
		return res
	}
	tables, err := engine.Run(ctx, q, c.Options)
	var de *source.DiagnosticsError
	var absent *plan.NoRows
	switch {
	case errors.As(err, &absent):
		res.Status, res.Reason, res.Table = None, fmt.Sprintf("no rows reach %s, which makes columns of them", absent.Plugin), &engine.Result{}
	case errors.As(err, &de):
		res.Status, res.Reason, res.Notes = Refused, err.Error(), append(res.Notes, de.Diagnostics...)
	case err != nil:
		res.Status, res.Reason = Error, fmt.Sprintf("%s: %v", r.Path, err)
	case len(tables) == 0:
		res.Status, res.Reason = Refused, "the query gives no result"
	default:
		res.finish(tables[0])
	}
	return res
}

// longAgo begins the range of a hunt without a look-back: before any log, and
// late enough that a rule can go back from it.
var longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// start is what {{StartTimeISO}} stands for in hunting rules.
func (c *Config) start() time.Time {
	switch {
	case !c.Options.Start.IsZero() || c.Engine.Catalog.Window.Since != 0:
		return c.Options.Start
	case c.Lookback <= 0:
		return longAgo
	case c.Options.Now.IsZero():
		return time.Now().Add(-c.Lookback)
	}
	return c.Options.Now.Add(-c.Lookback)
}

// engineFor is the engine a rule runs on: a hunting rule without a time of
// its own sees the look-back only.
func (c *Config) engineFor(r *rule.Rule) *engine.Engine {
	if c.Lookback <= 0 || r.Kind != rule.Hunting || namesTime(r.Text) {
		return c.Engine
	}
	now := c.Options.Now
	if now.IsZero() {
		now = time.Now()
	}
	return c.Engine.Since(now.Add(-c.Lookback))
}

// timeColumns are the columns that tables keep their time in.
var timeColumns = map[string]bool{"TimeGenerated": true, "Timestamp": true}

// namesTime says whether a query has a condition on a time column, or calls
// ago() or now() anywhere.
func namesTime(text *source.Text) bool {
	p, _ := engine.Parse(text)
	found := false
	ast.Walk(p.Query, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Call:
			if n.Name.Text == "ago" || n.Name.Text == "now" {
				found = true
			}
		case *ast.Where:
			ast.Walk(n.Cond, func(n ast.Node) bool {
				if name, ok := n.(*ast.Name); ok && timeColumns[name.Text] {
					found = true
				}
				return !found
			})
		}
		return !found
	})
	return found
}

// missing lists the tables of q without data. A rule with a union of several
// tables runs when any of them has data, as it would in a workspace where
// only some are connected.
func (c *Config) missing(q *plan.Query) []string {
	var out []string
	for _, t := range q.Tables {
		if !c.HasData(t) {
			out = append(out, t)
		}
	}
	sort.Strings(out)
	if len(out) < len(q.Tables) {
		return nil
	}
	return out
}

func (r *Result) finish(t *engine.Result) {
	r.Table = t
	r.Status = None
	switch n := int64(t.Rows()); {
	case triggers(r.Rule, n):
		r.Status = Hit
	case n > 0:
		r.Reason = fmt.Sprintf("%d rows; the rule alerts on %s %d", n, r.Rule.TriggerOperator, r.Rule.TriggerThreshold)
	}
	r.Entities = entities(r.Rule, t)
}

// triggers says whether a number of rows makes the rule alert. A rule that
// alerts on few rows, or none, does so on an empty result too.
func triggers(r *rule.Rule, rows int64) bool {
	switch r.TriggerOperator {
	case rule.LessThan:
		return rows < r.TriggerThreshold
	case rule.Equal:
		return rows == r.TriggerThreshold
	case rule.NotEqual:
		return rows != r.TriggerThreshold
	}
	return rows > r.TriggerThreshold
}

// maxEntities bounds the entities listed per rule; the rows hold them all.
const maxEntities = 10_000

// entities reads the mapped entities from the rows, each value once, in row
// order. A column that holds a list, such as one that make_set made, gives an
// entity for each element.
func entities(ru *rule.Rule, t *engine.Result) []Entity {
	var out []Entity
	seen := map[Entity]bool{}
	for _, m := range ru.EntityMappings {
		for _, f := range m.Fields {
			col := t.Schema.Index(f.Column)
			if col < 0 {
				continue
			}
			add := func(v dynamic.Value) {
				e := Entity{m.Type, f.Identifier, v.String()}
				if !v.IsNull() && e.Value != "" && !seen[e] && len(out) < maxEntities {
					seen[e] = true
					out = append(out, e)
				}
			}
			for _, b := range t.Batches {
				for i := 0; i < b.N && len(out) < maxEntities; i++ {
					eachElement(b.Cols[col].ToDynamic(i), add)
				}
			}
		}
	}
	return out
}

// eachElement calls f for the elements of a list, of lists within it too, and
// for a value that is no list itself. Rules also write lists as text, with
// tostring(make_set(...)).
func eachElement(v dynamic.Value, f func(dynamic.Value)) {
	if v.Kind() == dynamic.String && strings.HasPrefix(v.Text(), "[") {
		if list, err := dynamic.Parse(v.Text()); err == nil && list.Kind() == dynamic.Array {
			v = list
		}
	}
	if v.Kind() != dynamic.Array {
		f(v)
		return
	}
	for _, x := range v.Items() {
		eachElement(x, f)
	}
}
