package exec

import (
	"strings"

	"goshawk/internal/plan"
)

// pairsMatcher reads the pairs of a text. The first value of a key counts, and
// spaces around keys and values do not.
func pairsMatcher(parts []plan.ParsePart, how *plan.Pairs) matcher {
	place := make(map[string]int, len(parts))
	for i, part := range parts {
		place[part.Col.Name] = i
	}
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
			if i, wanted := place[key]; wanted && !seen[i] {
				seen[i], out[i] = true, value
			}
		}
		return true
	}
}

// nextKey reads up to a key's delimiter. ok is false when a pair's delimiter
// or the end comes first; rest is always shorter than s.
func nextKey(s string, how *plan.Pairs) (key, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t\r\n")
	if t, found := strings.CutPrefix(s, how.Pair); found {
		return "", t, false
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
	s = strings.TrimLeft(s, " \t\r\n")
	if t, quoted := strings.CutPrefix(s, how.Open); quoted && how.Open != "" {
		if v, rest, ok := quotedValue(t, how); ok {
			if at := strings.Index(rest, how.Pair); at >= 0 {
				return v, rest[at+len(how.Pair):]
			}
			return v, ""
		}
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

// quotedValue reads up to the closing quote; ok is false without one.
func quotedValue(s string, how *plan.Pairs) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); {
		if e := how.Escape; e != "" && strings.HasPrefix(s[i:], e) && i+len(e) < len(s) {
			b.WriteByte(s[i+len(e)])
			i += len(e) + 1
			continue
		}
		if strings.HasPrefix(s[i:], how.Close) {
			return b.String(), s[i+len(how.Close):], true
		}
		b.WriteByte(s[i])
		i++
	}
	return "", "", false
}
