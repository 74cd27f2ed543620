package stored

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// remarks find the function's name in the instructions that published parsers
// begin with, surest first.
var remarks = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(?:alias|function name)\s+(?:must be|should be|is)?\s*set to[\s\-:"']*([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)given the alias(?: of)?[\s:"']+([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)alias,?\s+as[\s:"']+([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)alias name:[\s"']*([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)enter\s+"([a-z_][\w-]*)"\s+in the "function name" field`),
	regexp.MustCompile(`(?i)(?:type the|enter the) function name(?:\s+as)?[\s:"']+([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)function name(?:\s+as|\s*:)[\s"']+([a-z_][\w-]*)`),
	regexp.MustCompile(`(?i)alias \(e\.g\.,?\s*([a-z_][\w-]*)\)`),
	regexp.MustCompile(`(?i)\(e\.g\.,?\s*([a-z_][\w-]*)\s*\|\s*take`),
}

// maxHead bounds how many lines are searched for a name: instructions stand
// before the query.
const maxHead = 100

// named gives a query its names as a function: the one that its remarks say,
// and that of its file.
func named(f *Function) []*Function {
	var head []string
	for line := range strings.Lines(f.Text.Src) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if ok {
			head = append(head, text)
		}
		if len(head) > maxHead {
			break
		}
	}
	said := ""
	for _, re := range remarks {
		for _, line := range head {
			if m := re.FindStringSubmatch(line); m != nil && said == "" {
				said = strings.ReplaceAll(m[1], "-", "_")
			}
		}
	}
	stem := strings.NewReplacer("-", "_", " ", "_").Replace(stemOf(f.Path))
	var out []*Function
	with := func(name string, r rank) {
		g := *f
		g.Name, g.rank = name, r
		out = append(out, &g)
	}
	switch {
	case said == "" && identifier.MatchString(stem):
		with(stem, byName)
	case said == "":
	case said == stem:
		with(said, byKey)
	default:
		with(said, byRemark)
		if identifier.MatchString(stem) {
			with(stem, byFile)
		}
	}
	return out
}

var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// stemOf is the name of a file without folder and endings.
func stemOf(p string) string {
	base := path.Base(filepath.ToSlash(p))
	for {
		ext := path.Ext(base)
		if ext == "" || ext == base {
			return base
		}
		base = strings.TrimSuffix(base, ext)
	}
}
