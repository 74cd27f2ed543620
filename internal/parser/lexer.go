package parser

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer splits a text into tokens, all at once: the parser looks ahead.
type lexer struct {
	src          string
	pos          int
	toks         []token
	comments     []token
	keepComments bool
}

func newLexer(src string) *lexer {
	return &lexer{src: src, toks: make([]token, 0, len(src)/4+8)}
}

// run fills toks; the last one is EOF.
func (l *lexer) run() {
	for l.next() {
	}
	l.add(EOF, l.pos)
}

func (l *lexer) add(k Kind, start int) *token {
	l.toks = append(l.toks, token{kind: k, start: int32(start), end: int32(l.pos)})
	return &l.toks[len(l.toks)-1]
}

func (l *lexer) byteAt(i int) byte {
	if i < len(l.src) {
		return l.src[i]
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) }

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isNewline(c byte) bool { return c == '\n' || c == '\r' }

// skipSpace moves over white space and comments.
func (l *lexer) skipSpace() {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			l.pos++
		case c == '/' && l.byteAt(l.pos+1) == '/':
			start := l.pos
			l.pos = l.commentEnd(start)
			t := token{kind: Comment, start: int32(start), end: int32(l.pos)}
			if l.keepComments {
				l.toks = append(l.toks, t)
			} else {
				l.comments = append(l.comments, t)
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(l.src[l.pos:])
			if !isWideSpace(r) {
				return
			}
			l.pos += n
		default:
			return
		}
	}
}

// isWideSpace says whether a character outside ASCII counts as a blank.
func isWideSpace(r rune) bool {
	switch r {
	case '\u180e', '\u200b', '\ufeff':
		return true
	}
	return unicode.Is(unicode.Zs, r)
}

// commentEnd is where the comment at i ends: unlike other tokens it also ends
// at the line separators of Unicode.
func (l *lexer) commentEnd(i int) int {
	end := l.lineEnd(i)
	for _, sep := range [...]string{"\u2028", "\u2029"} {
		if n := strings.Index(l.src[i:end], sep); n >= 0 {
			end = i + n
		}
	}
	return end
}

// lineEnd is the place of the next line break at or after i, or the end.
func (l *lexer) lineEnd(i int) int {
	n := strings.IndexAny(l.src[i:], "\r\n")
	if n < 0 {
		return len(l.src)
	}
	return i + n
}

// next reads one token and says whether there was one.
func (l *lexer) next() bool {
	l.skipSpace()
	if l.pos >= len(l.src) {
		return false
	}
	start := l.pos
	switch c := l.src[start]; {
	case isLetter(c):
		l.word(start)
	case isDigit(c):
		l.number(start)
	case c == '"' || c == '\'':
		l.quoted(start, start, false)
	case c == '@' && (l.byteAt(start+1) == '"' || l.byteAt(start+1) == '\''):
		l.quoted(start, start+1, true)
	case (c == '`' || c == '~') && l.fence(start) != "":
		l.fenced(start, l.fence(start))
	case c == '$':
		l.pos++
		for isWordByte(l.byteAt(l.pos)) {
			l.pos++
		}
		l.add(Ident, start)
	case c == '#':
		l.pos = l.lineEnd(start)
		l.add(Directive, start)
	default:
		l.punctuation(start)
	}
	return true
}

