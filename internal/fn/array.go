package fn

import (
	"math"
	"sort"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// arrayRow makes the row of a function from an array, and more, to a dynamic;
// an argument that is no array gives null.
func arrayRow(name, summary string, f func(items []dynamic.Value, args []dynamic.Value) dynamic.Value) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			if args[0].Kind() != dynamic.Array {
				return dynamic.NullValue
			}
			return f(args[0].Items(), args[1:])
		}),
	})
}

// whole is the integer in v, cut if it is a fraction.
func whole(v dynamic.Value) (int64, bool) {
	switch v.Kind() {
	case dynamic.Long, dynamic.Datetime, dynamic.Timespan:
		return v.Long(), true
	case dynamic.Real:
		return cutReal(v.Real()), true
	}
	return 0, false
}

func lengthRow(name string) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: "Counts the elements of an array; null for anything else.", Nulls: Handles,
		Kernel: each(func(args []dynamic.Value) (int64, bool) {
			return int64(args[0].Len()), args[0].Kind() == dynamic.Array
		}),
	})
}

var (
	_ = lengthRow("array_length")
	_ = lengthRow("arraylength")
)

var _ = scalar(Scalar{
	Name: "array_concat", Summary: "Joins arrays into one; what is no array is left out.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		var out []dynamic.Value
		any := false
		for _, a := range args {
			if a.Kind() == dynamic.Array {
				any = true
				out = append(out, a.Items()...)
			}
		}
		if !any {
			return dynamic.NullValue
		}
		return dynamic.FromArray(out)
	}),
})

// place turns an index that may count from the end into one from the front,
// between 0 and n.
func place(i int64, n int) int {
	if i < 0 {
		i += int64(n)
	}
	return int(min(max(i, 0), int64(n)))
}

var (
	_ = arrayRow("array_slice", "Takes a part of an array; both ends are included and may count from the end.",
		func(items, args []dynamic.Value) dynamic.Value {
			from, ok1 := whole(args[0])
			to, ok2 := whole(args[1])
			if !ok1 || !ok2 {
				return dynamic.NullValue
			}
			n := int64(len(items))
			if to < 0 {
				to += n
			}
			if from < 0 {
				from = max(from+n, 0)
			}
			to = min(to, n-1)
			if from > to {
				return dynamic.FromArray([]dynamic.Value{})
			}
			return dynamic.FromArray(append([]dynamic.Value(nil), items[from:to+1]...))
		})
	_ = arrayRow("array_split", "Cuts an array at an index, or at each of several, into an array of arrays.", splitArray)
	_ = arrayRow("array_reverse", "Turns the order of an array around.",
		func(items, _ []dynamic.Value) dynamic.Value {
			out := make([]dynamic.Value, len(items))
			for i, v := range items {
				out[len(items)-1-i] = v
			}
			return dynamic.FromArray(out)
		})
	_ = arrayRow("array_rotate_left", "Moves the elements of an array to the left, those that fall off to the other end.",
		func(items, args []dynamic.Value) dynamic.Value { return rotate(items, args[0], 1) })
	_ = arrayRow("array_rotate_right", "Moves the elements of an array to the right, those that fall off to the other end.",
		func(items, args []dynamic.Value) dynamic.Value { return rotate(items, args[0], -1) })
	_ = arrayRow("array_shift_left", "Moves the elements of an array to the left and fills up with null or a default.",
		func(items, args []dynamic.Value) dynamic.Value { return shift(items, args, 1) })
	_ = arrayRow("array_shift_right", "Moves the elements of an array to the right and fills up with null or a default.",
		func(items, args []dynamic.Value) dynamic.Value { return shift(items, args, -1) })
)

func splitArray(items, args []dynamic.Value) dynamic.Value {
	cuts := []dynamic.Value{args[0]}
	if args[0].Kind() == dynamic.Array {
		cuts = args[0].Items()
	}
	var out []dynamic.Value
	from := 0
	for _, cut := range cuts {
		i, ok := whole(cut)
		if !ok {
			return dynamic.NullValue
		}
		to := max(place(i, len(items)), from)
		out = append(out, dynamic.FromArray(items[from:to:to]))
		from = to
	}
	return dynamic.FromArray(append(out, dynamic.FromArray(items[from:])))
}

func rotate(items []dynamic.Value, by dynamic.Value, sign int64) dynamic.Value {
	n, ok := whole(by)
	if !ok {
		return dynamic.NullValue
	}
	out := make([]dynamic.Value, len(items))
	if len(items) > 0 {
		size := int64(len(items))
		k := ((n%size*sign)%size + size) % size
		copy(out, items[k:])
		copy(out[size-k:], items[:k])
	}
	return dynamic.FromArray(out)
}

func shift(items, args []dynamic.Value, sign int64) dynamic.Value {
	n, ok := whole(args[0])
	if !ok {
		return dynamic.NullValue
	}
	var fill dynamic.Value
	if len(args) > 1 {
		fill = args[1]
	}
	out := make([]dynamic.Value, len(items))
	for i := range out {
		// Far shifts are cut so that the sum cannot wrap.
		from := int64(i) + sign*min(max(n, -int64(len(items))), int64(len(items)))
		if out[i] = fill; from >= 0 && from < int64(len(items)) {
			out[i] = items[from]
		}
	}
	return dynamic.FromArray(out)
}

