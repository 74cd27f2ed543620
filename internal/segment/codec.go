package segment

import (
	"encoding/binary"
	"math"
)

// cutter reads numbers and texts off bytes. After the first thing that is not
// there it gives zeros, and failed stays set.
type cutter struct {
	b      []byte
	failed bool
}

func (c *cutter) byte() byte {
	if len(c.b) == 0 {
		c.failed = true
		return 0
	}
	x := c.b[0]
	c.b = c.b[1:]
	return x
}

func (c *cutter) uvarint() uint64 {
	x, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.failed, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return x
}

func (c *cutter) varint() int64 {
	x, n := binary.Varint(c.b)
	if n <= 0 {
		c.failed, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return x
}

// count reads a number of things, each of which takes at least size bits of
// what is left; size 0 is for things that may take none, bounded by limit.
func (c *cutter) count(limit int) int {
	x := c.uvarint()
	if x > uint64(limit) {
		c.failed, c.b = true, nil
		return 0
	}
	return int(x)
}

func (c *cutter) bytes(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.failed, c.b = true, nil
		return nil
	}
	x := c.b[:n]
	c.b = c.b[n:]
	return x
}

func (c *cutter) text() string { return string(c.bytes(c.count(len(c.b)))) }

func (c *cutter) real() float64 {
	b := c.bytes(8)
	if b == nil {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
