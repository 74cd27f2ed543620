package fn

import (
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// grown is s with at least n entries, new ones zero.
func grown[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	return append(s, make([]T, n-len(s))...)
}

// keep is d without a hold on the batch it came from.
func keep(d vector.Datum) vector.Datum {
	switch x := d.V.(type) {
	case string:
		d.V = strings.Clone(x)
	case dynamic.Value:
		d.V = x.Detach()
	}
	return d
}

// datumBytes is about what keeping d costs beside its header.
func datumBytes(d vector.Datum) int64 {
	switch x := d.V.(type) {
	case string:
		return int64(len(x))
	case dynamic.Value:
		return dynBytes(x)
	}
	return 16
}

// dynBytes is about what keeping x costs beside its header. Arrays and bags
// are counted by their text, the form they are usually kept in.
func dynBytes(x dynamic.Value) int64 {
	switch x.Kind() {
	case dynamic.String, dynamic.Guid, dynamic.Decimal:
		return int64(len(x.Text()))
	case dynamic.Array, dynamic.Bag:
		return int64(len(x.JSON()))
	}
	return 0
}

// column builds one result column from n datums.
func column(t types.Type, n int, at func(g int) vector.Datum) []*vector.Vector {
	b := vector.NewBuilder(t, n)
	for g := 0; g < n; g++ {
		b.Append(at(g))
	}
	return []*vector.Vector{b.Done()}
}

// truth is the rows where a bool vector is true; all says that it is every
// row. A null is not true.
func truth(v *vector.Vector) (rows []int32, all bool) {
	if v.Form == vector.Const {
		return nil, !v.IsNull(0) && v.Bools[0]
	}
	rows = make([]int32, 0, v.N)
	plain := v.Form == vector.Flat && v.Valid == nil
	for i := 0; i < v.N; i++ {
		if plain && v.Bools[i] || !plain && !v.IsNull(i) && v.Bool(i) {
			rows = append(rows, int32(i))
		}
	}
	return rows, len(rows) == v.N
}

// ifState feeds another state with the rows whose predicate holds.
type ifState struct {
	State
	pred int // place of the predicate among the arguments
}

// whenTrue makes the row of an aggregate's "if" twin: the same aggregate with
// a predicate at place pred of its arguments.
func whenTrue(pred int, of func(AggArgs) (State, error)) func(AggArgs) (State, error) {
	return func(a AggArgs) (State, error) {
		a.Types = dropArg(a.Types, pred)
		a.Consts = dropArg(a.Consts, pred)
		s, err := of(a)
		if err != nil {
			return nil, err
		}
		return &ifState{State: s, pred: pred}, nil
	}
}

func dropArg[T any](s []T, i int) []T {
	if i >= len(s) {
		return s
	}
	return append(append(make([]T, 0, len(s)), s[:i]...), s[i+1:]...)
}

// Add gathers the true rows.
func (s *ifState) Add(c *Call, groups []int32, args []*vector.Vector) error {
	rows, all := truth(args[s.pred])
	args = dropArg(args, s.pred)
	if all {
		return s.State.Add(c, groups, args)
	}
	if len(rows) == 0 {
		return nil
	}
	picked := make([]int32, len(rows))
	for k, r := range rows {
		picked[k] = groups[r]
	}
	for k, a := range args {
		args[k] = a.Gather(rows)
	}
	return s.State.Add(&Call{Env: c.Env, N: len(rows), Ret: c.Ret}, picked, args)
}

// Merge merges the inner states.
func (s *ifState) Merge(other State, to []int32) error {
	return s.State.Merge(other.(*ifState).State, to)
}

// aggregateIf registers an aggregate and the twin that takes a predicate.
func aggregateIf(a Aggregate, twin string, pred int, summary string) *Aggregate {
	row := aggregate(a)
	aggregate(Aggregate{Name: twin, Summary: summary, Type: a.Type, New: whenTrue(pred, a.New)})
	return row
}

// aggregateAs registers another name for an aggregate.
func aggregateAs(name string, of *Aggregate) *Aggregate {
	return aggregate(Aggregate{Name: name, Summary: "An older name of " + of.Name + ".", Type: of.Type, New: of.New, Columns: of.Columns})
}
