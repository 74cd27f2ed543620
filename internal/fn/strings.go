package fn

import (
	"strings"
	"unicode/utf8"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// textRow registers a function of one text.
func textRow[R vector.Elem](name, summary string, f func(s string) (R, bool)) {
	scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := texts(args[0])
		return collect(c, nil, func(i int) (R, bool) { return f(s.at(i)) }), nil
	}})
}

func sure[R any](f func(string) R) func(string) (R, bool) {
	return func(s string) (R, bool) { return f(s), true }
}

// reverseText turns the order of the code points round.
func reverseText(s string) string {
	out := make([]byte, len(s))
	at := len(s)
	for _, r := range s {
		at -= utf8.RuneLen(r)
		if at < 0 {
			return s
		}
		utf8.EncodeRune(out[at:], r)
	}
	return string(out[at:])
}

// strcatKernel joins all arguments as tostring() prints them.
func strcatKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	views := make([]view[string], len(args))
	for k, a := range args {
		views[k] = texts(a)
	}
	var b strings.Builder
	return collect[string](c, nil, func(i int) (string, bool) {
		b.Reset()
		for _, v := range views {
			b.WriteString(v.at(i))
		}
		return b.String(), true
	}), nil
}

func strcatDelim(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	views := make([]view[string], len(args))
	for k, a := range args {
		views[k] = texts(a)
	}
	parts := make([]string, len(args)-1)
	return collect[string](c, nil, func(i int) (string, bool) {
		for k := range parts {
			parts[k] = views[k+1].at(i)
		}
		return strings.Join(parts, views[0].at(i)), true
	}), nil
}

// substringKernel counts in code points; a negative start counts from the
// end.
func substringKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, start := texts(args[0]), ints(args[1])
	return collect[string](c, nil, func(i int) (string, bool) {
		if args[1].IsNull(i) {
			return "", false
		}
		text, from, count := s.at(i), start.at(i), int64(-1)
		if len(args) > 2 && !args[2].IsNull(i) {
			count = max(ints(args[2]).at(i), 0)
		}
		return cutText(text, from, count), true
	}), nil
}

// cutText is count code points of s from offset from; a negative count takes
// all.
func cutText(s string, from, count int64) string {
	if ascii(s) {
		n := int64(len(s))
		if from < 0 {
			from += n
		}
		if from < 0 || from >= n {
			return ""
		}
		if count < 0 || count > n-from {
			count = n - from
		}
		return s[from : from+count]
	}
	r := []rune(s)
	n := int64(len(r))
	if from < 0 {
		from += n
	}
	if from < 0 || from >= n {
		return ""
	}
	if count < 0 || count > n-from {
		count = n - from
	}
	return string(r[from : from+count])
}

// splitKernel cuts at each delimiter; an empty one cuts nowhere. With an
// index it gives an array of that one part.
func splitKernel(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, sep := texts(args[0]), texts(args[1])
	return collect[dynamic.Value](c, nil, func(i int) (dynamic.Value, bool) {
		parts := []string{s.at(i)}
		if d := sep.at(i); d != "" {
			parts = strings.Split(s.at(i), d)
		}
		if len(args) > 2 && !args[2].IsNull(i) {
			k := ints(args[2]).at(i)
			if k < 0 || k >= int64(len(parts)) {
				return dynamic.NullValue, true
			}
			parts = parts[k : k+1]
		}
		return dynamic.FromStrings(parts), true
	}), nil
}

// replaceAll leaves s alone when the lookup is empty.
func replaceAll(s, old, with string) string {
	if old == "" {
		return s
	}
	return strings.ReplaceAll(s, old, with)
}

// replaceStrings replaces several texts, one after the other: each looks at
// what the ones before it have left, never at what they put in. A replacement
// that is no text leaves what was found, and keeps it from the others.
func replaceStrings(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, from, to := texts(args[0]), dyns(args[1]), dyns(args[2])
	return collect[string](c, nil, func(i int) (string, bool) {
		with := to.at(i)
		// Even parts are still open, odd ones done with.
		parts := []string{s.at(i)}
		for k, old := range from.at(i).Items() {
			repl := with
			if with.Kind() == dynamic.Array {
				repl = with.At(int64(k))
			}
			if o := old.String(); o != "" {
				parts = replaceOpen(parts, o, repl)
			}
		}
		return strings.Join(parts, ""), true
	}), nil
}

