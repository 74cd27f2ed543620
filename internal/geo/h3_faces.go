package geo

import (
	"math"
	"slices"
)

// face is a side of the icosahedron: its middle in radians, and the direction
// of its first axis clockwise from north.
type face struct{ lat, lng, axis float64 }

// faces are the figures of the H3 format: an icosahedron whose corners lie in
// the sea. Faces 0 to 4 are around the northern pole, 15 to 19 around the
// southern one.
var faces = [20]face{
	{0.803582649718989942, 1.248397419617396099, 5.619958268523939882},
	{1.307747883455638156, 2.536945009877921159, 5.760339081714187279},
	{1.054751253523952054, -1.347517358900396623, 0.780213654393430055},
	{0.600191595538186799, -0.450603909469755746, 0.430469363979999913},
	{0.491715428198773866, 0.401988202911306943, 6.130269123335111400},
	{0.172745327415618701, 1.678146885280433686, 2.692877706530642877},
	{0.605929321571350690, 2.953923329812411617, 2.982963003477243874},
	{0.427370518328979641, -1.888876200336285401, 3.532912002790141181},
	{-0.079066118549212831, -0.733429513380867741, 3.494305004259568154},
	{-0.230961644455383637, 0.506495587332349035, 3.003214169499538391},
	{0.079066118549212831, 2.408163140208925497, 5.930472956509811562},
	{0.230961644455383637, -2.635097066257444203, 0.138378484090254847},
	{-0.172745327415618701, -1.463445768309359553, 0.448714947059150361},
	{-0.605929321571350690, -0.187669323777381622, 0.158629650112549365},
	{-0.427370518328979641, 1.252716453253507838, 5.891865957979238535},
	{-0.600191595538186799, 2.690988744120037492, 2.711123289609793325},
	{-0.491715428198773866, -2.739604450678486295, 3.294508837434268316},
	{-0.803582649718989942, -1.893195233972397139, 3.804819692245439833},
	{-1.307747883455638156, -0.604647643711872080, 3.664438879055192436},
	{-1.054751253523952054, 1.794075294689396615, 2.361378999196363184},
}

// The sides of a face, by the axes between which they lie.
const (
	sideIJ = iota
	sideKI
	sideJK
)

// crossing leads from a face over one of its sides: where hexagons of it lie
// on the next one, after so many turns to the left.
type crossing struct {
	face  int
	move  ijk
	turns int
}

// cross is the crossing of a side; the twenty faces form four rings of five.
func cross(f, side int) crossing {
	g := f % 5
	ahead, behind := (g+1)%5, (g+4)%5
	switch ring := f / 5; {
	case side == sideJK:
		return crossing{[4]int{5, 0, 15, 10}[ring] + g, ijk{0, 2, 2}, 3}
	case ring == 0 && side == sideIJ:
		return crossing{behind, ijk{2, 0, 2}, 1}
	case ring == 0:
		return crossing{ahead, ijk{2, 2, 0}, 5}
	case ring == 3 && side == sideIJ:
		return crossing{15 + ahead, ijk{2, 0, 2}, 1}
	case ring == 3:
		return crossing{15 + behind, ijk{2, 2, 0}, 5}
	case side == sideIJ:
		return crossing{15 - 5*ring + g, ijk{2, 2, 0}, 3}
	case ring == 1:
		return crossing{10 + behind, ijk{2, 0, 2}, 3}
	}
	return crossing{5 + ahead, ijk{2, 0, 2}, 3}
}

// spot is a hexagon of a face.
type spot struct {
	face int
	at   ijk
}

// reach is how far a face extends from its middle, in hexagons of an even
// resolution.
func reach(res int) int { return 2 * scaleOf(res) }

func scaleOf(res int) int {
	n := 1
	for range res / 2 {
		n *= 7
	}
	return n
}

// Where a spot lies.
const (
	inside = iota
	onSide
	moved
)

// settle moves a spot that lies beyond its face to the next one. res is even.
// On the grid of corners three times as fine, fine is 3. fromI is for the
// hexagons of a corner of the icosahedron that lie along its first axis.
func (s *spot) settle(res, fine int, fromI bool) int {
	limit := reach(res) * fine
	switch {
	case fine > 1 && s.at.sum() == limit:
		return onSide
	case s.at.sum() <= limit:
		return inside
	}
	side := sideIJ
	if s.at.k > 0 {
		side = sideJK
		if s.at.j == 0 {
			side = sideKI
			if fromI { // turn round the corner, out of the part that is missing
				corner := ijk{limit, 0, 0}
				s.at = s.at.add(corner.times(-1)).normal().turnRight().add(corner).normal()
			}
		}
	}
	c := cross(s.face, side)
	for range c.turns {
		s.at = s.at.turnLeft()
	}
	s.face = c.face
	s.at = s.at.add(c.move.times(scaleOf(res) * fine)).normal()
	if fine > 1 && s.at.sum() == limit {
		return onSide
	}
	return moved
}

