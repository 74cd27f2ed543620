package fn

import (
	"fmt"
	"testing"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func longs(nulls bool, xs ...int64) *vector.Vector {
	v := vector.Of(types.Long, xs, nil)
	if nulls { // the first entry
		v.Valid = vector.FullBitmap(len(xs))
		v.Valid.Clear(0)
	}
	return v
}

// asDict is v with a code per row.
func asDict(v *vector.Vector) *vector.Vector {
	codes := make([]int32, v.N)
	for i := range codes {
		codes[i] = int32(i)
	}
	return vector.NewDict(v, codes)
}

func oneGroup(t *testing.T, name string, parts ...[]*vector.Vector) string {
	t.Helper()
	a := AggArgs{Ret: types.Long}
	for _, v := range parts[0] {
		a.Types = append(a.Types, v.Type)
		if v.Form == vector.Const && v.N > 0 {
			d := v.Datum(0)
			a.Consts = append(a.Consts, &d)
		} else {
			a.Consts = append(a.Consts, nil)
		}
	}
	var all State
	for _, args := range parts {
		s, err := AggregateNamed(name).New(a)
		if err != nil {
			t.Fatal(name, err)
		}
		n := 0
		if len(args) > 0 {
			n = args[0].N
		}
		s.Grow(1)
		if err := s.Add(&Call{Env: &Env{}, N: n}, make([]int32, n), args); err != nil {
			t.Fatal(name, err)
		}
		if all == nil {
			all = s
		} else if err := all.Merge(s, []int32{0}); err != nil {
			t.Fatal(name, err)
		}
	}
	cols, err := all.Results(1)
	if err != nil {
		t.Fatal(name, err)
	}
	out := ""
	for i, c := range cols {
		if i > 0 {
			out += " "
		}
		out += c.ToDynamic(0).JSON()
	}
	if all.Bytes() < 0 {
		t.Errorf("%s: negative memory", name)
	}
	return out
}

func TestAggregatesOfFlatDictionaryAndMergedRows(t *testing.T) {
	number := func(f float64) *vector.Vector {
		return vector.Constant(vector.Datum{T: types.Real, V: f}, 3)
	}
	for _, c := range []struct {
		name, want, none string
		extra            []*vector.Vector
	}{
		{"count", "6", "0", nil},
		{"sum", "21", "0", nil},
		{"avg", "4.2", `"NaN"`, nil},
		{"max", "7", "null", nil},
		{"min", "2", "null", nil},
		{"arg_max", "7", "null", nil},
		{"arg_min", "2", "null", nil},
		{"take_any", "5", "null", nil},
		{"dcount", "5", "0", nil},
		{"make_list", "[5,2,3,7,4]", "[]", nil},
		{"make_set", "[5,2,3,7,4]", "[]", nil},
		{"stdev", "1.9235384061671346", "0.0", nil},
		{"binary_all_or", "7", "null", nil},
		{"percentile", "4", "null", []*vector.Vector{number(50)}},
	} {
		a, b := longs(true, 9, 5, 2), longs(false, 3, 7, 4)
		got := oneGroup(t, c.name, append([]*vector.Vector{a}, c.extra...), append([]*vector.Vector{b}, c.extra...))
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if d := oneGroup(t, c.name, append([]*vector.Vector{asDict(a)}, c.extra...), append([]*vector.Vector{asDict(b)}, c.extra...)); d != got {
			t.Errorf("%s of a dictionary: got %s, want %s", c.name, d, got)
		}
		if e := oneGroup(t, c.name, append([]*vector.Vector{longs(false)}, c.extra...)); e != c.none {
			t.Errorf("%s of no rows: got %s, want %s", c.name, e, c.none)
		}
	}
}

func TestEveryCatalogueAggregateHasARow(t *testing.T) {
	for i := range Aggregates {
		row := AggregateNamed(Aggregates[i].Name)
		if row == nil {
			t.Errorf("no row for aggregate %s", Aggregates[i].Name)
		} else if row.Status != Planned && row.New == nil {
			t.Errorf("aggregate %s computes nothing", row.Name)
		}
	}
}

func ExampleState() {
	s, _ := AggregateNamed("sumif").New(AggArgs{Types: []types.Type{types.Long, types.Bool}, Ret: types.Long})
	s.Grow(2)
	_ = s.Add(&Call{N: 3}, []int32{0, 1, 1}, []*vector.Vector{longs(false, 1, 2, 4), vector.Of(types.Bool, []bool{true, false, true}, nil)})
	cols, _ := s.Results(2)
	fmt.Println(cols[0].Ints)
	// Output: [1 4]
}
