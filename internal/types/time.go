package types

import "time"

// Datetimes and timespans are int64 counts of 100-ns ticks; a datetime counts
// from 0001-01-01T00:00:00Z.
const (
	Tick        int64 = 1
	Microsecond       = 10 * Tick
	Millisecond       = 1000 * Microsecond
	Second            = 1000 * Millisecond
	Minute            = 60 * Second
	Hour              = 60 * Minute
	Day               = 24 * Hour

	// MaxDatetime is 9999-12-31T23:59:59.9999999Z.
	MaxDatetime int64 = 3155378975999999999

	// unixEpoch is 1970-01-01 in ticks.
	unixEpoch int64 = 621355968000000000
)

// ToTime is the instant of a datetime in ticks.
func ToTime(ticks int64) time.Time {
	t := ticks - unixEpoch
	sec := t / Second
	rest := t % Second
	return time.Unix(sec, rest*100).UTC()
}

// FromTime is the datetime of an instant, cut to ticks. ok is false outside
// the years 1 to 9999.
func FromTime(t time.Time) (ticks int64, ok bool) {
	sec := t.Unix()
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return 0, false
	}
	return unixEpoch + sec*Second + int64(t.Nanosecond())/100, true
}

// FromUnix is the datetime of whole seconds and ticks since 1970.
func FromUnix(sec, ticks int64) int64 { return unixEpoch + sec*Second + ticks }

// ValidDatetime says whether ticks lies in the years 1 to 9999.
func ValidDatetime(ticks int64) bool { return ticks >= 0 && ticks <= MaxDatetime }
