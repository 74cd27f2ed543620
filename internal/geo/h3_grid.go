package geo

import "math"

// The grid of H3: hexagons in three directions i, j and k, 120 degrees apart,
// on the faces of an icosahedron. With each resolution the hexagons become
// seven times as many and turn; odd resolutions ("class III") stand askew.

// ijk is a hexagon of a face. Of its three numbers the least is 0 when it is
// normal.
type ijk struct{ i, j, k int }

func (a ijk) add(b ijk) ijk { return ijk{a.i + b.i, a.j + b.j, a.k + b.k} }

func (a ijk) times(n int) ijk { return ijk{a.i * n, a.j * n, a.k * n} }

func (a ijk) sum() int { return a.i + a.j + a.k }

func (a ijk) normal() ijk {
	m := min(a.i, a.j, a.k)
	return ijk{a.i - m, a.j - m, a.k - m}
}

// into writes a in other directions.
func (a ijk) into(i, j, k ijk) ijk { return i.times(a.i).add(j.times(a.j)).add(k.times(a.k)).normal() }

// The hexagons around one, by digit; digit 0 is the one itself.
var units = [7]ijk{{}, {0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 0}}

// Digits with a name.
const (
	digitK, digitI, digitIK = 1, 4, 5
	noDigit                 = 7
)

func digitOf(a ijk) int {
	a = a.normal()
	for d, u := range units {
		if u == a {
			return d
		}
	}
	return noDigit
}

// turnLeft and turnRight turn a by 60 degrees.
func (a ijk) turnLeft() ijk  { return a.into(ijk{1, 1, 0}, ijk{0, 1, 1}, ijk{1, 0, 1}) }
func (a ijk) turnRight() ijk { return a.into(ijk{1, 0, 1}, ijk{1, 1, 0}, ijk{0, 1, 1}) }

// leftOf and rightOf turn digits.
var (
	leftOf  = [8]int{0, 5, 3, 1, 6, 4, 2, 7}
	rightOf = [8]int{0, 3, 6, 2, 5, 1, 4, 7}
)

// skewed says whether a resolution stands askew.
func skewed(res int) bool { return res%2 == 1 }

// down is the middle of a hexagon in the next finer grid, which is of
// resolution res.
func (a ijk) down(res int) ijk {
	if skewed(res) {
		return a.into(ijk{3, 0, 1}, ijk{1, 3, 0}, ijk{0, 1, 3})
	}
	return a.downRight()
}

func (a ijk) downRight() ijk { return a.into(ijk{3, 1, 0}, ijk{0, 3, 1}, ijk{1, 0, 3}) }

// up is the hexagon of the next coarser grid that a, of resolution res, is
// part of.
func (a ijk) up(res int) ijk {
	if skewed(res) {
		i, j := a.i-a.k, a.j-a.k
		return ijk{nearest(3*i-j, 7), nearest(i+2*j, 7), 0}.normal()
	}
	return a.upRight()
}

func (a ijk) upRight() ijk {
	i, j := a.i-a.k, a.j-a.k
	return ijk{nearest(2*i+j, 7), nearest(3*j-i, 7), 0}.normal()
}

func nearest(n, of int) int { return int(math.Round(float64(n) / float64(of))) }

// third and thirdRight go to a grid three times as fine, where corners are.
func (a ijk) third() ijk      { return a.into(ijk{2, 0, 1}, ijk{1, 2, 0}, ijk{0, 1, 2}) }
func (a ijk) thirdRight() ijk { return a.into(ijk{2, 1, 0}, ijk{0, 2, 1}, ijk{1, 0, 2}) }

// flatPoint is a place on the plane of a face, in units of the grid.
type flatPoint struct{ x, y float64 }

const sin60 = 0.8660254037844386467637231707529361834714

func (a ijk) flat() flatPoint {
	i, j := float64(a.i-a.k), float64(a.j-a.k)
	return flatPoint{i - j/2, j * sin60}
}

// hexagon is the hexagon that a place lies in.
func (p flatPoint) hexagon() ijk {
	j := p.y / sin60
	i := p.x + j/2
	// Three numbers that add up to 0, rounded; the one that was rounded most
	// follows from the others.
	q, r, s := i-j, j, -i
	rq, rr, rs := math.Round(q), math.Round(r), math.Round(s)
	dq, dr, ds := math.Abs(rq-q), math.Abs(rr-r), math.Abs(rs-s)
	switch {
	case dq > dr && dq > ds:
		rq = -rr - rs
	case dr > ds:
		rr = -rq - rs
	}
	return ijk{int(rq + rr), int(rr), 0}.normal()
}
