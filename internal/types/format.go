package types

// AppendDatetime appends ticks as tostring() prints a datetime: always seven
// fraction digits and Z, e.g. 2020-06-15T00:00:00.0000000Z.
func AppendDatetime(b []byte, ticks int64) []byte {
	t := ToTime(ticks)
	y, m, d := t.Date()
	b = pad(b, int64(y), 4)
	b = pad(append(b, '-'), int64(m), 2)
	b = pad(append(b, '-'), int64(d), 2)
	b = pad(append(b, 'T'), int64(t.Hour()), 2)
	b = pad(append(b, ':'), int64(t.Minute()), 2)
	b = pad(append(b, ':'), int64(t.Second()), 2)
	b = pad(append(b, '.'), int64(t.Nanosecond()/100), 7)
	return append(b, 'Z')
}

// AppendDatetimeShort is AppendDatetime without trailing zeros in the
// fraction, as query answers carry datetimes.
func AppendDatetimeShort(b []byte, ticks int64) []byte {
	start := len(b)
	b = AppendDatetime(b, ticks)
	end := len(b) - 1 // the Z
	for end > start && b[end-1] == '0' {
		end--
	}
	if b[end-1] == '.' {
		end--
	}
	return append(b[:end], 'Z')
}

// AppendTimespan appends ticks as tostring() prints a timespan:
// [-][d.]hh:mm:ss[.fffffff].
func AppendTimespan(b []byte, ticks int64) []byte {
	u := uint64(ticks)
	if ticks < 0 {
		b = append(b, '-')
		u = -u
	}
	day, hour, minute, second := uint64(Day), uint64(Hour), uint64(Minute), uint64(Second)
	if d := u / day; d > 0 {
		b = append(pad(b, int64(d), 1), '.')
	}
	b = pad(b, int64(u/hour%24), 2)
	b = pad(append(b, ':'), int64(u/minute%60), 2)
	b = pad(append(b, ':'), int64(u/second%60), 2)
	if f := u % second; f > 0 {
		b = pad(append(b, '.'), int64(f), 7)
	}
	return b
}

// pad appends n with at least width digits.
func pad(b []byte, n int64, width int) []byte {
	var tmp [20]byte
	i := len(tmp)
	for n > 0 || i == len(tmp) {
		i--
		tmp[i] = byte('0' + n%10)
		n /= 10
	}
	for k := len(tmp) - i; k < width; k++ {
		b = append(b, '0')
	}
	return append(b, tmp[i:]...)
}
