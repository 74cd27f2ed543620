package fn

import (
	"regexp"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// withRegex makes a kernel whose argument at holds a pattern.
func withRegex[R vector.Elem](at int, f func(re *regexp.Regexp, args []*vector.Vector, i int) (R, bool)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		p := texts(args[at])
		var broken error
		var re *regexp.Regexp
		last := ""
		v := collect[R](c, nil, func(i int) (R, bool) {
			var none R
			if pattern := p.at(i); re == nil || pattern != last {
				next, err := compileRegex(pattern)
				if err != nil {
					broken = err
					return none, false
				}
				re, last = next, pattern
			}
			return f(re, args, i)
		})
		return v, broken
	}
}

func text(v *vector.Vector, i int) string {
	if v.Type == types.String {
		return v.Str(i)
	}
	return v.ToDynamic(i).String()
}

// trimEnds takes one match of the pattern off each end that is asked for.
func trimEnds(start, end bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		p, s := texts(args[0]), texts(args[1])
		var broken error
		v := collect[string](c, nil, func(i int) (string, bool) {
			text := s.at(i)
			if start {
				re, err := compileRegex("^(?:" + p.at(i) + ")")
				if err != nil {
					broken = err
					return "", false
				}
				if m := re.FindStringIndex(text); m != nil {
					text = text[m[1]:]
				}
			}
			if end {
				re, err := compileRegex("(?:" + p.at(i) + ")$")
				if err != nil {
					broken = err
					return "", false
				}
				if m := re.FindStringIndex(text); m != nil {
					text = text[:m[0]]
				}
			}
			return text, true
		})
		return v, broken
	}
}

