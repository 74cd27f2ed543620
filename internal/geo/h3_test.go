package geo

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/golang/geo/s2"
)

// Homes of some base cells, as the format's own tables have them.
func TestBaseCells(t *testing.T) {
	if len(baseCells) != 122 {
		t.Fatalf("%d base cells", len(baseCells))
	}
	for n, want := range map[int]spot{
		0: {1, ijk{1, 0, 0}}, 1: {2, ijk{1, 1, 0}}, 4: {0, ijk{2, 0, 0}}, 11: {1, ijk{0, 1, 1}}, 14: {11, ijk{2, 0, 0}}, 24: {10, ijk{2, 0, 0}},
		38: {12, ijk{2, 0, 0}}, 39: {6, ijk{1, 0, 1}}, 49: {14, ijk{2, 0, 0}}, 58: {13, ijk{2, 0, 0}}, 63: {6, ijk{2, 0, 0}}, 68: {16, ijk{0, 1, 1}},
		72: {7, ijk{2, 0, 0}}, 83: {5, ijk{2, 0, 0}}, 97: {8, ijk{2, 0, 0}}, 107: {9, ijk{2, 0, 0}}, 117: {19, ijk{2, 0, 0}}, 120: {19, ijk{1, 0, 1}},
		121: {18, ijk{1, 0, 0}}, 102: {19, ijk{0, 1, 1}}, 93: {16, ijk{1, 0, 1}}, 81: {14, ijk{1, 1, 0}}, 50: {5, ijk{}},
	} {
		if got := baseCells[n].home; got != want {
			t.Errorf("base cell %d: %v, want %v", n, got, want)
		}
	}
	for at, want := range map[spot]entry{
		{16, ijk{0, 0, 2}}: {63, 0}, {16, ijk{0, 1, 2}}: {56, 3}, {16, ijk{0, 2, 0}}: {72, 1}, {16, ijk{0, 2, 1}}: {60, 3}, {16, ijk{0, 2, 2}}: {46, 3},
		{16, ijk{1, 0, 1}}: {93, 0}, {16, ijk{1, 0, 2}}: {79, 5}, {16, ijk{1, 1, 0}}: {99, 1}, {16, ijk{1, 2, 0}}: {88, 1}, {16, ijk{2, 0, 0}}: {117, 3},
		{16, ijk{2, 0, 1}}: {109, 5}, {16, ijk{2, 0, 2}}: {95, 5}, {16, ijk{2, 1, 0}}: {113, 1}, {16, ijk{2, 2, 0}}: {105, 1},
		{19, ijk{0, 2, 0}}: {83, 1}, {19, ijk{0, 0, 2}}: {107, 0}, {15, ijk{2, 0, 0}}: {117, 4}, {17, ijk{0, 0, 2}}: {72, 0}, {18, ijk{2, 0, 0}}: {117, 1},
	} {
		if got := baseAt[at]; got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestH3KnownCells(t *testing.T) {
	for _, c := range []struct {
		lng, lat float64
		res      int
		want     string
	}{
		{-74.04450446039874, 40.689250859314974, 6, "862a1072fffffff"},
		{-73.956683, 40.807907, 5, "852a100bfffffff"},
		{-73.989148, 40.743273, 5, "852a1073fffffff"},
	} {
		p, _ := Point(c.lng, c.lat)
		if got := H3(p, c.res).String(); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.lng, c.lat, got, c.want)
		}
	}
	for _, bad := range []string{"", "abc", "862a1072ffffff", "8fffffffffffffff", "862a1072fffffffff", "872a1072fffffff", "85080003fffffff"} {
		if h, ok := ParseH3(bad); ok && strings.TrimLeft(bad, "0") != h.String() {
			t.Errorf("%q is read as %s", bad, h)
		}
	}
}

// Every cell's middle lies in the cell, and every point in its boundary.
func TestH3RoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 30000 {
		p := s2.Point{Vector: s2.PointFromCoords(rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()).Normalize()}
		res := n % 12
		h := H3(p, res)
		if _, ok := ParseH3(h.String()); !ok {
			t.Fatalf("%s is no cell", h)
		}
		if got := H3(h.Center(), res); got != h {
			t.Fatalf("the middle of %s lies in %s", h, got)
		}
		if b := h.Boundary(); res > 0 && !b.contains(p) {
			d, _ := DistanceToPolygons(p, []Polygon{b})
			if d > 1e-3*math.Pow(sqrt7, float64(12-res)) {
				t.Fatalf("%s does not contain the point it was made of, by %v m", h, d)
			}
		}
		if up := h.Parent(max(0, res-1)); res > 0 {
			found := false
			for _, c := range up.Children(res, 100) {
				found = found || c == h
			}
			if !found {
				t.Fatalf("%s is no child of %s", h, up)
			}
		}
	}
}

// A cell is a neighbour of its neighbours, and there are six of them, or five
// of a pentagon.
func TestH3Neighbors(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	check := func(h H3Cell) {
		want := 6
		if h.Pentagon() {
			want = 5
		}
		list := h.Neighbors()
		if len(list) != want {
			t.Fatalf("%s has %d neighbours", h, len(list))
		}
		for _, n := range list {
			back := false
			for _, m := range n.Neighbors() {
				back = back || m == h
			}
			if !back {
				t.Fatalf("%s is a neighbour of %s, but not the other way", n, h)
			}
		}
	}
	for n := range 3000 {
		p := s2.Point{Vector: s2.PointFromCoords(rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()).Normalize()}
		check(H3(p, n%9))
	}
	for n, b := range baseCells {
		if b.pentagon {
			for res := range 6 {
				check(h3Of(res, n, make([]int, res)))
			}
		}
	}
}
