// Package geo measures and combines shapes on the Earth, which it takes for a
// sphere as Kusto does: points, lines and polygons as GeoJSON, and the cells
// of geohash, S2 and H3. Lines go along great circles. It knows nothing of
// columns and queries.
package geo

import (
	"math"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Radius is the mean radius of the Earth in metres.
const Radius = 6371010.0

// Metres is the length of an angle on the Earth.
func Metres(a s1.Angle) float64 { return a.Radians() * Radius }

// Angle is the angle of a length on the Earth.
func Angle(metres float64) s1.Angle { return s1.Angle(metres / Radius) }

// Valid says whether a longitude and a latitude are in their ranges.
func Valid(lng, lat float64) bool { return lng >= -180 && lng <= 180 && lat >= -90 && lat <= 90 }

// Point is a place; ok is false when it is not on the Earth.
func Point(lng, lat float64) (p s2.Point, ok bool) {
	if !Valid(lng, lat) {
		return p, false
	}
	return s2.PointFromLatLng(s2.LatLngFromDegrees(lat, lng)), true
}

// Distance is the way between two points along a great circle, in metres.
func Distance(lng1, lat1, lng2, lat2 float64) float64 {
	return Metres(s2.LatLngFromDegrees(lat1, lng1).Distance(s2.LatLngFromDegrees(lat2, lng2)))
}

// LngLat is where a point lies, in degrees.
func LngLat(p s2.Point) (lng, lat float64) {
	ll := s2.LatLngFromPoint(p)
	const degree = 180 / math.Pi // multiplied with, as Kusto does, for the last digit
	return degree * ll.Lng.Radians(), degree * ll.Lat.Radians()
}

// Azimuth is the direction from one point to another, in radians clockwise
// from north; ok is false when they are the same.
func Azimuth(from, to s2.Point) (radians float64, ok bool) {
	if from == to {
		return 0, false
	}
	a, b := s2.LatLngFromPoint(from), s2.LatLngFromPoint(to)
	turn := b.Lng.Radians() - a.Lng.Radians()
	y := math.Sin(turn) * math.Cos(b.Lat.Radians())
	x := math.Cos(a.Lat.Radians())*math.Sin(b.Lat.Radians()) - math.Sin(a.Lat.Radians())*math.Cos(b.Lat.Radians())*math.Cos(turn)
	return clockwise(math.Atan2(y, x)), true
}

// Turn is the angle at the second of three points, from the first clockwise to
// the third, in radians.
func Turn(a, b, c s2.Point) (radians float64, ok bool) {
	back, ok1 := Azimuth(b, a)
	on, ok2 := Azimuth(b, c)
	return clockwise(on - back), ok1 && ok2
}

// clockwise brings an angle between 0 and a full turn.
func clockwise(a float64) float64 {
	if a = math.Mod(a, 2*math.Pi); a < 0 {
		a += 2 * math.Pi
	}
	return a
}
