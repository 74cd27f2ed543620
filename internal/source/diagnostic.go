package source

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Severity says how bad a diagnostic is.
type Severity uint8

// The severities, worst first.
const (
	Error Severity = iota
	Warning
	Hint
)

// String is the word messages use.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "hint"
}

// Diagnostic is one thing wrong with a text.
type Diagnostic struct {
	Severity Severity
	// Code is stable and has a page, e.g. "KQL2003".
	Code string
	// Message is one sentence that names the thing in quotes.
	Message string
	// Span is the tight place; Wide, if not nil, the construct around it.
	Span Span
	Wide *Span
	// Hint says what to do next, e.g. `did you mean "AccountName"?`.
	Hint string
	// Text is where Span counts.
	Text *Text
	// Refusal marks a meaning that KQL has and Goshawk does not support: the
	// query is right, the answer is refused by name.
	Refusal bool
}

// String prints the first line of a diagnostic: name, place, code, message.
func (d Diagnostic) String() string {
	if d.Text == nil {
		return fmt.Sprintf("%s %s: %s", d.Severity, d.Code, d.Message)
	}
	p := d.Text.Position(d.Span.Start)
	return fmt.Sprintf("%s:%d:%d: %s %s: %s", d.Text.Name, p.Line, p.Col, d.Severity, d.Code, d.Message)
}

// Render prints a diagnostic for people: place, message, the source line with
// a mark under the span, and the hint.
func (d Diagnostic) Render() string {
	var b strings.Builder
	b.WriteString(d.String())
	if d.Text != nil && d.Text.Src != "" {
		p := d.Text.Position(d.Span.Start)
		line, before, width := d.Text.Line(d.Span)
		line, before, width = window(line, before, width)
		no := strconv.Itoa(p.Line)
		fmt.Fprintf(&b, "\n%s | %s\n%s | %s%s", no, strings.ReplaceAll(line, "\t", " "),
			strings.Repeat(" ", len(no)), strings.Repeat(" ", before), strings.Repeat("^", width))
	}
	if d.Hint != "" {
		b.WriteString("\nhint: " + d.Hint)
	}
	return b.String()
}

// maxShown bounds the width of a shown source line, so that a rule on one
// line of 20,000 characters does not fill the terminal.
const maxShown = 160

// window cuts a long line to the part around the mark.
func window(line string, before, width int) (string, int, int) {
	runes := []rune(line)
	if len(runes) <= maxShown {
		return line, before, min(width, max(1, len(runes)-before))
	}
	start := max(0, before-maxShown/3)
	end := min(len(runes), start+maxShown)
	return string(runes[start:end]), before - start, max(1, min(width, end-before))
}

// Diagnostics is what a stage found, in any order.
type Diagnostics []Diagnostic

// Sort orders by place, errors first at one place, and drops equal ones.
func (ds Diagnostics) Sort() Diagnostics {
	sort.SliceStable(ds, func(i, j int) bool {
		a, b := ds[i], ds[j]
		if a.Span.Start != b.Span.Start {
			return a.Span.Start < b.Span.Start
		}
		return a.Severity < b.Severity
	})
	out := ds[:0]
	for i, d := range ds {
		if i > 0 && len(out) > 0 {
			last := out[len(out)-1]
			if last.Span == d.Span && last.Code == d.Code && last.Message == d.Message {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

// HasErrors says whether any of ds is an error.
func (ds Diagnostics) HasErrors() bool {
	for _, d := range ds {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// Err is ds as an error, or nil when nothing in it is one.
func (ds Diagnostics) Err() error {
	if !ds.HasErrors() {
		return nil
	}
	return &DiagnosticsError{Diagnostics: ds}
}

// DiagnosticsError carries diagnostics through an error return.
type DiagnosticsError struct {
	Diagnostics Diagnostics
}

// Error is the first error's first line, and how many more there are.
func (e *DiagnosticsError) Error() string {
	first, more := "", 0
	for _, d := range e.Diagnostics {
		if d.Severity != Error {
			continue
		}
		if first == "" {
			first = d.String()
			continue
		}
		more++
	}
	if more > 0 {
		return fmt.Sprintf("%s (and %d more)", first, more)
	}
	return first
}
