package geo

import (
	"math"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

func angleOf(radians float64) s1.Angle { return s1.Angle(radians) }

// The corners of a hexagon on the grid three times as fine; for odd
// resolutions on one seven times finer still.
var (
	evenCorners = [6]ijk{{2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 1, 2}, {1, 0, 2}, {2, 0, 1}}
	oddCorners  = [6]ijk{{5, 4, 0}, {1, 5, 0}, {0, 5, 4}, {0, 1, 5}, {4, 0, 5}, {5, 0, 1}}
)

// Boundary is a cell as a polygon. Where a side of an odd resolution crosses
// from one face to another it has a corner more.
func (h H3Cell) Boundary() Polygon {
	s, res := h.spot(), h.Resolution()
	middle := s.at.third().thirdRight()
	even, corners := res, evenCorners[:]
	if skewed(res) {
		middle, corners = middle.downRight(), oddCorners[:]
		even++
	}
	if h.Pentagon() {
		corners = corners[:5]
	}
	n := len(corners)
	spots := make([]spot, n)
	for i, c := range corners {
		spots[i] = spot{s.face, middle.add(c).normal()}
	}
	var points []s2.Point
	var last spot
	lastState := inside
	for i := range n + 1 {
		v := spots[i%n]
		state := v.settle(even, 3, false)
		for m := 0; h.Pentagon() && m < 4 && state == moved; m++ {
			state = v.settle(even, 3, false)
		}
		switch {
		case !skewed(res) || i == 0 || v.face == last.face:
		case h.Pentagon():
			points = v.bend(last, even, points)
		case lastState != onSide:
			a, b := spots[(i+n-1)%n].at, spots[i%n].at
			other := v.face
			if other == s.face {
				other = last.face
			}
			points = crossed(a, b, s.face, other, even, points)
		}
		if i < n {
			points = append(points, placed(v.at.flat(), v.face, even))
		}
		last, lastState = v, state
	}
	l := s2.LoopFromPoints(points)
	l.Normalize()
	return Polygon{l}
}

func placed(p flatPoint, f, res int) s2.Point {
	lat, lng := p.on(f, res, true)
	return s2.PointFromLatLng(s2.LatLng{Lat: angleOf(lat), Lng: angleOf(lng)})
}

// bend adds the place where the side from last to s crosses from one face to
// another, as every side of a pentagon does.
func (s spot) bend(last spot, res int, points []s2.Point) []s2.Point {
	for side := range 3 {
		c := cross(s.face, side)
		if c.face != last.face {
			continue
		}
		at := s.at
		for range c.turns {
			at = at.turnLeft()
		}
		at = at.add(c.move.times(3 * scaleOf(res))).normal()
		return crossed(last.at, at, last.face, s.face, res, points)
	}
	return points
}

// crossed adds the place where the side from a to b on face f leaves it for
// another.
func crossed(a, b ijk, f, other, res int, points []s2.Point) []s2.Point {
	for side := range 3 {
		if cross(f, side).face != other {
			continue
		}
		limit := float64(3 * reach(res))
		ends := [3]flatPoint{{limit, 0}, {-limit / 2, limit * sin60}, {-limit / 2, -limit * sin60}}
		p, q := ends[0], ends[1]
		switch side {
		case sideJK:
			p, q = ends[1], ends[2]
		case sideKI:
			p, q = ends[2], ends[0]
		}
		if x, ok := meet(a.flat(), b.flat(), p, q); ok && !x.at(a.flat()) && !x.at(b.flat()) {
			points = append(points, placed(x, f, res))
		}
	}
	return points
}

func (p flatPoint) at(q flatPoint) bool { return math.Hypot(p.x-q.x, p.y-q.y) < 1e-6 }

// meet is where two straight lines meet.
func meet(a, b, c, d flatPoint) (flatPoint, bool) {
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, d.x-c.x, d.y-c.y
	det := -vx*uy + ux*vy
	if det == 0 {
		return flatPoint{}, false
	}
	t := (vx*(a.y-c.y) - vy*(a.x-c.x)) / det
	return flatPoint{a.x + t*ux, a.y + t*uy}, true
}

// Neighbors are the cells beside a cell: what lies as far behind each side as
// the middle lies before it.
func (h H3Cell) Neighbors() []H3Cell {
	c := h.Center()
	var out []H3Cell
	seen := map[H3Cell]bool{h: true}
	loop := h.Boundary()[0]
	for i := range loop.NumVertices() {
		side := s2.Point{Vector: loop.Vertex(i).Add(loop.Vertex(i + 1).Vector).Normalize()}
		p := s2.Point{Vector: side.Mul(2 * c.Dot(side.Vector)).Sub(c.Vector).Normalize()}
		if n := H3(p, h.Resolution()); !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// ringSteps lead round a ring, as H3 goes.
var ringSteps = [6]int{2, 3, 1, 5, 4, 6}

// Rings are a cell, the cells beside it, those beside these, and so on up to a
// distance, each ring in H3's order.
func (h H3Cell) Rings(distance int) [][]H3Cell {
	rings := [][]H3Cell{{h}}
	seen := map[H3Cell]bool{h: true}
	for range distance {
		var next []H3Cell
		for _, c := range rings[len(rings)-1] {
			for _, n := range c.Neighbors() {
				if !seen[n] {
					seen[n] = true
					next = append(next, n)
				}
			}
		}
		rings = append(rings, next)
	}
	for d := 1; d <= distance; d++ {
		if list := h.ring(d); sameCells(list, rings[d]) {
			rings[d] = list
		}
	}
	return rings
}

// ring walks round a cell on the plane of its face. Near a corner of the
// icosahedron that leads astray, which Rings notices.
func (h H3Cell) ring(distance int) []H3Cell {
	s, digits := h.raw()
	pentagon := baseCells[h.base()].pentagon
	s.at = s.at.add(units[digitI].times(distance))
	var out []H3Cell
	for _, step := range ringSteps {
		for range distance {
			s.at = s.at.add(units[step]).normal()
			lat, lng := s.settled(h.Resolution(), pentagon, pentagon && leading(digits) == digitI).place(h.Resolution())
			out = append(out, H3(s2.PointFromLatLng(s2.LatLng{Lat: angleOf(lat), Lng: angleOf(lng)}), h.Resolution()))
		}
	}
	return out
}

func sameCells(a, b []H3Cell) bool {
	set := map[H3Cell]bool{}
	for _, c := range a {
		set[c] = true
	}
	for _, c := range b {
		if !set[c] {
			return false
		}
	}
	return len(a) == len(b) && len(set) == len(b)
}
