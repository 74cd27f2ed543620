package vector

import (
	"encoding/hex"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// Datum is one scalar with its type. V is nil for null, else the storage type
// of T: bool, int64, float64, string, Guid, Decimal or dynamic.Value. A
// dynamic null is V nil too.
type Datum struct {
	T types.Type
	V any
}

// Null says whether d is null.
func (d Datum) Null() bool { return d.V == nil }

// Datum is entry i of v.
func (v *Vector) Datum(i int) Datum {
	d := Datum{T: v.Type}
	if v.IsNull(i) {
		return d
	}
	switch v.Type {
	case types.Bool:
		d.V = v.Bool(i)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		d.V = v.Int(i)
	case types.Real:
		d.V = v.Real(i)
	case types.String:
		d.V = v.Str(i)
	case types.Guid:
		d.V = v.Guid(i)
	case types.Decimal:
		d.V = v.Dec(i)
	default:
		d.V = v.Dyn(i)
	}
	return d
}

// Constant makes a Const vector of n rows from d.
func Constant(d Datum, n int) *Vector {
	b := NewBuilder(d.T, 1)
	b.Append(d)
	v := b.Done()
	v.Form, v.N = Const, n
	return v
}

// Builder makes a flat vector entry by entry.
type Builder struct {
	v     *Vector
	nulls []int
}

// NewBuilder starts a vector of type t; size is a hint.
func NewBuilder(t types.Type, size int) *Builder {
	v := Make(t, size)
	v.N = 0
	v.Bools, v.Ints, v.Reals, v.Strs = v.Bools[:0], v.Ints[:0], v.Reals[:0], v.Strs[:0]
	v.Guids, v.Decs, v.Dyns = v.Guids[:0], v.Decs[:0], v.Dyns[:0]
	return &Builder{v: v}
}

// Len is the number of entries so far.
func (b *Builder) Len() int { return b.v.N }

// AppendNull appends a null, or an empty string.
func (b *Builder) AppendNull() {
	if t := b.v.Type; t != types.String && t != types.Dynamic && t != types.Unknown {
		b.nulls = append(b.nulls, b.v.N)
	}
	v := b.v
	v.N++
	switch v.Type {
	case types.Bool:
		v.Bools = append(v.Bools, false)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		v.Ints = append(v.Ints, 0)
	case types.Real:
		v.Reals = append(v.Reals, 0)
	case types.String:
		v.Strs = append(v.Strs, "")
	case types.Guid:
		v.Guids = append(v.Guids, Guid{})
	case types.Decimal:
		v.Decs = append(v.Decs, nil)
	default:
		v.Dyns = append(v.Dyns, dynamic.NullValue)
	}
}

// Append appends d, whose type must be the builder's.
func (b *Builder) Append(d Datum) {
	if d.V == nil {
		b.AppendNull()
		return
	}
	v := b.v
	v.N++
	switch v.Type {
	case types.Bool:
		v.Bools = append(v.Bools, d.V.(bool))
	case types.Int, types.Long, types.Datetime, types.Timespan:
		v.Ints = append(v.Ints, d.V.(int64))
	case types.Real:
		v.Reals = append(v.Reals, d.V.(float64))
	case types.String:
		v.Strs = append(v.Strs, d.V.(string))
	case types.Guid:
		v.Guids = append(v.Guids, d.V.(Guid))
	case types.Decimal:
		v.Decs = append(v.Decs, d.V.(Decimal))
	default:
		v.Dyns = append(v.Dyns, d.V.(dynamic.Value))
	}
}

// AppendFrom appends entry i of src, which has the builder's type.
func (b *Builder) AppendFrom(src *Vector, i int) {
	if src.IsNull(i) {
		b.AppendNull()
		return
	}
	v := b.v
	v.N++
	switch v.Type {
	case types.Bool:
		v.Bools = append(v.Bools, src.Bool(i))
	case types.Int, types.Long, types.Datetime, types.Timespan:
		v.Ints = append(v.Ints, src.Int(i))
	case types.Real:
		v.Reals = append(v.Reals, src.Real(i))
	case types.String:
		v.Strs = append(v.Strs, src.Str(i))
	case types.Guid:
		v.Guids = append(v.Guids, src.Guid(i))
	case types.Decimal:
		v.Decs = append(v.Decs, src.Dec(i))
	default:
		v.Dyns = append(v.Dyns, src.Dyn(i))
	}
}

// Done is the finished vector; the builder must not be used afterwards.
func (b *Builder) Done() *Vector {
	if len(b.nulls) > 0 {
		b.v.Valid = FullBitmap(b.v.N)
		for _, i := range b.nulls {
			b.v.Valid.Clear(i)
		}
	}
	return b.v
}

// GuidText is a guid in lower case with dashes.
func GuidText(g Guid) string {
	var b [36]byte
	at := 0
	for i, part := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		if i > 0 {
			b[at] = '-'
			at++
		}
		at += hex.Encode(b[at:], g[part[0]:part[1]])
	}
	return string(b[:])
}

// ParseGuid reads a guid with or without dashes and braces.
func ParseGuid(s string) (Guid, bool) {
	s = strings.TrimSpace(s)
	if len(s) == 38 && (s[0] == '{' && s[37] == '}' || s[0] == '(' && s[37] == ')') {
		s = s[1:37]
	}
	var g Guid
	if len(s) == 36 {
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return g, false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return g, false
	}
	_, err := hex.Decode(g[:], []byte(s))
	return g, err == nil
}

// DecimalText is a decimal as Kusto prints it: no exponent, "" for null.
func DecimalText(d Decimal) string {
	if d == nil {
		return ""
	}
	return d.Text('f')
}

// ParseDecimal reads a decimal of at most 34 digits.
func ParseDecimal(s string) (Decimal, bool) {
	d, cond, err := apd.NewFromString(strings.TrimSpace(s))
	if err != nil || cond.Any() || d.Form != apd.Finite {
		return nil, false
	}
	return d, true
}
