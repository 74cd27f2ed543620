package exec

import (
	"context"
	"fmt"

	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// evaluator computes an expression for all rows of a batch. It keeps nothing
// between calls and may be used by several goroutines.
type evaluator interface {
	Eval(ctx context.Context, in *vector.Batch) (*vector.Vector, error)
}

// evalFunc is an evaluator that is a function.
type evalFunc func(ctx context.Context, in *vector.Batch) (*vector.Vector, error)

// Eval calls the function.
func (f evalFunc) Eval(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
	return f(ctx, in)
}

// compile makes the evaluator of e over batches with the columns cols.
func (b *builder) compile(cols []*plan.Col, e plan.Expr) (evaluator, error) {
	switch e := e.(type) {
	case *plan.ColRef:
		for i, c := range cols {
			if c == e.Col {
				return evalFunc(func(_ context.Context, in *vector.Batch) (*vector.Vector, error) { return in.Cols[i], nil }), nil
			}
		}
		return nil, fmt.Errorf("bug: column %s is not among the input's", e.Col.Name)
	case *plan.Const:
		one := vector.Constant(e.Datum, 1)
		return evalFunc(func(_ context.Context, in *vector.Batch) (*vector.Vector, error) {
			v := *one
			v.N = in.N
			return &v, nil
		}), nil
	case *plan.Call:
		return b.compileCall(cols, e)
	case *plan.Path:
		x, err := b.compile(cols, e.X)
		if err != nil {
			return nil, err
		}
		paths := &memo{}
		return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
			v, err := x.Eval(ctx, in)
			if err != nil {
				return nil, err
			}
			return paths.each(v, func(v *vector.Vector) *vector.Vector { return v.Path(e.Key) }), nil
		}), nil
	case *plan.Element:
		return b.compileElement(cols, e)
	case *plan.In:
		return b.compileIn(cols, e)
	case *plan.Scalar:
		return b.compileScalar(e), nil
	case *plan.List:
		return b.compileList(e), nil
	}
	return nil, fmt.Errorf("bug: no evaluator for expression %T", e)
}

func (b *builder) compileAll(cols []*plan.Col, exprs []plan.Expr) ([]evaluator, error) {
	out := make([]evaluator, len(exprs))
	for i, e := range exprs {
		ev, err := b.compile(cols, e)
		if err != nil {
			return nil, err
		}
		out[i] = ev
	}
	return out, nil
}

// single is the value of an expression without columns.
func single(ctx context.Context, ev evaluator) (vector.Datum, error) {
	v, err := ev.Eval(ctx, &vector.Batch{N: 1})
	if err != nil {
		return vector.Datum{}, err
	}
	return v.Datum(0), nil
}

func (b *builder) compileCall(cols []*plan.Col, e *plan.Call) (evaluator, error) {
	if e.Kernel == nil && (e.Fn == nil || e.Fn.Name != "And" && e.Fn.Name != "Or") {
		return nil, fmt.Errorf("bug: a call without kernel")
	}
	if e.Fn.Name == "And" || e.Fn.Name == "Or" {
		if len(e.Args) == 2 && e.Args[0].Type() == types.Bool && e.Args[1].Type() == types.Bool {
			return b.compileLogic(cols, e)
		}
	}
	args, err := b.compileAll(cols, e.Args)
	if err != nil {
		return nil, err
	}
	fixed := make([]bool, len(args))
	for i, a := range e.Args {
		_, fixed[i] = a.(*plan.Const)
	}
	pure := !e.Fn.Impure && !e.Fn.Window
	whole := &memo{}
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		vs := make([]*vector.Vector, len(args))
		for i, a := range args {
			v, err := a.Eval(ctx, in)
			if err != nil {
				return nil, err
			}
			vs[i] = v
		}
		if pure {
			if v := sameType(e, vs); v != nil {
				return v, nil
			}
			if of, codes := dictionaries(vs, fixed); of != nil {
				out := whole.lookup(of, in.N, func() (*vector.Vector, error) {
					inner := make([]*vector.Vector, len(vs))
					for i, v := range vs {
						if inner[i] = v; v.Form == vector.Dict {
							inner[i] = v.Values
						} else {
							one := *v
							one.N = of[0].N
							inner[i] = &one
						}
					}
					return fn.Apply(e.Fn, e.Kernel, &fn.Call{Env: b.cfg.Env, N: of[0].N, Ret: e.Ret}, inner)
				})
				if out != nil {
					return vector.NewDict(out, codes), nil
				}
			}
		}
		return fn.Apply(e.Fn, e.Kernel, &fn.Call{Env: b.cfg.Env, N: in.N, Ret: e.Ret}, vs)
	}), nil
}

// sameType is what a conversion gives that has nothing to convert: a shredded
// dynamic column of texts as texts. nil for anything else.
func sameType(e *plan.Call, vs []*vector.Vector) *vector.Vector {
	if e.Fn.Name != "tostring" || len(vs) != 1 || vs[0].Form != vector.Typed || vs[0].Inner.Type != types.String {
		return nil
	}
	for i := range vs[0].N {
		if vs[0].Absent.Get(i) && vs[0].Inner.Str(i) != "" {
			return nil
		}
	}
	return vs[0].Inner
}

// Three-valued logic: states of a row.
const (
	isFalse int8 = iota
	isTrue
	isNull
)

func states(v *vector.Vector) []int8 {
	out := make([]int8, v.N)
	for i := range out {
		switch {
		case v.IsNull(i):
			out[i] = isNull
		case v.Bool(i):
			out[i] = isTrue
		}
	}
	return out
}

