package site

import (
	"html"
	"html/template"
	"strings"

	"goshawk/internal/fn"
	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// highlight is a query as lines of HTML, coloured by our own lexer. Every byte
// of the query is escaped; the spans are all that is added. tables are linked
// to their pages with prefix before.
func highlight(query, prefix string, tables map[string]bool) []template.HTML {
	text := source.New("query", query)
	var lines []template.HTML
	var b strings.Builder
	flush := func() {
		lines = append(lines, template.HTML(b.String())) //nolint:gosec // every part is escaped below
		b.Reset()
	}
	plain := func(s, class, link string) {
		title := ""
		if class == "kf" {
			title = summaryOf(s)
		}
		parts := strings.Split(s, "\n")
		for i, p := range parts {
			if i > 0 {
				flush()
			}
			p = html.EscapeString(strings.TrimSuffix(p, "\r"))
			switch {
			case p == "":
			case link != "":
				b.WriteString(`<a class="` + class + `" href="` + html.EscapeString(link) + `">` + p + `</a>`)
			case title != "":
				b.WriteString(`<span class="` + class + `" title="` + html.EscapeString(title) + `">` + p + `</span>`)
			case class != "":
				b.WriteString(`<span class="` + class + `">` + p + `</span>`)
			default:
				b.WriteString(p)
			}
		}
	}
	at := 0
	toks := parser.Tokens(text)
	for i, t := range toks {
		plain(query[at:t.Span.Start], "", "")
		word := query[t.Span.Start:t.Span.End]
		// A call has its bracket at once; what stands before " (" is a join's kind.
		called := i+1 < len(toks) && toks[i+1].Span.Start == t.Span.End && query[t.Span.End] == '('
		class, link := classOf(t.Kind, word, called), ""
		if t.Kind == parser.Ident && tables[word] {
			class, link = "kt", prefix+"tables/"+word+"/"
		}
		plain(word, class, link)
		at = t.Span.End
	}
	plain(query[at:], "", "")
	flush()
	return lines
}

// summaryOf is what a function or aggregate does, in one sentence, "" for
// those that are not known here.
func summaryOf(name string) string {
	if f := fn.ScalarNamed(name); f != nil {
		return f.Summary
	}
	if a := fn.AggregateNamed(name); a != nil {
		return a.Summary
	}
	return ""
}

// classOf is the style class of a token.
func classOf(k parser.Kind, word string, called bool) string {
	switch k {
	case parser.Keyword:
		if called && (fn.Find(fn.Functions, word) != nil || fn.Find(fn.Aggregates, word) != nil) {
			return "kf"
		}
		return "kk"
	case parser.String:
		return "ks"
	case parser.Long, parser.Real, parser.Timespan, parser.Bool, parser.Typed:
		return "kn"
	case parser.Comment, parser.Directive:
		return "kc"
	case parser.Bad:
		return "kb"
	case parser.Ident:
		if called {
			return "kf"
		}
	case parser.Punct:
		if word == "|" {
			return "kp"
		}
	}
	return ""
}
