package ingest

import (
	"errors"
	"strings"

	"goshawk/internal/dynamic"
)

// maxDepth bounds nesting in a record, like the reader of dynamic values.
const maxDepth = 512

var (
	errCut    = errors.New("the record ends inside a value")
	errShape  = errors.New("it is no JSON object")
	errComma  = errors.New("a comma, colon or quoted key is missing")
	errBehind = errors.New("there is text behind the record")
)

// node is a place in records that a read wants: which keys below it are
// wanted, and where to note what is found.
type node struct {
	keys []string
	kids []*node
	// slot takes the value, whatever it is; text takes it when it is a quoted
	// string (documents that hold JSON text in place of an object). -1 is none.
	slot, text int
	// order remembers which key stood at which place in the last record; records
	// of a file have the same order mostly, so one comparison finds the key.
	order []guess
}

type guess struct {
	key string
	kid *node
}

func newNode() *node { return &node{slot: -1, text: -1} }

func (n *node) child(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return n.kids[i]
		}
	}
	k := newNode()
	n.keys, n.kids = append(n.keys, key), append(n.kids, k)
	return k
}

// clone copies the tree, so that each goroutine has guesses of its own.
func (n *node) clone() *node {
	c := &node{keys: n.keys, slot: n.slot, text: n.text}
	for _, k := range n.kids {
		c.kids = append(c.kids, k.clone())
	}
	return c
}

func (n *node) find(place int, key string) *node {
	if place < len(n.order) && n.order[place].key == key {
		return n.order[place].kid
	}
	var kid *node
	plain := key
	if strings.IndexByte(key, '\\') >= 0 {
		plain = dynamic.Unescape(key)
	}
	for i, k := range n.keys {
		if k == plain {
			kid = n.kids[i]
			break
		}
	}
	for len(n.order) <= place && len(n.order) < 512 {
		n.order = append(n.order, guess{})
	}
	if place < len(n.order) {
		n.order[place] = guess{strings.Clone(key), kid}
	}
	return kid
}

// scanRecord notes the wanted values of one record in slots, as raw JSON text.
func scanRecord(root *node, s string, slots []string) error {
	i := blank(s, 0)
	if i >= len(s) || s[i] != '{' {
		return errShape
	}
	i, err := scanObject(root, s, i, slots)
	if err != nil {
		return err
	}
	if blank(s, i) != len(s) {
		return errBehind
	}
	return nil
}

func scanObject(n *node, s string, i int, slots []string) (int, error) {
	i = blank(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1, nil
	}
	for place := 0; ; place++ {
		if i >= len(s) {
			return i, errCut
		}
		if s[i] != '"' {
			return i, errComma
		}
		end, err := stringEnd(s, i)
		if err != nil {
			return i, err
		}
		key := s[i+1 : end-1]
		i = end
		if i < len(s) && s[i] != ':' {
			i = blank(s, i)
		}
		if i >= len(s) {
			return i, errCut
		}
		if s[i] != ':' {
			return i, errComma
		}
		i++
		if i < len(s) && s[i] <= ' ' {
			i = blank(s, i)
		}
		start := i
		kid := n.find(place, key)
		if kid != nil && len(kid.kids) > 0 && i < len(s) && s[i] == '{' {
			i, err = scanObject(kid, s, i, slots)
		} else {
			i, err = skipValue(s, i)
		}
		if err != nil {
			return i, err
		}
		if kid != nil {
			if kid.slot >= 0 {
				slots[kid.slot] = s[start:i]
			}
			if kid.text >= 0 && s[start] == '"' {
				slots[kid.text] = s[start:i]
			}
		}
		if i < len(s) && s[i] <= ' ' {
			i = blank(s, i)
		}
		if i >= len(s) {
			return i, errCut
		}
		switch s[i] {
		case '}':
			return i + 1, nil
		case ',':
			i++
			if i < len(s) && s[i] <= ' ' {
				i = blank(s, i)
			}
		default:
			return i, errComma
		}
	}
}

func blank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// stringEnd is the place behind the quoted string that begins at i.
func stringEnd(s string, i int) (int, error) {
	i++
	for {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return len(s), errCut
		}
		i += k
		back := i - 1
		for s[back] == '\\' {
			back--
		}
		i++
		if (i-back)%2 == 0 { // an even number of backslashes stands before the quote
			return i, nil
		}
	}
}

// skipValue is the place behind the value at i. Brackets and strings are
// checked, numbers and words only by their letters.
func skipValue(s string, i int) (int, error) {
	if i >= len(s) {
		return i, errCut
	}
	switch c := s[i]; {
	case c == '"':
		return stringEnd(s, i)
	case c == '{' || c == '[':
		return skipNest(s, i)
	case c == '-' || c >= '0' && c <= '9':
		for i++; i < len(s); i++ {
			if c := s[i]; (c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-' {
				break
			}
		}
		return i, nil
	case strings.HasPrefix(s[i:], "true"), strings.HasPrefix(s[i:], "null"):
		return i + 4, nil
	case strings.HasPrefix(s[i:], "false"):
		return i + 5, nil
	}
	return i, errors.New("a value begins with an unknown character")
}

func skipNest(s string, i int) (int, error) {
	var stack [maxDepth]byte
	n := 0
	for i < len(s) {
		switch c := s[i]; c {
		case '"':
			end, err := stringEnd(s, i)
			if err != nil {
				return i, err
			}
			i = end
			continue
		case '{', '[':
			if n == maxDepth {
				return i, dynamic.ErrDepth
			}
			stack[n] = c + 2
			n++
		case '}', ']':
			if stack[n-1] != c {
				return i, errors.New("a closing bracket does not fit")
			}
			if n--; n == 0 {
				return i + 1, nil
			}
		}
		i++
	}
	return i, errCut
}
