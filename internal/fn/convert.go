package fn

import (
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// target says how values of each kind become one type. A conversion that
// fails gives null, never an error.
type target[R vector.Elem] struct {
	text func(string) (R, bool)
	long func(int64) (R, bool)
	real func(float64) (R, bool)
	flag func(bool) (R, bool)
	// time takes the ticks of a datetime or timespan; nil: long does.
	time func(ticks int64, from types.Type) (R, bool)
}

// dyn converts what a dynamic value holds.
func (t target[R]) dyn(v dynamic.Value) (R, bool) {
	var none R
	switch v.Kind() {
	case dynamic.String, dynamic.Guid, dynamic.Decimal:
		return t.text(v.Text())
	case dynamic.Long:
		return t.long(v.Long())
	case dynamic.Real:
		return t.real(v.Real())
	case dynamic.Bool:
		return t.flag(v.Bool())
	case dynamic.Datetime:
		return t.ticks(types.Datetime)(v.Long())
	case dynamic.Timespan:
		return t.ticks(types.Timespan)(v.Long())
	}
	return none, false
}

func (t target[R]) ticks(from types.Type) func(int64) (R, bool) {
	if t.time == nil {
		return t.long
	}
	return func(n int64) (R, bool) { return t.time(n, from) }
}

// pick gives the kernel for the type of the argument.
func (t target[R]) pick(args []types.Type, _ types.Type) Kernel {
	switch args[0] {
	case types.String:
		return lift1n(t.text)
	case types.Int, types.Long:
		return lift1n(t.long)
	case types.Datetime, types.Timespan:
		return lift1n(t.ticks(args[0]))
	case types.Real:
		return lift1n(t.real)
	case types.Bool:
		return lift1n(t.flag)
	case types.Decimal:
		return lift1n(func(d vector.Decimal) (R, bool) { return t.text(vector.DecimalText(d)) })
	case types.Guid:
		return lift1n(func(g vector.Guid) (R, bool) { return t.text(vector.GuidText(g)) })
	case types.Dynamic, types.Unknown:
		return lift1n(t.dyn)
	}
	return nil
}

// conversion registers a conversion under its names.
func conversion[R vector.Elem](to string, t target[R], names ...string) {
	pick := t.pick
	for _, name := range names {
		scalar(Scalar{Name: name, Summary: "Converts a value to " + to + "; null when that cannot be done.", Nulls: NullIfAny, Pick: pick})
	}
}

func no[A any, R vector.Elem](A) (R, bool) { var none R; return none, false }

// parseWhole reads a decimal or 0x whole number of the given width.
func parseWhole(bits int) func(string) (int64, bool) {
	return func(s string) (int64, bool) {
		s = strings.TrimSpace(s)
		if len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') {
			u, err := strconv.ParseUint(s[2:], 16, bits)
			if bits == 32 {
				return int64(int32(u)), err == nil
			}
			return int64(u), err == nil
		}
		n, err := strconv.ParseInt(s, 10, bits)
		return n, err == nil
	}
}

// realToLong cuts the fraction; what is no finite number is null. Of numbers
// beyond the range it takes the nearest long.
func realToLong(f float64) (int64, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return cutReal(f), true
}

// toLong picks the kernel of tolong(). A real beyond the range becomes the
// nearest long, except in a constant expression: there Kusto computes with
// the machine's conversion, which gives the smallest long (tolong.md).
func toLong(t target[int64]) func(args []types.Type, ret types.Type) Kernel {
	return func(args []types.Type, ret types.Type) Kernel {
		k := t.pick(args, ret)
		if args[0] != types.Real {
			return k
		}
		return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
			if f := args[0]; c.Folding && !f.IsNull(0) {
				if x := viewOf[float64](f).at(0); math.Abs(x) >= 1<<63 && !math.IsInf(x, 0) {
					return vector.Constant(vector.Datum{T: types.Long, V: int64(math.MinInt64)}, c.N), nil
				}
			}
			return k(c, args)
		}
	}
}

