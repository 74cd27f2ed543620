package dynamic

import (
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
