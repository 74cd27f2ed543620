package exec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// TestSortingNumbersIsSortingValues compares sorting by normalised keys with
// sorting by comparisons, over all types, forms, directions and nulls.
func TestSortingNumbersIsSortingValues(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	value := func(typ types.Type) any {
		if typ != types.String && r.IntN(6) == 0 {
			return nil
		}
		switch typ {
		case types.Bool:
			return r.IntN(2) == 0
		case types.Real:
			return []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), -1.5, 2, 1e300}[r.IntN(8)]
		case types.String:
			return []string{"", "a", "a\x00", "abcdefgh", "abcdefghi", "abcdefghj", "b", "é"}[r.IntN(8)]
		case types.Guid:
			return vector.Guid{0: byte(r.IntN(3)), 15: byte(r.IntN(3))}
		case types.Decimal:
			d, _ := vector.ParseDecimal([]string{"1", "1.0", "-3", "2.5"}[r.IntN(4)])
			return d
		}
		return []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 5, 1 << 40}[r.IntN(7)]
	}
	for round := range 400 {
		n := 1 + r.IntN(60)
		var keys []*vector.Vector
		var plans []plan.Key
		for range 1 + r.IntN(3) {
			typ := []types.Type{types.Bool, types.Long, types.Datetime, types.Real, types.String, types.Guid, types.Decimal}[r.IntN(7)]
			b := vector.NewBuilder(typ, n)
			for range n {
				b.Append(vector.Datum{T: typ, V: value(typ)})
			}
			v := b.Done()
			switch r.IntN(3) {
			case 0:
				codes := make([]int32, n)
				for i := range codes {
					codes[i] = int32(r.IntN(n))
				}
				v = vector.NewDict(v, codes)
			case 1:
				v = vector.Constant(v.Datum(0), n)
			}
			keys = append(keys, v)
			plans = append(plans, plan.Key{Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0})
		}
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int {
			for k := range keys {
				if c := compareKey(keys[k], int(a), int(b), &plans[k]); c != 0 {
					return c
				}
			}
			return 0
		})
		if got := sortRows(keys, plans, n); !slices.Equal(got, want) {
			var show []string
			for k := range keys {
				show = append(show, fmt.Sprint(keys[k].Type, " ", plans[k].Desc, plans[k].NullsFirst))
			}
			t.Fatalf("round %d, keys %v: got %v, want %v", round, show, got, want)
		}
	}
}
