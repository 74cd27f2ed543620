package fn

import (
	"math"
	"sync"
	"time"
	_ "time/tzdata" // time zones must work where the machine has no list of them

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// sameAs lends the kernels of another row, for calls with one argument.
func sameAs(name string, many Kernel) func(args []types.Type, ret types.Type) Kernel {
	return func(args []types.Type, ret types.Type) Kernel {
		if len(args) != 1 {
			return many
		}
		if s := ScalarNamed(name); s != nil {
			return s.KernelFor(args, ret)
		}
		return nil
	}
}

var _ = scalar(Scalar{
	Name: "make_datetime", Summary: "Makes a datetime of year, month, day and time; null when a part is out of range.",
	Pick: sameAs("todatetime", func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		parts := make([]view[int64], 5)
		for k := range parts {
			parts[k] = view[int64]{data: []int64{0}}
			if k < len(args) {
				parts[k] = ints(args[k])
			}
		}
		sec := view[float64]{data: []float64{0}}
		if len(args) > 5 {
			sec = reals(args[5])
		}
		return collect(c, nonNull(args, c.N), func(i int) (int64, bool) {
			y, m, d := parts[0].at(i), parts[1].at(i), parts[2].at(i)
			h, mi, s := parts[3].at(i), parts[4].at(i), sec.at(i)
			if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || !(s >= 0 && s < 60) {
				return 0, false
			}
			day := dayNumber(int(y), int(m), 1) + d - 1
			if d > 31 || day >= dayNumber(int(y), int(m)+1, 1) {
				return 0, false
			}
			return day*types.Day + h*types.Hour + mi*types.Minute + int64(math.Round(s*1e7)), true
		}), nil
	}),
})

var _ = scalar(Scalar{
	Name: "make_timespan", Summary: "Makes a timespan of hours, minutes and more; null when a part is out of range.",
	Pick: sameAs("totimespan", func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		zero := view[int64]{data: []int64{0}}
		d, h, m := zero, ints(args[0]), ints(args[1])
		if len(args) == 4 {
			d, h, m = ints(args[0]), ints(args[1]), ints(args[2])
		}
		sec := func(int) float64 { return 0 }
		if len(args) > 2 {
			if s := args[len(args)-1]; s.Type == types.Real {
				v := reals(s)
				sec = v.at
			} else {
				v := ints(s)
				sec = func(i int) float64 { return float64(v.at(i)) }
			}
		}
		return collect(c, nonNull(args, c.N), func(i int) (int64, bool) {
			dd, hh, mm := d.at(i), h.at(i), m.at(i)
			ss, ok := secondTicks(sec(i))
			if !ok || dd < 0 || dd > 10_000_000 || hh < 0 || hh > 23 || mm < 0 || mm > 59 {
				return 0, false
			}
			return dd*types.Day + hh*types.Hour + mm*types.Minute + ss, true
		}), nil
	}),
})

func unixRow(name, unit string, ticks int64, nano bool) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: "Makes a datetime of the " + unit + " since 1970.",
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			ask := nonNull(args, c.N)
			if args[0].Ints != nil {
				n := ints(args[0])
				return collect(c, ask, func(i int) (int64, bool) {
					v := n.at(i)
					if nano {
						return addTicks(types.FromUnix(0, 0), v/100)
					}
					if v > types.MaxDatetime/ticks || v < -types.MaxDatetime/ticks {
						return 0, false
					}
					return addTicks(types.FromUnix(0, 0), v*ticks)
				}), nil
			}
			f := reals(args[0])
			return collect(c, ask, func(i int) (int64, bool) {
				v := f.at(i) * float64(ticks)
				if nano {
					v = f.at(i) / 100
				}
				if !(math.Abs(v) < float64(types.MaxDatetime)) {
					return 0, false
				}
				return addTicks(types.FromUnix(0, 0), int64(math.Round(v)))
			}), nil
		},
	})
}

var (
	_ = unixRow("unixtime_seconds_todatetime", "seconds", types.Second, false)
	_ = unixRow("unixtime_milliseconds_todatetime", "milliseconds", types.Millisecond, false)
	_ = unixRow("unixtime_microseconds_todatetime", "microseconds", types.Microsecond, false)
	_ = unixRow("unixtime_nanoseconds_todatetime", "nanoseconds", 1, true)
)

// zones keeps the time zones read so far.
var zones sync.Map

func zoneNamed(fn, name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, Errorf("%s() knows no time zone %q", fn, name)
	}
	zones.Store(name, z)
	return z, nil
}

func zoneRow(name, summary string, move func(t time.Time, z *time.Location) time.Time) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			t, zone, ask := ints(args[0]), texts(args[1]), nonNull(args, c.N)
			var err error
			out := collect(c, ask, func(i int) (int64, bool) {
				z, e := zoneNamed(name, zone.at(i))
				if e != nil {
					err = e
					return 0, false
				}
				return types.FromTime(move(types.ToTime(t.at(i)), z))
			})
			return out, err
		},
	})
}

// wall is the reading of t's clock as if it stood in zone z.
func wall(t time.Time, z *time.Location) time.Time {
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	return time.Date(y, m, d, h, mi, s, t.Nanosecond(), z)
}

var (
	_ = zoneRow("datetime_utc_to_local", "Turns a UTC datetime into the local time of a zone.",
		func(t time.Time, z *time.Location) time.Time { return wall(t.In(z), time.UTC) })
	_ = zoneRow("datetime_local_to_utc", "Turns the local time of a zone into UTC.",
		localToUTC)
)

// localToUTC reads a local time that clocks skip in spring with the offset
// they have afterwards.
func localToUTC(t time.Time, z *time.Location) time.Time {
	u := wall(t, z)
	if wall(u, time.UTC).Equal(t) {
		return u.UTC()
	}
	_, before := u.Add(-24 * time.Hour).Zone()
	_, after := u.Add(24 * time.Hour).Zone()
	return t.Add(-time.Duration(max(before, after)) * time.Second)
}
