package lang

import (
	"strings"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// context is where a cursor stands, read off the tokens before it.
type context struct {
	// word is what has been typed of the word at the cursor, at its place.
	word source.Span
	// quiet says that nothing can be offered: inside a string or a comment.
	quiet bool
	// prev is the token before the word, "" at the start; before the one
	// before that.
	prev, before string
	// operator is the word of the operator the cursor is in, "" at the start
	// of a statement; clause is the last word of it that begins a new part
	// (by, on, with, to, from), at the nesting of the cursor.
	operator, clause string
	// call is the function whose arguments the cursor is in, arg which one.
	call     string
	callSpan source.Span
	arg      int
}

// clauses are the words that begin a new part of an operator.
var clauses = map[string]bool{"by": true, "on": true, "with": true, "of": true, "kind": true, "in": true, "to": true, "step": true, "from": true}

// lookAt reads the context of an offset.
func lookAt(text *source.Text, offset int) context {
	src := text.Src
	start := offset
	for start > 0 && wordByte(src[start-1]) {
		start--
	}
	c := context{word: source.Span{Start: start, End: offset}}
	toks := parser.Tokens(text)
	n := 0
	for n < len(toks) && toks[n].Span.Start < start {
		n++
	}
	if n < len(toks) && toks[n].Span.Start < offset && toks[n].Kind == parser.Comment {
		c.quiet = true
	}
	if n > 0 {
		t := toks[n-1]
		inside := t.Span.End > start || t.Span.End == start && (t.Kind == parser.Comment || open(src[t.Span.Start:t.Span.End]))
		if inside && (t.Kind == parser.String || t.Kind == parser.Comment || t.Kind == parser.Typed) {
			c.quiet = true
		}
	}
	c.scan(src, toks[:n])
	return c
}

// open says whether a string has no end yet.
func open(s string) bool {
	s = strings.TrimLeft(s, "@hH")
	return s != "" && (s[0] == '"' || s[0] == '\'') && (len(s) == 1 || s[len(s)-1] != s[0])
}

// wordByte says whether a byte belongs to a word; `-` and `$` do for
// operators such as project-away and for $left.
func wordByte(b byte) bool {
	return b == '_' || b == '$' || b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// scan walks the tokens backwards to the beginning of the operator.
func (c *context) scan(src string, toks []parser.Token) {
	word := func(t parser.Token) string { return src[t.Span.Start:t.Span.End] }
	real := toks[:0:0]
	for _, t := range toks {
		if t.Kind != parser.Comment {
			real = append(real, t)
		}
	}
	if n := len(real); n > 0 {
		c.prev = word(real[n-1])
		if n > 1 {
			c.before = word(real[n-2])
		}
	}
	depth, counting := 0, true
	for i := len(real) - 1; i >= 0; i-- {
		w := word(real[i])
		switch w {
		case ")", "]", "}":
			depth++
		case "(", "[", "{":
			depth--
			if depth < 0 {
				if w == "(" && c.call == "" && i > 0 && callable(real[i-1].Kind, word(real[i-1])) {
					c.call, c.callSpan = word(real[i-1]), real[i-1].Span
				}
				depth = 0
				counting = counting && c.call == ""
				if !c.opens(real, i, word) {
					continue
				}
				return
			}
		case ",":
			if depth == 0 && counting && c.call == "" {
				c.arg++
			}
		case ";":
			if depth == 0 {
				return
			}
		case "|":
			if depth == 0 {
				c.afterPipe(real, i, word)
				return
			}
		default:
			if depth == 0 && c.clause == "" && c.call == "" && clauses[w] {
				c.clause = w
			}
		}
	}
	if len(real) > 0 && c.operator == "" {
		if w := word(real[0]); headOperators[w] {
			c.operator = w
		}
	}
}

// opens says whether the bracket at i opens a subquery, so that what stands
// before it is not part of the cursor's operator.
func (c *context) opens(real []parser.Token, i int, word func(parser.Token) string) bool {
	if word(real[i]) == "{" {
		return true
	}
	if i == 0 {
		return false
	}
	switch word(real[i-1]) {
	case "join", "lookup", "union", "materialize", "toscalar", "partition", "fork", "in", "in~", "!in", "!in~", "on":
		return c.operator == "" && word(real[i-1]) != "on"
	}
	return false
}

// afterPipe takes the operator that follows the bar at i.
func (c *context) afterPipe(real []parser.Token, i int, word func(parser.Token) string) {
	if i+1 < len(real) {
		c.operator = word(real[i+1])
	}
}

func callable(k parser.Kind, w string) bool {
	if k == parser.Ident {
		return true
	}
	return k == parser.Keyword && !operatorNames[w] && !clauses[w] && w != "and" && w != "or" && !strings.HasPrefix(w, "!")
}

// headOperators begin a query.
var headOperators = set("print range union search find datatable externaldata let declare set evaluate macro-expand")

// operatorNames are the tabular operators, as a pipe may go on with.
var operatorNames = set(`as assert-schema consume count distinct evaluate extend facet find fork getschema graph-mark-components
	graph-match graph-shortest-paths graph-to-table graph-where-edges graph-where-nodes invoke join limit lookup make-graph
	make-series mv-apply mv-expand order parse parse-kv parse-where partition project project-away project-by-names
	project-keep project-rename project-reorder reduce render sample sample-distinct scan search serialize sort summarize
	take top top-hitters top-nested union where`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
