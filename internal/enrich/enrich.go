package enrich

import (
	"strings"
	"time"

	"goshawk/internal/ast"
	"goshawk/internal/attack"
	"goshawk/internal/rule"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// OfflineMaker names the offline analyst beside what it wrote. Its version
// goes up when its words change.
const OfflineMaker = "Goshawk offline analyst 1"

// Confidence says how far the analyst understood a query.
type Confidence string

// The confidences.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Input is what the analyst reads.
type Input struct {
	Rule *rule.Rule
	// Query is the parsed query, Text where it stands.
	Query *ast.Query
	Text  *source.Text
	// Reads are the tables of the bound plan with the columns that it needs.
	Reads []Needs
	// Result is the columns of the result, nil when they are not known.
	Result types.Schema
	// Problem says why the query does not bind, "" when it does.
	Problem string
	Matrix  *attack.Matrix
}

// Needs is a table that a query reads.
type Needs struct {
	Table   string
	Columns []string
}

// Enrichment is what a maker added to a rule. Every text is its maker's; the
// author's words are elsewhere.
type Enrichment struct {
	Maker      string
	Made       time.Time
	Confidence Confidence
	// Why says what the confidence rests on.
	Why        string
	Hypothesis string
	Means      string
	NotMeans   string
	Severity   Severity
	Reads      []Read
	Blind      []string
	Benign     []Benign
	Tune       []Tune
	Triage     []Pivot
	Escalate   []string
}

// Severity is a proposal beside the author's.
type Severity struct {
	Author   rule.Severity
	Proposal rule.Severity
	Reason   string
	Raise    []string
}

// Read is a table with what is needed to have it.
type Read struct {
	Table, Row string
	Columns    []string
	Connector  string
	Enable     string
	Delay      string
	// Known says that the facts come from the analyst's list of tables.
	Known bool
}

// Benign is an innocent cause of a hit.
type Benign struct {
	Cause   string
	Tell    string
	Exclude string // KQL to paste, "" when there is none
}

// Tune is something to turn.
type Tune struct {
	What string
	KQL  string
	Line int // in the query, 0 when it is not a place in it
}

// Pivot is a first look, as KQL that runs.
type Pivot struct {
	Question string
	KQL      string
}

// Offline writes the enrichment of one rule. It depends on nothing but in.
func Offline(in Input) *Enrichment {
	a := newAnalyst(in)
	e := &Enrichment{Maker: OfflineMaker}
	t := a.theme()
	e.Hypothesis = a.hypothesis(t)
	e.Means, e.NotMeans = a.means(t)
	e.Reads = a.reads()
	e.Severity = a.severity(t)
	e.Blind = a.blind(t)
	e.Benign = a.benign(t)
	e.Tune = a.tune()
	e.Triage = a.triage()
	e.Escalate = a.escalate(t)
	e.Confidence, e.Why = a.confidence(t)
	return e
}

// analyst is one look at one rule.
type analyst struct {
	in Input
	l  *Logic
	f  *factSet
	// main is the table that hits are about.
	main tableFact
	// tables are all tables read, those of the plan first.
	tables []string
}

func newAnalyst(in Input) *analyst {
	a := &analyst{in: in, l: readLogic(in.Query), f: facts()}
	for _, n := range in.Reads {
		a.addTable(n.Table)
	}
	if len(a.tables) == 0 {
		for _, t := range a.l.Tables {
			a.addTable(t)
		}
	}
	a.main = a.mainTable()
	return a
}

func (a *analyst) addTable(name string) {
	if !contains(a.tables, name) {
		a.tables = append(a.tables, name)
	}
}

// helpers are tables that a query looks things up in; hits are about another.
var helpers = map[string]bool{
	"IdentityInfo": true, "ThreatIntelligenceIndicator": true, "ThreatIntelIndicators": true, "DeviceInfo": true, "Watchlist": true,
	"DeviceNetworkInfo": true, "AADUserRiskEvents": true, "DeviceTvmSoftwareVulnerabilitiesKB": true, "DeviceFileCertificateInfo": true,
}

// mainTable is the first table that is not only looked up in, of those with
// conditions if there are any.
func (a *analyst) mainTable() tableFact {
	count := map[string]int{}
	for _, f := range a.l.Filters {
		for _, t := range f.Tables {
			count[t]++
		}
	}
	best, most := "", -1
	for _, t := range a.tables {
		n := count[t]
		if helpers[t] {
			n = -1
		}
		if _, known := a.f.tables[t]; known && n >= 0 {
			n++
		}
		if n > most {
			best, most = t, n
		}
	}
	if best == "" && len(a.tables) > 0 {
		best = a.tables[0]
	}
	if f, ok := a.f.tables[best]; ok {
		return f
	}
	return tableFact{Name: best}
}

// reads lists the tables with how to get them.
func (a *analyst) reads() []Read {
	var out []Read
	cols := map[string][]string{}
	for _, n := range a.in.Reads {
		cols[n.Table] = n.Columns
	}
	for _, t := range a.tables {
		r := Read{Table: t, Columns: cols[t]}
		if f, ok := a.f.tables[t]; ok {
			r.Row, r.Connector, r.Enable, r.Delay, r.Known = f.Row, f.Connector, f.Enable, f.Delay, true
		} else {
			r.Connector, r.Enable = a.guessConnector(t)
		}
		out = append(out, r)
	}
	return out
}

// guessConnector says what a name gives away about where a table comes from.
func (a *analyst) guessConnector(t string) (connector, enable string) {
	for _, c := range a.in.Rule.RequiredDataConnectors {
		for _, d := range c.DataTypes {
			if strings.EqualFold(strings.Fields(d + " ")[0], t) {
				return c.ID, "the author names the connector " + c.ID
			}
		}
	}
	switch {
	case strings.HasSuffix(t, "_CL"):
		return "a custom table", "a connector or function that writes " + t
	case strings.HasPrefix(t, "_Im_") || strings.HasPrefix(t, "_ASim_") || strings.HasPrefix(t, "im") || strings.HasPrefix(t, "ASim"):
		return "ASIM parsers", "a source with a parser for this schema; on files, give the parsers with --functions"
	}
	return "", ""
}

// grouped says whether the query counts or collects, and by what.
func (a *analyst) lastGroup() *Group {
	if len(a.l.Groups) == 0 {
		return nil
	}
	return &a.l.Groups[len(a.l.Groups)-1]
}

// hasThreshold says whether a count must exceed something.
func (a *analyst) threshold() (Filter, bool) {
	for _, f := range a.l.Filters {
		if f.After && strings.ContainsAny(f.Op, "<>") && len(f.Values) == 1 && isNumber(f.Values[0]) {
			return f, true
		}
	}
	return Filter{}, false
}

// anti is the join that takes out what was seen before, if there is one.
func (a *analyst) anti() *Join {
	for i := range a.l.Joins {
		switch a.l.Joins[i].Kind {
		case "leftanti", "anti", "leftantisemi", "rightanti":
			return &a.l.Joins[i]
		}
	}
	return nil
}
