package geo

import (
	"math"
	"strconv"

	"github.com/golang/geo/s2"
)

// H3Cell is a cell of the H3 grid: mode, resolution, base cell and a digit for
// each finer resolution.
type H3Cell uint64

// MaxResolution is the finest resolution of H3.
const MaxResolution = 15

const (
	h3Mode       = 1
	modeShift    = 59
	resShift     = 52
	baseShift    = 45
	digitBits    = 3
	sqrt7        = 2.6457513110645905905016157536392604257102
	gnomonicUnit = 0.38196601125010500003 // of a hexagon of resolution 0
	skewAngle    = 0.333473172251832115336090755351601070065900389
	h3Pole       = 1e-16
)

func h3Of(res, base int, digits []int) H3Cell {
	h := H3Cell(h3Mode)<<modeShift | H3Cell(res)<<resShift | H3Cell(base)<<baseShift
	for r := 1; r <= MaxResolution; r++ {
		d := noDigit
		if r <= res {
			d = digits[r-1]
		}
		h |= H3Cell(d) << (digitBits * (MaxResolution - r))
	}
	return h
}

// Resolution is how fine a cell is, 0 to 15.
func (h H3Cell) Resolution() int { return int(h >> resShift & 15) }

func (h H3Cell) base() int { return int(h >> baseShift & 127) }

func (h H3Cell) digit(r int) int { return int(h >> (digitBits * (MaxResolution - r)) & 7) }

func (h H3Cell) digits() []int {
	out := make([]int, h.Resolution())
	for i := range out {
		out[i] = h.digit(i + 1)
	}
	return out
}

// String is the cell as H3 writes it.
func (h H3Cell) String() string { return strconv.FormatUint(uint64(h), 16) }

// ParseH3 reads a cell.
func ParseH3(s string) (H3Cell, bool) {
	n, err := strconv.ParseUint(s, 16, 64)
	h := H3Cell(n)
	if err != nil || h>>63 != 0 || h>>modeShift&15 != h3Mode || h>>56&7 != 0 || h.base() >= len(baseCells) {
		return 0, false
	}
	first := 0
	for r := 1; r <= MaxResolution; r++ {
		d := h.digit(r)
		if r <= h.Resolution() == (d == noDigit) {
			return 0, false
		}
		if first == 0 && d != noDigit {
			first = d
		}
	}
	return h, !(baseCells[h.base()].pentagon && first == digitK)
}

// leading is the first digit that is not 0.
func leading(digits []int) int {
	for _, d := range digits {
		if d != 0 {
			return d
		}
	}
	return 0
}

func turned(digits []int, by [8]int) []int {
	out := make([]int, len(digits))
	for i, d := range digits {
		out[i] = by[d]
	}
	return out
}

// H3 is the cell of a resolution that a point lies in.
func H3(p s2.Point, res int) H3Cell {
	s := spotOf(p, res)
	if res == 0 {
		return h3Of(0, baseAt[s].cell, nil)
	}
	digits := make([]int, res)
	for r := res; r >= 1; r-- {
		parent := s.at.up(r)
		digits[r-1] = digitOf(s.at.add(parent.down(r).times(-1)))
		s.at = parent
	}
	e := baseAt[s]
	b := baseCells[e.cell]
	if b.pentagon && leading(digits) == digitK {
		if b.right[0] == s.face || b.right[1] == s.face {
			digits = turned(digits, rightOf)
		} else {
			digits = turned(digits, leftOf)
		}
	}
	for range e.turns {
		digits = turned(digits, leftOf)
		if b.pentagon && leading(digits) == digitK {
			digits = turned(digits, leftOf)
		}
	}
	return h3Of(res, e.cell, digits)
}

// spotOf finds the face under a point and the hexagon there.
func spotOf(p s2.Point, res int) spot {
	best, square := 0, math.Inf(1)
	for f, c := range faces {
		q := s2.PointFromLatLng(s2.LatLng{Lat: angleOf(c.lat), Lng: angleOf(c.lng)})
		if d := q.Sub(p.Vector).Norm2(); d < square {
			best, square = f, d
		}
	}
	r := math.Acos(1 - square/2)
	if r < h3Pole {
		return spot{face: best}
	}
	c := faces[best]
	q := s2.PointFromLatLng(s2.LatLng{Lat: angleOf(c.lat), Lng: angleOf(c.lng)})
	az, _ := Azimuth(q, p)
	theta := c.axis - az
	if skewed(res) {
		theta -= skewAngle
	}
	r = math.Tan(r) / gnomonicUnit * math.Pow(sqrt7, float64(res))
	return spot{best, flatPoint{r * math.Cos(theta), r * math.Sin(theta)}.hexagon()}
}