// word reads a word: name, keyword, string prefix or typed literal.
func (l *lexer) word(start int) {
	i := start + 1
	for i < len(l.src) && isWordByte(l.src[i]) {
		i++
	}
	w := l.src[start:i]
	if len(w) == 1 && (w == "h" || w == "H") && l.prefixed(start, i) {
		return
	}
	c := l.byteAt(i)
	if c == '-' || c == '.' {
		long, whole := l.longWord(w, start)
		if whole {
			l.pos = start + len(long)
			l.add(Keyword, start).flags = words[long]
			return
		}
		if long != "" { // project-reorderTime: a name minus a name
			l.pos = i
			l.add(Ident, start).flags = words[w] & isKeyword
			return
		}
	}
	l.pos = i
	switch {
	case c == '(' && HasTypedForm(w):
		l.typed(start, i)
		return
	case c == '~' && w == "in":
		l.pos++
		l.add(Keyword, start).flags = isKeyword
		return
	case w == "matches" && strings.HasPrefix(l.src[i:], " regex") && !isWordByte(l.byteAt(i+6)):
		l.pos += len(" regex")
		l.add(Keyword, start).flags = isKeyword | isStringOp
		return
	case isBoolWord(w):
		l.add(Bool, start)
		return
	}
	if f, ok := words[w]; ok {
		l.add(Keyword, start).flags = f
		return
	}
	l.add(Ident, start)
}

// longWord is the longest keyword with `-` or `.` that begins at start, or
// "", and whether the word ends there.
func (l *lexer) longWord(first string, start int) (word string, whole bool) {
	for _, w := range longWords[first] {
		if strings.HasPrefix(l.src[start:], w) {
			if !isWordByte(l.byteAt(start + len(w))) {
				return w, true
			}
			word = w
		}
	}
	return word, false
}

func isBoolWord(w string) bool {
	switch w {
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return true
	}
	return false
}

// HasTypedForm says whether w( begins a literal whose text ends at the next
// closing parenthesis, whatever stands in it.
func HasTypedForm(w string) bool {
	switch w {
	case "bool", "int", "int32", "long", "int64", "real", "double", "decimal",
		"datetime", "date", "time", "timespan", "guid":
		return true
	}
	return false
}

// typed reads a literal such as datetime(2020-01-01); open is the place of
// its parenthesis.
func (l *lexer) typed(start, open int) {
	end := l.lineEnd(open)
	if n := strings.IndexByte(l.src[open:end], ')'); n >= 0 {
		l.pos = open + n + 1
		l.add(Typed, start)
		return
	}
	l.pos = end
	t := l.add(Typed, start)
	t.problem, t.at = unclosedLiteral, int32(end)
}

// prefixed reads h"...", h@"..." and their like, when a string follows.
func (l *lexer) prefixed(start, i int) bool {
	switch c := l.byteAt(i); {
	case c == '"' || c == '\'':
		l.quoted(start, i, false)
	case c == '@' && (l.byteAt(i+1) == '"' || l.byteAt(i+1) == '\''):
		l.quoted(start, i+1, true)
	case (c == '`' || c == '~') && l.fence(i) != "":
		l.fenced(start, l.fence(i))
	default:
		return false
	}
	return true
}

// fence is the multi-line quote that stands at i, or "".
func (l *lexer) fence(i int) string {
	switch {
	case strings.HasPrefix(l.src[i:], "```"):
		return "```"
	case strings.HasPrefix(l.src[i:], "~~~"):
		return "~~~"
	}
	return ""
}

func (l *lexer) fenced(start int, fence string) {
	open := start + strings.Index(l.src[start:], fence) + len(fence)
	n := strings.Index(l.src[open:], fence)
	if n < 0 {
		l.pos = len(l.src)
		t := l.add(String, start)
		t.problem, t.at = unclosedString, int32(l.pos)
		return
	}
	l.pos = open + n + len(fence)
	l.add(String, start)
}

// quoted reads a string literal; open is the place of its first quote.
func (l *lexer) quoted(start, open int, verbatim bool) {
	q := l.src[open]
	for i := open + 1; ; {
		if i >= len(l.src) || isNewline(l.src[i]) {
			l.broken(start, i, unclosedString)
			return
		}
		switch c := l.src[i]; {
		case c == q && verbatim && l.byteAt(i+1) == q:
			i += 2
		case c == q:
			l.pos = i + 1
			l.add(String, start)
			return
		case c == '\\' && !verbatim:
			n := escapeLen(l.src[i:])
			if n == 0 {
				l.badEscape(start, i, q)
				return
			}
			i += n
		default:
			i++
		}
	}
}

