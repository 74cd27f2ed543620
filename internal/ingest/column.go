package ingest

import (
	"strconv"
	"strings"
	"time"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// column gathers one wanted column of a batch from raw JSON values.
type column struct {
	typ types.Type
	b   *vector.Builder
	// A string column begins as a dictionary; one whose strings hardly repeat
	// goes on flat.
	dict map[string]int32
	// ints and nulls are the entries of types kept as int64, the rest is in b.
	ints  []int64
	nulls []int
	vals  []string
	codes []int32
	flat  bool
	last  int32
}

func newColumn(t types.Type) *column {
	c := &column{typ: t}
	switch t {
	case types.String:
		c.dict = make(map[string]int32, 64)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		c.ints = make([]int64, 0, 1024)
	default:
		c.b = vector.NewBuilder(t, 1024)
	}
	return c
}

// maxRepeat: after this many rows with more than half of them new, a
// dictionary costs more than it saves.
const maxRepeat = 512

// str adds a string that may lie in a buffer that is used again.
func (c *column) str(s string) {
	if c.flat {
		c.vals = append(c.vals, strings.Clone(s))
		return
	}
	if len(c.codes) > 0 && c.vals[c.last] == s {
		c.codes = append(c.codes, c.last)
		return
	}
	code, ok := c.dict[s]
	if !ok {
		s = strings.Clone(s)
		code = int32(len(c.vals))
		c.vals = append(c.vals, s)
		c.dict[s] = code
	}
	c.last = code
	c.codes = append(c.codes, code)
	if n := len(c.codes); !ok && n >= maxRepeat && len(c.vals) > n/2 {
		flat := make([]string, n, 4*n)
		for i, k := range c.codes {
			flat[i] = c.vals[k]
		}
		c.vals, c.codes, c.dict, c.flat = flat, nil, nil, true
	}
}

// add adds the raw JSON value; "" is a missing one. It says whether the value
// reads as the column's type; where it does not, the row has null.
func (c *column) add(raw string) bool {
	switch c.typ {
	case types.String:
		c.str(text(raw))
		return true
	case types.Int, types.Long, types.Datetime, types.Timespan:
		n, ok, isNull := number(c.typ, raw)
		if !ok {
			c.nulls = append(c.nulls, len(c.ints))
		}
		c.ints = append(c.ints, n)
		return ok || isNull
	}
	v, ok := value(c.typ, raw)
	c.b.Append(vector.Datum{T: c.typ, V: v})
	return ok
}

func (c *column) done() *vector.Vector {
	switch c.typ {
	case types.String:
	case types.Int, types.Long, types.Datetime, types.Timespan:
		var valid vector.Bitmap
		if len(c.nulls) > 0 {
			valid = vector.FullBitmap(len(c.ints))
			for _, i := range c.nulls {
				valid.Clear(i)
			}
		}
		return vector.Of(c.typ, c.ints, valid)
	default:
		return c.b.Done()
	}
	vals := vector.Of(types.String, c.vals, nil)
	if c.flat {
		return vals
	}
	if len(c.vals) == 0 {
		vals.Strs = []string{}
	}
	return vector.NewDict(vals, c.codes)
}

// text is a raw JSON value as a string column keeps it: containers as compact
// JSON text, null as the empty string.
func text(raw string) string {
	if raw == "" || raw == "null" {
		return ""
	}
	switch raw[0] {
	case '"':
		return dynamic.Unescape(raw[1 : len(raw)-1])
	case '{', '[':
		return dynamic.FromChecked(raw).JSON()
	}
	return raw
}

// plain is a raw JSON value as text to read a scalar from, blanks taken off;
// "" for null, which CSV can only have as a word.
func plain(raw string) string {
	if raw == "" || raw == "null" || raw == `"null"` {
		return ""
	}
	return strings.TrimSpace(text(raw))
}

// number is a raw JSON value as a type that is kept as int64. isNull says that
// there is no value, rather than one that does not read.
func number(t types.Type, raw string) (n int64, ok, isNull bool) {
	s := plain(raw)
	if s == "" {
		return 0, false, true
	}
	switch t {
	case types.Int:
		if n, ok = integer(s); n != int64(int32(n)) {
			n, ok = 0, false
		}
	case types.Long:
		n, ok = integer(s)
	case types.Datetime:
		n, ok = datetime(s)
	case types.Timespan:
		n, ok = timespan(s)
	}
	return n, ok, false
}

// value is a raw JSON value as type t keeps it, nil when it is null; false
// when it does not read as one.
func value(t types.Type, raw string) (any, bool) {
	if t == types.Dynamic || t == types.Unknown {
		if v := dyn(raw); !v.IsNull() {
			return v, true
		}
		return nil, true
	}
	s := plain(raw)
	if s == "" {
		return nil, true
	}
	switch t {
	case types.Bool:
		switch strings.ToLower(s) {
		case "true", "1":
			return true, true
		case "false", "0":
			return false, true
		}
	case types.Real:
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f, true
		}
	case types.Guid:
		if g, ok := vector.ParseGuid(s); ok {
			return g, true
		}
	case types.Decimal:
		if d, ok := vector.ParseDecimal(s); ok {
			return d, true
		}
	}
	return nil, false
}