// place is where the middle of a spot lies, in radians.
func (s spot) place(res int) (lat, lng float64) { return s.at.flat().on(s.face, res, false) }

// on is where a place on a face lies, in radians. corner says that the unit is
// that of the grid of corners, three times as fine.
func (p flatPoint) on(f, res int, corner bool) (lat, lng float64) {
	c := faces[f]
	r := math.Hypot(p.x, p.y)
	if r < h3Pole {
		return c.lat, c.lng
	}
	theta := math.Atan2(p.y, p.x)
	r /= math.Pow(sqrt7, float64(res))
	if corner {
		r /= 3
	} else if skewed(res) {
		theta += skewAngle
	}
	return ahead(c.lat, c.lng, c.axis-theta, math.Atan(r*gnomonicUnit))
}

// ahead is the place a way off in a direction, all in radians.
func ahead(lat, lng, az, distance float64) (float64, float64) {
	sin := math.Sin(lat)*math.Cos(distance) + math.Cos(lat)*math.Sin(distance)*math.Cos(az)
	sin = min(1, max(-1, sin))
	to := math.Asin(sin)
	if math.Abs(math.Abs(to)-math.Pi/2) < h3Pole {
		return to, 0
	}
	y := math.Sin(az) * math.Sin(distance) / math.Cos(to)
	x := (math.Cos(distance) - math.Sin(lat)*sin) / math.Cos(lat) / math.Cos(to)
	lng += math.Atan2(min(1, max(-1, y)), min(1, max(-1, x)))
	return to, math.Remainder(lng, 2*math.Pi)
}

// raw is the spot of a cell on the face of its base cell, even when it lies
// beyond it, and the digits that led there.
func (h H3Cell) raw() (spot, []int) {
	b := baseCells[h.base()]
	digits := h.digits()
	if b.pentagon && leading(digits) == digitIK {
		digits = turned(digits, rightOf)
	}
	s := b.home
	for i, d := range digits {
		s.at = s.at.down(i + 1).add(units[d]).normal()
	}
	return s, digits
}

// settled brings a spot of any resolution to the face it lies on.
func (s spot) settled(res int, pentagon, fromI bool) spot {
	before := s.at
	even := res
	if skewed(res) {
		s.at = s.at.downRight()
		even++
	}
	if s.settle(even, 1, fromI) == inside {
		s.at = before
		return s
	}
	for n := 0; n < 4 && s.settle(even, 1, false) != inside; n++ {
	}
	if even != res {
		s.at = s.at.upRight()
	}
	return s
}

func (h H3Cell) spot() spot {
	s, digits := h.raw()
	pentagon := baseCells[h.base()].pentagon
	return s.settled(h.Resolution(), pentagon, pentagon && leading(digits) == digitI)
}

// Center is the middle of a cell.
func (h H3Cell) Center() s2.Point {
	lat, lng := h.spot().place(h.Resolution())
	return s2.PointFromLatLng(s2.LatLng{Lat: angleOf(lat), Lng: angleOf(lng)})
}

// Pentagon says whether a cell has five sides.
func (h H3Cell) Pentagon() bool { return baseCells[h.base()].pentagon && leading(h.digits()) == 0 }

// Parent is the cell of a coarser resolution that a cell is part of.
func (h H3Cell) Parent(res int) H3Cell { return h3Of(res, h.base(), h.digits()[:res]) }

// Children are the cells of a finer resolution that are part of a cell; nil
// when there are more than limit.
func (h H3Cell) Children(res, limit int) []H3Cell {
	list := []H3Cell{h}
	for r := h.Resolution() + 1; r <= res; r++ {
		if len(list)*6 > limit {
			return nil
		}
		var next []H3Cell
		for _, c := range list {
			digits := append(c.digits(), 0)
			for d := range 7 {
				if d == digitK && c.Pentagon() {
					continue
				}
				digits[r-1] = d
				next = append(next, h3Of(r, h.base(), digits))
			}
		}
		list = next
	}
	if len(list) > limit {
		return nil
	}
	return list
}
