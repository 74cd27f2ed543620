package fn

import (
	"regexp"
	"strings"
	"sync"
)

// regexes keeps compiled patterns: a query uses few, and Apply calls kernels
// once a batch.
var regexes = struct {
	sync.Mutex
	m map[string]*regexp.Regexp
}{m: map[string]*regexp.Regexp{}}

// maxRegexes bounds the cache; patterns that come from data could fill it.
const maxRegexes = 1000

// CompileRegex reads a regular expression as the language writes it.
func CompileRegex(pattern string) (*regexp.Regexp, error) { return compileRegex(pattern) }

// compileRegex reads a pattern; a broken one ends the query.
func compileRegex(pattern string) (*regexp.Regexp, error) {
	regexes.Lock()
	defer regexes.Unlock()
	if re := regexes.m[pattern]; re != nil {
		return re, nil
	}
	re, err := regexp.Compile(wideClasses(pattern))
	if err != nil {
		if strings.Contains(err.Error(), "(?=") || strings.Contains(err.Error(), "(?!") || strings.Contains(err.Error(), "(?<") {
			return nil, Errorf("the regular expression %q looks ahead or behind, which the language does not have", pattern)
		}
		return nil, Errorf("the regular expression %q is broken: %v", pattern, err)
	}
	if len(regexes.m) >= maxRegexes {
		clear(regexes.m)
	}
	regexes.m[pattern] = re
	return re, nil
}

// wideClasses lets \d and \w match the digits and letters of every script,
// as they do in the language.
func wideClasses(p string) string {
	if !strings.Contains(p, `\d`) && !strings.Contains(p, `\D`) && !strings.Contains(p, `\w`) && !strings.Contains(p, `\W`) || strings.Contains(p, `\Q`) {
		return p
	}
	const letters = `\p{L}\p{M}\p{Nd}\p{Pc}`
	var b strings.Builder
	class := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\' && i+1 < len(p):
			i++
			switch d := p[i]; {
			case d == 'd':
				b.WriteString(`\p{Nd}`)
			case d == 'D':
				b.WriteString(`\P{Nd}`)
			case d == 'w' && class:
				b.WriteString(letters)
			case d == 'w':
				b.WriteString("[" + letters + "]")
			case d == 'W' && !class:
				b.WriteString("[^" + letters + "]")
			default:
				b.WriteByte(c)
				b.WriteByte(d)
			}
		default:
			if c == '[' && !class {
				class = true
				b.WriteByte(c)
				// A bracket that closes at once stands for itself.
				if strings.HasPrefix(p[i+1:], "^]") {
					b.WriteString("^]")
					i += 2
				} else if strings.HasPrefix(p[i+1:], "]") {
					b.WriteByte(']')
					i++
				}
				continue
			}
			if c == '[' && strings.HasPrefix(p[i:], "[:") {
				if end := strings.Index(p[i:], ":]"); end > 0 {
					b.WriteString(p[i : i+end+2])
					i += end + 1
					continue
				}
			}
			if c == ']' {
				class = false
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

func init() {
	scalar(Scalar{Name: "MatchRegex", Summary: "Says whether a regular expression matches some part of a text.", Nulls: Handles, Coerce: stringArgs(2),
		Kernel: textTest(true, func(pattern string) (func(string) bool, error) {
			re, err := compileRegex(pattern)
			if err != nil {
				return nil, err
			}
			// A pattern that must begin with some text is only tried on texts
			// that have it.
			if prefix, _ := re.LiteralPrefix(); prefix != "" {
				return func(s string) bool { return strings.Contains(s, prefix) && re.MatchString(s) }, nil
			}
			return re.MatchString, nil
		})})
}
