package fn

import (
	"math"
	"strconv"
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// padded writes n with at least width digits.
func padded(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	if len(s) < width {
		s = strings.Repeat("0", width-len(s)) + s
	}
	return s
}

// fraction writes the first digits of the ticks within a second; trim drops
// zeros at the end, as F does.
func fraction(t int64, digits int, trim bool) string {
	s := padded(t%types.Second, 7)[:digits]
	if trim {
		s = strings.TrimRight(s, "0")
	}
	return s
}

// datetimePieces lists the letters format_datetime knows, longest first for
// each letter: MMM is MM and M.
var datetimePieces = []struct {
	text  string
	write func(t int64) string
}{
	{"yyyy", func(t int64) string { return padded(yearOf(t), 4) }},
	{"yy", func(t int64) string { return padded(yearOf(t)%100, 2) }},
	{"y", func(t int64) string { return padded(yearOf(t)%100, 1) }},
	{"MM", func(t int64) string { return padded(monthOf(t), 2) }},
	{"M", func(t int64) string { return padded(monthOf(t), 1) }},
	{"dd", func(t int64) string { return padded(dayOf(t), 2) }},
	{"d", func(t int64) string { return padded(dayOf(t), 1) }},
	{"HH", func(t int64) string { return padded(hourOf(t), 2) }},
	{"H", func(t int64) string { return padded(hourOf(t), 1) }},
	{"hh", func(t int64) string { return padded((hourOf(t)+11)%12+1, 2) }},
	{"h", func(t int64) string { return padded((hourOf(t)+11)%12+1, 1) }},
	{"mm", func(t int64) string { return padded(minuteOf(t), 2) }},
	{"m", func(t int64) string { return padded(minuteOf(t), 1) }},
	{"ss", func(t int64) string { return padded(secondOf(t), 2) }},
	{"s", func(t int64) string { return padded(secondOf(t), 1) }},
	{"tt", func(t int64) string {
		if hourOf(t) < 12 {
			return "AM"
		}
		return "PM"
	}},
}

const delimiters = " /-:,._[]"

// compile turns a format into the functions that write its pieces.
func compile(fn, format string, piece func(rest string) (int, func(t int64) string)) ([]func(t int64) string, error) {
	var out []func(t int64) string
	for i := 0; i < len(format); {
		n, write := 0, (func(t int64) string)(nil)
		switch c := format[i]; {
		case strings.IndexByte(delimiters, c) >= 0:
			n, write = 1, func(int64) string { return string(c) }
		case c == 'f' || c == 'F':
			for n < 7 && i+n < len(format) && format[i+n] == c {
				n++
			}
			digits := n
			write = func(t int64) string { return fraction(t, digits, c == 'F') }
		default:
			n, write = piece(format[i:])
		}
		if n == 0 {
			return nil, Errorf("%s() knows no format letter %q", fn, format[i:i+1])
		}
		out = append(out, write)
		i += n
	}
	return out, nil
}

func datetimePiece(rest string) (int, func(t int64) string) {
	for _, p := range datetimePieces {
		if strings.HasPrefix(rest, p.text) {
			return len(p.text), p.write
		}
	}
	return 0, nil
}

// timespanPiece knows days of any width; hours wrap at 24.
func timespanPiece(rest string) (int, func(t int64) string) {
	n := 0
	for n < len(rest) && rest[n] == rest[0] {
		n++
	}
	of := map[byte]func(t int64) int64{'H': hourOf, 'h': hourOf, 'm': minuteOf, 's': secondOf}[rest[0]]
	if rest[0] == 'd' {
		n = min(n, 8)
		of = func(t int64) int64 { return t / types.Day }
	} else {
		n = min(n, 2)
	}
	if of == nil {
		return 0, nil
	}
	return n, func(t int64) string { return padded(of(t), n) }
}

func formatRow(name, summary string, piece func(rest string) (int, func(t int64) string)) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			pieces, err := compile(name, constText(args[1]), piece)
			if err != nil {
				return nil, err
			}
			t, ask := ints(args[0]), nonNull(args, c.N)
			return collect(c, ask, func(i int) (string, bool) {
				var b strings.Builder
				ticks := t.at(i)
				if ticks < 0 {
					b.WriteByte('-')
					if ticks = -ticks; ticks < 0 {
						ticks = math.MaxInt64
					}
				}
				for _, write := range pieces {
					b.WriteString(write(ticks))
				}
				return b.String(), true
			}), nil
		},
	})
}

var (
	_ = formatRow("format_datetime", "Writes a datetime in a given form.", datetimePiece)
	_ = formatRow("format_timespan", "Writes a timespan in a given form.", timespanPiece)
)
