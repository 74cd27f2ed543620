// Package site writes the catalogue of rules as pages that need no server:
// feed, rule pages, coverage, tables, techniques, sources, search, feeds for
// readers. It is given everything it shows and decides nothing about rules.
package site

import (
	"time"

	"goshawk/internal/attack"
	"goshawk/internal/coverage"
	"goshawk/internal/enrich"
)

// Model is everything that the pages show.
type Model struct {
	Title string
	// URL is where the site will be served, for feeds and the sitemap; "" gives
	// relative links there.
	URL      string
	Built    time.Time
	Version  string // of Goshawk
	Rules    []*Rule
	Coverage *coverage.Map
	Matrix   *attack.Matrix
	// Cover is the coverage by the rules of one "source", "severity" or "table";
	// nil when there is no such choice.
	Cover   func(kind, value string) *coverage.Map
	Sources []Source
	// Events are what happened to rules, the newest first.
	Events []Event
	// Tables tells the columns of a table, nil when it is not known.
	Tables func(name string) []Column
	// Live says that the pages are served by a process that can run queries.
	Live bool
}

// Column is a name and a type.
type Column struct{ Name, Type string }

// Rule is one rule's page.
type Rule struct {
	Key, ID, Name, Description string
	Kind, Severity, Version    string
	Author                     string
	Tactics, Techniques, Tags  []string
	Query                      string
	// Raw is the file as published, RawName its name.
	Raw, RawName string
	// Changed is when the newest version was seen, First the first one.
	Changed, First time.Time
	Removed        time.Time
	Places         []Place
	Versions       []Version
	Near           []Near
	SameID         []string
	// Schedule is how often the rule runs over how much, in words; Deploy the
	// same as the Sentinel API takes it.
	Schedule   string
	Deploy     map[string]any
	Entities   []string
	References []string

	Verdict    Verdict
	Enrichment *enrich.Enrichment
	// Model is what a language model added, nil without.
	Model *enrich.Enrichment
}

// Place is one file that publishes the rule.
type Place struct {
	Source, Path, Commit, Licence, Link string
	Retrieved                           time.Time
}

// Version is one text of the rule.
type Version struct {
	Seen   time.Time
	Commit string
	Change string
	Diff   string // against the one before, "" for the first
}

// Near is a rule with nearly the same query.
type Near struct {
	Key, Name string
	Percent   int
	Diff      string
}

// Verdict is what the engine says.
type Verdict struct {
	// State is "fires", "runs", "refused", "broken", "failed" or "unknown".
	State  string
	Reason string
	At     time.Time
	Tables []TableUse
	Result []Column
	// Evidence is the runs, the one with rows first.
	Evidence []Evidence
}

// TableUse is a table with the columns that the rule needs.
type TableUse struct {
	Name    string
	Columns []string
	// Missing are columns that the documented table does not have.
	Missing []string
}

// Evidence is a run on named data.
type Evidence struct {
	Data   string
	At     time.Time
	Has    bool
	Rows   int
	MS     float64
	Sample [][2]string
}

// Source is an upstream.
type Source struct {
	Name, URL, Licence, Commit string
	Synced                     time.Time
	Rules                      int
}

// Event is what happened to a rule.
type Event struct {
	Day  time.Time
	What string // "new", "changed", "removed"
	Rule *Rule
	Note string
}
