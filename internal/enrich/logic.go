package enrich

import (
	"strconv"
	"strings"
	"time"

	"goshawk/internal/ast"
	"goshawk/internal/rule"
	"goshawk/internal/source"
)

// Filter is one condition that rows must meet.
type Filter struct {
	Tables []string // the tables of the pipe it stands in
	Column string   // with path, e.g. "LocationDetails.city"; "" when it is no plain column
	// Op is the operator without its negation; Not says that it is negated.
	Op     string
	Not    bool
	Values []string
	// List says that Values come from elsewhere (a watchlist, a file, another
	// query), named by ListName.
	List     bool
	ListName string
	// After says that the condition is on the result of an aggregation.
	After bool
	// Or says that another condition may hold instead.
	Or bool
	At source.Span
	// Let is the let name that the value came from, "" for a literal in place.
	Let string
}

// Window is how far back a pipe looks, or how rows are cut into spans.
type Window struct {
	Tables []string
	Span   time.Duration
	Let    string
	At     source.Span
}

// Aggregate is one aggregate of a summarize.
type Aggregate struct {
	Name, Func, Arg string
}

// Group is one summarize.
type Group struct {
	Tables []string
	By     []string
	Bin    time.Duration
	Aggs   []Aggregate
	At     source.Span
}

// Join is one join or lookup.
type Join struct {
	Kind        string
	Left, Right []string // tables
	On          []string
	// RightFilters are the conditions on the right side.
	RightFilters []Filter
	RightWindow  time.Duration
}

// Knob is a value that an operator would tune: a let with a literal, or a
// literal that a threshold compares with.
type Knob struct {
	Name  string // let name, or the column compared
	Value string
	// Kind is "threshold", "window", "list" or "value".
	Kind string
	At   source.Span
}

// Logic is what the text of a query says it does.
type Logic struct {
	Filters []Filter
	Windows []Window
	Groups  []Group
	Joins   []Join
	Knobs   []Knob
	// Ops counts the operators used, by word.
	Ops map[string]int
	// Lists are watchlists and files that the query reads.
	Lists []string
	// Series says that it looks for values out of line in a series.
	Series bool
	// Calls are the functions called, by name.
	Calls map[string]int
	// Tables are names that the query reads rows from and does not itself
	// define.
	Tables []string
	// Project is the columns that the last operators of the result name.
	Project []string
}

// reader reads the logic of one query.
type reader struct {
	out   *Logic
	lets  map[string]ast.Expr
	funcs map[string]*ast.Function
	seen  map[string]bool // tables
	depth int
	used  map[string]bool // lets that a condition compares with
}

// readLogic reads a query.
func readLogic(q *ast.Query) *Logic {
	r := &reader{out: &Logic{Ops: map[string]int{}, Calls: map[string]int{}}, lets: map[string]ast.Expr{},
		funcs: map[string]*ast.Function{}, seen: map[string]bool{}, used: map[string]bool{}}
	for _, s := range q.Stmts {
		if l, ok := s.(*ast.Let); ok {
			r.lets[l.Name.Text] = l.Value
			if f, ok := l.Value.(*ast.Function); ok {
				r.funcs[l.Name.Text] = f
			}
		}
	}
	ast.Walk(q, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Call:
			r.out.Calls[strings.ToLower(n.Name.Text)]++
			r.list(n)
		case *ast.ExternalData:
			r.out.Lists = append(r.out.Lists, "a file on the web (externaldata)")
		}
		return true
	})
	for _, s := range q.Stmts {
		switch s := s.(type) {
		case *ast.Let:
			if f, ok := s.Value.(*ast.Function); ok && f.Body != nil {
				r.body(f.Body)
				continue
			}
			r.tabular(s.Value)
			r.knob(s)
		case *ast.ExprStmt:
			r.tabular(s.X)
			r.out.Project = r.lastNames(s.X)
		}
	}
	return r.out
}

func (r *reader) body(b *ast.Body) {
	for _, s := range b.Stmts {
		if l, ok := s.(*ast.Let); ok {
			if _, has := r.lets[l.Name.Text]; !has {
				r.lets[l.Name.Text] = l.Value
			}
			r.tabular(l.Value)
		}
	}
	r.tabular(b.Result)
}