// rewrite turns Kusto's \1 into what package regexp reads; a dollar sign is
// itself.
func rewrite(with string) string {
	var b strings.Builder
	for i := 0; i < len(with); i++ {
		switch c := with[i]; {
		case c == '$':
			b.WriteString("$$")
		case c == '\\' && i+1 < len(with):
			i++
			if d := with[i]; d >= '0' && d <= '9' {
				b.WriteString("${" + string(d) + "}")
			} else {
				b.WriteByte(d)
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// extractPick picks the kernel of extract() for the type asked for.
func extractKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	group := ints(args[1])
	found, err := withRegex(0, func(re *regexp.Regexp, args []*vector.Vector, i int) (string, bool) {
		g := group.at(i)
		if g < 0 || g > int64(re.NumSubexp()) {
			return "", false
		}
		m := re.FindStringSubmatchIndex(text(args[2], i))
		if m == nil || m[2*g] < 0 {
			return "", false
		}
		return text(args[2], i)[m[2*g]:m[2*g+1]], true
	})(&Call{Env: c.Env, N: c.N, Ret: types.String}, args)
	if err != nil || c.Ret == types.String {
		return found, err
	}
	return converted(c, found)
}

// converted is a vector of text in the type of the result.
func converted(c *Call, v *vector.Vector) (*vector.Vector, error) {
	name := map[types.Type]string{types.Bool: "tobool", types.Datetime: "todatetime", types.Decimal: "todecimal", types.Guid: "toguid", types.Int: "toint",
		types.Long: "tolong", types.Real: "toreal", types.Timespan: "totimespan", types.Dynamic: "todynamic"}[c.Ret]
	row := ScalarNamed(name)
	if row == nil {
		return nil, Errorf("text cannot become %s", c.Ret)
	}
	return Apply(row, row.KernelFor([]types.Type{types.String}, c.Ret), c, []*vector.Vector{v})
}

// typeArgument is the result type of extract() and extract_json() with a
// typeof() argument: the value of that constant names the type.
func typeArgument(at int) func([]types.Type, []*vector.Datum) types.Type {
	return func(args []types.Type, lits []*vector.Datum) types.Type {
		if len(lits) > at && lits[at] != nil {
			if s, ok := lits[at].V.(string); ok {
				if t, ok := types.Parse(s); ok {
					return t
				}
			}
		}
		if len(args) > at && args[at] != types.Unknown {
			return args[at]
		}
		return types.String
	}
}

// extractAll gives an array of the finds of one group, or of arrays of
// several.
func extractAll(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	src := len(args) - 1
	if args[0].Form == vector.Const {
		if re, err := compileRegex(texts(args[0]).at(0)); err == nil && re.NumSubexp() == 0 {
			return nil, Errorf("the pattern %q of extract_all() has no group to extract", constText(args[0]))
		}
	}
	return withRegex(0, func(re *regexp.Regexp, args []*vector.Vector, i int) (dynamic.Value, bool) {
		s := text(args[src], i)
		groups := allGroups(re)
		if src == 2 {
			groups = chosenGroups(re, args[1].ToDynamic(i))
		}
		matches := re.FindAllStringSubmatchIndex(s, -1)
		if len(matches) == 0 {
			return dynamic.NullValue, true
		}
		out := make([]dynamic.Value, 0, len(matches))
		for _, m := range matches {
			row := make([]string, len(groups))
			for k, g := range groups {
				if m[2*g] >= 0 {
					row[k] = s[m[2*g]:m[2*g+1]]
				}
			}
			if len(groups) == 1 {
				out = append(out, dynamic.FromString(row[0]))
			} else {
				out = append(out, dynamic.FromStrings(row))
			}
		}
		return dynamic.FromArray(out), true
	})(c, args)
}

func allGroups(re *regexp.Regexp) []int {
	n := re.NumSubexp()
	if n == 0 {
		return []int{0}
	}
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

func chosenGroups(re *regexp.Regexp, list dynamic.Value) []int {
	var out []int
	for _, it := range list.Items() {
		switch it.Kind() {
		case dynamic.Long:
			if n := it.Long(); n >= 0 && n <= int64(re.NumSubexp()) {
				out = append(out, int(n))
			}
		case dynamic.String:
			if n := re.SubexpIndex(it.Text()); n >= 0 {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		return allGroups(re)
	}
	return out
}

func init() {
	scalar(Scalar{Name: "trim", Summary: "Takes a pattern off both ends of a text.", Nulls: Handles, Kernel: trimEnds(true, true)})
	scalar(Scalar{Name: "trim_start", Summary: "Takes a pattern off the start of a text.", Nulls: Handles, Kernel: trimEnds(true, false)})
	scalar(Scalar{Name: "trim_end", Summary: "Takes a pattern off the end of a text.", Nulls: Handles, Kernel: trimEnds(false, true)})
	replace := func(at int) Kernel {
		return withRegex(at, func(re *regexp.Regexp, args []*vector.Vector, i int) (string, bool) {
			src, with := 0, 2
			if at == 0 {
				src, with = 2, 1
			}
			return re.ReplaceAllString(text(args[src], i), rewrite(text(args[with], i))), true
		})
	}
	scalar(Scalar{Name: "replace_regex", Summary: "Replaces each match of a pattern.", Nulls: Handles, Kernel: replace(1)})
	scalar(Scalar{Name: "replace", Summary: "Replaces each match of a pattern; older order of arguments.", Nulls: Handles, Kernel: replace(0)})
	scalar(Scalar{Name: "extract", Summary: "Gives a group of the first match of a pattern.", Nulls: Handles, Type: typeArgument(3), Kernel: extractKernel})
	for _, name := range []string{"extract_all", "extractall"} {
		scalar(Scalar{Name: name, Summary: "Gives all matches of a pattern.", Nulls: Handles, Kernel: extractAll})
	}
	scalar(Scalar{Name: "indexof_regex", Summary: "Finds a pattern in a text; -1 when it is not there.", Nulls: Handles,
		Kernel: withRegex(1, func(re *regexp.Regexp, args []*vector.Vector, i int) (int64, bool) {
			s := text(args[0], i)
			start, length := int64(0), int64(-1)
			if len(args) > 2 {
				start = ints(args[2]).at(i)
			}
			if len(args) > 3 {
				length = ints(args[3]).at(i)
			}
			if start < 0 || length < -1 {
				return 0, false
			}
			rest := cutText(s, start, -1)
			if length >= 0 {
				rest = cutText(rest, 0, length)
			}
			nth := int64(1)
			if len(args) > 4 {
				nth = ints(args[4]).at(i)
			}
			if nth < 1 || nth > 10000 {
				return 0, false
			}
			all := re.FindAllStringIndex(rest, int(nth))
			if int64(len(all)) < nth {
				return -1, true
			}
			return start + int64(len([]rune(rest[:all[nth-1][0]]))), true
		})})
	textRow("regex_quote", "Puts a text into a pattern that matches just it.", sure(regexp.QuoteMeta))
}
