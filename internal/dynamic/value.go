// Package dynamic holds KQL's dynamic values: JSON values widened by
// datetime, timespan, guid and decimal. A value may stand as unread JSON text
// until somebody looks inside, so that carrying a document costs nothing.
package dynamic

import (
	"math"
	"strconv"
	"strings"

	"goshawk/internal/types"
)

// Kind says what a value is.
type Kind uint8

// The kinds. Datetime and Timespan hold ticks; Decimal and Guid hold text.
const (
	Null Kind = iota
	Bool
	Long
	Real
	String
	Datetime
	Timespan
	Guid
	Decimal
	Array
	Bag
)

// Value is one dynamic value. The zero value is null. Values are immutable:
// whoever makes a changed one builds a new one.
type Value struct {
	kind Kind
	// bits holds bool, long, real bits, ticks; of an array or bag that text is
	// the binary form (see binary.go).
	bits uint64
	// text holds a string, guid, decimal, or the JSON text or binary form of an
	// array or bag whose node has not been built.
	text string
	node *node
}

// node is a read array or bag. Keys are in document order and unique.
type node struct {
	items []Value
	keys  []string // nil for an array
}

// Constructors.

// NullValue is the dynamic null.
var NullValue = Value{}

// FromBool makes a boolean value.
func FromBool(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.bits = 1
	}
	return v
}

// FromLong makes an integer value.
func FromLong(n int64) Value { return Value{kind: Long, bits: uint64(n)} }

// FromReal makes a fraction.
func FromReal(f float64) Value { return Value{kind: Real, bits: math.Float64bits(f)} }

// FromString makes a string value.
func FromString(s string) Value { return Value{kind: String, text: s} }

// FromDatetime makes a datetime from ticks.
func FromDatetime(ticks int64) Value { return Value{kind: Datetime, bits: uint64(ticks)} }

// FromTimespan makes a timespan from ticks.
func FromTimespan(ticks int64) Value { return Value{kind: Timespan, bits: uint64(ticks)} }

// FromGuid makes a guid from its canonical lower-case text.
func FromGuid(s string) Value { return Value{kind: Guid, text: s} }

// FromDecimal makes a decimal from its text.
func FromDecimal(s string) Value { return Value{kind: Decimal, text: s} }

// FromArray makes an array; it takes over items.
func FromArray(items []Value) Value { return Value{kind: Array, node: &node{items: items}} }

// FromStrings makes an array of strings.
func FromStrings(ss []string) Value {
	items := make([]Value, len(ss))
	for i, s := range ss {
		items[i] = FromString(s)
	}
	return FromArray(items)
}

// FromBag makes a bag; it takes over both slices, which have equal length and
// unique keys.
func FromBag(keys []string, vals []Value) Value {
	if keys == nil {
		keys = []string{}
	}
	return Value{kind: Bag, node: &node{items: vals, keys: keys}}
}

// Kind is what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull says whether v is null.
func (v Value) IsNull() bool { return v.kind == Null }

// Bool is the boolean in v; only for Kind Bool.
func (v Value) Bool() bool { return v.bits != 0 }

// Long is the integer in v; for Kind Long, and ticks of Datetime and Timespan.
func (v Value) Long() int64 { return int64(v.bits) }

// Real is the fraction in v; only for Kind Real.
func (v Value) Real() float64 { return math.Float64frombits(v.bits) }

// Text is the text in v; for Kind String, Guid and Decimal.
func (v Value) Text() string { return v.text }

// Number is v as a fraction when it is Long or Real.
func (v Value) Number() (float64, bool) {
	switch v.kind {
	case Long:
		return float64(int64(v.bits)), true
	case Real:
		return v.Real(), true
	}
	return 0, false
}

// Items are the elements of an array or the values of a bag, in order. The
// caller must not change them.
func (v Value) Items() []Value {
	if n := v.open(); n != nil {
		return n.items
	}
	return nil
}

// Keys are the keys of a bag in document order, nil for anything else.
func (v Value) Keys() []string {
	if v.kind != Bag {
		return nil
	}
	if n := v.open(); n != nil {
		return n.keys
	}
	return nil
}

// Entries are the keys of a bag in document order and their values, nil for
// anything else. It reads unread text once, where Keys and Items read it twice.
func (v Value) Entries() (keys []string, values []Value) {
	if v.kind != Bag {
		return nil, nil
	}
	if n := v.open(); n != nil {
		return n.keys, n.items
	}
	return nil, nil
}

