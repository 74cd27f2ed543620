package dynamic

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"goshawk/internal/types"
)

// JSON is v as compact JSON, as tostring() prints arrays and bags.
func (v Value) JSON() string { return string(v.AppendJSON(nil)) }

// AppendJSON appends v as compact JSON. Datetimes become text with seven
// fraction digits, timespans text such as "00:00:02".
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case Null:
		return append(b, "null"...)
	case Bool:
		return strconv.AppendBool(b, v.bits != 0)
	case Long:
		return strconv.AppendInt(b, int64(v.bits), 10)
	case Real:
		return AppendReal(b, v.Real(), true)
	case String, Guid:
		return AppendQuoted(b, v.text)
	case Decimal:
		return AppendQuoted(b, v.text)
	case Datetime:
		return append(types.AppendDatetime(append(b, '"'), int64(v.bits)), '"')
	case Timespan:
		return append(types.AppendTimespan(append(b, '"'), int64(v.bits)), '"')
	case Array:
		b = append(b, '[')
		for i, it := range v.Items() {
			if i > 0 {
				b = append(b, ',')
			}
			b = it.AppendJSON(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	n := v.open()
	for i, k := range n.keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendQuoted(b, k), ':')
		b = n.items[i].AppendJSON(b)
	}
	return append(b, '}')
}

// String is v as tostring() gives it: strings without quotes, null as "".
func (v Value) String() string {
	switch v.kind {
	case Null:
		return ""
	case String, Guid, Decimal:
		return v.text
	case Datetime:
		return string(types.AppendDatetime(nil, int64(v.bits)))
	case Timespan:
		return string(types.AppendTimespan(nil, int64(v.bits)))
	}
	return string(v.AppendJSON(nil))
}

// AppendReal prints a fraction as Kusto does (see largest), ".0" on whole
// numbers. In JSON (quoted) what is no number is a string.
func AppendReal(b []byte, f float64, quoted bool) []byte {
	switch {
	case math.IsNaN(f):
		return word(b, "NaN", quoted)
	case math.IsInf(f, 1):
		return word(b, "Infinity", quoted)
	case math.IsInf(f, -1):
		return word(b, "-Infinity", quoted)
	}
	return appendDigits(b, f, largest)
}

// AppendNearest is AppendReal with the digits nearest to f, as a result prints
// a column of reals.
func AppendNearest(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return AppendReal(b, f, false)
	}
	return appendDigits(b, f, nearest)
}

func appendDigits(b []byte, f float64, digitsOf func(float64) ([]byte, int)) []byte {
	if math.Signbit(f) {
		b = append(b, '-')
		f = -f
	}
	if f == 0 {
		return append(b, "0.0"...)
	}
	digits, exp := digitsOf(f)
	if f < 1e-5 || f >= 1e15 {
		return exponent(b, digits, exp)
	}
	switch n := len(digits); {
	case exp <= 0:
		b = append(append(b, "0."...), zeros[:-exp]...)
		return append(b, digits...)
	case exp >= n:
		b = append(append(b, digits...), zeros[:exp-n]...)
		return append(b, ".0"...)
	}
	b = append(append(b, digits[:exp]...), '.')
	return append(b, digits[exp:]...)
}

const zeros = "000000000000000000"

// nearest gives the shortest digits that read back as f, as 0.DIGITS times ten
// to the exp.
func nearest(f float64) (digits []byte, exp int) {
	text := strconv.AppendFloat(make([]byte, 0, 32), f, 'e', -1, 64)
	mark := bytes.IndexByte(text, 'e')
	exp, _ = strconv.Atoi(string(text[mark+1:]))
	digits = append(digits, text[0])
	if mark > 2 {
		digits = append(digits, text[2:mark]...)
	}
	return digits, exp + 1
}

// largest is nearest, except that where several digits of that length read
// back as f it takes the largest, as Kusto does: 0.1 + 0.2 is
// 0.30000000000000007 (tostring.md). Below 16 digits there is only one.
func largest(f float64) (digits []byte, exp int) {
	digits, exp = nearest(f)
	if len(digits) < 16 {
		return digits, exp
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return digits, exp
	}
	tail := "e" + strconv.Itoa(exp-len(digits))
	for {
		next := strconv.AppendUint(nil, n+1, 10)
		if g, err := strconv.ParseFloat(string(next)+tail, 64); err != nil || g != f || len(next) != len(digits) {
			return digits, exp
		}
		n, digits = n+1, next
	}
}

// exponent prints 1e+20 as .NET does: 1E+20, two digits at least.
func exponent(b, digits []byte, exp int) []byte {
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	b = append(b, 'E')
	sign := byte('+')
	if exp--; exp < 0 {
		sign, exp = '-', -exp
	}
	b = append(b, sign)
	if exp < 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(exp), 10)
}

func word(b []byte, w string, quoted bool) []byte {
	if quoted {
		return append(append(append(b, '"'), w...), '"')
	}
	return append(b, w...)
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string. Only what JSON requires is
// escaped; bytes that are no UTF-8 become U+FFFD.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			case '\b':
				b = append(b, '\\', 'b')
			case '\f':
				b = append(b, '\\', 'f')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, s[start:i]...), "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	return append(append(b, s[start:]...), '"')
}