// array_index_of compares 15 and 15.0 as equal.
var _ = scalar(Scalar{
	Name: "array_index_of", Summary: "Finds the first place of a value in an array; -1 if it is not there.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (int64, bool) {
		if args[0].Kind() != dynamic.Array {
			return 0, false
		}
		items := args[0].Items()
		from, to, nth := 0, len(items), int64(1)
		if len(args) > 2 {
			if i, ok := whole(args[2]); ok {
				from = place(i, len(items))
			}
		}
		if len(args) > 3 {
			if n, ok := whole(args[3]); ok && n >= 0 {
				to = from + int(min(n, int64(len(items)-from)))
			}
		}
		if len(args) > 4 {
			if n, ok := whole(args[4]); ok {
				nth = n
			}
		}
		for i := from; i < to; i++ {
			if dynamic.Equal(items[i], args[1]) {
				if nth--; nth == 0 {
					return int64(i), true
				}
			}
		}
		return -1, true
	}),
})

var _ = scalar(Scalar{
	Name: "array_sum", Summary: "Adds up the numbers of an array, as a real.", Nulls: Handles,
	Kernel: each(sumOf),
})

var _ = scalar(Scalar{
	Name: "series_sum", Summary: "Adds up the numbers of a series, as a real.", Nulls: Handles,
	Kernel: each(sumOf),
})

// sumOf skips nulls; anything else that is no number makes the sum null.
func sumOf(args []dynamic.Value) (float64, bool) {
	if args[0].Kind() != dynamic.Array {
		return 0, false
	}
	sum := 0.0
	for _, it := range args[0].Items() {
		f, ok := it.Number()
		if !ok && !it.IsNull() {
			return 0, false
		}
		sum += f
	}
	return sum, true
}

func iffRow(name string) *Scalar {
	return arrayRow(name, "Takes each element from one array or another, as a condition array says.",
		func(conds, args []dynamic.Value) dynamic.Value {
			out := make([]dynamic.Value, len(conds))
			for i, c := range conds {
				var yes bool
				switch c.Kind() {
				case dynamic.Bool:
					yes = c.Bool()
				case dynamic.Long, dynamic.Real:
					f, _ := c.Number()
					yes = f != 0
				default:
					continue
				}
				if out[i] = args[1]; yes {
					out[i] = args[0]
				}
				if out[i].Kind() == dynamic.Array {
					out[i] = out[i].At(int64(i))
				}
			}
			return dynamic.FromArray(out)
		})
}

var (
	_ = iffRow("array_iff")
	_ = iffRow("array_iif")
)

func joinRow(name string) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: "Writes the elements of an array one after the other with a delimiter between them.", Nulls: Handles,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			arr, delim := dyns(args[0]), texts(args[1])
			return collect(c, nil, func(i int) (string, bool) {
				items := arr.at(i).Items()
				if arr.at(i).Kind() != dynamic.Array {
					return "", true
				}
				var b strings.Builder
				for k, it := range items {
					if k > 0 {
						b.WriteString(delim.at(i))
					}
					b.WriteString(it.String())
				}
				return b.String(), true
			}), nil
		},
	})
}

var (
	_ = joinRow("strcat_array")
	_ = joinRow("array_strcat")
)

// sortRow makes the rows of array_sort_asc and array_sort_desc. One array
// gives an array. Several give an array of arrays, in the order of the
// arguments, each reordered as the first; the binder makes columns of them.
func sortRow(name, summary string, desc bool) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			nullsLast := true
			if last := args[len(args)-1]; last.Type == types.Bool && len(args) > 1 {
				nullsLast = last.IsNull(0) || last.Bool(0)
				args = args[:len(args)-1]
			}
			return eachDyn(func(row []dynamic.Value) dynamic.Value { return sortArrays(row, desc, nullsLast) })(c, args)
		},
	})
}

var (
	_ = sortRow("array_sort_asc", "Sorts an array upwards, and further arrays in step with it.", false)
	_ = sortRow("array_sort_desc", "Sorts an array downwards, and further arrays in step with it.", true)
)

func sortArrays(row []dynamic.Value, desc, nullsLast bool) dynamic.Value {
	items := row[0].Items()
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, k int) bool {
		a, b := items[order[i]], items[order[k]]
		if a.IsNull() || b.IsNull() {
			return a.IsNull() != b.IsNull() && a.IsNull() != nullsLast
		}
		if desc {
			a, b = b, a
		}
		return lessDyn(a, b)
	})
	out := make([]dynamic.Value, len(row))
	for k, arr := range row {
		if arr.Kind() != dynamic.Array || arr.Len() != len(items) {
			continue
		}
		sorted := make([]dynamic.Value, len(items))
		for i, from := range order {
			sorted[i] = arr.Items()[from]
		}
		out[k] = dynamic.FromArray(sorted)
	}
	if len(row) == 1 {
		return out[0]
	}
	return dynamic.FromArray(out)
}

// lessDyn orders numbers by value, texts by their bytes, and kinds among each
// other by their number.
func lessDyn(a, b dynamic.Value) bool {
	if x, ok := a.Number(); ok {
		if y, ok := b.Number(); ok {
			if a.Kind() == dynamic.Long && b.Kind() == dynamic.Long {
				return a.Long() < b.Long()
			}
			return x < y || math.IsNaN(x) && !math.IsNaN(y)
		}
	}
	if a.Kind() != b.Kind() {
		return a.Kind() < b.Kind()
	}
	switch a.Kind() {
	case dynamic.Bool:
		return !a.Bool() && b.Bool()
	case dynamic.Datetime, dynamic.Timespan:
		return a.Long() < b.Long()
	case dynamic.String, dynamic.Guid:
		return a.Text() < b.Text()
	case dynamic.Decimal:
		x, _ := vector.ParseDecimal(a.Text())
		y, _ := vector.ParseDecimal(b.Text())
		return x != nil && y != nil && x.Cmp(y) < 0
	}
	return a.JSON() < b.JSON()
}
