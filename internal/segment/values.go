package segment

import (
	"encoding/binary"
	"math"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// appendValues appends the values of a dictionary. The first byte is 1 when
// one of them is null; then a byte a value says which.
func appendValues(b []byte, v *vector.Vector) []byte {
	raw := []byte{0}
	if v.Valid != nil {
		raw[0] = 1
		for i := range v.N {
			raw = append(raw, byte(btoi(v.IsNull(i))))
		}
	}
	switch {
	case v.Bools != nil:
		for _, x := range v.Bools {
			raw = append(raw, byte(btoi(x)))
		}
	case v.Ints != nil:
		last := int64(0)
		for _, x := range v.Ints {
			raw = binary.AppendVarint(raw, x-last)
			last = x
		}
	case v.Reals != nil:
		for _, x := range v.Reals {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(x))
		}
	case v.Guids != nil:
		for i := range v.Guids {
			raw = append(raw, v.Guids[i][:]...)
		}
	case v.Strs != nil:
		raw = appendTexts(raw, v.N, func(i int) string { return v.Strs[i] })
	case v.Decs != nil:
		raw = appendTexts(raw, v.N, func(i int) string { return vector.DecimalText(v.Decs[i]) })
	case v.Dyns != nil:
		raw = appendTexts(raw, v.N, func(i int) string { return string(v.Dyns[i].AppendBinary(nil)) })
	}
	return squeezeText(b, raw)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readValues reads n values of type t as a flat vector.
func readValues(b []byte, t types.Type, n int) (*vector.Vector, error) {
	raw, err := unsqueeze(b)
	if err != nil {
		return nil, err
	}
	c := cutter{b: raw}
	var valid vector.Bitmap
	if c.byte() == 1 {
		valid = vector.NewBitmap(n)
		for i, x := range c.bytes(n) {
			if x == 0 {
				valid.Set(i)
			}
		}
	}
	if c.failed || n > len(c.b) {
		return nil, damagef("", "the values of the dictionary are cut")
	}
	v := vector.Make(t, n)
	v.Valid = valid
	switch {
	case v.Bools != nil:
		for i, x := range c.bytes(n) {
			v.Bools[i] = x != 0
		}
	case v.Ints != nil:
		last := int64(0)
		for i := range v.Ints {
			last += c.varint()
			v.Ints[i] = last
		}
	case v.Reals != nil:
		for i := range v.Reals {
			v.Reals[i] = c.real()
		}
	case v.Guids != nil:
		for i := range v.Guids {
			copy(v.Guids[i][:], c.bytes(16))
		}
	default:
		strs := make([]string, n)
		if !readTexts(&c, strs, nil) {
			return nil, damagef("", "the values of the dictionary are cut")
		}
		if err := fromTexts(v, strs); err != nil {
			return nil, err
		}
	}
	if c.failed {
		return nil, damagef("", "the values of the dictionary are cut")
	}
	return v, nil
}

// fromTexts fills a string, decimal or dynamic vector from what stands in the
// file for it.
func fromTexts(v *vector.Vector, strs []string) error {
	switch {
	case v.Strs != nil:
		v.Strs = strs
	case v.Decs != nil:
		for i, s := range strs {
			d, ok := vector.ParseDecimal(s)
			if !ok && s != "" {
				return damagef("", "a value is no decimal")
			}
			v.Decs[i] = d
		}
	default:
		for i, s := range strs {
			d, ok := dynamic.FromBinary(s)
			if !ok {
				return damagef("", "a value is no dynamic value")
			}
			v.Dyns[i] = d
		}
	}
	return nil
}

// appendTexts appends texts: digits alone if they share a shape, else lengths
// and letters.
func appendTexts(b []byte, n int, at func(i int) string) []byte {
	if n > 0 {
		if shape, ok := hexShape(at(0)); ok {
			all := true
			for i := 1; i < n && all; i++ {
				all = fits(shape, at(i))
			}
			if all {
				b = appendText(append(b, 1), shape)
				for i := range n {
					b = packHex(b, shape, at(i))
				}
				return b
			}
		}
	}
	b = append(b, 0)
	lens := make([]uint64, n)
	top := uint64(0)
	for i := range lens {
		lens[i] = uint64(len(at(i)))
		top = max(top, lens[i])
	}
	width := widthOf(top)
	b = append(b, byte(width))
	b = pack(b, lens, width)
	for i := range n {
		b = append(b, at(i)...)
	}
	return b
}

// readTexts reads len(out) texts, or only those that pick names. Texts share the
// bytes of c unless they are picked.
func readTexts(c *cutter, out []string, pick *picked) bool {
	n := len(out)
	if pick != nil {
		n = pick.of
	}
	if c.byte() == 1 {
		shape := c.text()
		size := shapeBytes(shape)
		raw := c.bytes(n * size)
		if c.failed || size == 0 {
			return false
		}
		arena := make([]byte, 0, len(out)*len(shape))
		for k := range out {
			i := k
			if pick != nil {
				i = int(pick.rows[k])
			}
			from := len(arena)
			arena = unpackHex(arena, shape, raw[i*size:(i+1)*size])
			out[k] = view(arena[from:])
		}
		return true
	}
	width := int(c.byte())
	if width > 32 {
		return false
	}
	lens := make([]uint64, n)
	packed := c.bytes(packedSize(n, width))
	if c.failed || !unpack(packed, width, lens) {
		return false
	}
	at, k := uint64(0), 0
	body := view(c.b)
	for i, l := range lens {
		if l > uint64(len(body))-at {
			return false
		}
		if pick == nil {
			out[i] = body[at : at+l]
		} else {
			for k < len(out) && int(pick.rows[k]) == i {
				out[k] = strings.Clone(body[at : at+l])
				k++
			}
			if k == len(out) {
				return true
			}
		}
		at += l
	}
	c.b = c.b[at:]
	return pick == nil
}

// picked is some rows, in order, of a number of texts.
type picked struct {
	rows []int32
	of   int
}