func replaceOpen(parts []string, old string, repl dynamic.Value) []string {
	put := old
	if repl.Kind() == dynamic.String {
		put = repl.String()
	}
	var out []string
	for k, p := range parts {
		if k%2 == 1 {
			out = append(out, p)
			continue
		}
		for {
			i := strings.Index(p, old)
			if i < 0 {
				break
			}
			out = append(out, p[:i], put)
			p = p[i+len(old):]
		}
		out = append(out, p)
	}
	return out
}

// indexOf counts in code points: the place of the n-th find that begins within
// length from start; it may end behind.
func indexOf(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, what := texts(args[0]), texts(args[1])
	number := func(k, i int, otherwise int64) int64 {
		if len(args) <= k || args[k].IsNull(i) {
			return otherwise
		}
		return ints(args[k]).at(i)
	}
	return collect[int64](c, nil, func(i int) (int64, bool) {
		text, w := []rune(s.at(i)), what.at(i)
		start, length, nth := number(2, i, 0), number(3, i, -1), number(4, i, 1)
		if w == "" || length < -1 || nth < 1 {
			return 0, false
		}
		n := int64(len(text))
		if start < 0 {
			start = max(start+n, 0)
		}
		if start >= n {
			return -1, true
		}
		rest, at := string(text[start:]), start
		for {
			k := strings.Index(rest, w)
			if k < 0 {
				return -1, true
			}
			at += int64(utf8.RuneCountInString(rest[:k]))
			if length >= 0 && at >= start+length {
				return -1, true
			}
			if nth--; nth == 0 {
				return at, true
			}
			_, size := utf8.DecodeRuneInString(rest[k:])
			rest = rest[k+size:]
			at++
		}
	}), nil
}

// countPlain counts finds that may overlap.
func countPlain(s, w string) int64 {
	if w == "" {
		return 0
	}
	n := int64(0)
	for {
		k := strings.Index(s, w)
		if k < 0 {
			return n
		}
		n++
		s = s[k+1:]
	}
}

// countOf counts a text or, with "regex", a pattern.
func countOf(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, w := texts(args[0]), texts(args[1])
	kind := view[string]{data: []string{"normal"}}
	if len(args) > 2 {
		kind = texts(args[2])
	}
	var broken error
	v := collect[int64](c, nil, func(i int) (int64, bool) {
		if !strings.EqualFold(kind.at(i), "regex") {
			return countPlain(s.at(i), w.at(i)), true
		}
		re, err := compileRegex(w.at(i))
		if err != nil {
			broken = err
			return 0, false
		}
		return int64(len(re.FindAllStringIndex(s.at(i), -1))), true
	})
	return v, broken
}

// maxRepeated bounds the text that strrep makes, maxTexts all of them for one
// batch of rows.
const (
	maxRepeated = 1 << 20
	maxTexts    = 1 << 28
)

func strRep(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, n := texts(args[0]), ints(args[1])
	sep := view[string]{data: []string{""}}
	if len(args) > 2 {
		sep = texts(args[2])
	}
	var broken error
	var sum int64
	v := collect[string](c, nil, func(i int) (string, bool) {
		k := n.at(i)
		if args[1].IsNull(i) || k <= 0 {
			return "", false
		}
		if k > maxRepeated || k*int64(len(s.at(i))+len(sep.at(i))) > maxRepeated {
			broken = Errorf("strrep() would make a text of more than %d bytes", maxRepeated)
			return "", false
		}
		if sum += k * int64(len(s.at(i))+len(sep.at(i))); sum > maxTexts {
			broken = Errorf("strrep() would make more than %d bytes for one batch of rows: ask for shorter texts or fewer rows", maxTexts)
			return "", false
		}
		return strings.Repeat(s.at(i)+sep.at(i), int(k)-1) + s.at(i), true
	})
	return v, broken
}

// translateText swaps the characters of from for those of to; the last of a
// shorter to goes on, and an empty one deletes.
func translateText(from, to, s string) string {
	f, t := []rune(from), []rune(to)
	return strings.Map(func(r rune) rune {
		for i, x := range f {
			if x != r {
				continue
			}
			switch {
			case len(t) == 0:
				return -1
			case i < len(t):
				return t[i]
			}
			return t[len(t)-1]
		}
		return r
	}, s)
}

func appendRunes(b []rune, d dynamic.Value) []rune {
	switch d.Kind() {
	case dynamic.Array:
		for _, it := range d.Items() {
			b = appendRunes(b, it)
		}
	case dynamic.Long:
		if n := d.Long(); n >= 0 && n <= utf8.MaxRune {
			b = append(b, rune(n))
		}
	}
	return b
}

