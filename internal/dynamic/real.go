package dynamic

import (
	"bytes"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"sync"
)

// AppendReal prints a fraction as Kusto does, ".0" on whole numbers. In JSON
// (quoted) what is no number is a string.
func AppendReal(b []byte, f float64, quoted bool) []byte {
	switch {
	case math.IsNaN(f):
		return word(b, "NaN", quoted)
	case math.IsInf(f, 1):
		return word(b, "Infinity", quoted)
	case math.IsInf(f, -1):
		return word(b, "-Infinity", quoted)
	}
	return appendDigits(b, f, grisu)
}

// AppendNearest is AppendReal with the digits nearest to f, as a result prints
// a column of reals.
func AppendNearest(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return AppendReal(b, f, false)
	}
	return appendDigits(b, f, nearest)
}

// Between these powers of ten a number is printed without an exponent.
const (
	maxPlain = 21
	minPlain = -6
)

const zeros = "000000000000000000000"

// appendDigits prints f with the digits that digitsOf finds: DIGITS as a whole
// number times ten to the exp.
func appendDigits(b []byte, f float64, digitsOf func(float64) (digits []byte, exp int)) []byte {
	if math.Signbit(f) {
		b = append(b, '-')
		f = -f
	}
	if f == 0 {
		return append(b, "0.0"...)
	}
	digits, exp := digitsOf(f)
	point := len(digits) + exp // f is below ten to the point
	switch {
	case exp >= 0 && point <= maxPlain:
		b = append(append(b, digits...), zeros[:exp]...)
		return append(b, ".0"...)
	case point > 0 && point <= maxPlain:
		b = append(append(b, digits[:point]...), '.')
		return append(b, digits[point:]...)
	case point > minPlain && point <= 0:
		b = append(append(b, "0."...), zeros[:-point]...)
		return append(b, digits...)
	}
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	return strconv.AppendInt(append(b, 'e'), int64(point-1), 10)
}

// nearest gives the shortest digits that read back as f, of several the ones
// nearest to it.
func nearest(f float64) (digits []byte, exp int) {
	text := strconv.AppendFloat(make([]byte, 0, 32), f, 'e', -1, 64)
	mark := bytes.IndexByte(text, 'e')
	exp, _ = strconv.Atoi(string(text[mark+1:]))
	digits = append(digits, text[0])
	if mark > 2 {
		digits = append(digits, text[2:mark]...)
	}
	return digits, exp + 1 - len(digits)
}

// The shortest digits as Kusto finds them. Its answers show the algorithm
// Grisu2 (Loitsch, "Printing floating-point numbers quickly and accurately with
// integers", 2010) in the form of a well-known JSON library: the last digit is
// moved towards the number only while fewer than 9 digits have been made behind
// the scaled point. So 0.1 + 0.2 is 0.30000000000000007, which is as short as
// 0.30000000000000004 and reads back the same (see tostring.md).

// scaled is f times two to the e.
type scaled struct {
	f uint64
	e int
}

func (x scaled) normal() scaled {
	n := bits.LeadingZeros64(x.f)
	return scaled{x.f << n, x.e - n}
}

func (x scaled) times(y scaled) scaled {
	hi, lo := bits.Mul64(x.f, y.f)
	return scaled{hi + lo>>63, x.e + y.e + 64}
}

const (
	mantissaBits = 52
	hiddenBit    = 1 << mantissaBits
	expBias      = 1023 + mantissaBits
)

// unpack takes a positive float apart.
func unpack(v float64) scaled {
	b := math.Float64bits(v)
	f, e := b&(hiddenBit-1), int(b>>mantissaBits)
	if e == 0 {
		return scaled{f, 1 - expBias}
	}
	return scaled{f | hiddenBit, e - expBias}
}

// Powers of ten from 1e-348 in steps of 1e8, as 64 bits and an exponent.
const (
	firstPower = -348
	powerStep  = 8
	powerCount = 87
)

var powers = sync.OnceValue(func() []scaled {
	out := make([]scaled, powerCount)
	for i := range out {
		k := firstPower + i*powerStep
		ten := new(big.Float).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(k, -k))), nil))
		x := new(big.Float).SetPrec(64)
		if k < 0 {
			x.Quo(big.NewFloat(1), ten)
		} else {
			x.Set(ten)
		}
		m := new(big.Float)
		e := x.MantExp(m)
		f, _ := m.SetMantExp(m, 64).Uint64()
		out[i] = scaled{f, e - 64}
	}
	return out
})

// powerFor is the power that brings a number with exponent e into reach, and
// its exponent of ten, negated.
func powerFor(e int) (scaled, int) {
	dk := float64(-61-e)*0.30102999566398114 + 347
	k := int(dk)
	if dk-float64(k) > 0 {
		k++
	}
	i := k>>3 + 1
	return powers()[i], -(firstPower + i*powerStep)
}

// grisu gives shortest digits of a positive number.
func grisu(v float64) (digits []byte, exp int) {
	x := unpack(v)
	upper := scaled{x.f<<1 + 1, x.e - 1}.normal()
	lower := scaled{x.f<<1 - 1, x.e - 1}
	if x.f == hiddenBit {
		lower = scaled{x.f<<2 - 1, x.e - 2}
	}
	lower = scaled{lower.f << (lower.e - upper.e), upper.e}
	power, exp := powerFor(upper.e)
	w, hi, lo := x.normal().times(power), upper.times(power), lower.times(power)
	hi.f--
	lo.f++
	return digitsBelow(w, hi, hi.f-lo.f, exp)
}

var smallPowers = [...]uint64{1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000}

// digitsBelow makes the digits of hi until what is left is within delta.
func digitsBelow(w, hi scaled, delta uint64, exp int) ([]byte, int) {
	shift := uint(-hi.e)
	one := uint64(1) << shift
	gap := hi.f - w.f
	whole, part := hi.f>>shift, hi.f&(one-1)
	kappa := 1
	for kappa < len(smallPowers) && whole >= smallPowers[kappa] {
		kappa++
	}
	digits := make([]byte, 0, 20)
	for kappa > 0 {
		kappa--
		d := whole / smallPowers[kappa]
		whole %= smallPowers[kappa]
		if d > 0 || len(digits) > 0 {
			digits = append(digits, '0'+byte(d))
		}
		if rest := whole<<shift + part; rest <= delta {
			towards(digits, delta, rest, smallPowers[kappa]<<shift, gap)
			return digits, exp + kappa
		}
	}
	for {
		part *= 10
		delta *= 10
		if d := part >> shift; d > 0 || len(digits) > 0 {
			digits = append(digits, '0'+byte(d))
		}
		part &= one - 1
		kappa--
		if part < delta {
			unit := uint64(0)
			if -kappa < 9 {
				unit = smallPowers[-kappa]
			}
			towards(digits, delta, part, one, gap*unit)
			return digits, exp + kappa
		}
	}
}

// towards lowers the last digit while that comes nearer to the number.
func towards(digits []byte, delta, rest, ten, gap uint64) {
	for rest < gap && delta-rest >= ten && (rest+ten < gap || gap-rest > rest+ten-gap) {
		digits[len(digits)-1]--
		rest += ten
	}
}