// list notes a watchlist.
func (r *reader) list(c *ast.Call) {
	if !strings.EqualFold(c.Name.Text, "_GetWatchlist") || len(c.Args) == 0 {
		return
	}
	if vs, _ := r.values(c.Args[0]); len(vs) == 1 {
		r.out.Lists = append(r.out.Lists, "watchlist "+vs[0])
	}
}

// knob notes a let with a literal.
func (r *reader) knob(l *ast.Let) {
	k := Knob{Name: l.Name.Text, At: l.Value.Span()}
	switch v := strip(l.Value).(type) {
	case *ast.Literal:
		k.Value, k.Kind = v.Text, "value"
		if v.Kind == ast.TimespanLit {
			k.Kind = "window"
		} else if v.Kind == ast.LongLit || v.Kind == ast.RealLit || v.Kind == ast.IntLit {
			k.Kind = "threshold"
		}
	case *ast.Dynamic:
		vs, _ := r.values(v)
		k.Value, k.Kind = strings.Join(vs, ", "), "list"
	case *ast.String:
		k.Value, k.Kind = v.Value, "value"
	default:
		return
	}
	r.out.Knobs = append(r.out.Knobs, k)
}

func strip(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

// maxDepth bounds how deep lets and subqueries are followed.
const maxDepth = 30

// tabular reads a tabular expression and gives the tables it reads.
func (r *reader) tabular(e ast.Expr) []string {
	if e == nil || r.depth > maxDepth {
		return nil
	}
	r.depth++
	defer func() { r.depth-- }()
	switch n := strip(e).(type) {
	case *ast.Pipe:
		return r.pipe(n)
	case *ast.Head:
		return r.head(n)
	case *ast.Materialize:
		return r.tabular(n.X)
	case *ast.ToTable:
		return r.tabular(n.X)
	case *ast.ToScalar:
		r.tabular(n.X)
	case *ast.Name:
		return r.named(n.Text)
	case *ast.Call:
		return r.called(n)
	case *ast.Path: // workspace("x").Table
		if sel, ok := n.Sel.(*ast.Name); ok {
			if _, call := strip(n.X).(*ast.Call); call {
				return r.named(sel.Text)
			}
		}
	}
	return nil
}

// named is the tables behind a name.
func (r *reader) named(name string) []string {
	if v, ok := r.lets[name]; ok {
		return r.tablesOf(v)
	}
	r.table(name)
	return []string{name}
}

func (r *reader) table(name string) {
	if name != "" && !r.seen[name] {
		r.seen[name] = true
		r.out.Tables = append(r.out.Tables, name)
	}
}

func (r *reader) called(c *ast.Call) []string {
	name := c.Name.Text
	switch {
	case strings.EqualFold(name, "table") && len(c.Args) > 0:
		if vs, _ := r.values(c.Args[0]); len(vs) == 1 {
			return r.named(vs[0])
		}
	case r.funcs[name] != nil:
		return r.tablesOf(r.funcs[name])
	case strings.EqualFold(name, "_GetWatchlist"):
		return nil
	}
	if _, ok := r.lets[name]; ok {
		return nil
	}
	r.table(name)
	return []string{name}
}

// tablesOf is the tables that an expression reads, without reading its logic
// again.
func (r *reader) tablesOf(e ast.Node) []string {
	var out []string
	add := func(ts []string) {
		for _, t := range ts {
			if !contains(out, t) {
				out = append(out, t)
			}
		}
	}
	if r.depth > maxDepth {
		return nil
	}
	r.depth++
	defer func() { r.depth-- }()
	switch n := e.(type) {
	case *ast.Function:
		if n.Body != nil && n.Body.Result != nil {
			add(r.tablesOf(n.Body.Result))
		}
	case *ast.Paren:
		add(r.tablesOf(n.X))
	case *ast.Materialize:
		add(r.tablesOf(n.X))
	case *ast.Pipe:
		if n.Source != nil {
			add(r.tablesOf(n.Source))
		}
		for _, op := range n.Ops {
			if u, ok := op.(*ast.Union); ok {
				for _, s := range u.Sources {
					add(r.tablesOf(s))
				}
			}
		}
	case *ast.Head:
		if u, ok := n.Op.(*ast.Union); ok {
			for _, s := range u.Sources {
				add(r.tablesOf(s))
			}
		}
	case *ast.Name:
		add(r.named(n.Text))
	case *ast.Call:
		add(r.called(n))
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (r *reader) head(h *ast.Head) []string {
	var tables []string
	switch op := h.Op.(type) {
	case *ast.Union:
		r.out.Ops["union"]++
		for _, s := range op.Sources {
			tables = append(tables, r.tabular(s)...)
		}
	case *ast.Search:
		r.out.Ops["search"]++
	case *ast.Find:
		r.out.Ops["find"]++
	}
	return tables
}

// pipe reads one pipe.
func (r *reader) pipe(p *ast.Pipe) []string {
	var tables []string
	if p.Source != nil {
		tables = r.tabular(p.Source)
	}
	after := false
	for _, op := range p.Ops {
		switch op := op.(type) {
		case *ast.Where:
			r.out.Ops["where"]++
			r.cond(op.Cond, tables, after, false, false)
		case *ast.Summarize:
			r.out.Ops["summarize"]++
			r.group(op, tables)
			after = true
		case *ast.Distinct:
			r.out.Ops["distinct"]++
		case *ast.Join:
			r.out.Ops["join"]++
			r.join(kindOf(op.Params, "innerunique"), op.Right, op.On, tables)
		case *ast.Lookup:
			r.out.Ops["lookup"]++
			r.join("lookup", op.Right, op.On, tables)
		case *ast.Union:
			r.out.Ops["union"]++
			for _, s := range op.Sources {
				tables = append(tables, r.tabular(s)...)
			}
		case *ast.MakeSeries:
			r.out.Ops["make-series"]++
			r.out.Series = true
			after = true
		case *ast.MvApply, *ast.MvExpand:
			r.out.Ops["mv-expand"]++
		case *ast.Parse, *ast.ParseWhere, *ast.ParseKv:
			r.out.Ops["parse"]++
		case *ast.Top:
			r.out.Ops["top"]++
		case *ast.Take:
			r.out.Ops["take"]++
		case *ast.Evaluate:
			r.out.Ops["evaluate"]++
		case *ast.Scan:
			r.out.Ops["scan"]++
		}
		r.subqueries(op)
	}
	return tables
}

// subqueries reads the queries inside the expressions of an operator.
func (r *reader) subqueries(op ast.Operator) {
	switch op.(type) {
	case *ast.Join, *ast.Lookup, *ast.Union:
		return // read already
	}
	ast.Walk(op, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ToScalar:
			r.tabular(n.X)
			return false
		case *ast.Pipe:
			if n.Source != nil {
				r.tabular(n)
				return false
			}
		}
		return true
	})
}

func kindOf(params []*ast.Param, other string) string {
	for _, p := range params {
		if p.Name != nil && p.Name.Text == "kind" {
			if n, ok := p.Value.(*ast.Name); ok {
				return n.Text
			}
		}
	}
	return other
}

func (r *reader) join(kind string, right ast.Expr, on []ast.Expr, tables []string) {
	before, beforeW := len(r.out.Filters), len(r.out.Windows)
	j := Join{Kind: kind, Left: tables, Right: r.tabular(right)}
	j.RightFilters = append(j.RightFilters, r.out.Filters[before:]...)
	for _, w := range r.out.Windows[beforeW:] {
		j.RightWindow = max(j.RightWindow, w.Span)
	}
	if len(j.RightFilters) == 0 {
		if n, ok := strip(right).(*ast.Name); ok {
			j.RightFilters, j.RightWindow = r.letFilters(n.Text)
		}
	}
	for _, e := range on {
		j.On = append(j.On, onName(e))
	}
	r.out.Joins = append(r.out.Joins, j)
}

// letFilters are the conditions inside a let that was read before.
func (r *reader) letFilters(name string) ([]Filter, time.Duration) {
	v, ok := r.lets[name]
	if !ok {
		return nil, 0
	}
	sp := v.Span()
	var fs []Filter
	var w time.Duration
	for _, f := range r.out.Filters {
		if sp.Contains(f.At) {
			fs = append(fs, f)
		}
	}
	for _, x := range r.out.Windows {
		if sp.Contains(x.At) {
			w = max(w, x.Span)
		}
	}
	return fs, w
}

func onName(e ast.Expr) string {
	switch n := strip(e).(type) {
	case *ast.Name:
		return n.Text
	case *ast.Binary:
		return columnName(n.Left)
	case *ast.Path:
		return columnName(n)
	}
	return ""
}

// group reads a summarize.
func (r *reader) group(op *ast.Summarize, tables []string) {
	g := Group{Tables: tables, At: op.Span()}
	for _, e := range op.By {
		v, name := unassign(e)
		if c, ok := strip(v).(*ast.Call); ok && (strings.EqualFold(c.Name.Text, "bin") || strings.EqualFold(c.Name.Text, "floor")) && len(c.Args) == 2 {
			if d, _, ok := r.span(c.Args[1]); ok {
				g.Bin = d
				continue
			}
		}
		if col := columnName(v); col != "" {
			name = col
		}
		if name != "" {
			g.By = append(g.By, name)
		}
	}
	for _, e := range op.Aggs {
		v, name := unassign(e)
		if c, ok := strip(v).(*ast.Call); ok {
			a := Aggregate{Name: name, Func: strings.ToLower(c.Name.Text)}
			if len(c.Args) > 0 {
				a.Arg = columnName(c.Args[0])
			}
			if a.Name == "" {
				a.Name = a.Func + "_" + strings.ReplaceAll(a.Arg, ".", "_")
			}
			g.Aggs = append(g.Aggs, a)
		}
	}
	r.out.Groups = append(r.out.Groups, g)
}

func unassign(e ast.Expr) (ast.Expr, string) {
	if a, ok := e.(*ast.Assign); ok {
		if len(a.Names) == 1 {
			return a.Value, a.Names[0].Text
		}
		return a.Value, ""
	}
	return e, ""
}

// cond reads a condition.
func (r *reader) cond(e ast.Expr, tables []string, after, not, or bool) {
	e = strip(e)
	f := Filter{Tables: tables, After: after, Or: or, At: e.Span()}
	switch n := e.(type) {
	case *ast.Binary:
		switch n.Op {
		case ast.OpAnd, ast.OpOr:
			isOr := (n.Op == ast.OpOr) != not
			r.cond(n.Left, tables, after, not, or || isOr)
			r.cond(n.Right, tables, after, not, or || isOr)
			return
		}
		r.compare(n, f, not)
	case *ast.In:
		f.Column, f.Op = columnName(n.X), strings.TrimPrefix(string(n.Op), "!")
		f.Not = strings.HasPrefix(string(n.Op), "!") != not
		for _, x := range n.List {
			vs, from := r.values(x)
			f.Values = append(f.Values, vs...)
			if from != "" {
				f.Let = from
			}
			if len(vs) == 0 {
				f.List, f.ListName = true, r.describeList(x)
			}
		}
		r.out.Filters = append(r.out.Filters, f)
	case *ast.Between:
		r.between(n, f, not)
	case *ast.Call:
		r.condCall(n, f, not)
	case *ast.Name:
		f.Column, f.Op, f.Not, f.Values = n.Text, "is true", not, nil
		r.out.Filters = append(r.out.Filters, f)
	}
}

func (r *reader) condCall(n *ast.Call, f Filter, not bool) {
	name := strings.ToLower(n.Name.Text)
	if name == "not" && len(n.Args) == 1 {
		r.cond(n.Args[0], f.Tables, f.After, !not, f.Or)
		return
	}
	f.Op, f.Not = name, not
	if len(n.Args) > 0 {
		f.Column = columnName(n.Args[0])
	}
	for _, x := range n.Args[min(1, len(n.Args)):] {
		vs, _ := r.values(x)
		f.Values = append(f.Values, vs...)
	}
	r.out.Filters = append(r.out.Filters, f)
}

// compare reads `a op b`.
func (r *reader) compare(n *ast.Binary, f Filter, not bool) {
	left, right, op := n.Left, n.Right, string(n.Op)
	if columnName(left) == "" && columnName(right) != "" && r.constant(left) {
		left, right = right, left
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
		if op == "" {
			op = string(n.Op)
		}
	}
	f.Column = columnName(left)
	f.Op = op
	switch {
	case op == "!=" || op == "!~":
		f.Op, f.Not = map[string]string{"!=": "==", "!~": "=~"}[op], !not
	case op == "notlike":
		f.Op, f.Not = "like", !not
	default:
		f.Op, f.Not = strings.TrimPrefix(op, "!"), strings.HasPrefix(op, "!") != not
	}
	if isTime(f.Column) {
		if d, let, ok := r.span(right); ok {
			r.out.Windows = append(r.out.Windows, Window{Tables: f.Tables, Span: d, Let: let, At: n.Span()})
			return
		}
	}
	f.Values, f.Let = r.values(right)
	if len(f.Values) == 0 && f.Column == "" {
		return
	}
	if len(f.Values) == 0 {
		if other := columnName(right); other != "" {
			f.Op, f.Values = f.Op+" column", []string{other}
		} else {
			f.List, f.ListName = true, r.describeList(right)
		}
	}
	r.out.Filters = append(r.out.Filters, f)
	if f.After && len(f.Values) == 1 && strings.ContainsAny(f.Op, "<>") && f.Let == "" && isNumber(f.Values[0]) {
		r.out.Knobs = append(r.out.Knobs, Knob{Name: f.Column, Value: f.Op + " " + f.Values[0], Kind: "threshold", At: n.Span()})
	}
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func (r *reader) between(n *ast.Between, f Filter, not bool) {
	f.Column, f.Op, f.Not = columnName(n.X), "between", n.Not != not
	if isTime(f.Column) {
		if d, let, ok := r.span(n.Low); ok {
			r.out.Windows = append(r.out.Windows, Window{Tables: f.Tables, Span: d, Let: let, At: n.Span()})
			return
		}
	}
	for _, x := range []ast.Expr{n.Low, n.High} {
		vs, _ := r.values(x)
		f.Values = append(f.Values, vs...)
	}
	r.out.Filters = append(r.out.Filters, f)
}

func isTime(col string) bool {
	switch col {
	case "TimeGenerated", "Timestamp", "timestamp", "EventTime", "CreatedDateTime", "StartTime", "EndTime":
		return true
	}
	return false
}

// span is how far back `ago(x)`, `now() - x`, a let of it, or a literal span
// goes.
func (r *reader) span(e ast.Expr) (d time.Duration, let string, ok bool) {
	if r.depth > maxDepth {
		return 0, "", false
	}
	r.depth++
	defer func() { r.depth-- }()
	switch n := strip(e).(type) {
	case *ast.Literal:
		if n.Kind == ast.TimespanLit {
			return spanText(n.Text)
		}
	case *ast.Call:
		switch strings.ToLower(n.Name.Text) {
		case "ago", "totimespan", "startofday", "startofweek", "startofmonth", "endofday", "bin", "todatetime", "toscalar":
			if len(n.Args) > 0 {
				return r.span(n.Args[0])
			}
		}
	case *ast.Binary:
		switch n.Op {
		case ast.OpSub, ast.OpAdd:
			a, la, aok := r.span(n.Left)
			b, lb, bok := r.span(n.Right)
			if la == "" {
				la = lb
			}
			if aok || bok {
				return a + b, la, true
			}
		case ast.OpMul:
			if d, l, ok := r.span(n.Left); ok {
				if vs, _ := r.values(n.Right); len(vs) == 1 {
					if k, err := strconv.Atoi(vs[0]); err == nil {
						return d * time.Duration(k), l, true
					}
				}
			}
		}
	case *ast.Name:
		if v, has := r.lets[n.Text]; has {
			d, l, ok := r.span(v)
			if l == "" {
				l = n.Text
			}
			return d, l, ok
		}
	}
	return 0, "", false
}

func spanText(s string) (time.Duration, string, bool) {
	d, err := rule.ParseDuration(s)
	return d, "", err == nil && d != 0
}

// constant says whether an expression is a literal or a let of one.
func (r *reader) constant(e ast.Expr) bool {
	vs, _ := r.values(e)
	return len(vs) > 0
}

// values are the literals that an expression stands for, and the let that
// holds them.
func (r *reader) values(e ast.Expr) (out []string, let string) {
	if r.depth > maxDepth {
		return nil, ""
	}
	r.depth++
	defer func() { r.depth-- }()
	switch n := strip(e).(type) {
	case *ast.String:
		return []string{n.Value}, ""
	case *ast.Literal:
		if !n.Null {
			return []string{n.Text}, ""
		}
	case *ast.Unary:
		if vs, _ := r.values(n.X); len(vs) == 1 {
			return []string{n.Op + vs[0]}, ""
		}
	case *ast.Dynamic:
		return r.values(n.Value)
	case *ast.Array:
		for _, x := range n.Items {
			vs, _ := r.values(x)
			out = append(out, vs...)
		}
	case *ast.Name:
		if v, ok := r.lets[n.Text]; ok {
			out, _ = r.values(v)
			if len(out) > 0 {
				r.used[n.Text] = true
			}
			return out, n.Text
		}
	case *ast.Call:
		switch strings.ToLower(n.Name.Text) {
		case "tolower", "toupper", "tostring", "toint", "tolong", "toguid", "pack_array", "dynamic", "materialize":
			for _, x := range n.Args {
				vs, _ := r.values(x)
				out = append(out, vs...)
			}
		}
	case *ast.DataTable:
		for _, x := range n.Values {
			vs, _ := r.values(x)
			out = append(out, vs...)
		}
	}
	return out, ""
}

// describeList says where a list comes from that is not in the query.
func (r *reader) describeList(e ast.Expr) string {
	out := ""
	ast.Walk(strip(e), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Call:
			if strings.EqualFold(n.Name.Text, "_GetWatchlist") && len(n.Args) > 0 {
				if vs, _ := r.values(n.Args[0]); len(vs) == 1 {
					out = "watchlist " + vs[0]
				}
				return false
			}
		case *ast.ExternalData:
			out = "a file on the web"
			return false
		case *ast.Name:
			if out == "" {
				out = n.Text
			}
		}
		return true
	})
	return out
}

