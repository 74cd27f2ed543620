package site

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"goshawk/internal/enrich"
)

// dummyFuncs are the functions' names for parsing; funcs has the real ones.
func dummyFuncs() template.FuncMap {
	return (&builder{m: &Model{}}).funcs("")
}

// diffLine is a line of a diff with its style.
type diffLine struct{ Class, Text string }

// attackInfo is a technique on a rule's page.
type attackInfo struct {
	ID, Full, Tactics, Note, Platforms, Sources string
	Others                                      int
}

// item is a rule in a list, with what happened to it where the list is a feed.
type item struct {
	*Rule
	What, Note, Time string
}

// maxColumns bounds the result columns that a page has in full; a rule that
// projects nothing gives hundreds, and those behind are named only.
const maxColumns = 60

func (b *builder) funcs(root string) template.FuncMap {
	return template.FuncMap{
		"root":        func() string { return root },
		"inc":         func(i int) int { return i + 1 },
		"join":        func(s []string) string { return strings.Join(s, ", ") },
		"first":       enrich.FirstSentence,
		"entry":       func(e Event) item { return item{e.Rule, e.What, e.Note, e.Day.UTC().Format("15:04")} },
		"plain":       func(r *Rule) item { return item{Rule: r} },
		"few":         func(c []Column) []Column { return c[:min(len(c), maxColumns)] },
		"rest":        func(c []Column) []Column { return c[min(len(c), maxColumns):] },
		"short":       short,
		"date":        func(t time.Time) string { return day(t, b.m.Built) },
		"kql":         func(q string) []template.HTML { return highlight(q, root, b.names) },
		"verdictWord": verdictWord,
		"technique":   func(id string) template.HTML { return b.techniqueLink(root, id) },
		"attackOf":    b.attackOf,
		"odd":         b.odd,
		"sample":      sample,
		"diffLines":   diffLines,
		"safeLink":    func(s string) bool { return link(s) != "" },
	}
}

func day(t, other time.Time) string {
	if t.IsZero() {
		t = other
	}
	return t.Format(time.DateOnly)
}

func short(s string) string {
	s = strings.TrimPrefix(s, "content-")
	return s[:min(len(s), 10)]
}

// verdictWord is a verdict as people read it.
func verdictWord(state string) string {
	switch state {
	case "fires":
		return "Runs, and was seen to fire"
	case "runs":
		return "Runs"
	case "refused":
		return "Refused"
	case "broken":
		return "Broken"
	case "failed":
		return "Failed while running"
	}
	return "Not run yet"
}

// techniqueLink links an id to its page when the matrix knows it.
func (b *builder) techniqueLink(root, id string) template.HTML {
	t := b.m.Matrix.Resolve(id).Technique
	if t == nil {
		return template.HTML(template.HTMLEscapeString(id))
	}
	return template.HTML(fmt.Sprintf(`<a href="%stechniques/%s/" title="%s">%s</a>`, template.HTMLEscapeString(root), t.ID, template.HTMLEscapeString(b.m.Matrix.Full(t)), t.ID))
}

func (b *builder) attackOf(r *Rule) []attackInfo {
	var out []attackInfo
	for _, id := range b.resolved(r) {
		t := b.m.Matrix.Technique(id)
		out = append(out, attackInfo{
			ID: id, Full: b.m.Matrix.Full(t), Tactics: strings.Join(t.Tactics, ", "), Others: len(b.techs[id]) - 1,
			Platforms: strings.Join(t.Platforms, ", "), Sources: strings.Join(t.DataSources, ", "),
		})
	}
	return out
}

// odd are the notes on a rule's ids that are withdrawn, misspelt or unknown.
func (b *builder) odd(r *Rule) []string {
	var out []string
	for _, id := range r.Techniques {
		if n := b.m.Matrix.Resolve(id).Note; n != "" {
			out = append(out, n+".")
		}
	}
	return out
}

// sample is the sample row of a verdict by column.
func sample(v Verdict) map[string]string {
	out := map[string]string{}
	for _, e := range v.Evidence {
		for _, c := range e.Sample {
			if _, ok := out[c[0]]; !ok {
				out[c[0]] = c[1]
			}
		}
	}
	return out
}

func diffLines(d string) []diffLine {
	var out []diffLine
	for _, l := range strings.Split(strings.TrimSuffix(d, "\n"), "\n") {
		class := ""
		switch {
		case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"):
		case strings.HasPrefix(l, "+"):
			class = "add"
		case strings.HasPrefix(l, "-"):
			class = "del"
		}
		out = append(out, diffLine{class, l})
	}
	return out
}
