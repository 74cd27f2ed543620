package exec

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
)

// pairsMatcher reads the pairs of a text. The first value of a key counts, and
// spaces around keys and values do not.
func pairsMatcher(parts []plan.ParsePart, how *plan.Pairs) (matcher, error) {
	w := wanted{place: make(map[string]int, len(parts))}
	for i, part := range parts {
		w.place[part.Col.Name] = i
	}
	switch {
	case how.Regex != "":
		return w.byRegex(how.Regex)
	case how.Pair == "":
		return w.byTerms(how), nil
	}
	return w.byDelimiters(how), nil
}

// wanted is the place of each key's value.
type wanted struct{ place map[string]int }

// put keeps the first value of a key.
func (w wanted) put(key, value string, out []string, seen []bool) {
	if i, ok := w.place[key]; ok && !seen[i] {
		seen[i], out[i] = true, value
	}
}

func (w wanted) byDelimiters(how *plan.Pairs) matcher {
	return func(s string, out []string) bool {
		clear(out)
		seen := make([]bool, len(out))
		for s != "" {
			var key, value string
			var ok bool
			if key, s, ok = nextKey(s, how); !ok {
				continue
			}
			value, s = nextValue(s, how)
			w.put(key, value, out, seen)
		}
		return true
	}
}

// byRegex takes the two groups of each match as key and value.
func (w wanted) byRegex(pattern string) (matcher, error) {
	re, err := fn.CompileRegex(pattern)
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() != 2 {
		return nil, fn.Errorf("parse-kv needs a regular expression with two groups, for key and value; %q has %d", pattern, re.NumSubexp())
	}
	return func(s string, out []string) bool {
		clear(out)
		seen := make([]bool, len(out))
		for _, m := range re.FindAllStringSubmatch(s, -1) {
			w.put(strings.TrimSpace(m[1]), strings.TrimSpace(m[2]), out, seen)
		}
		return true
	}, nil
}

// byTerms works without delimiters: a term that is a wanted key takes the
// next term, or what is quoted, as its value.
func (w wanted) byTerms(how *plan.Pairs) matcher {
	return func(s string, out []string) bool {
		clear(out)
		seen := make([]bool, len(out))
		key, waiting := "", false
		for s != "" {
			term, rest, ok := nextTerm(s, how)
			if s = rest; !ok {
				continue
			}
			if waiting {
				w.put(key, term, out, seen)
				waiting = false
				continue
			}
			i, wantedKey := w.place[term]
			key, waiting = term, wantedKey && !seen[i]
		}
		return true
	}
}

// nextTerm reads a quoted text or a run of letters and digits; ok is false
// when another character was passed over.
func nextTerm(s string, how *plan.Pairs) (term, rest string, ok bool) {
	if v, rest, ok := quoted(s, how); ok {
		return v, rest, true
	}
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			continue
		}
		if i > 0 {
			return s[:i], s[i:], true
		}
		_, size := utf8.DecodeRuneInString(s)
		return "", s[size:], false
	}
	return s, "", true
}

const blanks = " \t\r\n"

// nextKey reads up to a key's delimiter. ok is false when a pair's delimiter
// or the end comes first; rest is always shorter than s.
func nextKey(s string, how *plan.Pairs) (key, rest string, ok bool) {
	s = strings.TrimLeft(s, blanks)
	if t, found := strings.CutPrefix(s, how.Pair); found {
		return "", t, false
	}
	if k, rest, ok := quoted(s, how); ok {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, blanks), how.Key); ok {
			return k, rest, true
		}
	}
	at := strings.Index(s, how.Key)
	if at < 0 {
		return "", "", false
	}
	if end := strings.Index(s[:at], how.Pair); end >= 0 && strings.TrimSpace(s[end:at]) != "" {
		return "", s[end+len(how.Pair):], false
	}
	return strings.TrimSpace(s[:at]), s[at+len(how.Key):], true
}

// nextValue reads a value and the delimiter behind it.
func nextValue(s string, how *plan.Pairs) (value, rest string) {
	s = strings.TrimLeft(s, blanks)
	if v, rest, ok := quoted(s, how); ok {
		if at := strings.Index(rest, how.Pair); at >= 0 {
			return v, rest[at+len(how.Pair):]
		}
		return v, ""
	}
	for from := 0; ; {
		at := strings.Index(s[from:], how.Pair)
		if at < 0 {
			return strings.TrimSpace(s), ""
		}
		at += from
		rest := s[at+len(how.Pair):]
		if how.Greedy && !beginsPair(rest, how) {
			from = at + len(how.Pair)
			continue
		}
		return strings.TrimSpace(s[:at]), rest
	}
}

// beginsPair says whether a key and its delimiter stand before the next
// pair's delimiter.
func beginsPair(s string, how *plan.Pairs) bool {
	if at := strings.Index(s, how.Pair); at >= 0 {
		s = s[:at]
	}
	return strings.Contains(s, how.Key)
}

// quoted reads a text in quotes at the beginning of s; ok is false when there
// is none, or no end of it.
func quoted(s string, how *plan.Pairs) (value, rest string, ok bool) {
	for _, q := range how.Quotes {
		if t, found := strings.CutPrefix(s, q.Open); found {
			return quotedValue(t, q.Close, how.Escapes)
		}
	}
	return "", "", false
}

// quotedValue reads up to the closing quote; ok is false without one.
func quotedValue(s, end string, escapes []string) (value, rest string, ok bool) {
	var b strings.Builder
next:
	for i := 0; i < len(s); {
		for _, e := range escapes {
			if strings.HasPrefix(s[i:], e) && i+len(e) < len(s) {
				b.WriteByte(s[i+len(e)])
				i += len(e) + 1
				continue next
			}
		}
		if strings.HasPrefix(s[i:], end) {
			return b.String(), s[i+len(end):], true
		}
		b.WriteByte(s[i])
		i++
	}
	return "", "", false
}
