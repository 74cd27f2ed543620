// Package source holds the text of queries and rules, places in it, and what
// is wrong with it. Spans are byte offsets; lines and columns are computed
// only when something is printed. The package knows nothing of KQL or YAML.
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets in a Text.
type Span struct {
	Start, End int
}

// Len is the number of bytes in s.
func (s Span) Len() int { return s.End - s.Start }

// Join is the smallest span that covers s and t.
func (s Span) Join(t Span) Span {
	return Span{Start: min(s.Start, t.Start), End: max(s.End, t.End)}
}

// Contains says whether t lies inside s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Position is a place as people count it: line and column start at 1, and
// columns count code points.
type Position struct {
	Line, Col int
}

// Text is one query or file.
type Text struct {
	// Name is what messages call the text: a path, or a word such as "query".
	Name string
	// Src is the whole text.
	Src string

	// host and lines place an embedded text (a query inside a YAML file) in
	// its file: line i of Src begins at byte lines[i] of host.Src.
	host   *Text
	lines  []int
	pieces []Piece // instead of lines, for texts that do not keep their lines

	starts []int // byte offset of each line of Src
}

// New makes a text of its own.
func New(name, src string) *Text {
	return &Text{Name: name, Src: src, starts: lineStarts(src)}
}

// NewEmbedded makes a text whose lines stand in another one: hostOffsets[i]
// is the byte offset in host at which line i of src begins. Lines past the
// end of hostOffsets are placed at the last known one.
func NewEmbedded(host *Text, src string, hostOffsets []int) *Text {
	return &Text{Name: host.Name, Src: src, host: host, lines: hostOffsets, starts: lineStarts(src)}
}

// Piece says that the byte Src of an embedded text is the byte Host of its
// host, and so are those that follow it, up to the next piece.
type Piece struct {
	Src, Host int
}

// NewMapped makes a text that stands in another one with other line breaks or
// with escapes, as a folded or quoted YAML scalar does. The pieces are sorted
// by Src and grow in Host; an offset past the end of a piece's host bytes is
// placed at the start of the next one.
func NewMapped(host *Text, src string, pieces []Piece) *Text {
	return &Text{Name: host.Name, Src: src, host: host, pieces: pieces, starts: lineStarts(src)}
}

func lineStarts(s string) []int {
	starts := []int{0}
	for i := 0; ; {
		n := strings.IndexByte(s[i:], '\n')
		if n < 0 {
			return starts
		}
		i += n + 1
		starts = append(starts, i)
	}
}

// lineOf is the index of the line that holds offset.
func (t *Text) lineOf(offset int) int {
	return sort.SearchInts(t.starts, offset+1) - 1
}

// resolve maps an offset to the text that people see and the offset there.
func (t *Text) resolve(offset int) (*Text, int) {
	offset = min(max(offset, 0), len(t.Src))
	if t.host != nil && len(t.pieces) > 0 {
		return t.host.resolve(t.mapped(offset))
	}
	if t.host == nil || len(t.lines) == 0 {
		return t, offset
	}
	line := t.lineOf(offset)
	in := offset - t.starts[line]
	if line >= len(t.lines) {
		line, in = len(t.lines)-1, 0
	}
	return t.host.resolve(t.lines[line] + in)
}

// mapped is the host offset of offset by the pieces.
func (t *Text) mapped(offset int) int {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].Src > offset }) - 1
	if i < 0 {
		return t.pieces[0].Host
	}
	at := t.pieces[i].Host + offset - t.pieces[i].Src
	if i+1 < len(t.pieces) {
		at = min(at, t.pieces[i+1].Host)
	}
	return at
}

// Position is where offset stands, in the file that people see.
func (t *Text) Position(offset int) Position {
	r, off := t.resolve(offset)
	line := r.lineOf(off)
	return Position{Line: line + 1, Col: utf8.RuneCountInString(r.Src[r.starts[line]:off]) + 1}
}

// Line is the text of the line that holds offset, without its line break, and
// the width in code points before and under the span within that line.
func (t *Text) Line(sp Span) (line string, before, width int) {
	r, off := t.resolve(sp.Start)
	i := r.lineOf(off)
	end := len(r.Src)
	if i+1 < len(r.starts) {
		end = r.starts[i+1] - 1
	}
	line = strings.TrimSuffix(r.Src[r.starts[i]:max(end, r.starts[i])], "\r")
	col := min(off-r.starts[i], len(line))
	last := min(col+max(sp.Len(), 1), len(line))
	return line, utf8.RuneCountInString(line[:col]), max(1, utf8.RuneCountInString(line[col:last]))
}

// UTF16 gives start and length of a span in UTF-16 code units of Src, as
// editors and the official analyzer count.
func (t *Text) UTF16(sp Span) (start, length int) {
	a, b := min(max(sp.Start, 0), len(t.Src)), min(max(sp.End, 0), len(t.Src))
	return utf16Len(t.Src[:a]), utf16Len(t.Src[a:max(a, b)])
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x10000 {
			n++
		}
	}
	return n
}
