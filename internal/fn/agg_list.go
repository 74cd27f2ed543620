package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxCollected is how many elements make_list, make_set and make_bag keep when
// the query does not say: the documented 2^20.
const maxCollected = 1 << 20

// make_list keeps the values that are not null in row order, and of an array
// its elements; nothing gives [].
var aggMakeList = aggregateIf(Aggregate{
	Name:    "make_list",
	Summary: "An array of the values in row order.",
	Type:    dynamicType,
	New:     newList(false),
}, "make_list_if", 1, "An array of the values of the rows for which a predicate holds.")

var _ = aggregateAs("makelist", aggMakeList)

var _ = aggregate(Aggregate{
	Name:    "make_list_with_nulls",
	Summary: "An array of the values in row order, nulls included.",
	Type:    dynamicType,
	New:     newList(true),
})

func dynamicType([]types.Type) types.Type { return types.Dynamic }

// sizeArg is the limit in constant argument i.
func sizeArg(a AggArgs, i int) int {
	if i < len(a.Consts) && a.Consts[i] != nil {
		if n, ok := a.Consts[i].V.(int64); ok && n >= 0 && n < maxCollected {
			return int(n)
		}
	}
	return maxCollected
}

func newList(nulls bool) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) { return &listState{max: sizeArg(a, 1), nulls: nulls}, nil }
}

type listState struct {
	max   int
	nulls bool
	lists [][]dynamic.Value
	bytes int64
}

func (s *listState) Grow(n int) { s.lists = grown(s.lists, n) }

func (s *listState) Add(_ *Call, groups []int32, args []*vector.Vector) error {
	at := valuesOf(args[0])
	for i, g := range groups {
		if len(s.lists[g]) >= s.max {
			continue
		}
		x, isNull := at(i)
		if isNull && !s.nulls {
			continue
		}
		s.lists[g] = s.collect(s.lists[g], x)
	}
	return nil
}

// collect adds a value to a list: of an array its elements, as Kusto does.
func (s *listState) collect(list []dynamic.Value, x dynamic.Value) []dynamic.Value {
	add := []dynamic.Value{x}
	if x.Kind() == dynamic.Array {
		add = x.Items()
	}
	add = add[:min(len(add), s.max-len(list))]
	for _, it := range add {
		s.bytes += 64 + dynBytes(it)
	}
	return append(list, add...)
}

// valuesOf reads v as dynamic values that may be kept. Values of a dictionary
// are made once per entry.
func valuesOf(v *vector.Vector) func(i int) (x dynamic.Value, isNull bool) {
	one := func(v *vector.Vector, i int) (dynamic.Value, bool) {
		if v.IsNull(i) {
			return dynamic.NullValue, true
		}
		return v.ToDynamic(i).Detach(), false
	}
	switch v.Form {
	case vector.Const:
		x, isNull := one(v, 0)
		return func(int) (dynamic.Value, bool) { return x, isNull }
	case vector.Dict:
		if v.Values.N > v.N {
			break
		}
		made := make([]dynamic.Value, v.Values.N)
		state := make([]byte, v.Values.N) // 0 not made, 1 value, 2 null
		return func(i int) (dynamic.Value, bool) {
			c := v.Codes[i]
			if state[c] == 0 {
				x, isNull := one(v.Values, int(c))
				made[c], state[c] = x, byte(1+btoi(isNull))
			}
			return made[c], state[c] == 2
		}
	}
	return func(i int) (dynamic.Value, bool) { return one(v, i) }
}

func (s *listState) Merge(other State, to []int32) error {
	o := other.(*listState)
	for g, list := range o.lists {
		t := to[g]
		if room := s.max - len(s.lists[t]); len(list) > room {
			list = list[:room]
		}
		s.lists[t] = append(s.lists[t], list...)
	}
	s.bytes += o.bytes
	return nil
}

func (s *listState) Results(n int) ([]*vector.Vector, error) {
	s.Grow(n)
	out := make([]dynamic.Value, n)
	for g := range out {
		out[g] = dynamic.FromArray(s.lists[g])
	}
	return []*vector.Vector{vector.Of(types.Dynamic, out, nil)}, nil
}

func (s *listState) Bytes() int64 { return s.bytes + int64(cap(s.lists))*24 }
