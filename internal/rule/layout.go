package rule

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// layout is a YAML document as it is given to the YAML library, and where its
// lines stand in the file. The two differ when indentation was repaired.
type layout struct {
	yaml  string
	lines []line
}

// line is one line of a document in the sense of YAML, which also breaks lines
// at U+0085, U+2028 and U+2029.
type line struct {
	start, end int // bytes in layout.yaml, without the break
	host       int // byte in the file at which the line begins
	lead       int // bytes of white space that begin the line in yaml
	hostLead   int // the same in the file
}

// newLayout takes the document that begins at byte base of the file.
func newLayout(doc string, base int) *layout {
	l := &layout{yaml: doc}
	for at := 0; at <= len(doc); {
		end, next := lineEnd(doc, at)
		l.lines = append(l.lines, line{start: at, end: end, host: base + at})
		at = next
	}
	return l
}

// lineEnd finds where the line from at ends and where the next one begins.
func lineEnd(s string, at int) (end, next int) {
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '\n':
			return i, i + 1
		case 0xc2:
			if strings.HasPrefix(s[i:], "\u0085") {
				return i, i + 2
			}
		case 0xe2:
			if strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029") {
				return i, i + 3
			}
		}
	}
	return len(s), len(s) + 1
}

// repaired is l with the tabs, no-break blanks and invisible characters that
// begin its lines made blanks, a tab as many as given. It gives nil when there
// are none, and the first line that had one.
func (l *layout) repaired(tab int) (*layout, int) {
	out := &layout{lines: make([]line, len(l.lines))}
	var b strings.Builder
	first := -1
	for i, ln := range l.lines {
		text := l.yaml[ln.start:ln.end]
		rest := strings.TrimLeft(text, " \t\u00a0\u200b\ufeff")
		lead := text[:len(text)-len(rest)]
		blank := strings.NewReplacer("\t", strings.Repeat(" ", tab), "\u00a0", " ", "\u200b", "", "\ufeff", "").Replace(lead)
		if blank != lead && first < 0 {
			first = i
		}
		start := b.Len()
		b.WriteString(blank)
		b.WriteString(rest)
		out.lines[i] = line{start: start, end: b.Len(), host: ln.host, lead: len(blank), hostLead: len(lead)}
		if i+1 < len(l.lines) {
			b.WriteString(l.yaml[ln.end:l.lines[i+1].start])
		}
	}
	out.yaml = b.String()
	if first < 0 {
		return nil, 0
	}
	return out, first
}

// at is the byte of layout.yaml at a line and column of the YAML library,
// which start at 1 and count code points.
func (l *layout) at(lineNo, col int) int {
	i := min(max(lineNo-1, 0), len(l.lines)-1)
	ln := l.lines[i]
	off := ln.start
	for ; col > 1 && off < ln.end; col-- {
		_, n := utf8.DecodeRuneInString(l.yaml[off:])
		off += n
	}
	return off
}

// lineAt is the index of the line that holds a byte of layout.yaml.
func (l *layout) lineAt(off int) int {
	return max(0, sort.Search(len(l.lines), func(i int) bool { return l.lines[i].start > off })-1)
}

// hostAt is the byte in the file for a byte of layout.yaml.
func (l *layout) hostAt(off int) int {
	ln := l.lines[l.lineAt(off)]
	in := off - ln.start
	if in < ln.lead {
		return ln.host + in*ln.hostLead/ln.lead
	}
	return ln.host + ln.hostLead + in - ln.lead
}
