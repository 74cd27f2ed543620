package segment

import (
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// How a piece is compressed; the number stands before it.
const (
	plain  = 0
	byZstd = 1
	byS2   = 2
)

// The shared coders keep no state between calls of EncodeAll and DecodeAll.
var (
	zstdText = sync.OnceValue(func() *zstd.Encoder { return newEncoder(zstd.SpeedDefault) })
	zstdCode = sync.OnceValue(func() *zstd.Encoder { return newEncoder(zstd.SpeedFastest) })
	unzstd   = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPiece))
		if err != nil {
			panic("bug: zstd refuses its options: " + err.Error())
		}
		return d
	})
)

func newEncoder(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
	if err != nil {
		panic("bug: zstd refuses its options: " + err.Error())
	}
	return e
}

// squeezeText appends raw compressed for size: texts and dictionaries.
func squeezeText(b, raw []byte) []byte {
	if len(raw) < 64 {
		return append(append(b, plain), raw...)
	}
	start := len(b)
	b = zstdText().EncodeAll(raw, append(b, byZstd))
	if len(b)-start > len(raw)-len(raw)/16 {
		b = append(append(b[:start], plain), raw...)
	}
	return b
}

// squeezeCodes appends packed numbers, compressed only when that saves two
// fifths: unpacking bits costs a nanosecond a row, and zstd several times that.
func squeezeCodes(b, raw []byte) []byte {
	if len(raw) < 256 {
		return append(append(b, plain), raw...)
	}
	start := len(b)
	b = zstdCode().EncodeAll(raw, append(b, byZstd))
	if len(b)-start > len(raw)*3/5 {
		b = append(append(b[:start], plain), raw...)
	}
	return b
}

// unsqueeze gives the raw bytes; they may be a part of b.
func unsqueeze(b []byte) ([]byte, error) { return unsqueezeTo(nil, b) }

// unsqueezeTo is unsqueeze that puts what it unpacks into dst, if it fits.
func unsqueezeTo(dst, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, damagef("", "a piece is empty")
	}
	switch b[0] {
	case plain:
		return b[1:], nil
	case byZstd:
		raw, err := unzstd().DecodeAll(b[1:], dst[:0])
		if err != nil {
			return nil, damagef("", "it does not unpack: %v", err)
		}
		return raw, nil
	case byS2:
		if n, err := s2.DecodedLen(b[1:]); err != nil || n > maxPiece {
			return nil, damagef("", "it does not unpack: the length is wrong")
		}
		raw, err := s2.Decode(nil, b[1:])
		if err != nil {
			return nil, damagef("", "it does not unpack: %v", err)
		}
		return raw, nil
	}
	return nil, damagef("", "compression %d is not known", b[0])
}