// compileLogic computes the second side on the rows that the first has not
// decided.
func (b *builder) compileLogic(cols []*plan.Col, e *plan.Call) (evaluator, error) {
	x, err := b.compile(cols, e.Args[0])
	if err != nil {
		return nil, err
	}
	y, err := b.compile(cols, e.Args[1])
	if err != nil {
		return nil, err
	}
	used := usedColumns(cols, e.Args[1])
	decided := isTrue // what decides an Or
	if e.Fn.Name == "And" {
		decided = isFalse
	}
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		if in.N == 0 {
			return vector.Make(types.Bool, 0), nil
		}
		v, err := x.Eval(ctx, in)
		if err != nil {
			return nil, err
		}
		first := states(v)
		var rows []int32
		for i, s := range first {
			if s != decided {
				rows = append(rows, int32(i))
			}
		}
		if len(rows) == 0 {
			return v, nil
		}
		sub := in
		if len(rows) < in.N {
			sub = narrow(in, used, rows)
		}
		w, err := y.Eval(ctx, sub)
		if err != nil {
			return nil, err
		}
		second := states(w)
		for k, i := range rows {
			switch {
			case second[k] == decided:
				first[i] = decided
			case first[i] == isNull || second[k] == isNull:
				first[i] = isNull
			default:
				first[i] = second[k]
			}
		}
		return boolVector(first), nil
	}), nil
}

func boolVector(s []int8) *vector.Vector {
	out := make([]bool, len(s))
	var valid vector.Bitmap
	for i, x := range s {
		switch x {
		case isTrue:
			out[i] = true
		case isNull:
			if valid == nil {
				valid = vector.FullBitmap(len(s))
			}
			valid.Clear(i)
		}
	}
	return vector.Of(types.Bool, out, valid)
}

func (b *builder) compileElement(cols []*plan.Col, e *plan.Element) (evaluator, error) {
	x, err := b.compile(cols, e.X)
	if err != nil {
		return nil, err
	}
	if c, ok := e.Index.(*plan.Const); ok {
		elements := &memo{}
		return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
			v, err := x.Eval(ctx, in)
			if err != nil {
				return nil, err
			}
			if key, ok := c.Datum.V.(string); ok {
				return elements.each(v, func(v *vector.Vector) *vector.Vector { return v.Path(key) }), nil
			}
			at, ok := c.Datum.V.(int64)
			if !ok {
				return vector.Nulls(types.Dynamic, in.N), nil
			}
			return elements.each(v, func(v *vector.Vector) *vector.Vector {
				return eachDynamic(v, func(d dynamic.Value) dynamic.Value { return d.At(at) })
			}), nil
		}), nil
	}
	index, err := b.compile(cols, e.Index)
	if err != nil {
		return nil, err
	}
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		v, err := x.Eval(ctx, in)
		if err != nil {
			return nil, err
		}
		at, err := index.Eval(ctx, in)
		if err != nil {
			return nil, err
		}
		out := make([]dynamic.Value, in.N)
		for i := range out {
			d := v.Dyn(i)
			key := at.Datum(i).V
			if k, ok := key.(dynamic.Value); ok {
				switch k.Kind() {
				case dynamic.String:
					key = k.Text()
				case dynamic.Long:
					key = k.Long()
				}
			}
			switch k := key.(type) {
			case string:
				out[i] = d.Get(k)
			case int64:
				out[i] = d.At(k)
			}
		}
		return vector.Of(types.Dynamic, out, nil), nil
	}), nil
}

// eachDynamic maps the entries of v, once per entry of a dictionary.
func eachDynamic(v *vector.Vector, f func(dynamic.Value) dynamic.Value) *vector.Vector {
	if v.Form == vector.Dict && v.Values.N <= v.N {
		return vector.NewDict(eachDynamic(v.Values, f), v.Codes)
	}
	out := make([]dynamic.Value, v.N)
	for i := range out {
		out[i] = f(v.Dyn(i))
	}
	return vector.Of(types.Dynamic, out, nil)
}

// compileScalar is the first value of a subquery, null without rows.
func (b *builder) compileScalar(e *plan.Scalar) evaluator {
	s := b.sub(e, e.Rel)
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		batches, err := s.rows()
		if err != nil {
			return nil, err
		}
		for _, rows := range batches {
			if rows.N > 0 && len(rows.Cols) > 0 {
				return vector.Constant(rows.Cols[0].Datum(0), in.N), nil
			}
		}
		return vector.Nulls(e.T, in.N), nil
	})
}

// compileList is the first column of a subquery as one array.
func (b *builder) compileList(e *plan.List) evaluator {
	s := b.sub(e, e.Rel)
	return evalFunc(func(ctx context.Context, in *vector.Batch) (*vector.Vector, error) {
		batches, err := s.rows()
		if err != nil {
			return nil, err
		}
		items := []dynamic.Value{}
		for _, rows := range batches {
			for i := 0; i < rows.N && len(rows.Cols) > 0; i++ {
				items = append(items, rows.Cols[0].ToDynamic(i))
			}
		}
		return vector.Constant(vector.Datum{T: types.Dynamic, V: dynamic.FromArray(items)}, in.N), nil
	})
}

// usedColumns is the positions of the columns that e looks at.
func usedColumns(cols []*plan.Col, e plan.Expr) []int {
	seen := map[*plan.Col]bool{}
	plan.WalkExpr(e, func(x plan.Expr) {
		if c, ok := x.(*plan.ColRef); ok {
			seen[c.Col] = true
		}
	})
	var out []int
	for i, c := range cols {
		if seen[c] {
			out = append(out, i)
		}
	}
	return out
}