// wrappers are functions that hand their first argument on, changed only in
// form.
var wrappers = map[string]bool{
	"tostring": true, "tolower": true, "toupper": true, "trim": true, "todynamic": true, "parse_json": true, "toint": true,
	"tolong": true, "trim_start": true, "trim_end": true, "todatetime": true, "split": true, "extractjson": true, "bin": true,
	"parse_path": true, "column_ifexists": true, "coalesce": true, "strlen": true, "array_length": true,
}

// columnName is the column that an expression is about, with its path.
func columnName(e ast.Expr) string {
	switch n := strip(e).(type) {
	case *ast.Name:
		return n.Text
	case *ast.Path:
		x := columnName(n.X)
		if x == "" {
			return ""
		}
		switch sel := n.Sel.(type) {
		case *ast.Name:
			if x == "$left" || x == "$right" {
				return sel.Text
			}
			return x + "." + sel.Text
		case *ast.Brackets:
			return x
		}
		return x
	case *ast.Element:
		x := columnName(n.X)
		if s, ok := strip(n.Index).(*ast.String); ok && x != "" {
			return x + "." + s.Value
		}
		return x
	case *ast.Call:
		if wrappers[strings.ToLower(n.Name.Text)] && len(n.Args) > 0 {
			for _, a := range n.Args {
				if c := columnName(a); c != "" {
					return c
				}
			}
		}
	}
	return ""
}

