package fn

import (
	"strconv"
	"strings"
	"time"

	"goshawk/internal/types"
)

var months = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

var weekdays = [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// nameOf finds a word or its first three letters in a list; -1 if absent.
func nameOf(list []string, w string) int {
	w = strings.ToLower(w)
	for i, full := range list {
		if w == full || w == full[:3] {
			return i
		}
	}
	return -1
}

// timeReader reads the ways in which Kusto accepts a datetime.
type timeReader struct {
	s                 string
	year, month, day  int
	hour, minute, sec int
	ticks             int64
	offset            int // minutes east of UTC
}

// parseDatetime reads a datetime: ISO 8601, month first with slashes or
// dashes, and the forms of RFC 822, 850 and 1123. Without an offset it is UTC.
func parseDatetime(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return 0, false
	}
	r := timeReader{s: s, month: 1, day: 1}
	if !r.date() {
		return 0, false
	}
	r.s = strings.TrimLeft(r.s, " ")
	if r.s != "" && !r.clock() {
		return 0, false
	}
	return r.value()
}

func (r *timeReader) value() (int64, bool) {
	if r.year < 1 || r.year > 9999 || r.month < 1 || r.month > 12 || r.day < 1 || r.hour > 24 || r.minute > 59 || r.sec > 59 {
		return 0, false
	}
	if r.hour == 24 && (r.minute > 0 || r.sec > 0 || r.ticks > 0) {
		return 0, false
	}
	t := time.Date(r.year, time.Month(r.month), r.day, 0, 0, 0, 0, time.UTC)
	if t.Day() != r.day {
		return 0, false
	}
	day, _ := types.FromTime(t)
	return inDatetime(day + int64(r.hour)*types.Hour + int64(r.minute-r.offset)*types.Minute + int64(r.sec)*types.Second + r.ticks)
}

// number reads lo to hi digits.
func (r *timeReader) number(lo, hi int) (n, width int, ok bool) {
	for width < len(r.s) && width < hi && r.s[width] >= '0' && r.s[width] <= '9' {
		n = n*10 + int(r.s[width]-'0')
		width++
	}
	if width < lo {
		return 0, 0, false
	}
	r.s = r.s[width:]
	return n, width, true
}

func (r *timeReader) word() string {
	i := 0
	for i < len(r.s) && termRune(rune(r.s[i])) && (r.s[i] < '0' || r.s[i] > '9') {
		i++
	}
	w := r.s[:i]
	r.s = r.s[i:]
	return w
}

func (r *timeReader) eat(chars string) byte {
	if r.s != "" && strings.IndexByte(chars, r.s[0]) >= 0 {
		c := r.s[0]
		r.s = r.s[1:]
		return c
	}
	return 0
}

func (r *timeReader) gap() { r.s = strings.TrimLeft(r.s, " ,") }

// date reads the date, and the T behind it.
func (r *timeReader) date() bool {
	if w := r.word(); w != "" {
		if nameOf(weekdays[:], w) >= 0 {
			r.gap()
			w = r.word()
		}
		if w != "" { // January 2, 2020
			m := nameOf(months[:], w)
			if m < 0 {
				return false
			}
			r.month = m + 1
			r.gap()
			d, _, ok := r.number(1, 2)
			if r.day = d; !ok {
				return false
			}
			r.gap()
			y, width, ok := r.number(2, 4)
			r.year = fullYear(y, width)
			return ok
		}
	}
	n, width, ok := r.number(1, 8)
	if !ok {
		return false
	}
	switch {
	case width == 8:
		r.year, r.month, r.day = n/10000, n/100%100, n%100
		r.eat("T")
		return true
	case width == 4:
		return r.yearFirst(n)
	case width > 2:
		return false
	}
	sep := r.eat("/-. ")
	if sep == 0 {
		return false
	}
	r.gap()
	if w := r.word(); w != "" { // 2 January 2020
		m := nameOf(months[:], w)
		if m < 0 {
			return false
		}
		r.day, r.month = n, m+1
		r.eat("-")
		r.gap()
	} else {
		d, _, ok := r.number(1, 2)
		if !ok || r.eat(string(sep)) == 0 {
			return false
		}
		r.month, r.day = n, d
	}
	y, width, ok := r.number(2, 4)
	r.year = fullYear(y, width)
	r.eat("T")
	return ok && width != 3
}

func (r *timeReader) yearFirst(y int) bool {
	r.year = y
	sep := r.eat("-/.")
	if sep == 0 {
		return r.s == ""
	}
	m, _, ok := r.number(1, 2)
	if r.month = m; !ok {
		return false
	}
	if r.eat(string(sep)) == 0 {
		return r.s == ""
	}
	d, _, ok := r.number(1, 2)
	r.day = d
	r.eat("Tt")
	return ok
}

func fullYear(y, width int) int {
	switch {
	case width > 2:
		return y
	case y < 50:
		return 2000 + y
	}
	return 1900 + y
}

