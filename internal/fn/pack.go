package fn

import (
	"slices"
	"sort"
	"strings"

	"goshawk/internal/dynamic"
)

// bagOf makes a bag of keys and values in turn; a repeated key keeps its
// first place and takes the last value.
func bagOf(pairs []dynamic.Value) dynamic.Value {
	keys, vals := make([]string, 0, len(pairs)/2), make([]dynamic.Value, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		keys, vals = setKey(keys, vals, pairs[i].String(), pairs[i+1])
	}
	return dynamic.FromBag(keys, vals)
}

func setKey(keys []string, vals []dynamic.Value, key string, val dynamic.Value) ([]string, []dynamic.Value) {
	for k, have := range keys {
		if have == key {
			vals[k] = val
			return keys, vals
		}
	}
	return append(keys, key), append(vals, val)
}

func packRow(name, summary string) *Scalar {
	return scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Type: isDynamic, Kernel: eachDyn(bagOf)})
}

var (
	_ = packRow("pack", "Makes a bag of names and values.")
	_ = packRow("bag_pack", "Makes a bag of names and values.")
	_ = packRow("pack_dictionary", "Makes a bag of names and values.")
	// The binder hands over the name of each column before its value.
	_ = packRow("bag_pack_columns", "Makes a bag of columns under their names.")
)

var _ = scalar(Scalar{
	Name: "pack_array", Summary: "Makes an array of its arguments.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		return dynamic.FromArray(append([]dynamic.Value{}, args...))
	}),
})

// pack_all is bound to bag_pack when all columns are wanted; this row gets
// the names and values for pack_all(true), which leaves out empty ones.
var _ = scalar(Scalar{
	Name: "pack_all", Summary: "Makes a bag of all columns, without the null and empty ones if asked.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(pairs []dynamic.Value) dynamic.Value {
		kept := make([]dynamic.Value, 0, len(pairs))
		for i := 0; i+1 < len(pairs); i += 2 {
			if v := pairs[i+1]; !v.IsNull() && !(v.Kind() == dynamic.String && v.Text() == "") {
				kept = append(kept, pairs[i], v)
			}
		}
		return bagOf(kept)
	}),
})

var _ = scalar(Scalar{
	Name: "bag_keys", Summary: "Lists the keys of a bag; null for anything else.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		if args[0].Kind() != dynamic.Bag {
			return dynamic.NullValue
		}
		return dynamic.FromStrings(args[0].Keys())
	}),
})

// bag_merge is not deep; what is no bag is left out.
var _ = scalar(Scalar{
	Name: "bag_merge", Summary: "Joins bags into one; the leftmost value of a key wins.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		keys, vals, any := []string{}, []dynamic.Value{}, false
		seen := map[string]bool{}
		for _, a := range args {
			if a.Kind() != dynamic.Bag {
				continue
			}
			any = true
			names, items := a.Entries()
			for i, k := range names {
				if !seen[k] {
					seen[k] = true
					keys, vals = append(keys, k), append(vals, items[i])
				}
			}
		}
		if !any {
			return dynamic.NullValue
		}
		return dynamic.FromBag(keys, vals)
	}),
})

// keyPath splits a key that starts with "$." into its steps.
func keyPath(key string) []string {
	if rest, ok := strings.CutPrefix(key, "$."); ok && rest != "" {
		return strings.Split(rest, ".")
	}
	return []string{key}
}

// without is bag v less the entry at path.
func without(v dynamic.Value, path []string) dynamic.Value {
	if _, ok := v.Lookup(path[0]); !ok {
		return v
	}
	keys, vals := []string{}, []dynamic.Value{}
	names, items := v.Entries()
	for i, k := range names {
		switch {
		case k != path[0]:
			keys, vals = append(keys, k), append(vals, items[i])
		case len(path) > 1:
			keys, vals = append(keys, k), append(vals, without(items[i], path[1:]))
		}
	}
	return dynamic.FromBag(keys, vals)
}

var _ = scalar(Scalar{
	Name: "bag_remove_keys", Summary: "Takes keys, or paths such as $.a.b, out of a bag.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		out := args[0]
		if out.Kind() != dynamic.Bag {
			return dynamic.NullValue
		}
		for _, key := range args[1].Items() {
			if key.Kind() == dynamic.String {
				out = without(out, keyPath(key.Text()))
			}
		}
		return out
	}),
})

