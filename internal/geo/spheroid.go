package geo

import "math"

// The spheroid of WGS 84, in metres.
const (
	equator    = 6378137.0
	flattening = 1 / 298.257223563
)

// SpheroidDistance is the way between two points along the spheroid of WGS 84
// by Vincenty's formula; ok is false for points so nearly opposite that it
// does not settle.
func SpheroidDistance(lng1, lat1, lng2, lat2 float64) (metres float64, ok bool) {
	const rad = math.Pi / 180
	pole := equator * (1 - flattening)
	l := (lng2 - lng1) * rad
	u1, u2 := math.Atan((1-flattening)*math.Tan(lat1*rad)), math.Atan((1-flattening)*math.Tan(lat2*rad))
	s1, c1, s2, c2 := math.Sin(u1), math.Cos(u1), math.Sin(u2), math.Cos(u2)
	lambda := l
	for range 200 {
		sl, cl := math.Sin(lambda), math.Cos(lambda)
		sinSigma := math.Hypot(c2*sl, c1*s2-s1*c2*cl)
		if sinSigma == 0 {
			return 0, true
		}
		cosSigma := s1*s2 + c1*c2*cl
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := c1 * c2 * sl / sinSigma
		cos2Alpha := 1 - sinAlpha*sinAlpha
		cos2m := 0.0
		if cos2Alpha != 0 { // 0 on the equator
			cos2m = cosSigma - 2*s1*s2/cos2Alpha
		}
		c := flattening / 16 * cos2Alpha * (4 + flattening*(4-3*cos2Alpha))
		before := lambda
		lambda = l + (1-c)*flattening*sinAlpha*(sigma+c*sinSigma*(cos2m+c*cosSigma*(2*cos2m*cos2m-1)))
		if math.Abs(lambda-before) > 1e-12 {
			continue
		}
		u := cos2Alpha * (equator*equator - pole*pole) / (pole * pole)
		a := 1 + u/16384*(4096+u*(-768+u*(320-175*u)))
		b := u / 1024 * (256 + u*(-128+u*(74-47*u)))
		delta := b * sinSigma * (cos2m + b/4*(cosSigma*(2*cos2m*cos2m-1)-b/6*cos2m*(4*sinSigma*sinSigma-3)*(4*cos2m*cos2m-3)))
		return pole * a * (sigma - delta), true
	}
	return 0, false
}
