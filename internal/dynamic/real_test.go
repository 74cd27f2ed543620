package dynamic

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestRealsPrintAsKustoPrintsThem(t *testing.T) {
	sum := 0.1
	sum += 0.2
	for _, c := range []struct {
		f    float64
		want string
	}{
		{sum, "0.30000000000000007"}, {1.0 / 3, "0.3333333333333333"}, {100000000000, "100000000000.0"}, {math.Copysign(0, -1), "-0.0"},
		{math.Nextafter(10, 0), "9.999999999999999"}, {math.Nextafter(10, 11), "10.000000000000002"}, {40.76422600000001, "40.76422600000001"},
		{40.764226, "40.764226"},
		{1.5, "1.5"}, {-2.25, "-2.25"}, {1e20, "100000000000000000000.0"}, {1e21, "1e21"}, {1.5e300, "1.5e300"}, {0.00001, "0.00001"}, {1.5e-7, "1.5e-7"},
	} {
		if got := string(AppendReal(nil, c.f, false)); got != c.want {
			t.Errorf("%g: %s, want %s", c.f, got, c.want)
		}
	}
}

// What is printed must be read back as the same number.
func TestRealsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	longer := 0
	for range 200000 {
		f := math.Abs(math.Float64frombits(r.Uint64()))
		if r.IntN(2) == 0 {
			f = r.Float64() * 1000
		}
		if math.IsNaN(f) || math.IsInf(f, 0) || f == 0 {
			continue
		}
		for _, text := range []string{string(AppendReal(nil, f, false)), string(AppendNearest(nil, f))} {
			if g, err := strconv.ParseFloat(text, 64); err != nil || g != f {
				t.Fatalf("%v printed as %s", f, text)
			}
		}
		if len(AppendReal(nil, f, false)) > len(AppendNearest(nil, f)) {
			longer++
		}
	}
	// Grisu2 misses the shortest digits now and then.
	if longer > 1000 {
		t.Errorf("%d of 200,000 numbers take more digits than they need", longer)
	}
}