// with is bag v with val at path; bags on the way are made.
func with(v dynamic.Value, path []string, val dynamic.Value) dynamic.Value {
	if len(path) > 1 {
		val = with(v.Get(path[0]), path[1:], val)
	}
	v = without(v, path[:1])
	keys, vals := v.Entries()
	return dynamic.FromBag(append(slices.Clip(keys), path[0]), append(slices.Clip(vals), val))
}

var _ = scalar(Scalar{
	Name: "bag_set_key", Summary: "Sets a key, or a path such as $.a.b, of a bag.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		if args[0].Kind() != dynamic.Bag {
			return dynamic.NullValue
		}
		return with(args[0], keyPath(args[1].String()), args[2])
	}),
})

var _ = scalar(Scalar{
	Name: "bag_has_key", Summary: "Says whether a bag has a key, or a path such as $.a.b.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (bool, bool) {
		if args[0].IsNull() {
			return false, false
		}
		v, ok := args[0], true
		for _, step := range keyPath(args[1].String()) {
			if v, ok = v.Lookup(step); !ok {
				return false, true
			}
		}
		return true, true
	}),
})

// bag_zip leaves out keys that are no strings; missing values are null.
var _ = scalar(Scalar{
	Name: "bag_zip", Summary: "Makes a bag of an array of keys and an array of values.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		if args[0].Kind() != dynamic.Array {
			return dynamic.NullValue
		}
		keys, vals := []string{}, []dynamic.Value{}
		for i, k := range args[0].Items() {
			if k.Kind() == dynamic.String {
				keys, vals = setKey(keys, vals, k.Text(), args[1].At(int64(i)))
			}
		}
		return dynamic.FromBag(keys, vals)
	}),
})

var _ = scalar(Scalar{
	Name: "zip", Summary: "Makes an array of the first elements of some arrays, of the second ones, and so on.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		n := 0
		for _, a := range args {
			if a.Kind() == dynamic.Array {
				n = max(n, a.Len())
			}
		}
		out := make([]dynamic.Value, n)
		for i := range out {
			row := make([]dynamic.Value, len(args))
			for k, a := range args {
				row[k] = a.At(int64(i))
			}
			out[i] = dynamic.FromArray(row)
		}
		return dynamic.FromArray(out)
	}),
})

var _ = scalar(Scalar{
	Name: "treepath", Summary: "Lists the paths of everything inside a bag.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		if args[0].Kind() != dynamic.Bag && args[0].Kind() != dynamic.Array {
			return dynamic.NullValue
		}
		return dynamic.FromStrings(appendPaths([]string{}, "", args[0]))
	}),
})

// appendPaths lists what stands inside v; all elements of an array share the
// path [0].
func appendPaths(out []string, prefix string, v dynamic.Value) []string {
	switch v.Kind() {
	case dynamic.Bag:
		keys, items := v.Entries()
		for i, k := range keys {
			p := prefix + "['" + k + "']"
			out = appendPaths(append(out, p), p, items[i])
		}
	case dynamic.Array:
		p := prefix + "[0]"
		have := map[string]bool{p: true}
		items := v.Items()
		if len(items) > 0 {
			out = append(out, p)
		}
		for _, it := range items {
			for _, q := range appendPaths(nil, p, it) {
				if !have[q] {
					have[q] = true
					out = append(out, q)
				}
			}
		}
	}
	return out
}

// dynamic_to_json writes keys in order, so that equal bags have equal text.
var _ = scalar(Scalar{
	Name: "dynamic_to_json", Summary: "Writes a dynamic value as JSON with its keys in order.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (string, bool) {
		if args[0].IsNull() {
			return "", true
		}
		return sortedKeys(args[0]).JSON(), true
	}),
})

func sortedKeys(v dynamic.Value) dynamic.Value {
	items := v.Items()
	vals := make([]dynamic.Value, len(items))
	switch v.Kind() {
	case dynamic.Array:
		for i, it := range items {
			vals[i] = sortedKeys(it)
		}
		return dynamic.FromArray(vals)
	case dynamic.Bag:
		keys := append([]string{}, v.Keys()...)
		sort.Strings(keys)
		for i, k := range keys {
			vals[i] = sortedKeys(v.Get(k))
		}
		return dynamic.FromBag(keys, vals)
	}
	return v
}
