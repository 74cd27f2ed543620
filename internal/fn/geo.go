package fn

import (
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// earthRadius is the mean radius in metres that distances are measured with.
const earthRadius = 6371010.0

// onEarth says whether a longitude and a latitude are in their ranges.
func onEarth(lon, lat float64) bool {
	return lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90
}

// metres is the way between two points along a great circle.
func metres(lon1, lat1, lon2, lat2 float64) float64 {
	const rad = math.Pi / 180
	a, b := math.Sin((lat2-lat1)*rad/2), math.Sin((lon2-lon1)*rad/2)
	h := a*a + b*b*math.Cos(lat1*rad)*math.Cos(lat2*rad)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))
}

var _ = scalar(Scalar{
	Name: "geo_distance_2points", Summary: "Measures the way between two points on Earth, in metres.",
	Status: Partial, Reason: "no spheroid",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		if len(args) > 4 {
			return nil, Errorf("geo_distance_2points() on a spheroid is not supported")
		}
		var p [4]view[float64]
		for k := range p {
			p[k] = reals(args[k])
		}
		return collect(c, nonNull(args, c.N), func(i int) (float64, bool) {
			x, y, u, v := p[0].at(i), p[1].at(i), p[2].at(i), p[3].at(i)
			if !onEarth(x, y) || !onEarth(u, v) {
				return 0, false
			}
			return metres(x, y, u, v), true
		}), nil
	},
})

var _ = scalar(Scalar{
	Name: "geo_point_in_circle", Summary: "Says whether a point lies within some metres of another.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		var p [5]view[float64]
		for k := range p {
			p[k] = reals(args[k])
		}
		return collect(c, nonNull(args, c.N), func(i int) (bool, bool) {
			x, y, u, v, r := p[0].at(i), p[1].at(i), p[2].at(i), p[3].at(i), p[4].at(i)
			if !onEarth(x, y) || !onEarth(u, v) || !(r >= 0) {
				return false, false
			}
			return metres(x, y, u, v) <= r, true
		}), nil
	},
})

const geohashDigits = "0123456789bcdefghjkmnpqrstuvwxyz"

var _ = scalar(Scalar{
	Name: "geo_point_to_geohash", Summary: "Gives the geohash of a point; empty when the point is not on Earth.", Nulls: Handles,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		lon, lat, size := reals(args[0]), reals(args[1]), view[int64]{data: []int64{5}}
		if len(args) > 2 {
			size = ints(args[2])
		}
		ask := nonNull(args, c.N)
		return collect(c, ask, func(i int) (string, bool) {
			n := size.at(i)
			if !onEarth(lon.at(i), lat.at(i)) || n < 1 || n > 18 {
				return "", true
			}
			return geohash(lon.at(i), lat.at(i), int(n)), true
		}), nil
	},
})

func geohash(lon, lat float64, n int) string {
	lo, hi := [2]float64{-180, -90}, [2]float64{180, 90}
	at := [2]float64{lon, lat}
	var b strings.Builder
	for k := 0; k < n; k++ {
		digit := 0
		for bit := 0; bit < 5; bit++ {
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

var _ = scalar(Scalar{
	Name: "geo_geohash_to_central_point", Summary: "Gives the middle of a geohash as a GeoJSON point.", Nulls: Handles, Type: isDynamic,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := viewOf[string](args[0])
		out := make([]dynamic.Value, c.N)
		for i := range out {
			out[i] = geohashCentre(s.at(i))
		}
		return vector.Of(types.Dynamic, out, nil), nil
	},
})

func geohashCentre(s string) dynamic.Value {
	if s == "" || len(s) > 18 {
		return dynamic.NullValue
	}
	lo, hi := [2]float64{-180, -90}, [2]float64{180, 90}
	for k := 0; k < len(s); k++ {
		digit := strings.IndexByte(geohashDigits, s[k])
		if digit < 0 {
			return dynamic.NullValue
		}
		for bit := 0; bit < 5; bit++ {
			axis := (5*k + bit) % 2
			mid := (lo[axis] + hi[axis]) / 2
			if digit>>(4-bit)&1 == 1 {
				lo[axis] = mid
			} else {
				hi[axis] = mid
			}
		}
	}
	point := []dynamic.Value{dynamic.FromReal((lo[0] + hi[0]) / 2), dynamic.FromReal((lo[1] + hi[1]) / 2)}
	return dynamic.FromBag([]string{"type", "coordinates"}, []dynamic.Value{dynamic.FromString("Point"), dynamic.FromArray(point)})
}
