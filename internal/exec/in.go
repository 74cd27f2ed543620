package exec

import (
	"context"
	"sync"

	"goshawk/internal/dynamic"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// set is the values of a list, by the bytes or number that equal values share.
type set struct {
	t     types.Type
	fold  bool
	texts map[string]struct{}
	ints  map[int64]struct{}
	reals map[float64]struct{}
}

func newSet(t types.Type, fold bool) *set {
	return &set{t: t, fold: fold, texts: map[string]struct{}{}, ints: map[int64]struct{}{}, reals: map[float64]struct{}{}}
}

// add puts in entry i of v; null is in no list. An array stands for its
// elements.
func (s *set) add(v *vector.Vector, i int) {
	if v.IsNull(i) {
		return
	}
	if v.Type == types.Dynamic && s.t != types.Dynamic {
		s.addDynamic(v.Dyn(i))
		return
	}
	if v.Type == types.Dynamic && v.Dyn(i).Kind() == dynamic.Array {
		for _, it := range v.Dyn(i).Items() {
			s.texts[dynamicKey(it)] = struct{}{}
		}
		return
	}
	switch s.t {
	case types.Int, types.Long, types.Datetime, types.Timespan:
		s.ints[v.Int(i)] = struct{}{}
	case types.Bool:
		s.ints[boolInt(v.Bool(i))] = struct{}{}
	case types.Real:
		s.reals[v.Real(i)] = struct{}{}
	default:
		s.texts[s.key(v, i)] = struct{}{}
	}
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// addDynamic puts in what d is, when the set can hold it; arrays inside arrays
// are one list.
func (s *set) addDynamic(d dynamic.Value) {
	switch d.Kind() {
	case dynamic.Array:
		for _, it := range d.Items() {
			s.addDynamic(it)
		}
		return
	case dynamic.Null:
		return
	}
	switch s.t {
	case types.String:
		s.texts[s.text(d.String())] = struct{}{}
	case types.Int, types.Long, types.Datetime, types.Timespan:
		if f, ok := d.Number(); ok && d.Kind() == dynamic.Real {
			if f == float64(int64(f)) {
				s.ints[int64(f)] = struct{}{}
			}
		} else if k := d.Kind(); k == dynamic.Long || k == dynamic.Datetime || k == dynamic.Timespan {
			s.ints[d.Long()] = struct{}{}
		}
	case types.Bool:
		if d.Kind() == dynamic.Bool {
			s.ints[boolInt(d.Bool())] = struct{}{}
		}
	case types.Real:
		if f, ok := d.Number(); ok {
			s.reals[f] = struct{}{}
		}
	case types.Guid:
		if g, ok := vector.ParseGuid(d.String()); ok {
			s.texts[string(g[:])] = struct{}{}
		}
	case types.Decimal:
		if x, ok := vector.ParseDecimal(d.String()); ok {
			s.texts[vector.DecimalKey(x)] = struct{}{}
		}
	}
}

func (s *set) text(t string) string {
	if s.fold {
		return vector.Fold(t)
	}
	return t
}

func (s *set) key(v *vector.Vector, i int) string {
	switch v.Type {
	case types.String:
		return s.text(v.Str(i))
	case types.Guid:
		g := v.Guid(i)
		return string(g[:])
	case types.Decimal:
		return vector.DecimalKey(v.Dec(i))
	}
	return dynamicKey(v.Dyn(i))
}

// dynamicKey is the same for a whole number and the fraction equal to it.
func dynamicKey(d dynamic.Value) string {
	if d.Kind() == dynamic.Real && d.Real() == float64(int64(d.Real())) {
		d = dynamic.FromLong(int64(d.Real()))
	}
	return string(d.AppendKey(nil))
}

// has says whether entry i of v is in the set.
func (s *set) has(v *vector.Vector, i int) bool {
	if v.IsNull(i) {
		return false
	}
	ok := false
	switch s.t {
	case types.Int, types.Long, types.Datetime, types.Timespan:
		_, ok = s.ints[v.Int(i)]
	case types.Bool:
		_, ok = s.ints[boolInt(v.Bool(i))]
	case types.Real:
		_, ok = s.reals[v.Real(i)]
	default:
		_, ok = s.texts[s.key(v, i)]
	}
	return ok
}

// match answers for all rows of v, once per entry of a dictionary.
func (s *set) match(v *vector.Vector, not bool) *vector.Vector {
	switch v.Form {
	case vector.Const:
		if v.N > 0 {
			return vector.Constant(vector.Datum{T: types.Bool, V: s.has(v, 0) != not}, v.N)
		}
	case vector.Dict:
		if v.Values.N <= v.N {
			return vector.NewDict(s.match(v.Values, not), v.Codes)
		}
	}
	out := make([]bool, v.N)
	for i := range out {
		out[i] = s.has(v, i) != not
	}
	return vector.Of(types.Bool, out, nil)
}

// compileIn makes a set of what does not depend on the row, once, and
// compares the other elements row by row.
func (b *builder) compileIn(cols []*plan.Col, e *plan.In) (evaluator, error) {
	x, err := b.compile(cols, e.X)
	if err != nil {
		return nil, err
	}
	var fixed, moving []evaluator
	for _, item := range e.List {
		ev, err := b.compile(cols, item)
		if err != nil {
			return nil, err
		}
		if len(usedColumns(cols, item)) == 0 {
			fixed = append(fixed, ev)
		} else {
			moving = append(moving, ev)
		}
	}
	var sub *subquery
	if e.Sub != nil {
		sub = b.sub(e, e.Sub)
	}
	t := e.X.Type()
	var once sync.Once
	var s *set
	var failed error
	prepare := func(ctx context.Context) {
		s = newSet(t, e.Fold)
		for _, ev := range fixed {
			v, err := ev.Eval(ctx, &vector.Batch{N: 1})
			if err != nil {
				failed = err
				return
			}
			s.add(v, 0)
		}
		if sub == nil {
			return
		}
		batches, err := sub.rows()
		failed = err
		for _, rows := range batches {
			for i := 0; i < rows.N && len(rows.Cols) > 0; i++ {
				s.add(rows.Cols[0], i)
			}
		}
	}
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		once.Do(func() { prepare(b.ctx) })
		if failed != nil {
			return nil, failed
		}
		v, err := x.Eval(ctx, in)
		if err != nil {
			return nil, err
		}
		if len(moving) == 0 {
			return s.match(v, e.Not), nil
		}
		out := make([]bool, in.N)
		for i := range out {
			out[i] = s.has(v, i)
		}
		for _, ev := range moving {
			w, err := ev.Eval(ctx, in)
			if err != nil {
				return nil, err
			}
			for i := range out {
				if !out[i] {
					one := newSet(t, e.Fold)
					one.add(w, i)
					out[i] = one.has(v, i)
				}
			}
		}
		if e.Not {
			for i := range out {
				out[i] = !out[i]
			}
		}
		return vector.Of(types.Bool, out, nil), nil
	}), nil
}
