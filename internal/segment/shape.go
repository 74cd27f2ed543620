package segment

import "encoding/hex"

// hexShape recognises texts of one length whose letters are hexadecimal
// digits at the same places, as GUIDs and hashes are: they take half the
// bytes, and no compression finds more in them.
//
// A shape is a text with a 0 for each digit and the other bytes as they are.
func hexShape(s string) (string, bool) {
	if len(s) < 16 || len(s) > 128 {
		return "", false
	}
	shape := make([]byte, len(s))
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
			shape[i] = '0'
			digits++
		case c == '-' || c == '{' || c == '}':
			shape[i] = c
		default:
			return "", false
		}
	}
	return string(shape), digits%2 == 0 && digits*4 >= len(s)*3
}

// fits says whether s has the shape.
func fits(shape, s string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if shape[i] == '0' {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		} else if c != shape[i] {
			return false
		}
	}
	return true
}

// shapeBytes is how many bytes the digits of a shape take.
func shapeBytes(shape string) int {
	n := 0
	for i := range len(shape) {
		if shape[i] == '0' {
			n++
		}
	}
	return n / 2
}

func nibble(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// packHex appends the digits of s, which fits the shape.
func packHex(b []byte, shape, s string) []byte {
	half, high := false, byte(0)
	for i := range len(shape) {
		if shape[i] != '0' {
			continue
		}
		if half {
			b = append(b, high<<4|nibble(s[i]))
		} else {
			high = nibble(s[i])
		}
		half = !half
	}
	return b
}

// uuidShape is the shape of a GUID with dashes.
const uuidShape = "00000000-0000-0000-0000-000000000000"

// unpackHex appends the text of the digits in raw.
func unpackHex(b []byte, shape string, raw []byte) []byte {
	if shape == uuidShape && len(raw) == 16 {
		at := len(b)
		b = append(b, uuidShape...)
		hex.Encode(b[at:], raw[:4])
		hex.Encode(b[at+9:], raw[4:6])
		hex.Encode(b[at+14:], raw[6:8])
		hex.Encode(b[at+19:], raw[8:10])
		hex.Encode(b[at+24:], raw[10:])
		return b
	}
	const digits = "0123456789abcdef"
	k := 0
	for i := range len(shape) {
		if shape[i] != '0' {
			b = append(b, shape[i])
			continue
		}
		x := raw[k>>1]
		if k&1 == 0 {
			x >>= 4
		}
		b = append(b, digits[x&15])
		k++
	}
	return b
}