// Len is the number of elements of an array or entries of a bag, else -1.
func (v Value) Len() int {
	if v.kind != Array && v.kind != Bag {
		return -1
	}
	return len(v.Items())
}

// At is element i of an array; a negative i counts from the end. Anything
// else is null.
func (v Value) At(i int64) Value {
	if v.kind != Array {
		return Value{}
	}
	items := v.Items()
	if i < 0 {
		i += int64(len(items))
	}
	if i < 0 || i >= int64(len(items)) {
		return Value{}
	}
	return items[i]
}

// Get is the value of key in a bag, null when v is no bag or has no such key.
func (v Value) Get(key string) Value {
	r, _ := v.Lookup(key)
	return r
}

// Lookup is Get that tells a null entry from an absent one. On unread text it
// scans for the key without building the rest.
func (v Value) Lookup(key string) (Value, bool) {
	if v.kind != Bag {
		return Value{}, false
	}
	if v.node == nil {
		if v.bits == binaryText {
			return binaryKey(v.text, key)
		}
		return scanKey(v.text, key)
	}
	for i, k := range v.node.keys {
		if k == key {
			return v.node.items[i], true
		}
	}
	return Value{}, false
}

// GetType is what gettype() says of v (golden page fn/gettype.md).
func (v Value) GetType() string {
	return [...]string{"null", "bool", "long", "double", "string", "datetime", "timespan", "guid", "decimal", "array", "dictionary"}[v.kind]
}

// open reads unread text. Damage cannot occur: text is checked when the value
// is made.
func (v Value) open() *node {
	if v.node != nil || (v.kind != Array && v.kind != Bag) {
		return v.node
	}
	if v.bits == binaryText {
		return openBinary(v.kind, v.text)
	}
	p := parser{src: v.text, lazy: true}
	r, err := p.value(0)
	if err != nil || r.node == nil {
		return &node{keys: []string{}}
	}
	return r.node
}

// Type is the scalar type nearest to v, Dynamic for arrays, bags and null.
func (v Value) Type() types.Type {
	switch v.kind {
	case Bool:
		return types.Bool
	case Long:
		return types.Long
	case Real:
		return types.Real
	case String:
		return types.String
	case Datetime:
		return types.Datetime
	case Timespan:
		return types.Timespan
	case Guid:
		return types.Guid
	case Decimal:
		return types.Decimal
	}
	return types.Dynamic
}

// Equal compares as JSON trees: 1 equals 1.0, keys of bags in any order.
func Equal(a, b Value) bool {
	if x, ok := a.Number(); ok {
		y, ok := b.Number()
		if a.kind == Long && b.kind == Long {
			return a.bits == b.bits
		}
		return ok && x == y
	}
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case Array:
		x, y := a.Items(), b.Items()
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case Bag:
		if a.Len() != b.Len() {
			return false
		}
		keys, items := a.Entries()
		for i, k := range keys {
			w, ok := b.Lookup(k)
			if !ok || !Equal(items[i], w) {
				return false
			}
		}
		return true
	}
	return a.bits == b.bits && a.text == b.text
}

// AppendKey appends bytes that are equal exactly for equal values, for
// hashing and sets. Bags keep their key order here: equal keys in another
// order count as another value, as in Kusto's sets.
func (v Value) AppendKey(b []byte) []byte {
	switch v.kind {
	case Array, Bag:
		return v.AppendJSON(append(b, byte(v.kind)))
	case String, Guid, Decimal:
		b = append(b, byte(v.kind))
		b = strconv.AppendInt(b, int64(len(v.text)), 10)
		return append(append(b, ':'), v.text...)
	}
	b = append(b, byte(v.kind))
	return strconv.AppendUint(b, v.bits, 16)
}

// clone detaches v from a larger text that it is a piece of.
func (v Value) clone() Value {
	v.text = strings.Clone(v.text)
	return v
}

// Detach is v without a hold on the buffer it was read from.
func (v Value) Detach() Value {
	if v.node == nil {
		return v.clone()
	}
	items := make([]Value, len(v.node.items))
	for i := range items {
		items[i] = v.node.items[i].Detach()
	}
	var keys []string
	if v.node.keys != nil {
		keys = make([]string, len(v.node.keys))
		for i := range keys {
			keys[i] = strings.Clone(v.node.keys[i])
		}
	}
	return Value{kind: v.kind, bits: v.bits, node: &node{items: items, keys: keys}}
}
