package dynamic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting. Real records nest under twenty deep; hostile ones
// nest 100,000 deep to exhaust a recursive reader's stack.
const maxDepth = 512

// ErrDepth says that JSON nests deeper than maxDepth.
var ErrDepth = errors.New("JSON nests deeper than 512 levels")

// SyntaxError says where JSON text is broken.
type SyntaxError struct {
	Offset int
	Msg    string
}

// Error gives the byte offset and what was found.
func (e *SyntaxError) Error() string { return fmt.Sprintf("JSON at byte %d: %s", e.Offset, e.Msg) }

// Parse reads one JSON value. Arrays and bags are checked now and read when
// looked into. The value keeps a hold on src.
func Parse(src string) (Value, error) {
	p := parser{src: src}
	p.space()
	start := p.pos
	if start < len(src) && (src[start] == '{' || src[start] == '[') {
		if err := p.skip(0); err != nil {
			return Value{}, err
		}
		end := p.pos
		p.space()
		if p.pos != len(src) {
			return Value{}, p.fail("text after the end of the value")
		}
		return rawValue(src[start:end]), nil
	}
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	p.space()
	if p.pos != len(src) {
		return Value{}, p.fail("text after the end of the value")
	}
	return v, nil
}

// FromChecked makes a value from JSON text that is known to be well formed,
// such as a piece a reader has already skipped over. Wrong text gives null
// inside, never a panic.
func FromChecked(src string) Value {
	src = strings.TrimSpace(src)
	if src == "" {
		return Value{}
	}
	if src[0] == '{' || src[0] == '[' {
		return rawValue(src)
	}
	p := parser{src: src}
	v, err := p.value(0)
	if err != nil {
		return Value{}
	}
	return v
}

func rawValue(src string) Value {
	if src[0] == '{' {
		return Value{kind: Bag, text: src}
	}
	return Value{kind: Array, text: src}
}

// Skip checks the JSON value at src[pos:] and gives the offset behind it.
func Skip(src string, pos int) (int, error) {
	p := parser{src: src, pos: pos}
	p.space()
	err := p.skip(0)
	return p.pos, err
}

// parser reads JSON. With lazy set, arrays and bags inside the value being
// read stay unread text.
type parser struct {
	src  string
	pos  int
	lazy bool
}

func (p *parser) fail(msg string) error { return &SyntaxError{Offset: p.pos, Msg: msg} }

func (p *parser) space() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (Value, error) {
	p.space()
	if p.pos >= len(p.src) {
		return Value{}, p.fail("the value is missing")
	}
	switch c := p.src[p.pos]; c {
	case '{', '[':
		if p.lazy && depth > 0 {
			start := p.pos
			if err := p.skip(depth); err != nil {
				return Value{}, err
			}
			return rawValue(p.src[start:p.pos]), nil
		}
		if depth >= maxDepth {
			return Value{}, ErrDepth
		}
		if c == '{' {
			return p.bag(depth)
		}
		return p.array(depth)
	case '"':
		s, err := p.str()
		return FromString(s), err
	case 't':
		return FromBool(true), p.word("true")
	case 'f':
		return FromBool(false), p.word("false")
	case 'n':
		return Value{}, p.word("null")
	}
	return p.number()
}

func (p *parser) word(w string) error {
	if !strings.HasPrefix(p.src[p.pos:], w) {
		return p.fail("unknown word")
	}
	p.pos += len(w)
	return nil
}

func (p *parser) array(depth int) (Value, error) {
	p.pos++
	items := []Value{}
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == ']' {
		p.pos++
		return FromArray(items), nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		items = append(items, v)
		done, err := p.more(']')
		if err != nil || done {
			return FromArray(items), err
		}
	}
}

// more reads the comma or the closing mark behind an element.
func (p *parser) more(end byte) (done bool, err error) {
	p.space()
	if p.pos >= len(p.src) {
		return false, p.fail("the text ends inside a value")
	}
	switch p.src[p.pos] {
	case ',':
		p.pos++
		return false, nil
	case end:
		p.pos++
		return true, nil
	}
	return false, p.fail("a comma or a closing mark is missing")
}

func (p *parser) bag(depth int) (Value, error) {
	p.pos++
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
		return FromBag([]string{}, []Value{}), nil
	}
	keys, vals := make([]string, 0, 4), make([]Value, 0, 4)
	var index map[string]int
	for {
		key, err := p.key()
		if err != nil {
			return Value{}, err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		at := -1
		if index == nil && len(keys) >= 16 {
			index = make(map[string]int, 32)
			for i, k := range keys {
				index[k] = i
			}
		}
		if index != nil {
			if i, ok := index[key]; ok {
				at = i
			} else {
				index[key] = len(keys)
			}
		} else {
			for i, k := range keys {
				if k == key {
					at = i
				}
			}
		}
		if at >= 0 { // a repeated key: the last one wins
			vals[at] = v
		} else {
			keys, vals = append(keys, key), append(vals, v)
		}
		done, err := p.more('}')
		if err != nil || done {
			return FromBag(keys, vals), err
		}
	}
}

// key reads a quoted key and the colon.
func (p *parser) key() (string, error) {
	p.space()
	if p.pos >= len(p.src) || p.src[p.pos] != '"' {
		return "", p.fail("a quoted key is missing")
	}
	key, err := p.str()
	if err != nil {
		return "", err
	}
	p.space()
	if p.pos >= len(p.src) || p.src[p.pos] != ':' {
		return "", p.fail("the colon behind the key is missing")
	}
	p.pos++
	return key, nil
}

// str reads a quoted string; without escapes it is a piece of src.
func (p *parser) str() (string, error) {
	start := p.pos + 1
	for i := start; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			p.pos = i + 1
			return p.src[start:i], nil
		case c == '\\':
			end, err := skipString(p.src, p.pos)
			if err != nil {
				p.pos = len(p.src)
				return "", p.fail("the string is not closed")
			}
			p.pos = end
			return Unescape(p.src[start : end-1]), nil
		}
	}
	p.pos = len(p.src)
	return "", p.fail("the string is not closed")
}

// Unescape resolves JSON escapes in the text between two quotes. An unknown
// escape keeps its letter; a lone surrogate becomes U+FFFD.
func Unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'u':
			r, ok := hex4(s, i+1)
			if !ok {
				b = append(b, 'u')
				continue
			}
			i += 4
			if utf16.IsSurrogate(r) {
				low, ok := rune(0), false
				if i+2 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					low, ok = hex4(s, i+3)
				}
				if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
					r, i = pair, i+6
				} else {
					r = utf8.RuneError
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

func hex4(s string, at int) (rune, bool) {
	if at+4 > len(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[at:at+4], 16, 32)
	return rune(n), err == nil
}

func (p *parser) number() (Value, error) {
	start := p.pos
	end := numberEnd(p.src, start)
	if end == start {
		return Value{}, p.fail("unexpected character " + strconv.QuoteRune(rune(p.src[start])))
	}
	text := p.src[start:end]
	p.pos = end
	return numberValue(text)
}

func numberEnd(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			i++
		default:
			return i
		}
	}
	return i
}

// numberValue is a long when the text is an integer that fits, else a real.
func numberValue(text string) (Value, error) {
	if !strings.ContainsAny(text, ".eE") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return FromLong(n), nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return Value{}, &SyntaxError{Msg: "\"" + text + "\" is no number"}
	}
	return FromReal(f), nil
}
