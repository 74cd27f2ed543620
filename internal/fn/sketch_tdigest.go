package fn

import (
	"cmp"
	"math"
	"slices"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// centroid is a value and how often it was seen, or the mean of some values.
type centroid struct {
	whole  int64 // the value, when all values are whole
	real   float64
	weight float64
}

// digest estimates percentiles. It keeps maxCentroids values with their
// counts, so that it is exact on fewer distinct values, and then joins
// neighbours, least at the ends.
type digest struct {
	whole  bool // all values are whole numbers or ticks
	points []centroid
	loose  int // points from this one on are not yet in order
}

// maxCentroids gives an error below 0.1 percent of the rank at about 50 kB a
// group.
const maxCentroids = 2000

func (d *digest) compare(a, b centroid) int {
	if d.whole {
		return cmp.Compare(a.whole, b.whole)
	}
	return cmp.Compare(a.real, b.real)
}

func (d *digest) add(p centroid) {
	d.points = append(d.points, p)
	if len(d.points)-d.loose >= maxCentroids {
		d.tidy()
	}
}

// tidy sorts the points, makes one of equal ones, and joins neighbours when
// there are too many.
func (d *digest) tidy() {
	if d.loose == len(d.points) {
		return
	}
	slices.SortStableFunc(d.points, d.compare)
	kept := d.points[:0]
	for _, p := range d.points {
		if n := len(kept); n > 0 && d.compare(kept[n-1], p) == 0 {
			kept[n-1].weight += p.weight
			continue
		}
		kept = append(kept, p)
	}
	if d.points = kept; len(kept) > maxCentroids {
		d.join()
	}
	d.loose = len(d.points)
}

// join makes one point of neighbours as long as it covers at most one step of
// the scale on which steps are short at the ends.
func (d *digest) join() {
	total := d.total()
	scale := func(q float64) float64 { return maxCentroids / math.Pi * (math.Asin(2*q-1) + math.Pi/2) }
	kept := d.points[:0]
	before, start := 0.0, 0.0
	for _, p := range d.points {
		n := len(kept)
		if n > 0 && scale(min(1, (before+p.weight)/total))-scale(min(1, start/total)) <= 2 {
			last := &kept[n-1]
			sum := last.weight + p.weight
			last.real += (p.real - last.real) * p.weight / sum
			last.whole += int64(math.Round(float64(p.whole-last.whole) * p.weight / sum))
			last.weight = sum
		} else {
			start = before
			kept = append(kept, p)
		}
		before += p.weight
	}
	d.points = kept
}

func (d *digest) total() float64 {
	sum := 0.0
	for _, p := range d.points {
		sum += p.weight
	}
	return sum
}

func (d *digest) merge(o *digest) {
	if d.whole && !o.whole {
		d.tidy()
		d.whole = false
	}
	for _, p := range o.points {
		d.add(p)
	}
}

// at is the value of nearest rank at a percentile.
func (d *digest) at(percentile float64) (centroid, bool) {
	d.tidy()
	if len(d.points) == 0 || !(percentile >= 0 && percentile <= 100) {
		return centroid{}, false
	}
	// A hair below, so that 0.85 * 100 does not ask for the 86th value.
	want, sum := percentile/100*d.total()*(1-1e-12), 0.0
	for _, p := range d.points {
		if sum += p.weight; sum >= want {
			return p, true
		}
	}
	return d.points[len(d.points)-1], true
}

// rank is the weight of the values that are not greater than v.
func (d *digest) rank(v centroid) float64 {
	d.tidy()
	sum := 0.0
	for _, p := range d.points {
		if d.compare(p, v) > 0 {
			break
		}
		sum += p.weight
	}
	return sum
}

// digestForm is the number that Kusto writes before a digest.
const digestForm = 7

// value is the digest as a dynamic value, in Kusto's form: values, then their
// weights.
func (d *digest) value() dynamic.Value {
	d.tidy()
	vals, weights := make([]dynamic.Value, len(d.points)), make([]dynamic.Value, len(d.points))
	for i, p := range d.points {
		if vals[i] = dynamic.FromReal(p.real); d.whole {
			vals[i] = dynamic.FromLong(p.whole)
		}
		weights[i] = dynamic.FromReal(p.weight)
	}
	return dynamic.FromArray([]dynamic.Value{dynamic.FromArray([]dynamic.Value{dynamic.FromLong(digestForm)}),
		dynamic.FromArray(vals), dynamic.FromArray(weights)})
}

// parseDigest reads a digest; nil when v is none.
func parseDigest(v dynamic.Value) *digest {
	if v.Kind() != dynamic.Array || v.Len() != 3 || v.At(0).Len() != 1 || v.At(1).Len() != v.At(2).Len() {
		return nil
	}
	d := &digest{whole: true}
	for i, it := range v.At(1).Items() {
		p, ok1 := pointOf(it)
		w, ok2 := v.At(2).At(int64(i)).Number()
		if !ok1 || !ok2 || !(w > 0) {
			return nil
		}
		d.whole = d.whole && it.Kind() == dynamic.Long
		p.weight = w
		d.add(p)
	}
	return d
}

// pointOf reads a number, or a time as its ticks.
func pointOf(v dynamic.Value) (centroid, bool) {
	f, ok := numberIn(v)
	p := centroid{real: f, whole: cutReal(f), weight: 1}
	if v.Kind() != dynamic.Real {
		p.whole = v.Long()
	}
	return p, ok && !math.IsNaN(f)
}

// digestOf is a digest and a value of a call, for the functions of both.
func digestOf(args []dynamic.Value) (*digest, centroid, bool) {
	d := parseDigest(args[0])
	v, ok := pointOf(args[1])
	return d, v, ok && d != nil
}

var _ = scalar(Scalar{
	Name: "rank_tdigest", Summary: "Counts the values of a digest that are not greater than a value.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (float64, bool) {
		d, v, ok := digestOf(args)
		if !ok {
			return 0, false
		}
		return d.rank(v), true
	}),
})

