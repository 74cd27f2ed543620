package fn

import (
	"goshawk/internal/dynamic"
)

// uniq collects distinct values in the order they are first seen.
type uniq struct {
	seen map[string]bool
	out  []dynamic.Value
	buf  []byte
}

func newUniq() *uniq { return &uniq{seen: map[string]bool{}, out: []dynamic.Value{}} }

func (u *uniq) has(v dynamic.Value) bool {
	u.buf = v.AppendKey(u.buf[:0])
	return u.seen[string(u.buf)]
}

func (u *uniq) add(v dynamic.Value) {
	if !u.has(v) {
		u.seen[string(u.buf)] = true
		u.out = append(u.out, v)
	}
}

func uniqOf(arr dynamic.Value) *uniq {
	u := newUniq()
	for _, it := range arr.Items() {
		u.add(it)
	}
	return u
}

// setRow makes the row of a function over sets, which are arrays; an argument
// that is no array gives null.
func setRow(name, summary string, f func(sets []dynamic.Value) dynamic.Value) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			for _, a := range args {
				if a.Kind() != dynamic.Array {
					return dynamic.NullValue
				}
			}
			return f(args)
		}),
	})
}

func union(sets []dynamic.Value) []dynamic.Value {
	u := newUniq()
	for _, s := range sets {
		for _, it := range s.Items() {
			u.add(it)
		}
	}
	return u.out
}

func intersect(sets []dynamic.Value) []dynamic.Value {
	rest := uniqOf(sets[0]).out
	for _, s := range sets[1:] {
		u, kept := uniqOf(s), []dynamic.Value{}
		for _, it := range rest {
			if u.has(it) {
				kept = append(kept, it)
			}
		}
		rest = kept
	}
	return rest
}

var (
	_ = setRow("set_union", "Lists the distinct values of all arrays.",
		func(sets []dynamic.Value) dynamic.Value { return dynamic.FromArray(union(sets)) })
	_ = setRow("set_intersect", "Lists the distinct values that all arrays have.",
		func(sets []dynamic.Value) dynamic.Value { return dynamic.FromArray(intersect(sets)) })
	_ = setRow("set_difference", "Lists the distinct values of the first array that no other has.",
		func(sets []dynamic.Value) dynamic.Value {
			others, out := newUniq(), []dynamic.Value{}
			for _, s := range sets[1:] {
				for _, it := range s.Items() {
					others.add(it)
				}
			}
			for _, it := range uniqOf(sets[0]).out {
				if !others.has(it) {
					out = append(out, it)
				}
			}
			return dynamic.FromArray(out)
		})
	_ = setRow("jaccard_index", "Gives the size of the intersection of two sets as a part of that of their union.",
		func(sets []dynamic.Value) dynamic.Value {
			all := len(union(sets))
			if all == 0 {
				return dynamic.FromReal(0)
			}
			return dynamic.FromReal(float64(len(intersect(sets))) / float64(all))
		})
)

// set_has_element tells "2" from 2.
var _ = scalar(Scalar{
	Name: "set_has_element", Summary: "Says whether an array has a value among its elements.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (bool, bool) {
		if args[0].Kind() != dynamic.Array {
			return false, false
		}
		for _, it := range args[0].Items() {
			if dynamic.Equal(it, args[1]) {
				return true, true
			}
		}
		return false, true
	}),
})

var _ = scalar(Scalar{
	Name: "set_equals", Summary: "Says whether two arrays have the same distinct values.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (bool, bool) {
		if args[0].Kind() != dynamic.Array || args[1].Kind() != dynamic.Array {
			return false, false
		}
		return len(intersect(args)) == len(union(args)), true
	}),
})
