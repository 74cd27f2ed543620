package fn

// Rows of functions that the binder computes, because they are about names
// and not about values.
var (
	_ = scalar(Scalar{Name: "column_ifexists", Summary: "Gives a column if there is one of that name, else another value."})
	_ = scalar(Scalar{Name: "columnifexists", Summary: "An older name of column_ifexists."})
	_ = scalar(Scalar{Name: "column_names_of", Summary: "Gives the names of a table's columns."})
)
