package exec

import (
	"fmt"
	"regexp"
	"strings"

	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// textMatcher matches literal texts in turn: a column or a star reaches to
// the first place of the next text, the last column takes the rest. Without a
// star in front the first text stands at the start.
func textMatcher(parts []plan.ParsePart) matcher {
	return func(s string, out []string) bool {
		col := 0
		open, star := -1, false // the column that waits for its end; a star was seen
		for _, p := range parts {
			switch {
			case p.Star:
				star = true
			case p.Col != nil:
				if open >= 0 || star {
					// Column after column, or after a star: the earlier one ends
					// where its lexical form does.
					out, s = closeColumn(parts, out, open, s)
				}
				open, star = col, false
				col++
			default:
				at := 0
				if open >= 0 || star {
					if at = strings.Index(s, p.Text); at < 0 {
						return false
					}
				} else if !strings.HasPrefix(s, p.Text) {
					return false
				}
				if open >= 0 {
					if out[open] = s[:at]; star {
						out[open] = lexical(columnType(parts, open), s[:at])
					}
				}
				s = s[at+len(p.Text):]
				open, star = -1, false
			}
		}
		if open >= 0 {
			if out[open] = s; star {
				out[open] = lexical(columnType(parts, open), s)
			}
		}
		return true
	}
}

// closeColumn ends column open at the end of its lexical form.
func closeColumn(parts []plan.ParsePart, out []string, open int, s string) ([]string, string) {
	if open < 0 {
		return out, s
	}
	out[open] = lexical(columnType(parts, open), s)
	return out, s[len(out[open]):]
}

// columnType is the type of the n-th column of a pattern.
func columnType(parts []plan.ParsePart, n int) types.Type {
	for _, p := range parts {
		if p.Col != nil {
			if n == 0 {
				return p.Col.Type
			}
			n--
		}
	}
	return types.String
}

// forms are how values of a type look at the start of a text. Other types
// have no form of their own.
var forms = map[types.Type]*regexp.Regexp{
	types.Int:      regexp.MustCompile(`^` + integerForm),
	types.Long:     regexp.MustCompile(`^` + integerForm),
	types.Real:     regexp.MustCompile(`^` + realForm),
	types.Decimal:  regexp.MustCompile(`^` + realForm),
	types.Bool:     regexp.MustCompile(`^(?i:true|false|[+-]?\d+)`),
	types.Guid:     regexp.MustCompile(`^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}`),
	types.Datetime: regexp.MustCompile(`^[0-9A-Za-z:/.+-]+(?: \d{1,2}:[0-9:.]+(?: ?[AaPp][Mm])?Z?)?`),
	types.Timespan: regexp.MustCompile(`^[+-]?[0-9.:]+[a-z]*`),
}

const (
	integerForm = `[+-]?\d+`
	realForm    = `[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`
)

// lexical is the part at the start of s that looks like a value of t.
func lexical(t types.Type, s string) string {
	if re := forms[t]; re != nil {
		return re.FindString(s)
	}
	return s
}

// regexMatcher makes one regular expression of the pattern: texts stand as
// they are, a star is a short run of anything, a column a group. Flags are
// those of RE2; U swaps greedy and short.
func regexMatcher(parts []plan.ParsePart, flags string) (matcher, error) {
	var b strings.Builder
	if flags != "" {
		for _, f := range flags {
			if !strings.ContainsRune("imsU", f) {
				return nil, fmt.Errorf("parse flags=%s: flag %q is not supported; use i, m, s and U", flags, f)
			}
		}
		b.WriteString("(?" + flags + ")")
	}
	b.WriteString(`\A`)
	names := 0
	for i, p := range parts {
		switch {
		case p.Star:
			b.WriteString(".*?")
		case p.Col != nil:
			fmt.Fprintf(&b, "(?P<%s%d>%s)", groupName, names, group(p.Col.Type))
			names++
			if i == len(parts)-1 {
				b.WriteString(`\z`)
			}
		default:
			b.WriteString("(?:" + p.Text + ")")
		}
	}
	re, err := fn.CompileRegex(b.String())
	if err != nil {
		return nil, fmt.Errorf("parse kind=regex: %w", err)
	}
	groups := make([]int, names)
	for k := range groups {
		groups[k] = re.SubexpIndex(fmt.Sprintf("%s%d", groupName, k))
	}
	return func(s string, out []string) bool {
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			return false
		}
		for k, g := range groups {
			if out[k] = ""; m[2*g] >= 0 {
				out[k] = s[m[2*g]:m[2*g+1]]
			}
		}
		return true
	}, nil
}

// groupName starts the names of the groups that are columns.
const groupName = "goshawkcolumn"

// group is what a column of type t matches.
func group(t types.Type) string {
	switch t {
	case types.Int, types.Long:
		return integerForm
	case types.Real, types.Decimal:
		return realForm
	}
	return ".*"
}
