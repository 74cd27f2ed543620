package rule

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"goshawk/internal/source"

	"go.yaml.in/yaml/v4"
)

// Bounds on one document. Published rules stay below 3,000 values and 8
// levels; aliases count each time they are used, which stops a file of a few
// lines from growing to billions of values.
const (
	maxValues = 200_000
	maxDepth  = 40
)

// tabWidths are tried in this order when tabs stand in the indentation.
var tabWidths = []int{2, 4, 8, 1}

// documents reads the YAML documents of a file. A broken one is reported and
// the others still count.
func documents(text string, rep *report) []Value {
	var out []Value
	for _, d := range splitDocuments(text) {
		if v, ok := document(text[d.Start:d.End], d.Start, rep); ok {
			out = append(out, v)
		}
	}
	return out
}

// splitDocuments cuts a stream before each line that begins with "---", which
// YAML allows nowhere else. Directives and comments alone stay with what follows.
func splitDocuments(text string) []source.Span {
	var out []source.Span
	start, content := 0, false
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n') + 1
		if end == 0 {
			end = len(text) - at
		}
		ln := text[at : at+end]
		if isMarker(ln) && content {
			out = append(out, source.Span{Start: start, End: at})
			start, content = at, false
		}
		if t := strings.TrimSpace(ln); t != "" && t[0] != '#' && t[0] != '%' && !isMarker(ln) {
			content = true
		}
		at += end
	}
	return append(out, source.Span{Start: start, End: len(text)})
}

func isMarker(ln string) bool {
	rest, ok := strings.CutPrefix(ln, "---")
	return ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\n"))
}

// document reads one document that begins at byte base of the file.
func document(doc string, base int, rep *report) (Value, bool) {
	doc = hideDirective(doc)
	if i := strings.IndexFunc(doc, forbidden); i >= 0 {
		r, n := utf8.DecodeRuneInString(doc[i:])
		rep.add(source.Error, codeYAML, source.Span{Start: base + i, End: base + i + n},
			fmt.Sprintf("the control character U+%04X is not allowed in YAML", r), "delete it")
		return Value{}, false
	}
	l := newLayout(doc, base)
	root, err := unmarshal(l.yaml)
	if err != nil {
		var ok bool
		if l, root, ok = repair(l, rep); !ok {
			rep.yaml(newLayout(doc, base), err)
			return Value{}, false
		}
	}
	if len(root.Content) == 0 {
		return Value{}, false
	}
	c := converter{layout: l, rep: rep}
	v := c.value(root.Content[0], 0)
	if c.stop != "" {
		rep.add(source.Error, codeExpands, source.Span{Start: base, End: base}, c.stop, "write the values out, without aliases")
		return Value{}, false
	}
	return v, true
}

// hideDirective turns "%YAML 1.2" into a comment of the same length: the
// library reads 1.2 and refuses the word.
func hideDirective(doc string) string {
	if !strings.HasPrefix(doc, "%YAML") {
		return doc
	}
	return "#" + doc[1:]
}

// forbidden is what YAML does not allow in a file.
func forbidden(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\u0085':
		return false
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	}
	return r == '\ufffe' || r == '\uffff'
}

// unmarshal guards the library: a panic on odd input becomes an error.
func unmarshal(doc string) (root *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML cannot be read: %v", p)
		}
	}()
	root = &yaml.Node{}
	if err := yaml.Unmarshal([]byte(doc), root); err != nil {
		return nil, err
	}
	return root, nil
}

// repair tries again with tabs and odd blanks in the indentation made blanks.
func repair(l *layout, rep *report) (*layout, *yaml.Node, bool) {
	for _, width := range tabWidths {
		fixed, first := l.repaired(width)
		if fixed == nil {
			return nil, nil, false
		}
		root, err := unmarshal(fixed.yaml)
		if err != nil {
			continue
		}
		at := fixed.lines[first].host
		rep.add(source.Warning, codeIndent, source.Span{Start: at, End: at + fixed.lines[first].hostLead},
			"tabs or odd blanks in the indentation are read as blanks", "indent YAML with blanks")
		return fixed, root, true
	}
	return nil, nil, false
}

