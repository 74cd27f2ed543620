package geo

import (
	"math"

	"github.com/golang/geo/s2"
)

// maxH3Cells bounds the cells of a shape.
const maxH3Cells = 65536

// CoverH3 lists the cells of a resolution whose middle lies in a polygon; ok is
// false when they are too many.
func CoverH3(list []Polygon, res int) ([]H3Cell, bool) {
	// The mean area of a cell: 122 of resolution 0, about seven times as many
	// with each further one.
	if Area(list)/Radius/Radius > 4*math.Pi/122/math.Pow(7, float64(res))*maxH3Cells*2 {
		return nil, false
	}
	seen := map[H3Cell]bool{}
	var todo, out []H3Cell
	see := func(h H3Cell) {
		if !seen[h] {
			seen[h] = true
			todo = append(todo, h)
		}
	}
	// From the cells along the rings inwards.
	step := 0.25 * math.Sqrt(4*math.Pi/122/math.Pow(7, float64(res)))
	for _, p := range list {
		for _, l := range p {
			for i := range l.NumVertices() {
				a, b := l.Vertex(i), l.Vertex(i+1)
				n := int(math.Ceil(a.Distance(b).Radians() / step))
				if n+len(seen) > 16*maxH3Cells {
					return nil, false
				}
				for k := range n {
					h := H3(s2.Interpolate(float64(k)/float64(n), a, b), res)
					see(h)
					for _, next := range h.Neighbors() {
						see(next)
					}
				}
			}
		}
	}
	for len(todo) > 0 {
		h := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !Contains(list, h.Center()) {
			continue
		}
		if out = append(out, h); len(out) > maxH3Cells {
			return nil, false
		}
		for _, next := range h.Neighbors() {
			see(next)
		}
	}
	return out, true
}
