package fn

import (
	"math"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxRange bounds the arrays that range and repeat make; longer ones are cut,
// as Kusto cuts them.
const maxRange = 1 << 20

// maxMade bounds what range and repeat make for one batch of rows: half a
// gigabyte of values, where each of 16,384 rows could ask for a million.
const maxMade = 1 << 24

// made adds up the lengths of arrays and refuses too much.
type made int

func (m *made) add(name string, v dynamic.Value) error {
	if *m += made(max(v.Len(), 0)); *m > maxMade {
		return Errorf("%s() would make more than %d values for one batch of rows: ask for shorter arrays or fewer rows", name, maxMade)
	}
	return nil
}

var _ = scalar(Scalar{
	Name: "range", Summary: "Makes an array of evenly spaced values.", Nulls: Handles,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		step := func(int) dynamic.Value { return dynamic.FromLong(1) }
		if t := args[0].Type; t == types.Datetime || t == types.Timespan {
			step = func(int) dynamic.Value { return dynamic.FromTimespan(types.Hour) }
		}
		if len(args) > 2 {
			step = dyns(args[2]).at
		}
		from, to := dyns(args[0]), dyns(args[1])
		out := make([]dynamic.Value, c.N)
		var sum made
		for i := range out {
			out[i] = rangeOf(from.at(i), to.at(i), step(i))
			if err := sum.add("range", out[i]); err != nil {
				return nil, err
			}
		}
		return vector.Of(types.Dynamic, out, nil), nil
	},
})

func rangeOf(from, to, step dynamic.Value) dynamic.Value {
	if from.IsNull() || to.IsNull() || step.IsNull() {
		return dynamic.NullValue
	}
	items := []dynamic.Value{}
	if from.Kind() == dynamic.Real || to.Kind() == dynamic.Real || step.Kind() == dynamic.Real {
		a, ok1 := from.Number()
		b, ok2 := to.Number()
		s, ok3 := step.Number()
		if !ok1 || !ok2 || !ok3 || s == 0 {
			return dynamic.NullValue
		}
		for k := 0; k < maxRange; k++ {
			x := a + float64(k)*s
			if s > 0 && !(x <= b) || s < 0 && !(x >= b) || math.IsNaN(s) {
				break
			}
			items = append(items, dynamic.FromReal(x))
		}
		return dynamic.FromArray(items)
	}
	a, ok1 := whole(from)
	b, ok2 := whole(to)
	s, ok3 := whole(step)
	if !ok1 || !ok2 || !ok3 || s == 0 {
		return dynamic.NullValue
	}
	for x := a; len(items) < maxRange && (s > 0 && x <= b || s < 0 && x >= b); {
		switch from.Kind() {
		case dynamic.Datetime:
			items = append(items, dynamic.FromDatetime(x))
		case dynamic.Timespan:
			items = append(items, dynamic.FromTimespan(x))
		default:
			items = append(items, dynamic.FromLong(x))
		}
		next := x + s
		if (next > x) != (s > 0) {
			break
		}
		x = next
	}
	return dynamic.FromArray(items)
}

var _ = scalar(Scalar{
	Name: "repeat", Summary: "Makes an array that holds a value some times.", Nulls: Handles,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		if args[0].Type == types.Dynamic {
			return nil, Errorf("repeat() takes no dynamic value")
		}
		var sum made
		value, times, out := dyns(args[0]), dyns(args[1]), make([]dynamic.Value, c.N)
		for i := range out {
			out[i] = repeated([]dynamic.Value{value.at(i), times.at(i)})
			if err := sum.add("repeat", out[i]); err != nil {
				return nil, err
			}
		}
		return vector.Of(types.Dynamic, out, nil), nil
	},
})

func repeated(args []dynamic.Value) dynamic.Value {
	n, ok := whole(args[1])
	if !ok {
		return dynamic.NullValue
	}
	items := make([]dynamic.Value, min(max(n, 0), maxRange))
	for i := range items {
		items[i] = args[0]
	}
	return dynamic.FromArray(items)
}
