package fn

import (
	"math"
	"math/bits"
	"math/cmplx"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
)

// series_iir feeds its own earlier results back; a has its first element for
// the result itself.
var _ = scalar(Scalar{
	Name: "series_iir", Summary: "Filters a series with weights of its elements and of earlier results.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		x, ok1 := numbersOf(args[0])
		b, ok2 := numbersOf(args[1])
		a, ok3 := numbersOf(args[2])
		if !ok1 || !ok2 || !ok3 || len(a) == 0 || a[0] == 0 {
			return dynamic.NullValue
		}
		y := make([]float64, len(x))
		for i := range x {
			for k := 0; k < len(b) && k <= i; k++ {
				y[i] += b[k] * x[i-k]
			}
			for k := 1; k < len(a) && k <= i; k++ {
				y[i] -= a[k] * y[i-k]
			}
			y[i] /= a[0]
		}
		return seriesOf(y)
	}),
})

// series_fir takes what lies before the first element, and behind the last
// one when it is centred, as 0.
var _ = scalar(Scalar{
	Name: "series_fir", Summary: "Filters a series with weights of its elements.", Nulls: Handles, Type: isDynamic,
	Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
		x, ok1 := numbersOf(args[0])
		w, ok2 := numbersOf(args[1])
		if !ok1 || !ok2 || len(w) == 0 {
			return dynamic.NullValue
		}
		negative, sum := false, 0.0
		for _, f := range w {
			negative = negative || f < 0
			sum += f
		}
		normalize := !negative
		if len(args) > 2 && !args[2].IsNull() {
			if normalize = ignoring(args, 2); normalize && negative {
				return dynamic.NullValue
			}
		}
		shift := 0
		if ignoring(args, 3) {
			shift = (len(w) - 1) / 2
		}
		out := make([]float64, len(x))
		for i := range x {
			for k, f := range w {
				if at := i + shift - k; at >= 0 && at < len(x) {
					out[i] += f * x[at]
				}
			}
			if normalize {
				out[i] /= sum
			}
		}
		return seriesOf(out)
	}),
})

// transformRow makes the row of a Fourier transform of a complex series.
func transformRow(name, summary string, inverse bool) *Scalar {
	return scalar(Scalar{
		Name: name, Summary: summary, Nulls: Handles, Type: isDynamic,
		Parts: []types.Column{{Name: "real", Type: types.Dynamic}, {Name: "imag", Type: types.Dynamic}},
		Kernel: eachDyn(func(args []dynamic.Value) dynamic.Value {
			re, ok := numbersOf(args[0])
			im := make([]float64, len(re))
			if ok && len(args) > 1 {
				im, ok = numbersOf(args[1])
			}
			if !ok || len(im) != len(re) {
				return dynamic.NullValue
			}
			z := make([]complex128, len(re))
			for i := range z {
				z[i] = complex(re[i], im[i])
			}
			z = transform(z, inverse)
			re, im = make([]float64, len(z)), make([]float64, len(z))
			for i, c := range z {
				if inverse {
					c /= complex(float64(len(z)), 0)
				}
				re[i], im[i] = real(c), imag(c)
			}
			return dynamic.FromArray([]dynamic.Value{seriesOf(re), seriesOf(im)})
		}),
	})
}

var (
	_ = transformRow("series_fft", "Transforms a series to frequencies.", false)
	_ = transformRow("series_ifft", "Transforms frequencies back to a series.", true)
)

// transform is the Fourier transform, not divided by the length. Lengths that
// are no power of two go through a convolution of such a length.
func transform(z []complex128, inverse bool) []complex128 {
	n := len(z)
	if n < 2 {
		return z
	}
	sign := -1.0
	if inverse {
		sign = 1
	}
	if n&(n-1) == 0 {
		return radix2(z, sign)
	}
	// Bluestein: with ik = (i² + k² - (i-k)²)/2 the sum is a convolution.
	chirp := make([]complex128, n)
	for i := range chirp {
		square := uint64(i) * uint64(i) % uint64(2*n) // keeps the angle small and exact
		chirp[i] = cmplx.Rect(1, sign*math.Pi*float64(square)/float64(n))
	}
	m := 1 << bits.Len(uint(2*n-1))
	a, b := make([]complex128, m), make([]complex128, m)
	for i := range z {
		a[i] = z[i] * chirp[i]
		b[i] = cmplx.Conj(chirp[i])
		if i > 0 {
			b[m-i] = b[i]
		}
	}
	a, b = radix2(a, -1), radix2(b, -1)
	for i := range a {
		a[i] *= b[i]
	}
	a = radix2(a, 1)
	out := make([]complex128, n)
	for i := range out {
		out[i] = a[i] / complex(float64(m), 0) * chirp[i]
	}
	return out
}

// radix2 transforms a power of two of elements.
func radix2(z []complex128, sign float64) []complex128 {
	n := len(z)
	out := make([]complex128, n)
	shift := 64 - bits.Len(uint(n-1))
	for i := range z {
		out[bits.Reverse64(uint64(i))>>shift] = z[i]
	}
	for size := 2; size <= n; size *= 2 {
		half := size / 2
		for k := range half {
			w := cmplx.Rect(1, sign*2*math.Pi*float64(k)/float64(size))
			for i := k; i < n; i += size {
				u, v := out[i], out[i+half]*w
				out[i], out[i+half] = u+v, u-v
			}
		}
	}
	return out
}
