package dynamic

import "strings"

// skip moves behind one value and checks its brackets, strings and words
// without building anything. It does not recurse, so depth costs no stack.
func (p *parser) skip(depth int) error {
	p.space()
	if p.pos >= len(p.src) {
		return p.fail("the value is missing")
	}
	if c := p.src[p.pos]; c != '{' && c != '[' {
		return p.skipScalar()
	}
	var stack [maxDepth]byte
	n := 0
	for {
		p.space()
		if p.pos >= len(p.src) {
			return p.fail("the text ends inside a value")
		}
		// A value stands here, or the end of an empty container.
		c := p.src[p.pos]
		switch {
		case c == '{' || c == '[':
			if n+depth >= maxDepth {
				return ErrDepth
			}
			stack[n] = c + 2 // the closing mark: '{'+2 is '}', '['+2 is ']'
			n++
			p.pos++
			p.space()
			if p.pos < len(p.src) && p.src[p.pos] == stack[n-1] {
				break
			}
			if c == '{' {
				if err := p.skipKey(); err != nil {
					return err
				}
			}
			continue
		default:
			if err := p.skipScalar(); err != nil {
				return err
			}
		}
		// Close what ends here, then go on behind a comma.
		for {
			p.space()
			if p.pos >= len(p.src) {
				return p.fail("the text ends inside a value")
			}
			c := p.src[p.pos]
			if c == stack[n-1] {
				p.pos++
				n--
				if n == 0 {
					return nil
				}
				continue
			}
			if c != ',' {
				return p.fail("a comma or a closing mark is missing")
			}
			p.pos++
			break
		}
		if stack[n-1] == '}' {
			if err := p.skipKey(); err != nil {
				return err
			}
		}
	}
}

func (p *parser) skipKey() error {
	p.space()
	if p.pos >= len(p.src) || p.src[p.pos] != '"' {
		return p.fail("a quoted key is missing")
	}
	end, err := skipString(p.src, p.pos)
	if err != nil {
		return err
	}
	p.pos = end
	p.space()
	if p.pos >= len(p.src) || p.src[p.pos] != ':' {
		return p.fail("the colon behind the key is missing")
	}
	p.pos++
	return nil
}

func (p *parser) skipScalar() error {
	switch p.src[p.pos] {
	case '"':
		end, err := skipString(p.src, p.pos)
		p.pos = end
		return err
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	}
	start := p.pos
	p.pos = numberEnd(p.src, start)
	if p.pos == start {
		return p.fail("unexpected character")
	}
	return nil
}

// skipString gives the offset behind the string whose quote is at pos.
func skipString(s string, pos int) (int, error) {
	i := pos + 1
	for {
		q := strings.IndexByte(s[i:], '"')
		if q < 0 {
			return len(s), &SyntaxError{Offset: pos, Msg: "the string is not closed"}
		}
		end := i + q
		// Count the backslashes before the quote: an even number closes.
		b := end
		for b > pos+1 && s[b-1] == '\\' {
			b--
		}
		if (end-b)%2 == 0 {
			return end + 1, nil
		}
		i = end + 1
	}
}

// scanKey finds a key in the unread text of a bag. The last of repeated keys
// wins, as when the bag is read whole.
func scanKey(src, key string) (Value, bool) {
	p := parser{src: src, pos: 1}
	var found Value
	ok := false
	for {
		p.space()
		if p.pos >= len(src) || src[p.pos] != '"' {
			return found, ok
		}
		start := p.pos + 1
		end, err := skipString(src, p.pos)
		if err != nil {
			return found, ok
		}
		p.pos = end
		name := src[start : end-1]
		p.space()
		p.pos++ // the colon
		match := name == key || strings.IndexByte(name, '\\') >= 0 && Unescape(name) == key
		if match {
			p.lazy = true
			v, err := p.value(1)
			if err != nil {
				return found, ok
			}
			found, ok = v, true
		} else if err := p.skip(0); err != nil {
			return found, ok
		}
		p.space()
		if p.pos >= len(src) || src[p.pos] != ',' {
			return found, ok
		}
		p.pos++
	}
}
