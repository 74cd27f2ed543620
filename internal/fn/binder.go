package fn

// Rows of functions that the binder computes, because they are about names
// and not about values.
var (
	_ = scalar(Scalar{Name: "column_ifexists", Summary: "Gives a column if there is one of that name, else another value."})
	_ = scalar(Scalar{Name: "columnifexists", Summary: "An older name of column_ifexists."})
	_ = scalar(Scalar{Name: "column_names_of", Summary: "Gives the names of a table's columns."})
	_ = scalar(Scalar{Name: "ingestion_time", Summary: "Gives when a row arrived, as far as its logs say."})
	_ = scalar(Scalar{Name: "table", Summary: "Gives the table of a name."})
	_ = scalar(Scalar{Name: "database", Summary: "Says which database a table is in; the workspace at hand stands for it."})
	_ = scalar(Scalar{Name: "cluster", Summary: "Says which cluster a table is in; the workspace at hand stands for it."})
)
