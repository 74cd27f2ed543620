package parser

// number reads what begins with a digit: a number, a timespan, or a name such
// as `4thColumn`.
func (l *lexer) number(start int) {
	i := start
	for i < len(l.src) && isWordByte(l.src[i]) {
		i++
	}
	run := l.src[start:i]
	digits := digitCount(run)
	switch rest := run[digits:]; {
	case rest == "":
		if n := fractionLen(l.src[i:]); n > 0 {
			l.pos = i + n
			l.fraction(start, i)
			return
		}
		l.pos = i
		l.add(Long, start)
	case isTimeUnit(rest):
		l.pos = i
		l.add(Timespan, start)
	case isExponent(rest):
		l.pos = i
		l.add(Real, start)
	case (rest == "e" || rest == "E") && signedDigits(l.src[i:]) > 0:
		l.pos = i + signedDigits(l.src[i:])
		l.add(Real, start)
	case digits == 1 && run[0] == '0' && (rest[0] == 'x' || rest[0] == 'X') && len(rest) > 1 && allHex(rest[1:]):
		l.pos = i
		l.add(Long, start)
	default:
		l.pos = i
		flags, ok := words[run] // 3Dchart
		kind := Ident
		if ok {
			kind = Keyword
		}
		l.add(kind, start).flags = flags
	}
}

// fraction adds the token of a number with a fraction: pos is behind it, dot
// at its point.
func (l *lexer) fraction(start, dot int) {
	last := l.src[l.pos-1]
	kind := Real
	if isLetter(last) && l.pos > dot+1 && !isExponent(l.src[dot+1+digitCount(l.src[dot+1:l.pos]):l.pos]) {
		kind = Timespan
	}
	l.add(kind, start)
}

// fractionLen is the length of `.5`, `.5e3`, `.5h` or a lone `.` that belongs
// to the number before it; 0 when the point belongs to what follows.
func fractionLen(s string) int {
	if s == "" || s[0] != '.' || len(s) > 1 && s[1] == '.' {
		return 0
	}
	i := 1
	for i < len(s) && isWordByte(s[i]) {
		i++
	}
	run := s[1:i]
	rest := run[digitCount(run):]
	switch {
	case rest == "":
		return i
	case isExponent(rest):
		return i
	case (rest == "e" || rest == "E") && signedDigits(s[i:]) > 0:
		return i + signedDigits(s[i:])
	case len(rest) < len(run) && isTimeUnit(rest):
		return i
	}
	return 0
}

func digitCount(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// isExponent says whether s is `e5` or the like.
func isExponent(s string) bool {
	return len(s) > 1 && (s[0] == 'e' || s[0] == 'E') && digitCount(s[1:]) == len(s)-1
}

// signedDigits is the length of `+5` or `-5` at the start of s.
func signedDigits(s string) int {
	if s == "" || s[0] != '+' && s[0] != '-' {
		return 0
	}
	if n := digitCount(s[1:]); n > 0 {
		return n + 1
	}
	return 0
}

func allHex(s string) bool {
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// isTimeUnit says whether s is a unit of a timespan literal.
func isTimeUnit(s string) bool {
	switch s {
	case "d", "day", "days", "h", "hr", "hrs", "hour", "hours", "m", "min", "minute", "minutes",
		"s", "sec", "second", "seconds", "ms", "milli", "millis", "millisec", "millisecond", "milliseconds",
		"micro", "micros", "microsec", "microsecond", "microseconds",
		"nano", "nanos", "nanosec", "nanosecond", "nanoseconds", "tick", "ticks":
		return true
	}
	return false
}
