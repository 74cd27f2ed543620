package fn

import (
	"sort"

	"goshawk/internal/dynamic"
)

// canonical is v with the keys of its bags in order.
func canonical(v dynamic.Value) dynamic.Value {
	switch v.Kind() {
	case dynamic.Array:
		items := make([]dynamic.Value, v.Len())
		for i, it := range v.Items() {
			items[i] = canonical(it)
		}
		return dynamic.FromArray(items)
	case dynamic.Bag:
		keys := append([]string(nil), v.Keys()...)
		sort.Strings(keys)
		vals := make([]dynamic.Value, len(keys))
		for i, k := range keys {
			vals[i] = canonical(v.Get(k))
		}
		return dynamic.FromBag(keys, vals)
	}
	return v
}

func init() {
	scalar(Scalar{Name: "dynamic_to_json", Summary: "Prints a dynamic value as JSON with the keys of bags in order.", Nulls: Handles,
		Kernel: each(func(args []dynamic.Value) (string, bool) { return canonical(args[0]).JSON(), true })})
}
