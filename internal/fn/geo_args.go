package fn

import (
	"math"

	"github.com/golang/geo/s2"

	"goshawk/internal/dynamic"
	"goshawk/internal/geo"
	"goshawk/internal/vector"
)

// geoReader takes the arguments of a geospatial function one after the other.
// A wrong one makes the result null; ok says that none was.
type geoReader struct {
	args []view[dynamic.Value]
	row  int
	next int
	ok   bool
	// err ends the query: the shapes cannot be combined here.
	err error
	// kept holds the shapes of constant arguments, by their place.
	kept map[int]any
}

func (r *geoReader) value() dynamic.Value {
	if r.next >= len(r.args) {
		return dynamic.NullValue
	}
	v := r.args[r.next].at(r.row)
	r.next++
	return v
}

func (r *geoReader) number() float64 {
	f, ok := r.value().Number()
	if r.ok = r.ok && ok && !math.IsNaN(f) && !math.IsInf(f, 0); !r.ok {
		return 0 // whatever is computed with it is thrown away
	}
	return f
}

// number with a default: an argument that is given may not be null.
func (r *geoReader) optional(other float64) float64 {
	if r.next >= len(r.args) {
		return other
	}
	return r.number()
}

// within is an optional number that must lie between two.
func (r *geoReader) within(other, lo, hi float64) float64 {
	f := r.optional(other)
	r.ok = r.ok && f >= lo && f <= hi
	return f
}

func (r *geoReader) point() s2.Point {
	lng, lat := r.number(), r.number()
	p, ok := geo.Point(lng, lat)
	r.ok = r.ok && ok
	return p
}

// shapeOf reads a shape, once if the argument is constant.
func shapeOf[T any](r *geoReader, read func(v dynamic.Value) (T, bool)) T {
	at := r.next
	v := r.value()
	type result struct {
		shape T
		ok    bool
	}
	if k, ok := r.kept[at].(result); ok {
		r.ok = r.ok && k.ok
		return k.shape
	}
	shape, ok := read(v)
	if at < len(r.args) && r.args[at].mask == 0 {
		r.kept[at] = result{shape, ok}
	}
	r.ok = r.ok && ok
	return shape
}

func (r *geoReader) lines() []*s2.Polyline { return shapeOf(r, geo.ReadLines) }

// line is exactly one line.
func (r *geoReader) line() *s2.Polyline {
	if list := r.lines(); len(list) == 1 {
		return list[0]
	}
	r.ok = false
	return nil
}

func (r *geoReader) polygons() []geo.Polygon { return shapeOf(r, geo.ReadPolygons) }

// geoKernel computes a row at a time; wrong arguments give null, or the empty
// text.
func geoKernel[R vector.Elem](f func(r *geoReader) R) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		r := &geoReader{kept: map[int]any{}}
		for _, a := range args {
			r.args = append(r.args, dyns(a))
		}
		v := collect(c, nil, func(i int) (R, bool) {
			r.row, r.next, r.ok = i, 0, true
			out := f(r)
			if !r.ok || r.err != nil {
				var none R
				return none, false
			}
			return out, true
		})
		return v, r.err
	}
}

// geoRow makes the row of a geospatial function.
func geoRow[R vector.Elem](name, summary string, f func(r *geoReader) R) *Scalar {
	return scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Kernel: geoKernel(f)})
}

// geoNear is geoRow for a function whose results are near to Kusto's only.
func geoNear[R vector.Elem](name, summary, reason string, f func(r *geoReader) R) *Scalar {
	return scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Status: Partial, Reason: reason, Kernel: geoKernel(f)})
}

// shape answers with a shape, unless it could not be computed.
func (r *geoReader) shape(s geo.Shape, err error) dynamic.Value {
	if err != nil {
		r.err = err
		return dynamic.NullValue
	}
	return s.JSON()
}

func textArray(list []string) dynamic.Value { return dynamic.FromStrings(list) }
