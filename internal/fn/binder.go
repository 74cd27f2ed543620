package fn

// Rows of functions that the binder computes, because they are about names
// and not about values.
var (
	_ = scalar(Scalar{Name: "column_ifexists", Summary: "Gives a column if there is one of that name, else another value."})
	// bin_auto becomes bin or bin_at, by the options of set statements.
	_ = scalar(Scalar{Name: "bin_auto", Summary: "Rounds down to multiples of the size that an option says."})
	_ = scalar(Scalar{Name: "columnifexists", Summary: "An older name of column_ifexists."})
	_ = scalar(Scalar{Name: "column_names_of", Summary: "Gives the names of a table's columns."})
	_ = scalar(Scalar{Name: "ingestion_time", Summary: "Gives when a row arrived, as far as its logs say."})
	_ = scalar(Scalar{Name: "table", Summary: "Gives the table of a name."})
	_ = scalar(Scalar{Name: "database", Summary: "Says which database a table is in; the workspace at hand stands for it."})
	_ = scalar(Scalar{Name: "cluster", Summary: "Says which cluster a table is in; the workspace at hand stands for it."})
)

// Rows of functions about the elements of a pattern: graph-match and
// graph-shortest-paths compute them.
var (
	_ = scalar(Scalar{Name: "all", Summary: "Says whether a condition holds for each edge, or inner node, of a path."})
	_ = scalar(Scalar{Name: "any", Summary: "Says whether a condition holds for an edge, or inner node, of a path."})
	_ = scalar(Scalar{Name: "map", Summary: "Gives an array with a value for each edge, or inner node, of a path."})
	_ = scalar(Scalar{Name: "inner_nodes", Summary: "Makes map(), all() and any() look at the nodes inside a path instead of its edges."})
	_ = scalar(Scalar{Name: "labels", Summary: "Gives the labels of an element: none, since only stored graph models have some."})
	_ = scalar(Scalar{Name: "node_id", Summary: "Gives the id of a node as text."})
	_ = scalar(Scalar{Name: "node_degree_in", Summary: "Counts the edges that reach a node."})
	_ = scalar(Scalar{Name: "node_degree_out", Summary: "Counts the edges that leave a node."})
)