func (l *lexer) broken(start, end int, p problem) {
	l.pos = end
	t := l.add(String, start)
	t.problem, t.at = p, int32(end)
}

// badEscape takes a string with an unknown escape up to its closing quote on
// the line, so that one mistake gives one message.
func (l *lexer) badEscape(start, at int, q byte) {
	for i := at; ; i++ {
		if i >= len(l.src) || isNewline(l.src[i]) {
			l.pos = i
			break
		}
		if l.src[i] == '\\' && i+1 < len(l.src) && !isNewline(l.src[i+1]) {
			i++
			continue
		}
		if l.src[i] == q {
			l.pos = i + 1
			break
		}
	}
	t := l.add(String, start)
	t.problem, t.at = badEscape, int32(at)
}

// escapeLen is the length of the escape sequence s begins with, 0 if there is
// no such sequence.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	hex := func(n int) int {
		if len(s) < 2+n {
			return 0
		}
		for i := 2; i < 2+n; i++ {
			if !isHex(s[i]) {
				return 0
			}
		}
		return 2 + n
	}
	switch c := s[1]; c {
	case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\', '"', '\'':
		return 2
	case 'x':
		return hex(2)
	case 'u':
		return hex(4)
	case 'U':
		return hex(8)
	default:
		n := 1
		for n < 4 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		if n == 1 {
			return 0
		}
		return n
	}
}

// punctuation reads a sign, an operator such as `!has`, or a bad character.
func (l *lexer) punctuation(start int) {
	s := l.src[start:]
	if s[0] == '!' {
		if n := negatedLen(s); n > 0 {
			l.pos = start + n
			t := l.add(Keyword, start)
			t.flags = isKeyword
			if words[s[1:n]]&isStringOp != 0 {
				t.flags |= isStringOp
			}
			return
		}
	}
	for _, p := range signs[s[0]&127] {
		if s[0] < utf8.RuneSelf && strings.HasPrefix(s, p) {
			l.pos = start + len(p)
			l.add(Punct, start)
			return
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	if isSmartQuote(r) && l.smartQuoted(start, n) {
		return
	}
	l.pos = start + n
	t := l.add(Bad, start)
	t.problem, t.at = badCharacter, int32(start)
}

func isSmartQuote(r rune) bool { return r >= '\u2018' && r <= '\u201f' }

// smartQuoted takes a string in typographic quotes as one token, so that one
// mistake gives one message; n is the length of the quote at start.
func (l *lexer) smartQuoted(start, n int) bool {
	line := l.src[start+n : l.lineEnd(start)]
	for i, r := range line {
		if isSmartQuote(r) {
			l.pos = start + n + i + utf8.RuneLen(r)
			t := l.add(String, start)
			t.problem, t.at = smartQuotes, int32(start)
			return true
		}
	}
	return false
}

// negatedLen is the length of a word such as `!contains` or `!in~` at the
// start of s, or 0.
func negatedLen(s string) int {
	n := 1
	for n < len(s) && isWordByte(s[n]) {
		n++
	}
	w := s[1:n]
	switch {
	case w == "in" && n < len(s) && s[n] == '~':
		return n + 1
	case w == "in" || w == "between":
		return n
	case words[w]&isStringOp != 0 && negatable(w):
		return n
	}
	return 0
}

// negatable tells the operators with a `!` form from the old ones without.
func negatable(w string) bool {
	switch w {
	case "containscs", "notcontains", "notcontainscs", "like", "likecs", "notlike", "notlikecs":
		return false
	}
	return true
}

// signs are the punctuation marks by first byte, longest first.
var signs = func() (t [128][]string) {
	for _, s := range strings.Fields(`
		=> == =~ != !~ <= <> <| >= ..
		( ) [ ] { } , ; : . ? | = + - * / % < > ! @`) {
		t[s[0]] = append(t[s[0]], s)
	}
	for i := range t {
		sortLongest(t[i])
	}
	return t
}()
