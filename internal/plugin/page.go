package plugin

import "embed"

// pages are the Markdown pages of plugins, beside their rows.
//
//go:embed *.md
var pages embed.FS

// Page is the page of a plugin, "" when it has none (plugins that are
// refused have none).
func Page(name string) string {
	raw, err := pages.ReadFile(name + ".md")
	if err != nil {
		return ""
	}
	return string(raw)
}
