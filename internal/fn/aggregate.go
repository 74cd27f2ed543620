package fn

import (
	"sort"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// State is one aggregate's state for all groups of a summarize. Groups are
// numbered from 0 in the order they are first seen.
type State interface {
	// Grow makes room for groups below n; new groups are empty.
	Grow(n int)
	// Add feeds rows in their order: row i, with args[k] entry i, goes to group
	// groups[i]. Arguments may have any form. c.Env is set.
	Add(c *Call, groups []int32, args []*vector.Vector) error
	// Merge adds other, a state of the same aggregate over later rows: its
	// group g goes to group to[g].
	Merge(other State, to []int32) error
	// Results gives one vector per result column, with n groups each.
	Results(n int) ([]*vector.Vector, error)
	// Bytes is about how much memory the state holds.
	Bytes() int64
}

// AggArgs describes one use of an aggregate at bind time.
type AggArgs struct {
	// Types holds the argument types as the state will see them.
	Types []types.Type
	// Consts holds the constant arguments, nil where not constant.
	Consts []*vector.Datum
	// Ret is the type of the result column, or of the first one.
	Ret types.Type
}

// Aggregate is the row of an aggregate function. "No rows" is what Results
// gives for a group that saw none.
type Aggregate struct {
	Name    string
	Summary string
	Ref     string
	// Type gives the result type where the catalogue says Custom.
	Type func(args []types.Type) types.Type
	// New starts a state.
	New func(a AggArgs) (State, error)
	// Columns is set for aggregates with several result columns named after
	// their arguments (arg_max, arg_min, take_any with several arguments): the
	// results are the arguments themselves, in order.
	Columns bool

	Status Status
	Reason string

	entry *Entry
}

// Entry is the catalogue's entry.
func (a *Aggregate) Entry() *Entry { return a.entry }

var aggregates = map[string]*Aggregate{}

func aggregate(a Aggregate) *Aggregate {
	if aggregates[a.Name] != nil {
		panic("bug: two rows for aggregate " + a.Name)
	}
	a.entry = Find(Aggregates, a.Name)
	aggregates[a.Name] = &a
	return &a
}

// AggregateNamed finds the row of an aggregate.
func AggregateNamed(name string) *Aggregate { return aggregates[name] }

// AggregateNames lists the names of all rows, sorted.
func AggregateNames() []string {
	out := make([]string, 0, len(aggregates))
	for n := range aggregates {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}