var _ = scalar(Scalar{
	Name: "percentrank_tdigest", Summary: "Gives the percentage of the values of a digest that are not greater than a value.", Nulls: Handles,
	Kernel: each(func(args []dynamic.Value) (float64, bool) {
		d, v, ok := digestOf(args)
		if !ok || len(d.points) == 0 {
			return 0, false
		}
		return d.rank(v) / d.total() * 100, true
	}),
})

// boxPoint makes a value of type t of a point; Dynamic leaves it as it is.
func (d *digest) boxPoint(p centroid, t types.Type) dynamic.Value {
	switch {
	case t == types.Datetime:
		return dynamic.FromDatetime(p.whole)
	case t == types.Timespan:
		return dynamic.FromTimespan(p.whole)
	case t.Integer(), t == types.Dynamic && d.whole:
		return dynamic.FromLong(p.whole)
	}
	return dynamic.FromReal(p.real)
}

// pickDigest gives the percentile in the type that the call asks for.
func pickDigest(_ []types.Type, ret types.Type) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		digests, at := dyns(args[0]), reals(args[1])
		b := vector.NewBuilder(ret, c.N)
		for i := range c.N {
			d := parseDigest(digests.at(i))
			if d == nil || args[1].IsNull(i) {
				b.AppendNull()
				continue
			}
			p, ok := d.at(at.at(i))
			switch {
			case !ok:
				b.AppendNull()
			case ret == types.Dynamic:
				b.Append(vector.Datum{T: ret, V: d.boxPoint(p, ret)})
			case ret == types.Real:
				b.Append(vector.Datum{T: ret, V: p.real})
			case ret.Integer() || ret == types.Datetime || ret == types.Timespan:
				b.Append(vector.Datum{T: ret, V: p.whole})
			default:
				return nil, Errorf("percentile_tdigest() gives no %s", ret)
			}
		}
		return b.Done(), nil
	}
}

var _ = scalar(Scalar{Name: "percentile_tdigest", Summary: "Gives a percentile of the values of a digest.", Nulls: Handles, Pick: pickDigest})

var _ = scalar(Scalar{
	Name: "percentiles_array_tdigest", Summary: "Gives several percentiles of the values of a digest in an array.", Nulls: Handles,
	Pick: func(ts []types.Type, _ types.Type) Kernel {
		as := types.Dynamic
		if len(ts) == 3 && ts[1] == types.Dynamic {
			as = ts[2]
			ts = ts[:2]
		}
		n := len(ts)
		return eachDyn(func(args []dynamic.Value) dynamic.Value {
			d := parseDigest(args[0])
			if d == nil {
				return dynamic.NullValue
			}
			var out []dynamic.Value
			for _, a := range args[1:n] {
				list := []dynamic.Value{a}
				if a.Kind() == dynamic.Array {
					list = a.Items()
				}
				for _, it := range list {
					f, ok := it.Number()
					p, found := d.at(f)
					if !ok || !found {
						out = append(out, dynamic.NullValue)
						continue
					}
					out = append(out, d.boxPoint(p, as))
				}
			}
			return dynamic.FromArray(out)
		})
	},
})

func init() {
	for _, name := range []string{"tdigest_merge", "merge_tdigest"} {
		scalar(Scalar{
			Name: name, Summary: "Merges digests that tdigest() made.", Nulls: Handles, Type: isDynamic,
			Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
				var sum *digest
				for _, a := range args {
					d := parseDigest(a)
					switch {
					case d == nil:
					case sum == nil:
						sum = d
					default:
						sum.merge(d)
					}
				}
				if sum == nil {
					return dynamic.NullValue
				}
				return sum.value()
			}),
		})
	}
}
