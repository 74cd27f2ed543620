package geo

import (
	"strings"

	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
)

const geohashDigits = "0123456789bcdefghjkmnpqrstuvwxyz"

// MaxGeohash is the longest geohash.
const MaxGeohash = 18

// Geohash is the cell of n digits that a place lies in.
func Geohash(lng, lat float64, n int) string {
	lo, hi := [2]float64{-180, -90}, [2]float64{180, 90}
	at := [2]float64{lng, lat}
	var b strings.Builder
	for k := range n {
		digit := 0
		for bit := range 5 {
			axis := (5*k + bit) % 2
			mid := (lo[axis] + hi[axis]) / 2
			digit *= 2
			if at[axis] >= mid {
				digit++
				lo[axis] = mid
			} else {
				hi[axis] = mid
			}
		}
		b.WriteByte(geohashDigits[digit])
	}
	return b.String()
}

// GeohashBox is the box of a geohash: west, south, east, north; ok is false
// when it is none.
func GeohashBox(s string) (box [4]float64, ok bool) {
	if s == "" || len(s) > MaxGeohash {
		return box, false
	}
	lo, hi := [2]float64{-180, -90}, [2]float64{180, 90}
	for k := range len(s) {
		digit := strings.IndexByte(geohashDigits, s[k])
		if digit < 0 {
			return box, false
		}
		for bit := range 5 {
			axis := (5*k + bit) % 2
			mid := (lo[axis] + hi[axis]) / 2
			if digit>>(4-bit)&1 == 1 {
				lo[axis] = mid
			} else {
				hi[axis] = mid
			}
		}
	}
	return [4]float64{lo[0], lo[1], hi[0], hi[1]}, true
}

// GeohashNeighbors are the cells around a geohash, in Kusto's order.
func GeohashNeighbors(s string) ([]string, bool) {
	box, ok := GeohashBox(s)
	if !ok {
		return nil, false
	}
	w, h := box[2]-box[0], box[3]-box[1]
	x, y := (box[0]+box[2])/2, (box[1]+box[3])/2
	out := []string{}
	for _, d := range [][2]float64{{-1, -1}, {-1, 1}, {1, -1}, {0, 1}, {-1, 0}, {1, 1}, {1, 0}, {0, -1}} {
		lng, lat := x+d[0]*w, y+d[1]*h
		if lat < -90 || lat > 90 {
			continue
		}
		switch {
		case lng > 180:
			lng -= 360
		case lng < -180:
			lng += 360
		}
		out = append(out, Geohash(lng, lat, len(s)))
	}
	return out, true
}

// BoxJSON is a box as a GeoJSON polygon.
func BoxJSON(b [4]float64) dynamic.Value {
	corners := [][2]float64{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}, {b[0], b[1]}}
	ring := array(len(corners), func(i int) dynamic.Value {
		return dynamic.FromArray([]dynamic.Value{dynamic.FromReal(corners[i][0]), dynamic.FromReal(corners[i][1])})
	})
	return written("Polygon", dynamic.FromArray([]dynamic.Value{ring}))
}

// MaxLevel is the finest level of S2 cells.
const MaxLevel = 30

// S2Cell is the token of the cell of a level that a point lies in.
func S2Cell(p s2.Point, level int) string {
	return s2.CellIDFromLatLng(s2.LatLngFromPoint(p)).Parent(level).ToToken()
}

// ParseS2 reads the token of a cell.
func ParseS2(token string) (s2.CellID, bool) {
	id := s2.CellIDFromToken(token)
	return id, id.IsValid() && id.ToToken() == strings.ToLower(token)
}

// S2Neighbors are the cells of the same level that share an edge or a corner
// with a cell.
func S2Neighbors(id s2.CellID) []string {
	var out []string
	for _, n := range id.AllNeighbors(id.Level()) {
		out = append(out, n.ToToken())
	}
	return out
}

// S2Polygon is a cell as a polygon.
func S2Polygon(id s2.CellID) Polygon {
	return Polygon{s2.LoopFromCell(s2.CellFromCellID(id))}
}

// maxCovering bounds the cells that cover a shape, as documented.
const maxCovering = 65536

// Cover lists the S2 cells of a level that cover a shape; ok is false when
// they are too many.
func Cover(s Shape, level int) ([]string, bool) {
	var area float64
	length := 0.0
	for _, p := range s.Polygons {
		area += p.area()
		length += Perimeter([]Polygon{p}) / Radius
	}
	length += Length(s.Lines) / Radius
	// What would exceed the bound is seen before it is computed.
	if edge := s2.MinWidthMetric.Value(level); area/s2.MaxAreaMetric.Value(level) > maxCovering || length/edge > 4*maxCovering {
		return nil, false
	}
	coverer := &s2.RegionCoverer{MinLevel: level, MaxLevel: level, MaxCells: maxCovering + 1}
	seen := map[s2.CellID]bool{}
	out := []string{}
	add := func(r s2.Region) {
		for _, id := range coverer.Covering(r) {
			if !seen[id] {
				seen[id] = true
				out = append(out, id.ToToken())
			}
		}
	}
	for _, p := range s.Polygons {
		add(p.S2())
	}
	for _, l := range s.Lines {
		add(l)
	}
	return out, len(out) <= maxCovering
}
