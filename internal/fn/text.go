package fn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lower folds a byte of ASCII.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// sameFold compares s with a needle in lower case, both ASCII and of equal
// length.
func sameFold(s, needle string) bool {
	for i := 0; i < len(needle); i++ {
		if lower(s[i]) != needle[i] {
			return false
		}
	}
	return true
}

// foldIndex finds a needle in lower-case ASCII in s, ignoring case, from
// start on. It does not allocate.
func foldIndex(s, needle string, start int) int {
	n := len(needle)
	if n == 0 {
		return start
	}
	lo := needle[0]
	up := lo
	if 'a' <= lo && lo <= 'z' {
		up = lo - 'a' + 'A'
	}
	for i := start; i+n <= len(s); {
		rest := s[i : len(s)-n+1]
		k := strings.IndexByte(rest, lo)
		if up != lo {
			if k >= 0 {
				rest = rest[:k]
			}
			if u := strings.IndexByte(rest, up); u >= 0 {
				k = u
			}
		}
		if k < 0 {
			return -1
		}
		i += k
		if sameFold(s[i:i+n], needle) {
			return i
		}
		i++
	}
	return -1
}

// finder looks for one needle in many texts.
type finder struct {
	needle string
	fold   bool
	// plain says that the needle is ASCII, so texts need not be lowered.
	plain bool
}

func newFinder(needle string, fold bool) finder {
	f := finder{needle: needle, fold: fold, plain: ascii(needle)}
	if fold {
		f.needle = strings.ToLower(needle)
	}
	return f
}

// text is s as it is searched: lowered when folding needs it.
func (f finder) text(s string) string {
	if f.fold && !f.plain {
		return strings.ToLower(s)
	}
	return s
}

// index finds the needle in what text gave.
func (f finder) index(s string, start int) int {
	if f.fold && f.plain {
		return foldIndex(s, f.needle, start)
	}
	k := strings.Index(s[start:], f.needle)
	if k < 0 {
		return -1
	}
	return start + k
}

func (f finder) contains(s string) bool { return f.index(f.text(s), 0) >= 0 }

func (f finder) prefix(s string) bool {
	s = f.text(s)
	if f.fold && f.plain {
		return len(s) >= len(f.needle) && sameFold(s[:len(f.needle)], f.needle)
	}
	return strings.HasPrefix(s, f.needle)
}

func (f finder) suffix(s string) bool {
	s = f.text(s)
	if f.fold && f.plain {
		return len(s) >= len(f.needle) && sameFold(s[len(s)-len(f.needle):], f.needle)
	}
	return strings.HasSuffix(s, f.needle)
}

func (f finder) equal(s string) bool {
	s = f.text(s)
	if f.fold && f.plain {
		return len(s) == len(f.needle) && sameFold(s, f.needle)
	}
	return s == f.needle
}

func termRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// termBefore says whether a term reaches up to offset i.
func termBefore(s string, i int) bool {
	if i == 0 {
		return false
	}
	if c := s[i-1]; c < utf8.RuneSelf {
		return termRune(rune(c))
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return termRune(r)
}

// termAfter says whether a term goes on at offset i.
func termAfter(s string, i int) bool {
	if i == len(s) {
		return false
	}
	if c := s[i]; c < utf8.RuneSelf {
		return termRune(rune(c))
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return termRune(r)
}

// term says whether the needle stands in s between the ends of terms; open
// and shut say which of its ends must be an end of a term. A needle that
// itself begins or ends with something else needs no end there.
func (f finder) term(s string, open, shut bool) bool {
	s = f.text(s)
	n := f.needle
	if n == "" {
		return true
	}
	open = open && termAfter(n, 0)
	shut = shut && termBefore(n, len(n))
	for at := 0; ; at++ {
		at = f.index(s, at)
		if at < 0 {
			return false
		}
		if !(open && termBefore(s, at)) && !(shut && termAfter(s, at+len(n))) {
			return true
		}
	}
}
