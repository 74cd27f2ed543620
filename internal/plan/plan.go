// Package plan is the typed logical plan: what a query means, with every name
// resolved and every conversion written out. It knows neither text nor how
// anything is computed.
package plan

import (
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Col is one column of one relation. Two columns are the same exactly when
// the pointers are; names may repeat while a plan is being rewritten.
type Col struct {
	Name string
	Type types.Type
}

// Rel is a relational operator. Cols gives its result columns in order; the
// same *Col flows through operators that pass a column on unchanged.
type Rel interface {
	Cols() []*Col
}

// Item computes a column.
type Item struct {
	Col  *Col
	Expr Expr
}

// Out is embedded for the result columns.
type Out struct{ Columns []*Col }

// Cols gives the result columns.
func (o *Out) Cols() []*Col { return o.Columns }

// Scan reads a table. Sources[i] is where Columns[i] comes from.
type Scan struct {
	Out
	Name    string
	Table   scan.Table
	Sources []scan.Column
	Conds   []scan.Cond
	// Tests[i], if set, is Conds[i] as an expression over one of Columns.
	Tests []Expr
	Limit int
}

// Values is rows written in the query (datatable, print, getschema).
type Values struct {
	Out
	Rows *vector.Batch
}

// Range is `range x from a to b step c`; the three are constants.
type Range struct {
	Out
	From, To, Step Expr
}

// Filter keeps the rows for which Cond is true.
type Filter struct {
	Input Rel
	Cond  Expr
	// Pushed are the parts of Cond that the scan below was given too. A table
	// that tests them exactly makes them superfluous here.
	Pushed []Expr
}

// Cols gives the input's columns.
func (f *Filter) Cols() []*Col { return f.Input.Cols() }

// Project computes all result columns: where, extend, project and relatives,
// renames and reorders are all this. Window says that an item calls a window
// function, so the input is taken as one ordered whole.
type Project struct {
	Input  Rel
	Items  []Item
	Window bool
}

// Cols gives the items' columns.
func (p *Project) Cols() []*Col {
	out := make([]*Col, len(p.Items))
	for i := range p.Items {
		out[i] = p.Items[i].Col
	}
	return out
}

// Agg is one aggregate call; Cols are its results (one, unless the aggregate
// has several).
type Agg struct {
	Call AggCall
	Cols []*Col
}

// Summarize groups and aggregates. Keys come first in the result. Without
// aggregates it is distinct. Scalar says that there is no `by`: no rows in
// give one row out.
type Summarize struct {
	Out
	Input  Rel
	Keys   []Item
	Aggs   []Agg
	Scalar bool
}

// Key is one sort key.
type Key struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Sort orders rows, and keeps the first Limit of them when Limit is not nil
// (top). Sort is stable.
type Sort struct {
	Input Rel
	Keys  []Key
	Limit Expr
}

// Cols gives the input's columns.
func (s *Sort) Cols() []*Col { return s.Input.Cols() }

// Take keeps the first rows.
type Take struct {
	Input Rel
	Count Expr
}

// Cols gives the input's columns.
func (t *Take) Cols() []*Col { return t.Input.Cols() }

// JoinKind is a kind of join.
type JoinKind string

// The kinds; leftantisemi, anti and rightantisemi are spelt as their twins.
const (
	InnerUnique JoinKind = "innerunique"
	Inner       JoinKind = "inner"
	LeftOuter   JoinKind = "leftouter"
	RightOuter  JoinKind = "rightouter"
	FullOuter   JoinKind = "fullouter"
	LeftSemi    JoinKind = "leftsemi"
	RightSemi   JoinKind = "rightsemi"
	LeftAnti    JoinKind = "leftanti"
	RightAnti   JoinKind = "rightanti"
)

// Join joins on equal keys. From[i] is the input column that result column i
// shows; the Col itself is new, since outer joins pad.
type Join struct {
	Out
	Kind        JoinKind
	Left, Right Rel
	LeftKeys    []Expr
	RightKeys   []Expr
	From        []*Col
}

// Union is all rows of the inputs, one after the other. Maps[k][i] is the
// expression over input k for result column i.
type Union struct {
	Out
	Inputs []Rel
	Maps   [][]Expr
}

// MvItem is one expanded column: Expr is dynamic, Col the result. To is the
// type it is converted to, Dynamic when it stays.
type MvItem struct {
	Col  *Col
	Expr Expr
	To   types.Type
}

// MvExpand gives a row per element. Pass are the input columns kept.
type MvExpand struct {
	Out
	Input    Rel
	Items    []MvItem
	Index    *Col // with_itemindex
	BagArray bool // bagexpansion=array
	Limit    int64
}

// ParsePart is literal text, or a column (Col set, with its type), or a star.
type ParsePart struct {
	Text string
	Star bool
	Col  *Col
}

// ParseKind is simple, regex or relaxed.
type ParseKind string

// Quote is an opening and a closing quote.
type Quote struct{ Open, Close string }

// Pairs says how parse-kv tells keys and values apart: by the delimiters Pair
// and Key, or by the two groups of Regex, or, without all of them, by what is
// no letter and no digit. Escapes may stand before a quote.
type Pairs struct {
	Pair, Key string
	Regex     string
	Quotes    []Quote
	Escapes   []string
	// Greedy values go on up to the next delimiter that a key follows.
	Greedy bool
}

// Parse extracts columns from text. Where drops rows that do not match. With
// Pairs set it is parse-kv: Parts are the columns named as their keys.
type Parse struct {
	Pairs *Pairs
	Out
	Input Rel
	Expr  Expr
	Kind  ParseKind
	Flags string
	Parts []ParsePart
	Where bool
}

// Materialize is a relation used in several places and computed once: equal
// pointers share the result.
type Materialize struct {
	Input Rel
	Name  string
}

// Cols gives the input's columns.
func (m *Materialize) Cols() []*Col { return m.Input.Cols() }

// Alias gives each use of a shared relation its own columns.
type Alias struct {
	Out
	Input Rel
}

// Serialize marks the order of rows as meaningful.
type Serialize struct{ Input Rel }

// Cols gives the input's columns.
func (s *Serialize) Cols() []*Col { return s.Input.Cols() }

// External reads externaldata.
type External struct {
	Out
	URIs   []string
	Format string
	Props  map[string]string
	At     source.Span
}

// Result is one result of a query.
type Result struct {
	Name   string
	Rel    Rel
	Render map[string]string // render's chart and properties; nil without
	Sorted []Key             // the order the rows are in, if any
}

// Query is a bound query.
type Query struct {
	Results []Result
	// Tables are the names of workspace tables read.
	Tables []string
	// Now is what now() gives, in ticks; the run must have the same.
	Now int64
	// Later is set when columns depend on data that is not read yet: the one
	// result is then an Observe, and Later gives the query, or its next stage,
	// once that is known.
	Later func(*Observation) (*Query, error)
}
