package bind

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

var literalTypes = map[ast.LiteralKind]types.Type{
	ast.NullLit: types.Dynamic, ast.BoolLit: types.Bool, ast.IntLit: types.Int, ast.LongLit: types.Long, ast.RealLit: types.Real,
	ast.DecimalLit: types.Decimal, ast.DatetimeLit: types.Datetime, ast.TimespanLit: types.Timespan, ast.GuidLit: types.Guid,
}

// literal is the value of a literal.
func (b *binder) literal(l *ast.Literal) plan.Expr {
	t := literalTypes[l.Kind]
	if l.Null || l.Kind == ast.NullLit {
		return constOf(vector.Datum{T: t})
	}
	v, ok := b.parseLiteral(t, l.Text, l.Span())
	if !ok {
		b.strict(codeLiteral, l.Span(), "%q is not %s", l.Text, one(t))
		if b.o.CheckOnly {
			return typedOnly{t}
		}
		return badExpr
	}
	return constOf(vector.Datum{T: t, V: v})
}

// parseLiteral reads the text inside a literal of type t.
func (b *binder) parseLiteral(t types.Type, text string, at source.Span) (any, bool) {
	switch t {
	case types.Bool:
		switch strings.ToLower(text) {
		case "true", "1":
			return true, true
		case "false", "0":
			return false, true
		}
		n, err := strconv.ParseInt(text, 10, 64)
		return n != 0, err == nil
	case types.Int:
		n, ok := parseInteger(text)
		return n, ok && n >= math.MinInt32 && n <= math.MaxInt32
	case types.Long:
		return anyOf(parseInteger(text))
	case types.Real:
		return anyOf(parseReal(text))
	case types.Decimal:
		d, ok := vector.ParseDecimal(text)
		return d, ok
	case types.Guid:
		return anyOf(vector.ParseGuid(strings.Trim(text, `"'`)))
	case types.Datetime:
		text = strings.Trim(text, `"'`)
		if v, ok := b.convertText(types.Datetime, text, at); ok {
			return v, true
		}
		if m := looseDate.FindStringSubmatch(text); m != nil {
			return b.convertText(types.Datetime, fmt.Sprintf("%s-%02s-%02s%s", m[1], m[2], m[3], m[4]), at)
		}
		return nil, false
	case types.Timespan:
		if n, ok := parseSpan(text); ok {
			return n, true
		}
		return b.convertText(types.Timespan, strings.Trim(text, `"'`), at)
	}
	return nil, false
}

// looseDate is a date as a literal may have it, datetime(2025, 6, 14) or
// datetime(2017 - 08 - 01), where the text of a string may not.
var looseDate = regexp.MustCompile(`^\s*(\d{4})\s*[-,/.]\s*(\d{1,2})\s*[-,/.]\s*(\d{1,2})(|[ T].*)$`)

func anyOf[T any](v T, ok bool) (any, bool) { return v, ok }

func parseInteger(s string) (int64, bool) {
	neg := strings.HasPrefix(s, "-")
	digits := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+"), " ")
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		n, err := strconv.ParseUint(digits[2:], 16, 64)
		if neg {
			return -int64(n), err == nil
		}
		return int64(n), err == nil
	}
	if neg {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

func parseReal(s string) (float64, bool) {
	switch strings.ToLower(strings.TrimPrefix(s, "+")) {
	case "nan":
		return math.NaN(), true
	case "inf", "infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	}
	if strings.ContainsAny(s, "xX_pP") {
		n, ok := parseInteger(s)
		return float64(n), ok
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, " ", ""), 64)
	return f, err == nil || math.IsInf(f, 0)
}

// units are the suffixes of timespan literals, in ticks.
var units = map[string]int64{
	"d": types.Day, "day": types.Day, "days": types.Day,
	"h": types.Hour, "hr": types.Hour, "hrs": types.Hour, "hour": types.Hour, "hours": types.Hour,
	"m": types.Minute, "min": types.Minute, "minute": types.Minute, "minutes": types.Minute,
	"s": types.Second, "sec": types.Second, "second": types.Second, "seconds": types.Second,
	"ms": types.Millisecond, "milli": types.Millisecond, "millis": types.Millisecond, "millisec": types.Millisecond,
	"millisecond": types.Millisecond, "milliseconds": types.Millisecond,
	"micro": types.Microsecond, "micros": types.Microsecond, "microsec": types.Microsecond,
	"microsecond": types.Microsecond, "microseconds": types.Microsecond,
	"nano": 0, "nanos": 0, "nanosec": 0, "nanosecond": 0, "nanoseconds": 0,
	"tick": types.Tick, "ticks": types.Tick,
}

// parseSpan reads `1d`, `1.5h`, `[-][d.]hh:mm[:ss[.fffffff]]`, or a number of
// days.
func parseSpan(s string) (int64, bool) {
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	neg := false
	if strings.HasPrefix(s, "-") {
		neg, s = true, strings.TrimSpace(s[1:])
	}
	n, ok := parseSpanSize(s)
	if neg {
		n = -n
	}
	return n, ok
}

func parseSpanSize(s string) (int64, bool) {
	if strings.Contains(s, ":") {
		return parseClock(s)
	}
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.') {
		end++
	}
	unit, unitOK := units[strings.ToLower(strings.TrimSpace(s[end:]))]
	switch {
	case end == 0:
		return 0, false
	case end == len(s):
		unit = types.Day
	case !unitOK:
		return 0, false
	}
	if whole, err := strconv.ParseInt(s[:end], 10, 64); err == nil {
		if unit == 0 {
			return whole / 100, true
		}
		if whole > math.MaxInt64/unit {
			return 0, false
		}
		return whole * unit, true
	}
	f, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0, false
	}
	if unit == 0 {
		return int64(f / 100), true
	}
	f *= float64(unit)
	return int64(math.Round(f)), math.Abs(f) < math.MaxInt64
}

