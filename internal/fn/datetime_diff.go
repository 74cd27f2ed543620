package fn

import (
	"math"
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// unit is a part name as datetime_part, datetime_diff and datetime_add take
// it: how many ticks one has, or how many months.
type unit struct {
	ticks, months int64
	part          func(t int64) int64
	// nano units are a hundredth of a tick.
	nano bool
}

var units = map[string]unit{
	"year":         {months: 12, part: yearOf},
	"quarter":      {months: 3, part: quarterOf},
	"month":        {months: 1, part: monthOf},
	"week":         {ticks: 7 * types.Day},
	"weekofyear":   {part: isoWeek},
	"week_of_year": {part: isoWeek},
	"day":          {ticks: types.Day, part: dayOf},
	"dayofyear":    {part: dayOfYear},
	"hour":         {ticks: types.Hour, part: hourOf},
	"minute":       {ticks: types.Minute, part: minuteOf},
	"second":       {ticks: types.Second, part: secondOf},
	"millisecond":  {ticks: types.Millisecond, part: milliOf},
	"microsecond":  {ticks: types.Microsecond, part: microOf},
	"nanosecond":   {ticks: 1, nano: true, part: nanoOf},
}

// unitNamed finds the unit that a call's first argument names.
func unitNamed(fn string, arg *vector.Vector, usable func(u unit) bool) (unit, error) {
	name := constText(arg)
	u, ok := units[strings.ToLower(name)]
	if !ok || !usable(u) {
		return u, Errorf("%s() knows no part %q", fn, name)
	}
	return u, nil
}

func partRow(name string) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: "Gives one part of a datetime, such as its hour, as a number.",
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			u, err := unitNamed(name, args[0], func(u unit) bool { return u.part != nil })
			if err != nil {
				return nil, err
			}
			t, ask := ints(args[1]), nonNull(args, c.N)
			return collect(c, ask, func(i int) (int64, bool) { return u.part(t.at(i)), true }), nil
		},
	})
}

var (
	_ = partRow("datetime_part")
	_ = partRow("datepart")
)

func spans(u unit) bool { return u.ticks != 0 || u.months != 0 }

// datetime_diff counts the boundaries of the unit between two datetimes, not
// whole elapsed units.
var _ = scalar(Scalar{
	Name:    "datetime_diff",
	Summary: "Counts the boundaries of a calendar unit between two datetimes.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		u, err := unitNamed("datetime_diff", args[0], spans)
		if err != nil {
			return nil, err
		}
		a, b, ask := ints(args[1]), ints(args[2]), nonNull(args, c.N)
		if c.Ret == types.Real {
			return collect(c, ask, func(i int) (float64, bool) { return float64(u.diff(a.at(i), b.at(i))), true }), nil
		}
		return collect(c, ask, func(i int) (int64, bool) { return u.diff(a.at(i), b.at(i)), true }), nil
	},
})

func (u unit) diff(a, b int64) int64 {
	switch {
	case u.months > 0:
		return u.monthIndex(a) - u.monthIndex(b)
	case u.nano:
		return (a - b) * 100
	case u.ticks == 7*types.Day:
		return (startOfWeek(a, 0) - startOfWeek(b, 0)) / u.ticks
	}
	return a/u.ticks - b/u.ticks
}

// monthIndex numbers the units of some months through all years.
func (u unit) monthIndex(t int64) int64 {
	return (yearOf(t)*12 + monthOf(t) - 1) / u.months
}

// datetime_add clips the day where the month it lands in is shorter.
var _ = scalar(Scalar{
	Name:    "datetime_add",
	Summary: "Moves a datetime by a number of calendar units.",
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		u, err := unitNamed("datetime_add", args[0], spans)
		if err != nil {
			return nil, err
		}
		n, t, ask := ints(args[1]), ints(args[2]), nonNull(args, c.N)
		return collect(c, ask, func(i int) (int64, bool) { return u.add(t.at(i), n.at(i)) }), nil
	},
})

func (u unit) add(t, n int64) (int64, bool) {
	if u.nano {
		return addTicks(t, n/100)
	}
	if u.months == 0 {
		if n > math.MaxInt64/u.ticks || n < math.MinInt64/u.ticks {
			return 0, false
		}
		return addTicks(t, n*u.ticks)
	}
	if n > maxOffset || n < -maxOffset {
		return 0, false
	}
	y, m, d := types.ToTime(t).Date()
	index := int64(y)*12 + int64(m) - 1 + n*u.months
	if index < 12 {
		return 0, false
	}
	y, mi := int(index/12), int(index%12)+1
	first, next := dayNumber(y, mi, 1), dayNumber(y, mi+1, 1)
	day := min(first+int64(d)-1, next-1)
	r := day*types.Day + t%types.Day
	return r, types.ValidDatetime(r)
}
