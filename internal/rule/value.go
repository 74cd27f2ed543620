package rule

import (
	"strconv"
	"strings"

	"goshawk/internal/source"
)

// ValueKind is the shape of a Value.
type ValueKind uint8

// The shapes.
const (
	Null ValueKind = iota
	Bool
	Number
	String
	List
	Map
)

// String is the word messages use.
func (k ValueKind) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a list", "a map"}[k]
}

// Value is what a field holds. Scalars keep their text as written, so that
// `version: 1.10` stays "1.10" and a date stays what it was.
type Value struct {
	Kind ValueKind
	Text string  // of a scalar
	List []Value // of a list
	Map  []Field // of a map, in order
	Span source.Span

	node *scalarNode // where the text of a scalar stands; nil for others
}

// Field is one key of a map and its value.
type Field struct {
	// Key is the key as written, Name the known key it was read as, or "".
	Key, Name string
	Value     Value
	Span      source.Span // of the key
}

// Any is v as plain Go values: nil, bool, int64, float64, string, []any,
// map[string]any.
func (v Value) Any() any {
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return strings.EqualFold(v.Text, "true")
	case Number:
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return f
		}
		return v.Text
	case List:
		out := make([]any, len(v.List))
		for i, e := range v.List {
			out[i] = e.Any()
		}
		return out
	case Map:
		out := make(map[string]any, len(v.Map))
		for _, f := range v.Map {
			out[f.Key] = f.Value.Any()
		}
		return out
	}
	return v.Text
}

// scalar says whether v is text, a number or a truth value.
func (v Value) scalar() bool { return v.Kind == String || v.Kind == Number || v.Kind == Bool }

// find returns the value of a key of a map, without regard to case.
func (v Value) find(keys ...string) (Value, bool) {
	for _, k := range keys {
		for i := len(v.Map) - 1; i >= 0; i-- {
			if strings.EqualFold(v.Map[i].Key, k) {
				return v.Map[i].Value, true
			}
		}
	}
	return Value{}, false
}

// text is the scalar under a key of a map, or "".
func (v Value) text(keys ...string) string {
	f, ok := v.find(keys...)
	if !ok || !f.scalar() {
		return ""
	}
	return strings.TrimSpace(f.Text)
}

// texts is a value read as a list of texts: a list, or one text.
func (v Value) texts() []string {
	var out []string
	if v.scalar() && strings.TrimSpace(v.Text) != "" {
		return []string{strings.TrimSpace(v.Text)}
	}
	for _, e := range v.List {
		if e.scalar() {
			out = append(out, strings.TrimSpace(e.Text))
		}
	}
	return out
}

// pairs is a map read as names and columns.
func (v Value) pairs() []Pair {
	var out []Pair
	for _, f := range v.Map {
		if f.Value.scalar() {
			out = append(out, Pair{Name: f.Key, Column: strings.TrimSpace(f.Value.Text)})
		}
	}
	return out
}
