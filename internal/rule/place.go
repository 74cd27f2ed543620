package rule

import (
	"strings"
	"unicode/utf8"

	"goshawk/internal/source"

	"go.yaml.in/yaml/v4"
)

// scalarNode is where the text of a scalar stands.
type scalarNode struct {
	layout *layout
	node   *yaml.Node
}

// place embeds the value of the scalar in its file.
func (s *scalarNode) place(file *source.Text) *source.Text {
	pieces := s.pieces()
	for i, p := range pieces {
		pieces[i].Host = s.layout.hostAt(p.Host)
	}
	return source.NewMapped(file, s.node.Value, pieces)
}

// pieces pairs bytes of the value with bytes of the document. A scalar that
// does not follow the expected shape is placed as far as it does.
func (s *scalarNode) pieces() []source.Piece {
	start := s.layout.at(s.node.Line, s.node.Column)
	switch {
	case s.node.Style&yaml.LiteralStyle != 0:
		return s.literal()
	case s.node.Style&yaml.FoldedStyle != 0:
		return s.folded(s.layout.lineAt(start) + 1)
	case s.node.Style&yaml.DoubleQuotedStyle != 0:
		return s.quoted(start, '"')
	case s.node.Style&yaml.SingleQuotedStyle != 0:
		return s.quoted(start, '\'')
	}
	return s.plain(start)
}

// literal pairs the lines of a literal block: each line of the value is the
// end of a line of the document.
func (s *scalarNode) literal() []source.Piece {
	var out []source.Piece
	i := s.node.Line // the line below the indicator
	for at := 0; at <= len(s.node.Value) && i < len(s.layout.lines); i++ {
		end, next := lineEnd(s.node.Value, at)
		ln := s.layout.lines[i]
		host := ln.end - min(end-at, ln.end-ln.start)
		out = append(out, source.Piece{Src: at, Host: host})
		if lead := ln.start + ln.lead; lead > host { // repaired, widths differ
			out = append(out, source.Piece{Src: at + lead - host, Host: lead})
		}
		at = next
	}
	return out
}

// folded pairs the lines of a folded block: the value joins them with a blank
// or with line breaks.
func (s *scalarNode) folded(first int) []source.Piece {
	var out []source.Piece
	v := s.node.Value
	at := 0
	for _, ln := range s.layout.lines[min(first, len(s.layout.lines)):] {
		text := strings.TrimLeft(s.layout.yaml[ln.start:ln.end], " ")
		if text == "" {
			continue
		}
		at += len(v[at:]) - len(strings.TrimLeft(v[at:], " \n"))
		if at >= len(v) || !strings.HasPrefix(v[at:], text) {
			break
		}
		out = append(out, source.Piece{Src: at, Host: ln.end - len(text)})
		at += len(text)
	}
	return out
}

// plain pairs a scalar without quotes, which may go on over lines.
func (s *scalarNode) plain(start int) []source.Piece {
	first := s.layout.lineAt(start)
	v := s.node.Value
	ln := s.layout.lines[first]
	text := strings.TrimRight(s.layout.yaml[start:max(start, ln.end)], " \t")
	out := []source.Piece{{Src: 0, Host: start}}
	at := len(text)
	if !strings.HasPrefix(v, text) {
		return out
	}
	for _, ln := range s.layout.lines[first+1:] {
		text := strings.Trim(s.layout.yaml[ln.start:ln.end], " \t")
		if text == "" {
			continue
		}
		at += len(v[at:]) - len(strings.TrimLeft(v[at:], " \n"))
		if at >= len(v) {
			break
		}
		lead := strings.Index(s.layout.yaml[ln.start:ln.end], text)
		out = append(out, source.Piece{Src: at, Host: ln.start + lead})
		if !strings.HasPrefix(v[at:], text) {
			break
		}
		at += len(text)
	}
	return out
}

// quoted walks a quoted scalar and its value side by side.
func (s *scalarNode) quoted(start int, quote byte) []source.Piece {
	y, v := s.layout.yaml, s.node.Value
	q := strings.IndexByte(y[min(start, len(y)):], quote) // past an anchor or tag
	if q < 0 {
		return nil
	}
	h, at := start+q+1, 0
	out := []source.Piece{{Src: 0, Host: h}}
	for at < len(v) && h < len(y) {
		if n := foldLen(y[h:]); n > 0 {
			h += n
			at += unfoldLen(v[at:])
			out = append(out, source.Piece{Src: at, Host: h})
			continue
		}
		hostLen, valueLen := 1, 1
		switch {
		case y[h] == '\\' && quote == '"':
			hostLen, valueLen = escapeLen(y[h:], v[at:])
		case y[h] == quote && quote == '\'' && strings.HasPrefix(y[h:], "''"):
			hostLen = 2
		case y[h] != v[at]:
			return out
		}
		h += hostLen
		at += valueLen
		if hostLen != valueLen {
			out = append(out, source.Piece{Src: at, Host: h})
		}
	}
	return out
}

// foldLen is the length of the white space at the start of y if it holds a
// line break, which folds; else 0.
func foldLen(y string) int {
	n := len(y) - len(strings.TrimLeft(y, " \t\n"))
	if strings.IndexByte(y[:n], '\n') < 0 {
		return 0
	}
	return n
}

// unfoldLen is what such white space became in the value.
func unfoldLen(v string) int {
	if strings.HasPrefix(v, " ") {
		return 1
	}
	return len(v) - len(strings.TrimLeft(v, "\n"))
}

// escapeLen is the length of the escape that begins y, and of what it became.
func escapeLen(y, v string) (host, value int) {
	if len(y) < 2 {
		return 1, 0
	}
	if y[1] == '\n' {
		return 2 + len(y[2:]) - len(strings.TrimLeft(y[2:], " \t")), 0
	}
	host = 2
	switch y[1] {
	case 'x':
		host = 4
	case 'u':
		host = 6
	case 'U':
		host = 10
	}
	_, value = utf8.DecodeRuneInString(v)
	return min(host, len(y)), value
}