// baseCell is one of the 122 hexagons and pentagons of resolution 0.
type baseCell struct {
	home     spot
	pentagon bool
	// right are the faces from which a pentagon's missing part is left by a
	// turn to the right.
	right [2]int
}

const noFace = -1

// baseCells are numbered from north to south. A face is home to the hexagon in
// its middle and the three around it; to those on its sides and corners as the
// rings share them.
var baseCells = func() []baseCell {
	var out []baseCell
	add := func(f int, at ijk) { out = append(out, baseCell{home: spot{f, at}}) }
	for f := range faces {
		for _, at := range []ijk{{}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
			add(f, at)
		}
		ring, g := f/5, f%5
		if ring == 0 || ring == 2 {
			add(f, ijk{1, 1, 0})
		}
		if ring == 0 || ring == 3 {
			add(f, ijk{0, 1, 1})
		}
		if ring == 1 || ring == 3 {
			add(f, ijk{1, 0, 1})
		}
		corner := baseCell{home: spot{f, ijk{2, 0, 0}}, pentagon: true, right: [2]int{noFace, noFace}}
		switch {
		case f == 0 || f == 19:
			out = append(out, corner)
		case ring == 1:
			corner.right = [2]int{10 + g, 15 + (g+4)%5}
			out = append(out, corner)
		case ring == 2:
			corner.right = [2]int{(g + 1) % 5, 5 + g}
			out = append(out, corner)
		}
	}
	lat := func(b baseCell) float64 {
		lat, _ := b.home.place(0)
		return lat
	}
	slices.SortStableFunc(out, func(a, b baseCell) int {
		switch x, y := lat(a), lat(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}()

// entry is the base cell at a spot, and how many turns to the left lead from
// the spot's face to the base cell's home.
type entry struct{ cell, turns int }

// baseAt finds the base cell at each spot of resolution 0.
var baseAt = func() map[spot]entry {
	out := map[spot]entry{}
	for n, b := range baseCells {
		out[b.home] = entry{n, 0}
		if b.pentagon {
			corners(n, b.home.face, out)
			continue
		}
		// A hexagon on a side is on the next face, too.
		for side, at := range [3]ijk{sideIJ: {1, 1, 0}, sideKI: {1, 0, 1}, sideJK: {0, 1, 1}} {
			if b.home.at == at {
				other := cross(b.home.face, side)
				out[spot{other.face, over60(b.home.at, other)}] = entry{n, (6 - other.turns) % 6}
			}
		}
	}
	// Beyond the sides the next face goes on.
	for f := range faces {
		for i := range 3 {
			for j := range 3 {
				for k := range 3 {
					s := spot{f, ijk{i, j, k}.normal()}
					if _, ok := out[s]; !ok {
						out[s] = beyond(s, out)
					}
				}
			}
		}
	}
	return out
}()

// over60 is where a spot of resolution 0 lies behind a crossing.
func over60(at ijk, c crossing) ijk {
	for range c.turns {
		at = at.turnLeft()
	}
	return at.add(c.move).normal()
}

func beyond(s spot, known map[spot]entry) entry {
	side := sideIJ
	if s.at.k > 0 {
		side = sideJK
		if s.at.j == 0 {
			side = sideKI
		}
	}
	c := cross(s.face, side)
	e := known[spot{c.face, over60(s.at, c)}]
	return entry{e.cell, (e.turns + c.turns) % 6}
}

// corners enters a pentagon on the five faces around it. At the poles the
// turns add up along the ring. Elsewhere the way leads over the first side to
// the face behind and the one beside that; the way over the other side would
// add up to another number, for a sixth of the circle is missing.
func corners(n, home int, out map[spot]entry) {
	if home == 0 || home == 19 {
		f := home
		for turns := range 5 {
			out[spot{f, ijk{2, 0, 0}}] = entry{n, turns}
			f = cross(f, sideKI).face
		}
		return
	}
	at := func(f, turns int) {
		for _, c := range []ijk{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}} {
			s := spot{f, c}
			if s.near(spot{home, ijk{2, 0, 0}}) {
				out[s] = entry{n, turns}
			}
		}
	}
	first := cross(home, sideIJ).face
	behind := cross(first, sideJK).face
	last := cross(home, sideKI).face
	at(first, 3)
	at(behind, 0)
	at(cross(last, sideJK).face, 1)
	at(last, 3)
}

// near says whether two spots of resolution 0 are at the same place.
func (s spot) near(o spot) bool {
	a, b := s.place(0)
	c, d := o.place(0)
	p, _ := Point(b*180/math.Pi, a*180/math.Pi)
	q, _ := Point(d*180/math.Pi, c*180/math.Pi)
	return p.Distance(q).Radians() < 1e-6
}
