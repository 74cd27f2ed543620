// Package vector holds typed columns and batches of rows: what operators pass
// on and functions compute with. It does not know where rows come from or
// what an expression is.
//
// A vector has one of five forms. Flat keeps one entry a row. Const keeps one
// entry for all rows. Dict keeps distinct entries and a code a row: logs
// repeat their strings, so a function runs once per entry, not once per row; a
// filter that keeps few rows is also a Dict, whose codes are the kept row
// numbers. Typed and Struct are dynamic columns shredded into typed paths.
package vector

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// Form says how a vector keeps its entries.
type Form uint8

// The forms; see the package comment.
const (
	Flat Form = iota
	Const
	Dict
	Typed
	Struct
)

// Guid is a guid's 16 bytes in text order.
type Guid = [16]byte

// Decimal is a decimal; never changed after it is made, nil only under null.
type Decimal = *apd.Decimal

// Vector is a column of N entries. Vectors are immutable once an operator has
// passed them on.
type Vector struct {
	Type types.Type
	Form Form
	N    int

	// Valid has a bit set for each entry that is not null; nil when none is.
	// Used by Flat (bit a row) and Const (bit 0). Strings are never null, so a
	// string vector has none.
	Valid Bitmap

	// Storage of Flat (N entries) and Const (one entry), by Type. Int, Long,
	// Datetime and Timespan share Ints; an int is kept in the range of 32 bits.
	Bools []bool
	Ints  []int64
	Reals []float64
	Strs  []string
	// Numbers, of a flat string vector, are the texts' numbers in a Space.
	Numbers *Numbers
	Guids   []Guid
	Decs    []Decimal
	Dyns    []dynamic.Value

	// Codes and Values are Dict's: entry i is Values[Codes[i]]. Values is Flat.
	Codes  []int32
	Values *Vector

	// Inner holds the entries of Typed: a dynamic column whose every entry has
	// the scalar type of Inner, or is null (Inner null, or Absent bit set where
	// Inner is a string vector, which cannot be null itself).
	Inner  *Vector
	Absent Bitmap

	// Fields are Struct's: see Shredded.
	Fields *Shredded
}

// Shredded is a dynamic column of bags taken apart: one column a key. Rows
// whose value is no bag, or has keys beyond Keys, stand whole in Rest.
type Shredded struct {
	// Keys are in the order they stand in a row's text.
	Keys []string
	// Cols are dynamic vectors, one per key.
	Cols []*Vector
	// Has says per key which rows have it (present, perhaps with null); nil
	// means all rows.
	Has []Bitmap
	// Whole marks the rows that stand in Rest and not in Cols; nil means none.
	Whole Bitmap
	// Rest is indexed by row and only meaningful under Whole.
	Rest map[int]dynamic.Value
}

// Elem is a Go type that entries are kept as.
type Elem interface {
	bool | int64 | float64 | string | Guid | Decimal | dynamic.Value
}

// Data is the flat storage of v as a slice of T, which must be the storage
// type of v.Type.
func Data[T Elem](v *Vector) []T {
	var z T
	var s any
	switch any(z).(type) {
	case bool:
		s = v.Bools
	case int64:
		s = v.Ints
	case float64:
		s = v.Reals
	case string:
		s = v.Strs
	case Guid:
		s = v.Guids
	case Decimal:
		s = v.Decs
	case dynamic.Value:
		s = v.Dyns
	}
	return s.([]T)
}

// Of makes a flat vector of type t over data, which it takes over. valid may
// be nil for no nulls.
func Of[T Elem](t types.Type, data []T, valid Bitmap) *Vector {
	v := &Vector{Type: t, N: len(data), Valid: valid}
	switch d := any(data).(type) {
	case []bool:
		v.Bools = d
	case []int64:
		v.Ints = d
	case []float64:
		v.Reals = d
	case []string:
		v.Strs = d
	case []Guid:
		v.Guids = d
	case []Decimal:
		v.Decs = d
	case []dynamic.Value:
		v.Dyns = d
	}
	return v
}

// NewDict makes a dictionary vector; values must be Flat.
func NewDict(values *Vector, codes []int32) *Vector {
	return &Vector{Type: values.Type, Form: Dict, N: len(codes), Codes: codes, Values: values}
}

// NewTyped makes a dynamic vector whose entries are the scalars of inner.
// absent marks the rows that are dynamic null; it may be nil.
func NewTyped(inner *Vector, absent Bitmap) *Vector {
	return &Vector{Type: types.Dynamic, Form: Typed, N: inner.N, Inner: inner, Absent: absent}
}

// Nulls makes n nulls of type t (empty strings for string), as a Const.
func Nulls(t types.Type, n int) *Vector {
	v := Make(t, 1)
	v.Form, v.N = Const, n
	if t != types.String {
		v.Valid = NewBitmap(1)
	}
	return v
}

