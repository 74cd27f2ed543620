package fn

import "embed"

// pages are the Markdown pages of functions and aggregates, beside their rows.
//
//go:embed *.md
var pages embed.FS

// Page is the page of a function or aggregate, "" when it has none.
func Page(name string, aggregate bool) string {
	if aggregate {
		name = "agg_" + name
	}
	raw, err := pages.ReadFile(name + ".md")
	if err != nil {
		return ""
	}
	return string(raw)
}
