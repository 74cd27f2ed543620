package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// stringArgs is the Coerce of rows whose arguments are all text.
func stringArgs(n int) func([]types.Type, types.Type) []types.Type {
	return func([]types.Type, types.Type) []types.Type {
		out := make([]types.Type, n)
		for i := range out {
			out[i] = types.String
		}
		return out
	}
}

// textTest makes a kernel of a test of a text against a needle: the test is
// prepared once for each needle.
func textTest(want bool, prepare func(needle string) (func(s string) bool, error)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s, needle := viewOf[string](args[0]), viewOf[string](args[1])
		out := make([]bool, c.N)
		var test func(string) bool
		last := ""
		for i := range out {
			if n := needle.at(i); test == nil || n != last {
				t, err := prepare(n)
				if err != nil {
					return nil, err
				}
				test, last = t, n
			}
			out[i] = test(s.at(i)) == want
		}
		return vector.Of(types.Bool, out, nil), nil
	}
}

// textOperator registers the four rows of a text operator: as it is, case
// kept, and their denials.
func textOperator(name, what string, test func(f finder) func(s string) bool) {
	for _, cs := range []bool{false, true} {
		suffix, tail := "", ""
		if cs {
			suffix, tail = "Cs", ", case kept"
		}
		prepare := func(needle string) (func(string) bool, error) { return test(newFinder(needle, !cs)), nil }
		scalar(Scalar{Name: name + suffix, Summary: "Says whether a text " + what + tail + ".", Nulls: Handles, Kernel: textTest(true, prepare), Coerce: stringArgs(2)})
		scalar(Scalar{Name: "Not" + name + suffix, Summary: "Denies that a text " + what + tail + ".", Nulls: Handles, Kernel: textTest(false, prepare), Coerce: stringArgs(2)})
	}
}

func init() {
	textOperator("Has", "has another as a whole term", func(f finder) func(string) bool {
		return func(s string) bool { return f.term(s, true, true) }
	})
	textOperator("HasPrefix", "has a term that starts so", func(f finder) func(string) bool {
		return func(s string) bool { return f.term(s, true, false) }
	})
	textOperator("HasSuffix", "has a term that ends so", func(f finder) func(string) bool {
		return func(s string) bool { return f.term(s, false, true) }
	})
	textOperator("Contains", "contains another", func(f finder) func(string) bool { return f.contains })
	textOperator("StartsWith", "starts with another", func(f finder) func(string) bool { return f.prefix })
	textOperator("EndsWith", "ends with another", func(f finder) func(string) bool { return f.suffix })
	same := func(needle string) (func(string) bool, error) { return newFinder(needle, true).equal, nil }
	scalar(Scalar{Name: "EqualTilde", Summary: "Says whether two texts are equal but for case.", Nulls: Handles, Kernel: textTest(true, same), Coerce: stringArgs(2)})
	scalar(Scalar{Name: "BangTilde", Summary: "Says whether two texts differ by more than case.", Nulls: Handles, Kernel: textTest(false, same), Coerce: stringArgs(2)})
	scalar(Scalar{Name: "HasAny", Summary: "Says whether a text has one of several terms.", Nulls: Handles, Kernel: hasList(false)})
	scalar(Scalar{Name: "has_any_index", Summary: "Gives the place in an array of the first of its terms that a text has, or -1.", Kernel: hasIndex})
	scalar(Scalar{Name: "HasAll", Summary: "Says whether a text has all of several terms.", Nulls: Handles, Kernel: hasList(true)})
}

// finders prepares the elements of an array; a lone value is a list of one,
// and arrays inside arrays are one list, as the binder makes of literals.
func finders(d dynamic.Value) []finder {
	if d.IsNull() {
		return nil
	}
	if d.Kind() != dynamic.Array {
		return []finder{newFinder(d.String(), true)}
	}
	out := make([]finder, 0, len(d.Items()))
	for _, it := range d.Items() {
		out = append(out, finders(it)...)
	}
	return out
}

// hasList is has_any (all false) and has_all: the text against a dynamic
// array, or against one text after another.
func hasList(all bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := viewOf[string](args[0])
		out := make([]bool, c.N)
		var list []finder
		for i := range out {
			if i == 0 || !constant(args[1:]) {
				list = list[:0]
				for _, a := range args[1:] {
					list = append(list, finders(a.ToDynamic(i))...)
				}
			}
			found := all
			for _, f := range list {
				if f.term(s.at(i), true, true) != all {
					found = !all
					break
				}
			}
			out[i] = found
		}
		return vector.Of(types.Bool, out, nil), nil
	}
}

func constant(args []*vector.Vector) bool {
	for _, a := range args {
		if a.Form != vector.Const {
			return false
		}
	}
	return true
}

// hasIndex is the place of the first element whose term the text has.
func hasIndex(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	s, values := texts(args[0]), dyns(args[1])
	var list []finder
	return collect(c, nonNull(args, c.N), func(i int) (int64, bool) {
		if list == nil || !constant(args[1:]) {
			list = []finder{}
			items := []dynamic.Value{values.at(i)} // a lone value is a list of one
			if items[0].Kind() == dynamic.Array {
				items = items[0].Items()
			}
			for _, it := range items {
				list = append(list, newFinder(it.String(), true))
			}
		}
		for k, f := range list {
			if f.term(s.at(i), true, true) {
				return int64(k), true
			}
		}
		return -1, true
	}), nil
}
