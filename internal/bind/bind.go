// Package bind gives a query its meaning: it resolves names, types every
// expression, writes out conversions and makes the logical plan. Text comes
// in, a plan or diagnostics come out; nothing is computed except constants.
package bind

import (
	"fmt"
	"slices"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// Catalog knows the tables and stored functions that a query may name.
type Catalog interface {
	// Table finds a table. The table may be nil when only the schema is known.
	Table(name string) (scan.Table, types.Schema, bool)
	// TableNames lists all tables, for patterns and messages.
	TableNames() []string
	// Function finds a stored function.
	Function(name string) (*Function, bool)
	// FunctionNames lists the stored functions, for messages.
	FunctionNames() []string
}

// Watchlists is what a Catalog with watchlists has beside its tables.
type Watchlists interface {
	// Watchlist finds a watchlist by its alias.
	Watchlist(alias string) (scan.Table, bool)
	// WatchlistNames lists all aliases.
	WatchlistNames() []string
}

// Function is a stored function. Without a Body only its result is known.
type Function struct {
	Name   string
	Params []*ast.FuncParam
	Body   *ast.Body
	// Text is where Params and Body count.
	Text *source.Text
	// Schema is the result of a function without a body; Open says that it
	// may have more columns. Scalar is its type if it gives a value.
	Schema types.Schema
	Open   bool
	// Extends says that the result of invoke is the input's columns and Schema.
	Extends bool
	Scalar  types.Type
	// From is the file that the body comes from. Problem says what is wrong with
	// the body, which then is not run; else "".
	From    string
	Problem string
}

// ExternalPolicy decides whether a query may read a source of externaldata and
// whether its form is supported. An error with a method Hint says what to do.
type ExternalPolicy func(uri string, node *plan.External) error

// Options are what a query is bound with.
type Options struct {
	Schema Catalog
	// Now is the query's now in ticks.
	Now int64
	// Params are texts for declared query parameters and for placeholders such
	// as {{Account_Name}}.
	Params map[string]string
	// Start and End are the range that {{StartTimeISO}} and {{EndTimeISO}} stand
	// for, in ticks; no End is Now.
	Start, End int64
	// Geo gives the place of an IP address; nil without a database.
	Geo func(ip string) (dynamic.Value, error)
	// External allows externaldata to read a source; nil allows nothing.
	External ExternalPolicy
	// CheckOnly asks for the verdict and the result columns only: functions
	// that cannot be computed are typed instead of refused.
	CheckOnly bool
	// Outer are the parameters of the stored function whose body is checked.
	Outer []*ast.FuncParam
	// Parameter gives the type of a name that functions of the workspace have as
	// a parameter; may be nil. A check of the body of such a function, which
	// stands without its declaration, needs it.
	Parameter func(name string) (types.Type, bool)
	// Trace is told what is found out on the way; may be nil.
	Trace *Trace
}

// limits on one query, so that a short text cannot make an endless plan.
const (
	maxDepth = 200
	maxNodes = 400_000
)

// binder binds one query.
type binder struct {
	o      Options
	text   *source.Text
	diags  source.Diagnostics
	silent int // > 0 while something is bound again whose errors are known
	depth  int
	nodes  int

	tables    map[string]bool
	tableList []string
	open      map[plan.Rel]bool
	query     *ast.Query
	topExpr   ast.Expr           // the statement at the top that is being bound
	ghosts    map[*plan.Col]bool // see dataCatalog
	maxRows   plan.Expr          // the most rows of a result, nil without a bound
	// binSize and binAt are what bin_auto() floors to and counts from, nil
	// when no option says it.
	binSize, binAt ast.Expr
	hidden         map[*plan.Col]bool // see withHidden; ghosts too
	// places are where tables were read from first; see tableAt.
	places   map[string]string
	shared   map[sharedKey]*plan.Materialize
	calls    []*function
	official bool            // the verdict is to be that of the language service
	made     map[string]bool // names made up for columns without one
	taking   *ast.Call       // the call whose several results are being taken
	results  []plan.Result
	env      fn.Env
	// handed is what a body checked on its own takes from its function.
	handed *handed

	// seen is what the earlier stages of the query observed, in the order in
	// which it is asked for; pending is what must be observed next.
	seen       []*plan.Observation
	asked      int
	observedAt map[observeKey]int
	pending    *plan.Observe
	// tablesOf are the results of graph-to-table with several tables, which are
	// named for the statements behind it.
	tablesOf map[plan.Rel]bool
}

// sharedKey is one materialize() in one surrounding.
type sharedKey struct {
	node ast.Node
	env  *env
}

// Query binds a query. The plan is nil when there are errors. Where columns
// depend on data, the plan is the first stage: see plan.Query.
func Query(q *ast.Query, text *source.Text, o Options) (*plan.Query, source.Diagnostics) {
	return stage(q, text, o, nil)
}

// stage binds a query as far as what the earlier stages observed lets it.
func stage(q *ast.Query, text *source.Text, o Options, seen []*plan.Observation) (*plan.Query, source.Diagnostics) {
	b := newBinder(text, o)
	b.query = q
	b.directives(q)
	b.options(q)
	o.Now = b.o.Now
	b.handed = newHanded(q, false)
	b.seen = seen
	b.statements(newEnv(nil), q.Stmts, true)
	diags := b.diags.Sort()
	if diags.HasErrors() {
		return nil, diags
	}
	if b.pending != nil {
		return &plan.Query{
			Results: []plan.Result{{Rel: b.pending}}, Tables: b.tableList, Now: o.Now,
			Later: func(found *plan.Observation) (*plan.Query, error) {
				seen := append(seen[:len(seen):len(seen)], found)
				next, diags := stage(q, text, o, seen)
				return next, notMade(diags, seen)
			},
		}, diags
	}
	return &plan.Query{Results: b.resultsShown(), Tables: b.tableList, Now: o.Now}, diags
}

// notMade is the error of a later stage's diagnostics. An unknown column there
// is one that the plugins before it did not make of what they read; it is none
// of the query's faults when they had no rows to make it of.
func notMade(diags source.Diagnostics, seen []*plan.Observation) error {
	name, hint, absent := seen[len(seen)-1].Row.Name, "%s makes its columns from the rows, and these give no column of that name", false
	if i := slices.IndexFunc(seen, func(o *plan.Observation) bool { return o.Rows == 0 }); i >= 0 {
		name, hint, absent = seen[i].Row.Name, "%s makes its columns from the rows, and none reach it", true
	}
	for i := range diags {
		switch d := &diags[i]; {
		case d.Severity != source.Error:
		case d.Code == codeUnknownColumn:
			if d.Hint == "" {
				d.Hint = fmt.Sprintf(hint, name)
			}
		default:
			absent = false
		}
	}
	if err := diags.Err(); err == nil || !absent {
		return err
	}
	return &plan.NoRows{Plugin: name, Err: diags.Err()}
}

// Check binds a query for its verdict and the columns of its results, which
// it gives as far as they are known even when there are errors.
func Check(q *ast.Query, text *source.Text, o Options) ([]plan.Result, source.Diagnostics) {
	o.CheckOnly = true
	b := newBinder(text, o)
	b.query = q
	b.directives(q)
	b.options(q)
	b.handed = newHanded(q, true)
	b.statements(b.outer(newEnv(nil), o.Outer, b.text), q.Stmts, true)
	return b.results, b.diags.Sort()
}

func newBinder(text *source.Text, o Options) *binder {
	if o.Schema == nil {
		o.Schema = noCatalog{}
	}
	return &binder{
		o: o, text: text, tables: map[string]bool{}, made: map[string]bool{}, open: map[plan.Rel]bool{}, ghosts: map[*plan.Col]bool{}, places: map[string]string{}, hidden: map[*plan.Col]bool{},
		official: o.CheckOnly, shared: map[sharedKey]*plan.Materialize{}, env: fn.Env{Now: o.Now, Geo: o.Geo}, observedAt: map[observeKey]int{},
	}
}

// noCatalog has nothing.
type noCatalog struct{}

func (noCatalog) Table(string) (scan.Table, types.Schema, bool) { return nil, nil, false }
func (noCatalog) TableNames() []string                          { return nil }
func (noCatalog) Function(string) (*Function, bool)             { return nil, false }
func (noCatalog) FunctionNames() []string                       { return nil }

// errorf reports an error.
func (b *binder) errorf(code string, at source.Span, format string, args ...any) {
	b.report(source.Diagnostic{Severity: source.Error, Code: code, Span: at, Message: fmt.Sprintf(format, args...)})
}

// strict reports what the language service takes and Kusto itself refuses: an
// error when the query is to run, a warning in a check.
func (b *binder) strict(code string, at source.Span, format string, args ...any) {
	severity := source.Error
	if b.o.CheckOnly {
		severity = source.Warning
	}
	b.report(source.Diagnostic{Severity: severity, Code: code, Span: at, Message: fmt.Sprintf(format, args...)})
}

// refuse reports a meaning that the language has and this engine has not.
func (b *binder) refuse(code string, at source.Span, format string, args ...any) {
	b.report(source.Diagnostic{Severity: source.Error, Code: code, Span: at, Message: fmt.Sprintf(format, args...), Refusal: true})
}

// hint reports a hint.
func (b *binder) hint(code string, at source.Span, format string, args ...any) {
	b.report(source.Diagnostic{Severity: source.Hint, Code: code, Span: at, Message: fmt.Sprintf(format, args...)})
}

// unknown reports a name that nothing has, with the nearest name that exists.
func (b *binder) unknown(code string, at source.Span, what, name string, candidates []string) {
	d := source.Diagnostic{Severity: source.Error, Code: code, Span: at, Message: fmt.Sprintf("unknown %s %q", what, name)}
	if near := source.Nearest(name, candidates); near != "" && near != name {
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	b.report(d)
}

func (b *binder) report(d source.Diagnostic) {
	if b.silent > 0 {
		return
	}
	d.Text = b.text
	b.diags = append(b.diags, d)
}

// enter counts a level of nesting; it is false, with a diagnostic, when the
// query is nested too deeply or has grown too large.
func (b *binder) enter(at source.Span) bool {
	b.depth++
	b.nodes++
	if b.depth <= maxDepth && b.nodes <= maxNodes {
		return true
	}
	if b.nodes <= maxNodes {
		b.errorf(codeTooLarge, at, "this is nested more than %d levels deep", maxDepth)
	} else if b.nodes == maxNodes+1 {
		b.errorf(codeTooLarge, at, "the query grows to more than %d expressions when its functions are put in", maxNodes)
	}
	return false
}

func (b *binder) leave() { b.depth-- }