// lastNames are the columns that the end of a query names.
func (r *reader) lastNames(e ast.Expr) []string {
	p, ok := strip(e).(*ast.Pipe)
	if !ok {
		return nil
	}
	for i := len(p.Ops) - 1; i >= 0; i-- {
		var items []ast.Expr
		switch op := p.Ops[i].(type) {
		case *ast.Project:
			items = op.Items
		case *ast.Summarize:
			items = append(append(items, op.By...), op.Aggs...)
		case *ast.Distinct:
			items = op.Items
		default:
			continue
		}
		var out []string
		for _, it := range items {
			v, name := unassign(it)
			if name == "" {
				name = columnName(v)
			}
			if name != "" {
				out = append(out, name)
			}
		}
		return out
	}
	return nil
}

// On gives the values that all conditions on a column ask for, those of
// exclusions apart.
func (l *Logic) On(column string) (wanted, excluded []string) {
	for _, f := range l.Filters {
		if !strings.EqualFold(f.Column, column) || f.After {
			continue
		}
		if f.Not {
			excluded = append(excluded, f.Values...)
		} else {
			wanted = append(wanted, f.Values...)
		}
	}
	return unique(wanted), unique(excluded)
}

func unique(in []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// Lookback is the longest time that the query looks back, 0 when it names none.
func (l *Logic) Lookback() time.Duration {
	var d time.Duration
	for _, w := range l.Windows {
		d = max(d, w.Span)
	}
	return d
}
