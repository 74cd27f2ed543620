// Package fn holds every function of the language, one row each: what it is
// called, what it takes and gives, how it treats nulls, and the kernel that
// computes it. It knows values only: no text, no tables, no files. Binding,
// help, completion and pages read these rows; nobody else keeps a list.
package fn

import (
	"fmt"
	"sort"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Nulls says what a function does with null arguments.
type Nulls uint8

// The null rules. NullIfAny: the result is null (for a string: empty) when any
// argument is, and the kernel's entries for such rows are ignored. Handles:
// the kernel sees nulls and decides.
const (
	NullIfAny Nulls = iota
	Handles
)

// Status says how complete a row is.
type Status uint8

// The states. Planned names are refused with a clear message.
const (
	Full Status = iota
	Partial
	Planned
)

// Env is what a query run gives to kernels.
type Env struct {
	// Now is the query's one now, in ticks.
	Now int64
	// Seed makes rand() and new_guid() repeatable when it is not 0.
	Seed uint64

	// Geo gives the place of an IP address as a bag; nil without a database.
	Geo func(ip string) (dynamic.Value, error)

	// draws counts the calls that have taken random numbers.
	draws uint64
}

// Call is one application of a kernel to a batch.
type Call struct {
	Env *Env
	// N is the number of rows to compute.
	N int
	// Ret is the type of the result.
	Ret types.Type
	// Folding says that a constant of the query is being computed.
	Folding bool
}

// Kernel computes a function for c.N rows. Each argument is Flat with N
// entries or Const; dictionaries have been dealt with (see Apply). The result
// is Flat with N entries or Const. Arguments have the types the signature
// declares: the binder has put in conversions.
type Kernel func(c *Call, args []*vector.Vector) (*vector.Vector, error)

// Scalar is the row of a scalar function or operator. Operators are called by
// their name in Operators of the catalogue, e.g. "Add", "Has", "EqualTilde".
type Scalar struct {
	Name    string
	Summary string
	Ref     string // documentation page; the catalogue's if empty
	Nulls   Nulls
	// Type gives the result type where the catalogue says Custom; args holds
	// the argument types, lits the constant arguments (nil where not constant).
	Type func(args []types.Type, lits []*vector.Datum) types.Type
	// Kernel, or Pick when it depends on the argument types. A function with
	// several results gives them as one dynamic array, of which the binder makes
	// columns (see tuple in package bind).
	Kernel Kernel
	Pick   func(args []types.Type, ret types.Type) Kernel
	// Coerce gives the types the kernel wants its arguments in, when they are
	// not those of the matched signature.
	Coerce func(args []types.Type, ret types.Type) []types.Type
	// Impure functions give another result at each row or call (rand,
	// new_guid): they are never folded and never run once per entry.
	Impure bool
	// Parts are the columns of a function with several results.
	Parts []types.Column
	// Window functions look at other rows; they need serialized rows and run
	// over the whole ordered input as one batch.
	Window bool

	Status Status
	Reason string // for Partial and Planned

	entry *Entry
}

// Entry is the catalogue's entry, nil for a row that the catalogue lacks.
func (s *Scalar) Entry() *Entry { return s.entry }

// KernelFor is the kernel for these argument types, nil when there is none.
func (s *Scalar) KernelFor(args []types.Type, ret types.Type) Kernel {
	if s.Pick != nil {
		if k := s.Pick(args, ret); k != nil {
			return k
		}
	}
	return s.Kernel
}

var scalars = map[string]*Scalar{}

// scalar registers a row; the same name twice is a bug.
func scalar(s Scalar) *Scalar {
	if scalars[s.Name] != nil {
		panic("bug: two rows for function " + s.Name)
	}
	if s.entry = Find(Functions, s.Name); s.entry == nil {
		s.entry = Find(Operators, s.Name)
	}
	scalars[s.Name] = &s
	return &s
}

// ScalarNamed finds the row of a scalar function or operator.
func ScalarNamed(name string) *Scalar { return scalars[name] }

// ScalarNames lists the names of all rows, sorted.
func ScalarNames() []string {
	out := make([]string, 0, len(scalars))
	for n := range scalars {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Apply runs a kernel over arguments in any form: all constant computes one
// row; one dictionary with at most as many entries as rows computes once per
// entry; else the arguments are flattened. It applies the null rule.
func Apply(s *Scalar, k Kernel, c *Call, args []*vector.Vector) (*vector.Vector, error) {
	if s.Impure || s.Window {
		return run(s, k, c, flat(args))
	}
	var dict *vector.Vector
	consts, many := 0, false
	for _, a := range args {
		switch a.Form {
		case vector.Const:
			consts++
		case vector.Dict:
			if dict != nil && !sameCodes(dict, a) {
				many = true
			}
			dict = a
		default:
			many = true
		}
	}
	if consts == len(args) && len(args) > 0 {
		one := &Call{Env: c.Env, N: 1, Ret: c.Ret, Folding: c.Folding}
		v, err := run(s, k, one, args)
		if err != nil {
			return nil, err
		}
		out := *v
		if v.Form == vector.Flat || v.Form == vector.Const {
			out.Form, out.N = vector.Const, c.N
			return &out, nil
		}
		return vector.Constant(v.Datum(0), c.N), nil
	}
	if dict != nil && !many && dict.Values.N <= c.N {
		inner := make([]*vector.Vector, len(args))
		for i, a := range args {
			inner[i] = a
			if a.Form == vector.Dict {
				inner[i] = a.Values
			}
		}
		v, err := run(s, k, &Call{Env: c.Env, N: dict.Values.N, Ret: c.Ret}, inner)
		if err != nil {
			return nil, err
		}
		if v.Form == vector.Const {
			out := *v
			out.N = c.N
			return &out, nil
		}
		return vector.NewDict(v.Flatten(), dict.Codes), nil
	}
	return run(s, k, c, flat(args))
}

// sameCodes says whether two dictionaries share their codes, as columns that
// were computed from one another do.
func sameCodes(a, b *vector.Vector) bool {
	return a.Values.N == b.Values.N && len(a.Codes) > 0 && len(b.Codes) == len(a.Codes) && &a.Codes[0] == &b.Codes[0]
}

func flat(args []*vector.Vector) []*vector.Vector {
	out := make([]*vector.Vector, len(args))
	for i, a := range args {
		if out[i] = a; a.Form != vector.Const {
			out[i] = a.Flatten()
		}
	}
	return out
}

// run calls the kernel and puts in the nulls that the rule demands.
func run(s *Scalar, k Kernel, c *Call, args []*vector.Vector) (*vector.Vector, error) {
	if s.Nulls == NullIfAny && c.Ret != types.String {
		for _, a := range args {
			if a.Form == vector.Const && a.N > 0 && a.IsNull(0) {
				return vector.Nulls(c.Ret, c.N), nil
			}
		}
	}
	v, err := k(c, args)
	if err != nil || s.Nulls != NullIfAny {
		return v, err
	}
	valid := nonNull(args, c.N)
	if valid == nil {
		return v, nil
	}
	if v.Form == vector.Const {
		w := *v
		w.N = c.N
		v = &w
	}
	return blank(v.Flatten(), valid), nil
}

// nonNull is the rows where no argument is null; nil when that is all rows.
func nonNull(args []*vector.Vector, n int) vector.Bitmap {
	var valid vector.Bitmap
	for _, a := range args {
		if a.Form == vector.Const && !a.IsNull(0) || a.Type == types.String || a.Valid == nil && a.Dyns == nil {
			continue
		}
		for i := 0; i < n; i++ {
			if a.IsNull(i) {
				if valid == nil {
					valid = vector.FullBitmap(n)
				}
				valid.Clear(i)
			}
		}
	}
	return valid
}

// blank makes the entries outside valid null, or empty for strings.
func blank(v *vector.Vector, valid vector.Bitmap) *vector.Vector {
	out := *v
	switch v.Type {
	case types.String:
		out.Strs = append([]string(nil), v.Strs...)
		for i := range out.Strs {
			if !valid.Get(i) {
				out.Strs[i] = ""
			}
		}
		return &out
	case types.Dynamic:
		b := vector.NewBuilder(types.Dynamic, v.N)
		for i := 0; i < v.N; i++ {
			if valid.Get(i) {
				b.AppendFrom(v, i)
			} else {
				b.AppendNull()
			}
		}
		return b.Done()
	}
	merged := append(vector.Bitmap(nil), valid...)
	if v.Valid != nil {
		for i := range merged {
			merged[i] &= v.Valid[i]
		}
	}
	out.Valid = merged
	return &out
}

// Errorf makes the error a kernel returns when a value of an argument cannot
// be used at all, such as a broken regular expression. It ends the query.
func Errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }
