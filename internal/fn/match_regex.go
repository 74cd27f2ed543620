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

// compileRegex reads a pattern; a broken one ends the query.
func compileRegex(pattern string) (*regexp.Regexp, error) {
	regexes.Lock()
	defer regexes.Unlock()
	if re := regexes.m[pattern]; re != nil {
		return re, nil
	}
	re, err := regexp.Compile(pattern)
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
