package fn

import (
	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// These ask about the service a query runs in. Where the documentation says
// what data outside of its storage gives, that is the answer; the others are
// refused.

// outside makes the row of a function of the extent a row lies in: data that
// lies in none gives the empty value.
func outside(name, summary string, empty vector.Datum) {
	scalar(Scalar{
		Name: name, Summary: summary,
		Kernel: func(c *Call, _ []*vector.Vector) (*vector.Vector, error) { return vector.Constant(empty, c.N), nil },
	})
}

func init() {
	const none = "Gives the extent that a row lies in; rows here lie in none."
	outside("extent_id", none, vector.Datum{T: types.Guid, V: vector.Guid{}})
	outside("extentid", none, vector.Datum{T: types.Guid, V: vector.Guid{}})
	outside("extent_tags", "Gives the tags of the extent that a row lies in; rows here lie in none.",
		vector.Datum{T: types.Dynamic, V: dynamic.FromArray([]dynamic.Value{})})
	for name, reason := range map[string]string{
		"current_cluster_endpoint":       "there is no cluster here",
		"current_database":               "there is no database here",
		"current_principal":              "nobody is signed in here",
		"current_principal_details":      "nobody is signed in here",
		"current_principal_is_member_of": "nobody is signed in here",
		"cursor_after":                   "there are no database cursors here",
		"cursor_before_or_at":            "there are no database cursors here",
		"cursor_current":                 "there are no database cursors here",
		"current_cursor":                 "there are no database cursors here",
		"stored_query_result":            "there are no stored query results here",
		"row_id":                         "what it gives is not documented",
		"row_rank":                       "it is no longer documented; write row_rank_dense() or row_rank_min()",
		"rowstore_ordinal_range":         "what it gives is not documented",
	} {
		scalar(Scalar{Name: name, Summary: "Asks the service; it is refused here.", Status: Planned, Reason: reason})
	}
}

// assert ends the query with a message; the binder computes it before the run.
var _ = scalar(Scalar{
	Name: "assert", Summary: "Ends the query with a message unless a condition holds.", Nulls: Handles,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		for i := range c.N {
			if args[0].IsNull(i) || !viewOf[bool](args[0]).at(i) {
				return nil, Errorf("%s", texts(args[1]).at(i))
			}
		}
		return vector.Constant(vector.Datum{T: types.Bool, V: true}, c.N), nil
	},
})