// clock reads the time of day and the offset.
func (r *timeReader) clock() bool {
	if !r.zoneOnly() {
		h, _, ok := r.number(1, 2)
		if !ok {
			return false
		}
		r.hour = h
		if r.eat(":") != 0 {
			if r.minute, _, ok = r.number(1, 2); !ok {
				return false
			}
			if r.eat(":") != 0 {
				if r.sec, _, ok = r.number(1, 2); !ok || !r.fraction() {
					return false
				}
			}
		} else if !r.halfDayNext() {
			return false
		}
		if !r.halfDay() {
			return false
		}
	}
	return r.zone()
}

func (r *timeReader) zoneOnly() bool { return r.s == "Z" || r.s == "z" }

func (r *timeReader) halfDayNext() bool {
	w := strings.ToLower(strings.TrimLeft(r.s, " "))
	return strings.HasPrefix(w, "am") || strings.HasPrefix(w, "pm")
}

// fraction reads the digits behind the seconds; beyond 100 ns they are cut.
func (r *timeReader) fraction() bool {
	if r.eat(".,") == 0 {
		return true
	}
	unit, n := types.Second, 0
	for ; n < len(r.s) && r.s[n] >= '0' && r.s[n] <= '9'; n++ {
		unit /= 10
		r.ticks += int64(r.s[n]-'0') * unit
	}
	r.s = r.s[n:]
	return n > 0
}

func (r *timeReader) halfDay() bool {
	if !r.halfDayNext() {
		return true
	}
	r.s = strings.TrimLeft(r.s, " ")
	pm := r.s[0] == 'p' || r.s[0] == 'P'
	r.s = r.s[2:]
	if r.hour < 1 || r.hour > 12 {
		return false
	}
	r.hour %= 12
	if pm {
		r.hour += 12
	}
	return true
}

func (r *timeReader) zone() bool {
	r.s = strings.TrimLeft(r.s, " ")
	if sign := r.eat("+-"); sign != 0 {
		h, width, ok := r.number(1, 4)
		if !ok || width == 3 {
			return false
		}
		m := 0
		if width == 4 {
			h, m = h/100, h%100
		} else if r.eat(":") != 0 {
			if m, _, ok = r.number(2, 2); !ok {
				return false
			}
		}
		if h > 14 || m > 59 {
			return false
		}
		if r.offset = h*60 + m; sign == '-' {
			r.offset = -r.offset
		}
		return r.s == ""
	}
	switch strings.ToUpper(r.s) {
	case "", "Z", "GMT", "UTC", "UT":
		return true
	}
	return false
}

var spanUnits = []struct {
	suffix string
	ticks  int64
}{
	{"microseconds", types.Microsecond}, {"microsecond", types.Microsecond}, {"milliseconds", types.Millisecond}, {"millisecond", types.Millisecond},
	{"minutes", types.Minute}, {"minute", types.Minute}, {"seconds", types.Second}, {"second", types.Second}, {"ticks", 1}, {"tick", 1},
	{"hours", types.Hour}, {"hour", types.Hour}, {"days", types.Day}, {"day", types.Day}, {"ms", types.Millisecond},
	{"d", types.Day}, {"h", types.Hour}, {"m", types.Minute}, {"s", types.Second},
}

// parseTimespan reads [-][d.]hh:mm[:ss[.fffffff]], a number of days, or a
// number with a unit as in a literal.
func parseTimespan(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 40 {
		return 0, false
	}
	body, minus := strings.CutPrefix(s, "-")
	t, ok := spanBody(body)
	if minus {
		t = -t
	}
	return t, ok
}

func spanBody(s string) (int64, bool) {
	if !strings.Contains(s, ":") {
		for _, u := range spanUnits {
			if n, ok := strings.CutSuffix(s, u.suffix); ok {
				f, ok := parseReal(n)
				if !ok || n == "" || f < 0 {
					return 0, false
				}
				return toTicks(f * float64(u.ticks))
			}
		}
		days, err := strconv.ParseUint(s, 10, 24)
		return int64(days) * types.Day, err == nil && days <= 10675199
	}
	r := timeReader{s: s}
	days := 0
	first, _, ok := r.number(1, 8)
	if !ok {
		return 0, false
	}
	if c := r.eat(".:"); c == '.' {
		days = first
		if first, _, ok = r.number(1, 2); !ok || r.eat(":") == 0 {
			return 0, false
		}
	} else if c == 0 {
		return 0, false
	}
	minute, _, ok := r.number(1, 2)
	if !ok {
		return 0, false
	}
	if r.eat(":") != 0 {
		if r.sec, _, ok = r.number(1, 2); !ok || !r.fraction() {
			return 0, false
		}
	}
	if r.s != "" || first > 23 || minute > 59 || r.sec > 59 || days > 10675198 {
		return 0, false
	}
	return int64(days)*types.Day + int64(first)*types.Hour + int64(minute)*types.Minute + int64(r.sec)*types.Second + r.ticks, true
}
