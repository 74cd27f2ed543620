package fn

import (
	"goshawk/internal/vector"
)

// take_any gives the values of the first row. Of a single column it is the
// first value that is neither null nor empty, if there is one.
var aggTakeAny = aggregate(Aggregate{
	Name:    "take_any",
	Summary: "The value of some row.",
	Type:    firstType,
	New:     newAny,
	Columns: true,
})

var aggTakeAnyIf = aggregate(Aggregate{
	Name:    "take_anyif",
	Summary: "The value of some row for which a predicate holds.",
	New:     whenTrue(1, newAny),
})

var _ = aggregateAs("any", aggTakeAny)
var _ = aggregateAs("anyif", aggTakeAnyIf)

func newAny(a AggArgs) (State, error) {
	if len(a.Types) == 1 {
		return &anyState{pickState{t: a.Types}}, nil
	}
	return &argState{t: a.Types}, nil
}

// anyState is take_any of one column.
type anyState struct{ pickState }

// Add looks at full values first, then at what is there.
func (s *anyState) Add(c *Call, groups []int32, args []*vector.Vector) error {
	v := args[0]
	for i, g := range groups {
		if s.best[g] != nil && !blankDatum(s.best[g][0]) {
			continue
		}
		if d := v.Datum(i); s.best[g] == nil || !blankDatum(d) {
			s.put(g, []vector.Datum{keep(d)})
		}
	}
	return nil
}

func (s *anyState) Merge(other State, to []int32) error {
	for g, vals := range other.(*anyState).best {
		if t := to[g]; vals != nil && (s.best[t] == nil || blankDatum(s.best[t][0]) && !blankDatum(vals[0])) {
			s.put(t, vals)
		}
	}
	return nil
}

func blankDatum(d vector.Datum) bool { return d.V == nil || d.V == "" }
