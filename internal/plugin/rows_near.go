package plugin

// rows_near keeps the rows within some rows of one that fulfils a condition,
// in the order of the input.
var _ = plugin(Plugin{
	Name:    "rows_near",
	Summary: "Keeps the rows near those that fulfil a condition.",
	Columns: same,
	All:     rowsNear,
})

func rowsNear(r *Run, in *Rows) (*Result, error) {
	u := r.Use
	before := u.integer("NumRows", 0)
	after := u.integer("NumRowsAfter", before)
	if before < 0 || after < 0 {
		return nil, argErrorf(u.Arg("NumRows"), "rows_near: a number of rows is not negative")
	}
	cond := in.Args[u.Arg("Condition").Index]
	rows := []int32{}
	next := int64(0) // the first row not given yet
	for i := range int64(in.N) {
		if cond.IsNull(int(i)) || !cond.Bool(int(i)) {
			continue
		}
		from, to := max(next, i-before), min(int64(in.N)-1, i+after)
		for k := from; k <= to; k++ {
			rows = append(rows, int32(k))
		}
		next = max(next, to+1)
	}
	return &Result{N: len(rows), From: rows}, nil
}
