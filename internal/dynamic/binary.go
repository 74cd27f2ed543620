package dynamic

import (
	"encoding/binary"
	"math"
)

// The binary form of a value keeps what JSON text loses (datetime, timespan,
// guid and decimal are kinds of their own) and lets a reader step over an
// entry without looking into it. It is one byte of kind, then:
//
//	null                      nothing
//	bool                      one byte
//	long, datetime, timespan  a signed varint
//	real                      8 bytes, little endian
//	string, guid, decimal     a length and the bytes
//	array                     the length of the rest, a count, the values
//	bag                       the length of the rest, a count, key and value in turn
//
// The kinds' numbers are part of the form: they stand in stored files.

// binaryText marks, in bits, an array or bag whose text is the binary form.
const binaryText = 1

// AppendBinary appends v in the binary form.
func (v Value) AppendBinary(b []byte) []byte {
	if v.bits == binaryText && (v.kind == Array || v.kind == Bag) && v.node == nil {
		return append(b, v.text...)
	}
	b = append(b, byte(v.kind))
	switch v.kind {
	case Null:
		return b
	case Bool:
		return append(b, byte(v.bits))
	case Long, Datetime, Timespan:
		return binary.AppendVarint(b, int64(v.bits))
	case Real:
		return binary.LittleEndian.AppendUint64(b, v.bits)
	case String, Guid, Decimal:
		b = binary.AppendUvarint(b, uint64(len(v.text)))
		return append(b, v.text...)
	}
	var body []byte
	n := v.open()
	body = binary.AppendUvarint(body, uint64(len(n.items)))
	for i, it := range n.items {
		if v.kind == Bag {
			body = binary.AppendUvarint(body, uint64(len(n.keys[i])))
			body = append(body, n.keys[i]...)
		}
		body = it.AppendBinary(body)
	}
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

// FromBinary reads a value in the binary form. Arrays and bags are read when
// looked into. The value keeps a hold on src. ok is false when src is cut or
// is no value; damage further inside an array or bag gives null there.
func FromBinary(src string) (v Value, ok bool) {
	v, rest, ok := cutBinary(src)
	return v, ok && rest == ""
}

// cutBinary reads the value at the start of src.
func cutBinary(src string) (v Value, rest string, ok bool) {
	if src == "" {
		return Value{}, "", false
	}
	kind, body := Kind(src[0]), src[1:]
	switch kind {
	case Null:
		return Value{}, body, true
	case Bool:
		if body == "" {
			return Value{}, "", false
		}
		return FromBool(body[0] != 0), body[1:], true
	case Long, Datetime, Timespan:
		u, body, ok := cutUvarint(body)
		return Value{kind: kind, bits: uint64(int64(u>>1) ^ -int64(u&1))}, body, ok
	case Real:
		if len(body) < 8 {
			return Value{}, "", false
		}
		var raw [8]byte
		copy(raw[:], body)
		return FromReal(math.Float64frombits(binary.LittleEndian.Uint64(raw[:]))), body[8:], true
	case String, Guid, Decimal:
		text, body, ok := cutText(body)
		return Value{kind: kind, text: text}, body, ok
	case Array, Bag:
		inner, rest, ok := cutText(body)
		whole := src[:len(src)-len(rest)]
		if _, _, counted := cutUvarint(inner); !ok || !counted {
			return Value{}, "", false
		}
		return Value{kind: kind, bits: binaryText, text: whole}, rest, true
	}
	return Value{}, "", false
}

func cutUvarint(s string) (u uint64, rest string, ok bool) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		u |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return u, s[i+1:], true
		}
	}
	return 0, "", false
}

func cutText(s string) (text, rest string, ok bool) {
	n, s, ok := cutUvarint(s)
	if !ok || n > uint64(len(s)) {
		return "", "", false
	}
	return s[:n], s[n:], true
}

// binaryBody is the entries of an array or bag in the binary form, and how
// many there are at most.
func binaryBody(src string) (body string, n int) {
	body, _, ok := cutText(src[1:])
	if !ok {
		return "", 0
	}
	count, body, ok := cutUvarint(body)
	if !ok {
		return "", 0
	}
	return body, int(min(count, uint64(len(body)))) // an entry is a byte at least
}

// openBinary reads one level.
func openBinary(kind Kind, src string) *node {
	body, count := binaryBody(src)
	n := &node{items: make([]Value, 0, count)}
	if kind == Bag {
		n.keys = make([]string, 0, count)
	}
	for range count {
		key, ok := "", true
		if kind == Bag {
			key, body, ok = cutText(body)
		}
		var v Value
		if ok {
			v, body, ok = cutBinary(body)
		}
		if !ok {
			break
		}
		if kind == Bag {
			n.keys = append(n.keys, key)
		}
		n.items = append(n.items, v)
	}
	return n
}

// binaryKey finds a key without reading the other values.
func binaryKey(src, key string) (Value, bool) {
	body, count := binaryBody(src)
	for range count {
		k, rest, ok := cutText(body)
		if !ok {
			break
		}
		v, rest, ok := cutBinary(rest)
		if !ok {
			break
		}
		if k == key {
			return v, true
		}
		body = rest
	}
	return Value{}, false
}

// Unread is the JSON text that v stands as, if nobody has looked inside yet.
func (v Value) Unread() (text string, ok bool) {
	if v.node == nil && v.bits != binaryText && (v.kind == Array || v.kind == Bag) {
		return v.text, true
	}
	return "", false
}
