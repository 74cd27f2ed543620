// Package rule reads detection rules as people publish them: Sentinel YAML
// (analytics, hunting, functions and parsers), plain query files, and Markdown
// with query blocks.
//
// Published rules are untidy, so reading is lenient and says what it did: a
// misspelt key, a list where text belongs or an odd encoding costs a warning,
// not the rule. Every field is kept with its place, and the query is a
// source.Text embedded in its file, so that a diagnostic of the parser or the
// binder points into the YAML. The package does not parse KQL.
package rule

import (
	"strings"
	"time"

	"goshawk/internal/source"
)

// Kind says what a rule is for.
type Kind string

// The kinds of rules.
const (
	Scheduled   Kind = "Scheduled"   // runs every QueryFrequency over QueryPeriod
	NRT         Kind = "NRT"         // near real time: every minute
	Hunting     Kind = "Hunting"     // run by a person
	Exploration Kind = "Exploration" // answers a question about an entity
	Query       Kind = "Query"       // a query file without fields of a rule
	Parser      Kind = "Parser"      // a function that other queries call
	Other       Kind = "Other"       // a kind without a query of its own, or unknown
)

// Severity is how bad a hit is; "" when the rule does not say.
type Severity string

// The severities, mildest first.
const (
	Informational Severity = "Informational"
	Low           Severity = "Low"
	Medium        Severity = "Medium"
	High          Severity = "High"
)

// Rank orders severities: 0 for none, 4 for High.
func (s Severity) Rank() int {
	for i, k := range severities {
		if k == s {
			return i + 1
		}
	}
	return 0
}

// Operator compares the number of result rows with the threshold.
type Operator string

// The trigger operators.
const (
	GreaterThan Operator = "gt"
	LessThan    Operator = "lt"
	Equal       Operator = "eq"
	NotEqual    Operator = "ne"
)

// Holds says whether rows triggers an alert.
func (o Operator) Holds(rows, threshold int64) bool {
	switch o {
	case LessThan:
		return rows < threshold
	case Equal:
		return rows == threshold
	case NotEqual:
		return rows != threshold
	}
	return rows > threshold
}

// Rule is one rule as published.
type Rule struct {
	// Path is the file it was read from, Index its number in that file.
	Path  string
	Index int

	ID          string
	Name        string
	Description string
	Kind        Kind
	Version     string
	Status      string
	Author      string

	// Severity is normalised; SeverityText is what the file says.
	Severity     Severity
	SeverityText string
	// Tactics and Techniques are normalised: "InitialAccess", "T1078.004".
	Tactics    []string
	Techniques []string
	Tags       []string

	// Query is the query with LF line ends; Text is the same, placed in its file.
	Query string
	Text  *source.Text
	// File is the whole file, in which the spans of Fields count.
	File *source.Text

	// The schedule; zero when the rule does not say.
	QueryFrequency time.Duration
	QueryPeriod    time.Duration
	// TriggerOperator and TriggerThreshold are "gt" and 0 unless given.
	TriggerOperator  Operator
	TriggerThreshold int64
	// EventGrouping is "SingleAlert", "AlertPerResult" or "".
	EventGrouping       string
	SuppressionEnabled  bool
	SuppressionDuration time.Duration

	EntityMappings         []EntityMapping
	CustomDetails          []Pair
	AlertDetails           AlertDetails
	RequiredDataConnectors []Connector

	// Function and Params are the name and parameters of a parser's function;
	// ParamText is the parameters when they are one text, as in ARM templates.
	// AlsoFunction is the name of the built-in function that it stands for.
	Function     string
	AlsoFunction string
	Params       []Param
	ParamText    string

	// Metadata is the block of that name, Fields every field of the file in
	// order, known or not.
	Metadata []Field
	Fields   []Field

	// Warnings are the diagnostics of reading that concern this rule.
	Warnings source.Diagnostics
}

// EntityMapping says which result columns identify an entity.
type EntityMapping struct {
	Type   string // e.g. "Account"
	Fields []EntityField
}

// EntityField maps one identifier of an entity.
type EntityField struct {
	Identifier string // e.g. "FullName"
	Column     string
}

// Pair is a name and a column.
type Pair struct {
	Name, Column string
}

// AlertDetails says how an alert is worded from its row.
type AlertDetails struct {
	NameFormat        string
	DescriptionFormat string
	SeverityColumn    string
	TacticsColumn     string
	Properties        []Pair
}

// Connector is a source of data that the rule needs.
type Connector struct {
	ID        string
	DataTypes []string
}

// Param is a parameter of a parser function. Optional says that it has a
// default, which may be empty text.
type Param struct {
	Name, Type, Default string
	Optional            bool
}

// Field returns the field with the canonical key name.
func (r *Rule) Field(name string) (Field, bool) {
	for i := len(r.Fields) - 1; i >= 0; i-- {
		if f := r.Fields[i]; f.Name == name || f.Key == name {
			return f, true
		}
	}
	return Field{}, false
}

// Ref names the rule in messages: its id, else its path.
func (r *Rule) Ref() string {
	if r.ID != "" {
		return r.ID
	}
	return r.Path
}

// Title is the name, or the id or path when there is none.
func (r *Rule) Title() string {
	if t := strings.TrimSpace(r.Name); t != "" {
		return t
	}
	return r.Ref()
}
