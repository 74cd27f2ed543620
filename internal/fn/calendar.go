package fn

import (
	"time"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// dayOfUnixEpoch is the number of days from 0001-01-01 to 1970-01-01.
const dayOfUnixEpoch = 719162

// dayNumber counts days from 0001-01-01, which is 0. Months and days beyond
// their range carry over.
func dayNumber(y, m, d int) int64 {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix()/86400 + dayOfUnixEpoch
}

// maxOffset bounds how many days, weeks, months or years an offset may move
// before the answer is null anyway.
const maxOffset = 4_000_000

// startOfDay, and its fellows, give the first tick of the unit that holds t,
// moved by n units.
func startOfDay(t, n int64) int64 { return (t/types.Day + n) * types.Day }

// Weeks start on Sunday; day 0 was a Monday.
func startOfWeek(t, n int64) int64 {
	day := t / types.Day
	return (day - (day+1)%7 + 7*n) * types.Day
}

func startOfMonth(t, n int64) int64 {
	y, m, _ := types.ToTime(t).Date()
	return dayNumber(y, int(m)+int(n), 1) * types.Day
}

func startOfYear(t, n int64) int64 {
	return dayNumber(types.ToTime(t).Year()+int(n), 1, 1) * types.Day
}

// unitRow makes the rows of a startof and an endof function.
func unitRow(name, summary string, start func(t, n int64) int64, end bool) *Scalar {
	add, less := int64(0), int64(0)
	if end {
		add, less = 1, 1
	}
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			t, ask := ints(args[0]), nonNull(args, c.N)
			off := view[int64]{data: []int64{0}}
			if len(args) > 1 {
				off = ints(args[1])
			}
			return collect(c, ask, func(i int) (int64, bool) {
				n := off.at(i)
				if n > maxOffset || n < -maxOffset {
					return 0, false
				}
				r := start(t.at(i), n+add) - less
				return r, types.ValidDatetime(r)
			}), nil
		},
	})
}

var (
	_ = unitRow("startofday", "Gives the first moment of the day of a datetime.", startOfDay, false)
	_ = unitRow("startofweek", "Gives the first moment of the week of a datetime; weeks start on Sunday.", startOfWeek, false)
	_ = unitRow("startofmonth", "Gives the first moment of the month of a datetime.", startOfMonth, false)
	_ = unitRow("startofyear", "Gives the first moment of the year of a datetime.", startOfYear, false)
	_ = unitRow("endofday", "Gives the last tick of the day of a datetime.", startOfDay, true)
	_ = unitRow("endofweek", "Gives the last tick of the week of a datetime; weeks end on Saturday.", startOfWeek, true)
	_ = unitRow("endofmonth", "Gives the last tick of the month of a datetime.", startOfMonth, true)
	_ = unitRow("endofyear", "Gives the last tick of the year of a datetime.", startOfYear, true)
)

// part makes the row of a function that reads one number off a datetime.
func part(name, summary string, f func(t int64) int64) *Scalar {
	return scalar(Scalar{Name: name, Summary: summary, Kernel: lift1(f)})
}

func isoWeek(t int64) int64 {
	_, w := types.ToTime(t).ISOWeek()
	return int64(w)
}

func monthOf(t int64) int64       { return int64(types.ToTime(t).Month()) }
func yearOf(t int64) int64        { return int64(types.ToTime(t).Year()) }
func dayOf(t int64) int64         { return int64(types.ToTime(t).Day()) }
func dayOfYear(t int64) int64     { return int64(types.ToTime(t).YearDay()) }
func hourOf(t int64) int64        { return t / types.Hour % 24 }
func weekdayOf(t int64) int64     { return (t/types.Day + 1) % 7 }
func quarterOf(t int64) int64     { return (monthOf(t) + 2) / 3 }
func minuteOf(t int64) int64      { return t / types.Minute % 60 }
func secondOf(t int64) int64      { return t / types.Second % 60 }
func milliOf(t int64) int64       { return t / types.Millisecond % 1000 }
func microOf(t int64) int64       { return t / types.Microsecond % 1_000_000 }
func nanoOf(t int64) int64        { return t % types.Second * 100 }
func dayOfWeekSpan(t int64) int64 { return weekdayOf(t) * types.Day }

// dayofweek is null on the last day there is: Kusto looks at the day after it.
var _ = scalar(Scalar{
	Name: "dayofweek", Summary: "Gives the days since the last Sunday, as a timespan.",
	Kernel: lift1n(func(t int64) (int64, bool) { return dayOfWeekSpan(t), t <= types.MaxDatetime-types.Day }),
})

var (
	_ = part("dayofmonth", "Gives the day of the month, from 1.", dayOf)
	_ = part("dayofyear", "Gives the day of the year, from 1.", dayOfYear)
	_ = part("week_of_year", "Gives the number of the ISO 8601 week.", isoWeek)
	_ = part("weekofyear", "Gives the number of the ISO 8601 week.", isoWeek)
	_ = part("hourofday", "Gives the hour of the day, from 0.", hourOf)
	_ = part("monthofyear", "Gives the month, from 1.", monthOf)
	_ = part("getmonth", "Gives the month, from 1.", monthOf)
	_ = part("getyear", "Gives the year.", yearOf)
)
