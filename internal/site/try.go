package site

import (
	"bytes"
	"fmt"
)

// Try is a query that was run, or can be, from a page of the served site.
type Try struct {
	// Rule is the rule that the query comes from, nil for a query of one's own.
	Rule  *Rule
	Query string
	// Data names what the query runs on.
	Data string
	// Ran says that there is a result; Problems are why there is none, and
	// what was noted beside it.
	Ran      bool
	Problems []string
	Columns  []Column
	Rows     [][]string
	// Total is how many rows there are; Rows may be fewer.
	Total int
	MS    float64
}

// Edited says whether the query is no longer the rule's.
func (t Try) Edited() bool { return t.Rule != nil && t.Query != t.Rule.Query }

// TryPage is the page of a query and its result. It stands at try/KEY, or at
// try/ for a query of one's own.
func TryPage(m *Model, t Try) ([]byte, error) {
	b := &builder{m: m}
	title := "Try a query"
	if t.Rule != nil {
		title = "Try: " + t.Rule.Name
	}
	return b.single("try.html", "try/x", struct {
		page
		Try
	}{b.page("try/x", title, "Run a query on "+t.Data), t})
}

// MessagePage is a page that says one thing, such as that there is no such
// page, at a path below the site's root.
func MessagePage(m *Model, path, heading, text string) ([]byte, error) {
	b := &builder{m: m}
	return b.single("message.html", path, struct {
		page
		Heading, Text string
	}{b.page(path, heading, heading), heading, text})
}

// single fills a template without writing it to the site's folder.
func (b *builder) single(name, path string, data any) ([]byte, error) {
	t, err := b.templates(path)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, name, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", path, err)
	}
	return buf.Bytes(), nil
}

// CSP is the content security policy of the pages, for servers that send it as
// a header.
const CSP = csp + "; frame-ancestors 'none'"