// parseClock reads [d.]hh:mm[:ss[.fffffff]].
func parseClock(s string) (int64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	var total int64
	head := parts[0]
	if i := strings.IndexByte(head, '.'); i >= 0 {
		d, err := strconv.ParseInt(head[:i], 10, 32)
		if err != nil {
			return 0, false
		}
		total, head = d*types.Day, head[i+1:]
	}
	h, err := strconv.ParseUint(head, 10, 16)
	m, err2 := strconv.ParseUint(parts[1], 10, 16)
	if err != nil || err2 != nil || h > 23 || m > 59 {
		return 0, false
	}
	total += int64(h)*types.Hour + int64(m)*types.Minute
	if len(parts) == 3 {
		sec, frac, _ := strings.Cut(parts[2], ".")
		n, err := strconv.ParseUint(sec, 10, 16)
		if err != nil || n > 59 || len(frac) > 7 {
			return 0, false
		}
		f, err := strconv.ParseUint(frac+strings.Repeat("0", 7-len(frac)), 10, 32)
		if err != nil {
			return 0, false
		}
		total += int64(n)*types.Second + int64(f)
	}
	return total, true
}

// convertText converts text as the to*() function of the type does; without
// that function any text passes when only the verdict is wanted.
func (b *binder) convertText(t types.Type, text string, at source.Span) (any, bool) {
	row := fn.ScalarNamed(casts[t])
	var k fn.Kernel
	if row != nil {
		k = row.KernelFor([]types.Type{types.String}, t)
	}
	if k == nil {
		return int64(0), true
	}
	v, err := fn.Apply(row, k, &fn.Call{Env: &b.env, N: 1, Ret: t}, []*vector.Vector{vector.Constant(vector.Datum{T: types.String, V: text}, 1)})
	if err != nil || v.IsNull(0) {
		return nil, false
	}
	return v.Datum(0).V, true
}

// dynamicLiteral is the value of dynamic(...).
func (b *binder) dynamicLiteral(d *ast.Dynamic) plan.Expr {
	v, ok := b.dynamicValue(d.Value)
	if !ok {
		return badExpr
	}
	if v.IsNull() {
		return constOf(vector.Datum{T: types.Dynamic})
	}
	return constOf(vector.Datum{T: types.Dynamic, V: v})
}

func (b *binder) dynamicValue(e ast.Expr) (dynamic.Value, bool) {
	if !b.enter(e.Span()) {
		return dynamic.NullValue, false
	}
	defer b.leave()
	switch n := e.(type) {
	case *ast.Array:
		items := make([]dynamic.Value, len(n.Items))
		for i, x := range n.Items {
			v, ok := b.dynamicValue(x)
			if !ok {
				return v, false
			}
			items[i] = v
		}
		return dynamic.FromArray(items), true
	case *ast.Bag:
		keys := make([]string, 0, len(n.Pairs))
		vals := make([]dynamic.Value, 0, len(n.Pairs))
		at := map[string]int{}
		for _, p := range n.Pairs {
			v, ok := b.dynamicValue(p.Value)
			if !ok {
				return v, false
			}
			if i, dup := at[p.Key.Value]; dup {
				vals[i] = v
				continue
			}
			at[p.Key.Value] = len(keys)
			keys, vals = append(keys, p.Key.Value), append(vals, v)
		}
		return dynamic.FromBag(keys, vals), true
	case *ast.String:
		return dynamic.FromString(n.Value), true
	case *ast.Literal:
		c, ok := b.literal(n).(*plan.Const)
		if !ok {
			return dynamic.NullValue, false
		}
		if c.Datum.Null() {
			return dynamic.NullValue, true
		}
		return vector.Constant(c.Datum, 1).ToDynamic(0), true
	case *ast.Dynamic:
		return b.dynamicValue(n.Value)
	}
	return dynamic.NullValue, false
}

// one is a type with its article.
func one(t types.Type) string {
	if t == types.Int {
		return "an int"
	}
	return "a " + t.String()
}
