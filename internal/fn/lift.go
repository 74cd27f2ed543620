package fn

import (
	"goshawk/internal/vector"
)

// view reads argument entries without caring whether the argument is Const.
type view[T vector.Elem] struct {
	data []T
	mask int // 0 for Const, -1 for Flat: index i&mask
}

func viewOf[T vector.Elem](v *vector.Vector) view[T] {
	if v.Form == vector.Const {
		return view[T]{vector.Data[T](v), 0}
	}
	return view[T]{vector.Data[T](v), -1}
}

func (w view[T]) at(i int) T { return w.data[i&w.mask] }

// skipNulls is the rows a lifted function is asked about: under NullIfAny the
// storage of a null row may hold anything, and a nil decimal would crash.
func skipNulls(args []*vector.Vector, n int) vector.Bitmap { return nonNull(args, n) }

// lift1 makes a kernel of a plain function of one value.
func lift1[A, R vector.Elem](f func(A) R) Kernel {
	return lift1n(func(a A) (R, bool) { return f(a), true })
}

// lift1n is lift1 for a function that may answer null (ok false; for strings
// the empty string).
func lift1n[A, R vector.Elem](f func(A) (R, bool)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		a, ask := viewOf[A](args[0]), skipNulls(args, c.N)
		return collect[R](c, ask, func(i int) (R, bool) { return f(a.at(i)) }), nil
	}
}

// lift2 makes a kernel of a plain function of two values.
func lift2[A, B, R vector.Elem](f func(A, B) R) Kernel {
	return lift2n(func(a A, b B) (R, bool) { return f(a, b), true })
}

// lift2n is lift2 for a function that may answer null.
func lift2n[A, B, R vector.Elem](f func(A, B) (R, bool)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		a, b, ask := viewOf[A](args[0]), viewOf[B](args[1]), skipNulls(args, c.N)
		return collect[R](c, ask, func(i int) (R, bool) { return f(a.at(i), b.at(i)) }), nil
	}
}

// lift3n makes a kernel of a plain function of three values that may answer
// null.
func lift3n[A, B, C, R vector.Elem](f func(A, B, C) (R, bool)) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		x, y, z, ask := viewOf[A](args[0]), viewOf[B](args[1]), viewOf[C](args[2]), skipNulls(args, c.N)
		return collect[R](c, ask, func(i int) (R, bool) { return f(x.at(i), y.at(i), z.at(i)) }), nil
	}
}

// lift3 makes a kernel of a plain function of three values.
func lift3[A, B, C, R vector.Elem](f func(A, B, C) R) Kernel {
	return lift3n(func(a A, b B, c C) (R, bool) { return f(a, b, c), true })
}

// collect runs f for each row in ask (nil: all) into a vector of c.Ret.
func collect[R vector.Elem](c *Call, ask vector.Bitmap, f func(i int) (R, bool)) *vector.Vector {
	out := make([]R, c.N)
	var valid vector.Bitmap
	for i := range out {
		if ask != nil && !ask.Get(i) {
			continue
		}
		r, ok := f(i)
		if !ok {
			if valid == nil {
				valid = vector.FullBitmap(c.N)
			}
			valid.Clear(i)
			continue
		}
		out[i] = r
	}
	if _, isString := any(out).([]string); isString {
		valid = nil // strings have no null
	}
	return vector.Of(c.Ret, out, valid)
}