// Make makes n flat zero entries of type t, all valid; dynamic ones are
// dynamic null.
func Make(t types.Type, n int) *Vector {
	v := &Vector{Type: t, N: n}
	switch t {
	case types.Bool:
		v.Bools = make([]bool, n)
	case types.Int, types.Long, types.Datetime, types.Timespan:
		v.Ints = make([]int64, n)
	case types.Real:
		v.Reals = make([]float64, n)
	case types.String:
		v.Strs = make([]string, n)
	case types.Guid:
		v.Guids = make([]Guid, n)
	case types.Decimal:
		v.Decs = make([]Decimal, n)
	case types.Dynamic, types.Unknown:
		v.Dyns = make([]dynamic.Value, n)
	default:
		panic(fmt.Sprintf("bug: no storage for type %d", t))
	}
	return v
}

// at maps a row to the place in the storage of v (Flat and Const).
func (v *Vector) at(i int) int {
	if v.Form == Const {
		return 0
	}
	return i
}

// IsNull says whether entry i is null. A dynamic entry is null when its value
// is the dynamic null.
func (v *Vector) IsNull(i int) bool {
	switch v.Form {
	case Dict:
		return v.Values.IsNull(int(v.Codes[i]))
	case Typed:
		return v.Absent.Get(i) || v.Inner.IsNull(i)
	case Struct:
		return v.Dyn(i).IsNull()
	}
	i = v.at(i)
	if v.Valid != nil && !v.Valid.Get(i) {
		return true
	}
	return v.Dyns != nil && v.Dyns[i].IsNull()
}

// Bool is entry i of a bool vector.
func (v *Vector) Bool(i int) bool {
	if v.Form == Dict {
		return v.Values.Bools[v.Codes[i]]
	}
	return v.Bools[v.at(i)]
}

// Int is entry i of an int, long, datetime or timespan vector.
func (v *Vector) Int(i int) int64 {
	if v.Form == Dict {
		return v.Values.Ints[v.Codes[i]]
	}
	return v.Ints[v.at(i)]
}

// Real is entry i of a real vector.
func (v *Vector) Real(i int) float64 {
	if v.Form == Dict {
		return v.Values.Reals[v.Codes[i]]
	}
	return v.Reals[v.at(i)]
}

// Str is entry i of a string vector.
func (v *Vector) Str(i int) string {
	if v.Form == Dict {
		return v.Values.Strs[v.Codes[i]]
	}
	return v.Strs[v.at(i)]
}

// Guid is entry i of a guid vector.
func (v *Vector) Guid(i int) Guid {
	if v.Form == Dict {
		return v.Values.Guids[v.Codes[i]]
	}
	return v.Guids[v.at(i)]
}

// Dec is entry i of a decimal vector, nil when null.
func (v *Vector) Dec(i int) Decimal {
	if v.Form == Dict {
		return v.Values.Decs[v.Codes[i]]
	}
	return v.Decs[v.at(i)]
}

// Dyn is entry i of a dynamic vector, in whatever form it is kept.
func (v *Vector) Dyn(i int) dynamic.Value {
	switch v.Form {
	case Dict:
		return v.Values.Dyns[v.Codes[i]]
	case Typed:
		if v.Absent.Get(i) {
			return dynamic.NullValue
		}
		return v.Inner.ToDynamic(i)
	case Struct:
		return v.Fields.row(i)
	}
	return v.Dyns[v.at(i)]
}

// row puts the bag of row i together again.
func (s *Shredded) row(i int) dynamic.Value {
	if s.Whole.Get(i) {
		return s.Rest[i]
	}
	keys := make([]string, 0, len(s.Keys))
	vals := make([]dynamic.Value, 0, len(s.Keys))
	for k, key := range s.Keys {
		if s.Has[k] == nil || s.Has[k].Get(i) {
			keys, vals = append(keys, key), append(vals, s.Cols[k].Dyn(i))
		}
	}
	return dynamic.FromBag(keys, vals)
}

// ToDynamic is entry i as a dynamic value.
func (v *Vector) ToDynamic(i int) dynamic.Value {
	if v.IsNull(i) {
		return dynamic.NullValue
	}
	switch v.Type {
	case types.Bool:
		return dynamic.FromBool(v.Bool(i))
	case types.Int, types.Long:
		return dynamic.FromLong(v.Int(i))
	case types.Real:
		return dynamic.FromReal(v.Real(i))
	case types.String:
		return dynamic.FromString(v.Str(i))
	case types.Datetime:
		return dynamic.FromDatetime(v.Int(i))
	case types.Timespan:
		return dynamic.FromTimespan(v.Int(i))
	case types.Guid:
		return dynamic.FromGuid(GuidText(v.Guid(i)))
	case types.Decimal:
		return dynamic.FromDecimal(DecimalText(v.Dec(i)))
	}
	return v.Dyn(i)
}
