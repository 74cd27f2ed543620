package manual

import (
	"embed"
	"path"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/fn"
	"goshawk/internal/plugin"
	"goshawk/internal/types"
)

// Kind is what a page is about.
type Kind string

// The kinds, in the order Find gives them.
const (
	Operator Kind = "operator"
	Sign     Kind = "scalar operator"
	Function Kind = "function"
	Agg      Kind = "aggregate"
	Plugin   Kind = "plugin"
	Message  Kind = "message"
	Topic    Kind = "topic"
)

// Page is one page.
type Page struct {
	Kind Kind
	Name string
	Text string
}

// Find gives the pages on a name, several when the name means several things:
// count is an operator and an aggregate. Codes may be written in small letters.
func Find(name string) []Page {
	var out []Page
	add := func(k Kind, text string) {
		if text != "" {
			out = append(out, Page{k, name, text})
		}
	}
	add(Operator, operators()[name])
	add(Sign, fn.OperatorPage(name))
	add(Function, fn.Page(name, false))
	add(Agg, fn.Page(name, true))
	add(Plugin, plugin.Page(name))
	if text := read(Errors, "errors/"+strings.ToUpper(name)+".md"); text != "" {
		out = append(out, Page{Message, strings.ToUpper(name), text})
	}
	add(Topic, read(Topics, "topics/"+name+".md"))
	if _, ok := types.Parse(name); ok {
		add(Topic, read(Topics, "topics/types.md"))
	}
	return out
}

// Names lists everything that has a page, and the plugins, sorted.
func Names() []string {
	seen := map[string]bool{}
	for n := range operators() {
		seen[n] = true
	}
	for _, n := range fn.Paged() {
		_, n, _ = strings.Cut(n, " ")
		seen[n] = true
	}
	for _, n := range append(append(Codes(), TopicNames()...), plugin.Names()...) {
		seen[n] = true
	}
	var out []string
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Codes lists the codes that have a page, sorted.
func Codes() []string { return files(Errors, "errors") }

// TopicNames lists the topics, sorted.
func TopicNames() []string { return files(Topics, "topics") }

// operators are the pages of the tabular operators and statements by the
// names in their titles.
var operators = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, f := range files(Operators, "operators") {
		text := read(Operators, "operators/"+f+".md")
		for _, n := range fn.Titled(text) {
			out[n] = text
		}
	}
	return out
})

func files(fs embed.FS, dir string) []string {
	entries, err := fs.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(path.Base(e.Name()), ".md"))
	}
	return out
}

func read(fs embed.FS, file string) string {
	raw, err := fs.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(raw)
}