func codepoints(s string) dynamic.Value {
	out := []dynamic.Value{}
	for _, r := range s {
		out = append(out, dynamic.FromLong(int64(r)))
	}
	return dynamic.FromArray(out)
}

func init() {
	textRow("strlen", "Counts the characters of a text.", sure(func(s string) int64 { return int64(utf8.RuneCountInString(s)) }))
	textRow("string_size", "Counts the bytes of a text.", sure(func(s string) int64 { return int64(len(s)) }))
	textRow("tolower", "Makes letters small.", sure(strings.ToLower))
	textRow("toupper", "Makes letters large.", sure(strings.ToUpper))
	textRow("reverse", "Turns a text round.", sure(reverseText))
	textRow("isascii", "Says whether a text is ASCII.", sure(ascii))
	textRow("isutf8", "Says whether a text is well-formed UTF-8.", sure(utf8.ValidString))
	textRow("unicode_codepoints_from_string", "Gives the code points of a text.", sure(codepoints))
	textRow("to_utf8", "Gives the code points of a text.", sure(codepoints))
	for _, name := range []string{"unicode_codepoints_to_string", "make_string"} {
		scalar(Scalar{Name: name, Summary: "Makes a text of code points.", Nulls: Handles, Kernel: each(func(args []dynamic.Value) (string, bool) {
			var b []rune
			for _, a := range args {
				b = appendRunes(b, a)
			}
			return string(b), true
		})})
	}
	scalar(Scalar{Name: "strcat", Summary: "Joins values as text.", Nulls: Handles, Kernel: strcatKernel})
	scalar(Scalar{Name: "strcat_delim", Summary: "Joins values as text with a delimiter between them.", Nulls: Handles, Kernel: strcatDelim})
	scalar(Scalar{Name: "substring", Summary: "Cuts a part out of a text.", Nulls: Handles, Kernel: substringKernel})
	scalar(Scalar{Name: "split", Summary: "Cuts a text at a delimiter.", Nulls: Handles, Kernel: splitKernel})
	scalar(Scalar{Name: "replace_string", Summary: "Replaces each occurrence of a text.", Nulls: Handles, Coerce: stringArgs(3), Kernel: lift3(replaceAll)})
	scalar(Scalar{Name: "replace_strings", Summary: "Replaces each of several texts.", Nulls: Handles, Kernel: replaceStrings})
	scalar(Scalar{Name: "indexof", Summary: "Finds a text in another; -1 when it is not there.", Nulls: Handles, Kernel: indexOf})
	scalar(Scalar{Name: "countof", Summary: "Counts how often a text or pattern occurs.", Nulls: Handles, Kernel: countOf})
	scalar(Scalar{Name: "strrep", Summary: "Repeats a text.", Nulls: Handles, Kernel: strRep})
	scalar(Scalar{Name: "strcmp", Summary: "Compares two texts: -1, 0 or 1.", Nulls: Handles, Coerce: stringArgs(2),
		Kernel: lift2(func(a, b string) int64 { return int64(strings.Compare(a, b)) })})
	scalar(Scalar{Name: "translate", Summary: "Swaps characters for others.", Nulls: Handles, Coerce: stringArgs(3), Kernel: lift3(translateText)})
	isEmpty := func(v *vector.Vector, i int) bool {
		return v.IsNull(i) || v.Type == types.String && v.Str(i) == "" || v.Type == types.Dynamic && v.Dyn(i).String() == ""
	}
	isNull := func(v *vector.Vector, i int) bool { return v.IsNull(i) }
	nullTest("isempty", "Says whether a value is empty or null.", isEmpty, true)
	nullTest("isnotempty", "Says whether a value is neither empty nor null.", isEmpty, false)
	nullTest("notempty", "Says whether a value is neither empty nor null.", isEmpty, false)
	nullTest("isnull", "Says whether a value is null; a text never is.", isNull, true)
	nullTest("isnotnull", "Says whether a value is not null; a text always is.", isNull, false)
	nullTest("notnull", "Says whether a value is not null; a text always is.", isNull, false)
}

func nullTest(name, summary string, test func(v *vector.Vector, i int) bool, want bool) {
	scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		return collect[bool](c, nil, func(i int) (bool, bool) { return test(args[0], i) == want, true }), nil
	}})
}