func integer(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	if len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") {
		n, err := strconv.ParseInt(s[2:], 16, 64)
		return n, err == nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != float64(int64(f)) || f >= 1<<63 || f < -1<<63 {
		return 0, false
	}
	return int64(f), true
}

// dyn is a raw JSON value as a dynamic one. Text that is a JSON document is
// opened: exports carry dynamic cells as text.
func dyn(raw string) dynamic.Value {
	if raw == "" {
		return dynamic.NullValue
	}
	if raw[0] == '"' {
		s := dynamic.Unescape(raw[1 : len(raw)-1])
		inner := strings.TrimSpace(s)
		if inner == "" {
			return dynamic.NullValue
		}
		if inner[0] == '{' || inner[0] == '[' {
			if v, err := dynamic.Parse(strings.Clone(inner)); err == nil {
				return v
			}
		}
		return dynamic.FromString(strings.Clone(s))
	}
	if raw[0] == '{' || raw[0] == '[' {
		v, err := dynamic.Parse(strings.Clone(raw))
		if err != nil {
			return dynamic.FromString(strings.Clone(raw))
		}
		return v
	}
	return dynamic.FromChecked(strings.Clone(raw))
}

// layouts are spellings of times in logs beside ISO 8601, which datetime reads
// by hand. Month stands before day, as Log Analytics exports have it.
var layouts = []string{
	"1/2/2006, 3:04:05.999999999 PM", "1/2/2006 3:04:05.999999999 PM", "1/2/2006, 15:04:05.999999999", "1/2/2006 15:04:05.999999999",
	"1/2/2006 15:04", "1/2/2006 3:04 PM", "1/2/2006, 3:04 PM", "1/2/2006",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
	"2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04",
}

// datetime reads a time; without an offset it is UTC.
func datetime(s string) (int64, bool) {
	if t, ok := iso(s); ok {
		return t, true
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return types.FromTime(t)
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return types.FromTime(t)
	}
	return 0, false
}

func digits(s string, at, n int) (int, bool) {
	v := 0
	for i := at; i < at+n; i++ {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int(c)
	}
	return v, true
}

// iso reads yyyy-mm-ddThh:mm:ss[.f][Z|±hh:mm], with a blank for T too, and a
// date alone.
func iso(s string) (int64, bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s, 0, 4)
	mo, ok2 := digits(s, 5, 2)
	d, ok3 := digits(s, 8, 2)
	if !ok1 || !ok2 || !ok3 || y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31 {
		return 0, false
	}
	if len(s) == 10 {
		return clock(y, mo, d, 0, 0, 0, 0)
	}
	if len(s) < 19 || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	h, ok1 := digits(s, 11, 2)
	mi, ok2 := digits(s, 14, 2)
	sec, ok3 := digits(s, 17, 2)
	if !ok1 || !ok2 || !ok3 || h > 23 || mi > 59 || sec > 59 {
		return 0, false
	}
	i, ticks, n := 19, int64(0), 0
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			if n++; n <= 7 {
				ticks = ticks*10 + int64(s[i]-'0')
			}
		}
		if n == 0 {
			return 0, false
		}
		for ; n < 7; n++ {
			ticks *= 10
		}
	}
	t, ok := clock(y, mo, d, h, mi, sec, ticks)
	switch rest := s[i:]; {
	case !ok:
		return 0, false
	case rest == "" || rest == "Z" || rest == "z":
		return t, true
	case len(rest) == 6 && rest[3] == ':' && (rest[0] == '+' || rest[0] == '-'):
		oh, ok1 := digits(rest, 1, 2)
		om, ok2 := digits(rest, 4, 2)
		off := int64(oh)*types.Hour + int64(om)*types.Minute
		if rest[0] == '+' {
			off = -off
		}
		return t + off, ok1 && ok2 && types.ValidDatetime(t+off)
	}
	return 0, false
}

func clock(y, mo, d, h, mi, s int, ticks int64) (int64, bool) {
	t := time.Date(y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	if t.Day() != d {
		return 0, false
	}
	n, ok := types.FromTime(t)
	return n + ticks, ok
}

// timespan reads [-][d.]hh:mm:ss[.f].
func timespan(s string) (int64, bool) {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	part := strings.Split(s, ":")
	if len(part) != 3 {
		return 0, false
	}
	var days int64
	if d, h, ok := strings.Cut(part[0], "."); ok {
		n, err := strconv.ParseInt(d, 10, 32)
		if err != nil {
			return 0, false
		}
		days, part[0] = n, h
	}
	h, err1 := strconv.ParseUint(part[0], 10, 8)
	m, err2 := strconv.ParseUint(part[1], 10, 8)
	sec, err3 := strconv.ParseFloat(part[2], 64)
	if err1 != nil || err2 != nil || err3 != nil || h > 23 || m > 59 || sec < 0 || sec >= 60 {
		return 0, false
	}
	t := days*types.Day + int64(h)*types.Hour + int64(m)*types.Minute + int64(sec*float64(types.Second)+0.5)
	if neg {
		t = -t
	}
	return t, true
}
