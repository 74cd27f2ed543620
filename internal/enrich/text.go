package enrich

import (
	"fmt"
	"strings"
)

// Text is the enrichment for a terminal; sections that are empty, as in a
// model's notes, are left out.
func (e *Enrichment) Text() string { return e.Claims() + e.Guidance() }

// Claims is what the maker says the rule finds, for a terminal: who made it,
// hypothesis, meaning of a hit, severity.
func (e *Enrichment) Claims() string {
	var b strings.Builder
	head := func(s string) { fmt.Fprintf(&b, "\n%s\n", s) }
	para := func(s string) { fmt.Fprintln(&b, wrap(s, 96, "  ")) }
	fmt.Fprintf(&b, "%s, confidence %s: %s\n", e.Maker, e.Confidence, e.Why)
	head("HYPOTHESIS")
	para(e.Hypothesis)
	head("A HIT MEANS")
	para(e.Means)
	if e.NotMeans != "" {
		para("But: " + e.NotMeans)
	}
	head("SEVERITY")
	author := " (the author gives none)"
	switch {
	case e.Severity.Author != "":
		author = " (the author says " + string(e.Severity.Author) + ")"
	case e.Maker != OfflineMaker:
		author = ""
	}
	para(fmt.Sprintf("%s: %s%s.", e.Severity.Proposal, e.Severity.Reason, author))
	for _, r := range e.Severity.Raise {
		para("higher when " + r)
	}
	return b.String()
}

// Guidance is what to do about the rule and its hits, for a terminal: the
// data, benign causes, tuning, triage.
func (e *Enrichment) Guidance() string {
	var b strings.Builder
	head := func(s string) { fmt.Fprintf(&b, "\n%s\n", s) }
	para := func(s string) { fmt.Fprintln(&b, wrap(s, 96, "  ")) }
	if len(e.Reads) > 0 {
		head("READS")
	}
	for _, r := range e.Reads {
		line := r.Table
		if r.Row != "" {
			line += ": " + r.Row
		}
		para(line)
		if len(r.Columns) > 0 {
			para("  columns: " + strings.Join(r.Columns, ", "))
		}
		switch {
		case r.Known:
			para(fmt.Sprintf("  connector: %s; %s; typical delay %s", r.Connector, r.Enable, r.Delay))
		case r.Connector != "":
			para(fmt.Sprintf("  connector: %s; %s", r.Connector, r.Enable))
		default:
			para("  where it comes from is not known to the analyst")
		}
	}
	if len(e.Blind) > 0 {
		head("WHAT IT DOES NOT SEE")
	}
	for _, s := range e.Blind {
		para("- " + s)
	}
	if len(e.Benign) > 0 {
		head("BENIGN CAUSES")
	}
	for _, x := range e.Benign {
		para("- " + x.Cause + " Tell: " + x.Tell + ".")
		if x.Exclude != "" {
			fmt.Fprintf(&b, "      %s\n", x.Exclude)
		}
	}
	if len(e.Tune) > 0 {
		head("TUNE")
	}
	for _, t := range e.Tune {
		at := ""
		if t.Line > 0 {
			at = fmt.Sprintf("line %d: ", t.Line)
		}
		para("- " + at + t.What)
		if t.KQL != "" {
			fmt.Fprintf(&b, "      %s\n", t.KQL)
		}
	}
	if len(e.Triage) > 0 {
		head("FIRST FIVE MINUTES")
	}
	for i, p := range e.Triage {
		para(fmt.Sprintf("%d. %s", i+1, p.Question))
		for _, line := range strings.Split(p.KQL, "\n") {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	if len(e.Escalate) > 0 {
		head("ESCALATE IF")
	}
	for _, s := range e.Escalate {
		para("- " + s)
	}
	return b.String()
}

// wrap breaks a text into lines with an indent.
func wrap(s string, width int, indent string) string {
	extra := ""
	for strings.HasPrefix(s, "  ") {
		indent += "  "
		s = s[2:]
	}
	if strings.HasPrefix(s, "- ") {
		extra = "  "
	}
	var b strings.Builder
	line := indent
	for i, w := range strings.Fields(s) {
		if i > 0 && len(line)+1+len(w) > width {
			b.WriteString(line + "\n")
			line = indent + extra + w
			continue
		}
		if i > 0 {
			line += " "
		}
		line += w
	}
	b.WriteString(line)
	return b.String()
}
