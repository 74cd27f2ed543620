package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/golang/geo/s2"
)

func somewhere(rng *rand.Rand, size float64) s2.Point {
	p, _ := Point(20+size*rng.Float64(), 50+size*rng.Float64())
	return p
}

// A point lies in a buffer when it is near enough to the line, give or take
// the tolerance.
func TestBufferHoldsWhatIsNear(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const radius, tolerance = 2000.0, 50.0
	for n := range 60 {
		var line s2.Polyline
		for range 2 + n%12 {
			line = append(line, somewhere(rng, 0.2))
		}
		lines := []*s2.Polyline{&line}
		b, err := Buffer(Shape{Lines: lines}, radius, tolerance)
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			p := somewhere(rng, 0.3)
			d, _ := DistanceToLines(p, lines)
			switch in := Contains(b.Polygons, p); {
			case in && d > radius+1:
				t.Fatalf("%d: a point %v m away lies in the buffer", n, d)
			case !in && d < radius-tolerance-1:
				t.Fatalf("%d: a point %v m away does not lie in the buffer", n, d)
			}
		}
	}
}

// A point lies in a union when it lies in one of both, and in an intersection
// when it lies in both.
func TestCombinationsHoldPoints(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	some := func() []Polygon {
		for {
			var points []s2.Point
			for range 3 + rng.IntN(4) {
				points = append(points, somewhere(rng, 1))
			}
			l := s2.LoopFromPoints(points)
			l.Normalize()
			if p := (Polygon{l}); p.simple() {
				return []Polygon{p}
			}
		}
	}
	for range 300 {
		a, b := some(), some()
		u, err1 := Union(Shape{Polygons: a}, Shape{Polygons: b})
		i, err2 := Intersection(Shape{Polygons: a}, Shape{Polygons: b})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		for range 100 {
			p := somewhere(rng, 1)
			inA, inB := Contains(a, p), Contains(b, p)
			if got := Contains(u.Polygons, p); got != (inA || inB) {
				t.Fatalf("in the union: %v, in the parts: %v %v", got, inA, inB)
			}
			if got := Contains(i.Polygons, p); got != (inA && inB) {
				t.Fatalf("in the intersection: %v, in the parts: %v %v", got, inA, inB)
			}
		}
		if sum, parts := Area(u.Polygons)+Area(i.Polygons), Area(a)+Area(b); sum < parts*0.999999 || sum > parts*1.000001 {
			t.Fatalf("areas: %v, of the parts %v", sum, parts)
		}
	}
}
