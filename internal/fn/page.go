package fn

import (
	"embed"
	"regexp"
	"strings"
	"sync"
)

// pages are the Markdown pages of functions, aggregates and operators, beside
// their rows. A page's title names all rows it is about: "# sum(), sumif()",
// "# ==, !=". Files of aggregates begin with agg_, those of operators with op_.
//
//go:embed *.md
var pages embed.FS

// Page is the page of a function or aggregate, "" when it has none.
func Page(name string, aggregate bool) string {
	kind := "fn "
	if aggregate {
		kind = "agg "
	}
	return pageIndex()[kind+name]
}

// OperatorPage is the page of an operator by its sign, such as == or !has.
func OperatorPage(sign string) string { return pageIndex()["op "+sign] }

// Paged lists what the pages are about, each with its kind before it: "fn
// strlen", "agg sum", "op ==".
func Paged() []string {
	var out []string
	for k := range pageIndex() {
		out = append(out, k)
	}
	return out
}

var pageIndex = sync.OnceValue(func() map[string]string {
	index := map[string]string{}
	files, err := pages.ReadDir(".")
	if err != nil {
		return index
	}
	for _, f := range files {
		raw, err := pages.ReadFile(f.Name())
		if err != nil {
			continue
		}
		kind := "fn "
		switch {
		case strings.HasPrefix(f.Name(), "agg_"):
			kind = "agg "
		case strings.HasPrefix(f.Name(), "op_"):
			kind = "op "
		}
		for _, name := range Titled(string(raw)) {
			index[kind+name] = string(raw)
		}
	}
	return index
})

var between = regexp.MustCompile(`,\s+`)

// Titled are the names in the title of a page, without the () of functions.
func Titled(page string) []string {
	title, _, _ := strings.Cut(page, "\n")
	title, ok := strings.CutPrefix(title, "# ")
	if !ok {
		return nil
	}
	var out []string
	for _, n := range between.Split(strings.TrimSpace(title), -1) {
		out = append(out, strings.TrimSuffix(n, "()"))
	}
	return out
}
