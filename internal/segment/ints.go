package segment

import "encoding/binary"

// How a block of whole numbers is written. Subtraction wraps around, so that
// every int64 comes back.
const (
	intsAbove = 0 // what each is above the lowest
	intsDelta = 1 // the first, then what each step is above the smallest
	intsBase  = 2 // what each is above the base column's number, itself above the lowest
)

// appendInts appends a block in the way that takes the fewest bits. base is
// the same rows of another column that these may stand close to, or nil.
func appendInts(b []byte, vals, base []int64) []byte {
	above := fit(vals)
	best, mode := above, intsAbove
	var steps []int64
	if len(vals) > 2 {
		steps = make([]int64, len(vals)-1)
		for i := range steps {
			steps[i] = vals[i+1] - vals[i]
		}
		if p := fit(steps); p.width < best.width {
			best, mode = p, intsDelta
		}
	}
	var off []int64
	if base != nil {
		off = make([]int64, len(vals))
		for i := range off {
			off[i] = vals[i] - base[i]
		}
		if p := fit(off); p.width < best.width {
			best, mode = p, intsBase
		}
	}
	b = append(b, byte(mode))
	switch mode {
	case intsDelta:
		b = binary.AppendVarint(b, vals[0])
		vals = steps
	case intsBase:
		vals = off
	}
	b = binary.AppendVarint(b, best.low)
	b = binary.AppendUvarint(b, best.unit)
	b = append(b, byte(best.width))
	if best.width == 0 {
		return b
	}
	nums := make([]uint64, len(vals))
	for i, v := range vals {
		nums[i] = (uint64(v) - uint64(best.low)) / best.unit
	}
	return squeezeCodes(b, pack(nil, nums, best.width))
}

// fitting says how numbers are packed: as multiples of unit above low.
type fitting struct {
	low   int64
	unit  uint64
	width int
}

func fit(vals []int64) fitting {
	lo, hi := vals[0], vals[0]
	for _, v := range vals {
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo == hi {
		return fitting{lo, 1, 0}
	}
	unit := uint64(0)
	for _, v := range vals {
		if unit = gcd(unit, uint64(v)-uint64(lo)); unit == 1 {
			break
		}
	}
	return fitting{lo, unit, widthOf((uint64(hi) - uint64(lo)) / unit)}
}

func gcd(a, b uint64) uint64 {
	for a != 0 { // b is a multiple of a mostly, so that one step is enough
		a, b = b%a, a
	}
	return b
}

// readInts reads a block into out. base is asked for when the block needs it.
func readInts(b []byte, out []int64, base func() ([]int64, error)) error {
	c := cutter{b: b}
	mode := c.byte()
	first := int64(0)
	if mode == intsDelta {
		first = c.varint()
	}
	low, unit, width := c.varint(), c.uvarint(), int(c.byte())
	n := len(out)
	if mode == intsDelta {
		n--
	}
	if c.failed || mode > intsBase || n < 0 || width > 56 && width != 64 {
		return damagef("", "the head of the numbers is cut or of an unknown kind")
	}
	var raw []byte
	if width > 0 {
		var err error
		if raw, err = unsqueeze(c.b); err != nil {
			return err
		}
		if len(raw) < packedSize(n, width) {
			return damagef("", "the numbers are cut")
		}
	}
	switch mode {
	case intsDelta:
		out[0] = first
		unpackInts(raw, width, low, unit, out[1:])
		for i := 1; i < len(out); i++ {
			first += out[i]
			out[i] = first
		}
	case intsBase:
		with, err := base()
		if err != nil {
			return err
		}
		if len(with) != len(out) {
			return damagef("", "the numbers stand on a column that is not there")
		}
		unpackInts(raw, width, low, unit, out)
		for i := range out {
			out[i] += with[i]
		}
	default:
		unpackInts(raw, width, low, unit, out)
	}
	return nil
}

// unpackInts reads len(out) packed numbers; raw is known to be long enough.
func unpackInts(raw []byte, width int, low int64, unit uint64, out []int64) {
	switch width {
	case 0:
		for i := range out {
			out[i] = low
		}
		return
	case 64:
		for i := range out {
			out[i] = int64(binary.LittleEndian.Uint64(raw[i*8:])*unit) + low
		}
		return
	}
	mask := uint64(1)<<width - 1
	at := 0
	for i := range out {
		out[i] = int64((binary.LittleEndian.Uint64(raw[at>>3:])>>(at&7)&mask)*unit) + low
		at += width
	}
}