// yamlHints are next steps for common messages of the library.
var yamlHints = []struct{ part, hint string }{
	{"mapping values are not allowed", `text with ": " in it needs quotes or a block ("|")`},
	{"tab character", "indent YAML with blanks"},
	{"cannot start any token", "put the text in quotes"},
	{"did not find expected key", "check the indentation of this line and the ones above"},
	{"could not find expected ':'", "check the indentation: text of a block must stand deeper than its key"},
	{"while scanning a block scalar", "this line stands less deep than the first line of the block above"},
	{"unknown escape character", `use single quotes, or write \\ for a backslash`},
	{"unexpected end of stream", "a quote or bracket is not closed"},
}

// yaml reports what the library said, at its place.
func (r *report) yaml(l *layout, err error) {
	msg, at := err.Error(), 0
	var le *yaml.LoadError
	if errors.As(err, &le) {
		msg = le.Message
		if le.ContextMsg != "" {
			msg += " " + le.ContextMsg
		}
		if le.Mark.Line > 0 {
			at = l.at(le.Mark.Line, le.Mark.Column)
		}
	}
	hint := ""
	for _, h := range yamlHints {
		if strings.Contains(msg, h.part) {
			hint = h.hint
			break
		}
	}
	host := l.hostAt(at)
	r.add(source.Error, codeYAML, source.Span{Start: host, End: host}, "the YAML cannot be read: "+msg, hint)
}

// converter makes Values of the library's nodes, within bounds.
type converter struct {
	layout *layout
	rep    *report
	count  int
	stop   string
}

func (c *converter) value(n *yaml.Node, depth int) Value {
	c.count++
	switch {
	case c.stop != "":
		return Value{}
	case c.count > maxValues:
		c.stop = fmt.Sprintf("the YAML holds more than %d values", maxValues)
		return Value{}
	case depth > maxDepth:
		c.stop = fmt.Sprintf("the YAML is nested deeper than %d levels", maxDepth)
		return Value{}
	}
	sp := c.span(n)
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias == nil {
			return Value{Span: sp}
		}
		return c.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		v := Value{Kind: List, Span: sp}
		for _, e := range n.Content {
			v.List = append(v.List, c.value(e, depth+1))
		}
		return v
	case yaml.MappingNode:
		return c.mapping(n, sp, depth)
	case yaml.ScalarNode:
		return Value{Kind: scalarKind(n), Text: n.Value, Span: sp, node: &scalarNode{c.layout, n}}
	}
	return Value{Span: sp}
}

func scalarKind(n *yaml.Node) ValueKind {
	switch n.ShortTag() {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	return String
}

// mapping keeps the fields in order, doubles too; "<<" takes over what the
// map does not have itself.
func (c *converter) mapping(n *yaml.Node, sp source.Span, depth int) Value {
	v := Value{Kind: Map, Span: sp}
	seen := map[string]bool{}
	var merged []Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		val := c.value(n.Content[i+1], depth+1)
		if k.Kind == yaml.ScalarNode && k.Value == "<<" {
			merged = append(merged, val)
			continue
		}
		f := Field{Key: cleanKey(k.Value), Value: val, Span: c.span(k)}
		if seen[f.Key] && c.stop == "" {
			c.rep.duplicate(f.Span, f.Key)
		}
		seen[f.Key] = true
		v.Map = append(v.Map, f)
	}
	for _, m := range merged {
		from := m.List
		if m.Kind == Map {
			from = []Value{m}
		}
		for _, e := range from {
			for _, f := range e.Map {
				if !seen[f.Key] {
					seen[f.Key] = true
					v.Map = append(v.Map, f)
				}
			}
		}
	}
	return v
}

// cleanKey drops what the eye does not see at the ends of a key.
func cleanKey(k string) string {
	return strings.TrimFunc(k, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff'
	})
}

// span covers a node: a scalar on its first line, only the first byte of others.
func (c *converter) span(n *yaml.Node) source.Span {
	at := c.layout.at(n.Line, n.Column)
	end := at
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		ln := c.layout.lines[c.layout.lineAt(at)]
		width := len(n.Value)
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			width += 2
		}
		end = min(at+width, max(at, ln.end))
	}
	start := c.layout.hostAt(at)
	return source.Span{Start: start, End: max(start, c.layout.hostAt(end))}
}