func parseReal(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "nan":
		return math.NaN(), true
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	}
	if strings.ContainsAny(s, "_xXpPnN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// parseBool reads true and false in any case, and whole numbers.
func parseBool(s string) (bool, bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	n, ok := parseWhole(64)(s)
	return n != 0, ok && strings.TrimSpace(s) == s
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// realText prints a real; infinity is short here, unlike in JSON.
func realText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return string(dynamic.AppendReal(nil, f, false))
}

func boolText(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func datetimeText(t int64) string { return string(types.AppendDatetime(nil, t)) }

func timespanText(t int64) string { return string(types.AppendTimespan(nil, t)) }

func toDecimal(f float64) (vector.Decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, false
	}
	d, err := new(apd.Decimal).SetFloat64(f)
	return d, err == nil
}

// toText picks the kernel of tostring().
func toText(args []types.Type, _ types.Type) Kernel {
	switch args[0] {
	case types.String:
		return lift1(func(s string) string { return s })
	case types.Int, types.Long:
		return lift1(func(n int64) string { return strconv.FormatInt(n, 10) })
	case types.Real:
		return lift1(realText)
	case types.Bool:
		return lift1(boolText)
	case types.Datetime:
		return lift1(datetimeText)
	case types.Timespan:
		return lift1(timespanText)
	case types.Guid:
		return lift1(vector.GuidText)
	case types.Decimal:
		return lift1(vector.DecimalText)
	}
	return lift1(dynamic.Value.String)
}

func init() {
	low32 := func(n int64) (int64, bool) { return int64(int32(n)), true }
	conversion("int", target[int64]{
		text: parseWhole(32),
		long: low32,
		real: func(f float64) (int64, bool) {
			n, ok := realToLong(f)
			return min(max(n, math.MinInt32), math.MaxInt32), ok
		},
		flag: func(b bool) (int64, bool) { return one(b), true },
		time: func(t int64, _ types.Type) (int64, bool) { return low32(t) },
	}, "toint")
	scalar(Scalar{Name: "tolong", Summary: "Converts a value to long; null when that cannot be done.", Nulls: NullIfAny, Pick: toLong(target[int64]{
		text: parseWhole(64),
		long: func(n int64) (int64, bool) { return n, true },
		real: realToLong,
		flag: func(b bool) (int64, bool) { return one(b), true },
	})})
	conversion("real", target[float64]{
		text: parseReal,
		long: func(n int64) (float64, bool) { return float64(n), true },
		real: func(f float64) (float64, bool) { return f, true },
		flag: func(b bool) (float64, bool) { return float64(one(b)), true },
	}, "toreal", "todouble")
	conversion("decimal", target[vector.Decimal]{
		text: vector.ParseDecimal,
		long: func(n int64) (vector.Decimal, bool) { return apd.New(n, 0), true },
		real: toDecimal,
		flag: func(b bool) (vector.Decimal, bool) { return apd.New(one(b), 0), true },
	}, "todecimal")
	conversion("bool", target[bool]{
		text: parseBool,
		long: func(n int64) (bool, bool) { return n != 0, true },
		real: func(f float64) (bool, bool) { return f != 0, !math.IsNaN(f) },
		flag: func(b bool) (bool, bool) { return b, true },
	}, "tobool", "toboolean")
	conversion("datetime", target[int64]{
		text: parseDatetime,
		long: inDatetime,
		real: func(f float64) (int64, bool) {
			n, ok := realToLong(f)
			return n, ok && types.ValidDatetime(n)
		},
		flag: no[bool, int64],
		time: func(t int64, _ types.Type) (int64, bool) { return inDatetime(t) },
	}, "todatetime")
	conversion("timespan", target[int64]{
		text: parseTimespan,
		long: func(n int64) (int64, bool) { return n, true },
		real: realToLong,
		flag: no[bool, int64],
	}, "totimespan", "totime")
	conversion("guid", target[vector.Guid]{
		text: parseGuid, long: no[int64, vector.Guid], real: no[float64, vector.Guid], flag: no[bool, vector.Guid],
	}, "toguid")
	scalar(Scalar{Name: "tostring", Summary: "Prints a value as text; null becomes the empty text.", Nulls: NullIfAny, Pick: toText})
	scalar(Scalar{Name: "tohex", Summary: "Prints a whole number in base 16, with zeros in front up to a width.", Nulls: NullIfAny, Kernel: toHex})
	scalar(Scalar{Name: "gettype", Summary: "Gives the name of the type of a value.", Nulls: Handles, Pick: getType})
}

// toHex prints an int with 32 bits and a long with 64.
func toHex(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	n, ask := ints(args[0]), skipNulls(args, c.N)
	width := view[int64]{data: []int64{0}}
	if len(args) > 1 {
		width = ints(args[1])
	}
	return collect[string](c, ask, func(i int) (string, bool) {
		v := uint64(n.at(i))
		if args[0].Type == types.Int {
			v &= math.MaxUint32
		}
		s := strconv.FormatUint(v, 16)
		if w := width.at(i); w > int64(len(s)) && w <= 1000 {
			s = strings.Repeat("0", int(w)-len(s)) + s
		}
		return s, true
	}), nil
}

// getType answers with the type of the expression, for dynamic with what the
// value holds.
func getType(args []types.Type, _ types.Type) Kernel {
	if args[0] != types.Dynamic {
		name := args[0].String()
		return func(c *Call, _ []*vector.Vector) (*vector.Vector, error) {
			return vector.Constant(vector.Datum{T: types.String, V: name}, c.N), nil
		}
	}
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		v := dyns(args[0])
		return collect[string](c, nil, func(i int) (string, bool) { return v.at(i).GetType(), true }), nil
	}
}

// parseGuid reads 32 digits with dashes at any place.
func parseGuid(s string) (vector.Guid, bool) {
	if g, ok := vector.ParseGuid(s); ok || len(s) > 64 {
		return g, ok
	}
	return vector.ParseGuid(strings.ReplaceAll(s, "-", ""))
}
