package plugin

import (
	"fmt"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxPivoted bounds the columns that one pivot may make.
const maxPivoted = 10_000

// pivot finds its columns in the data. Its input is grouped already: the
// columns that stay, the pivot's, and the aggregate. Rows and columns come in
// the order they are first seen.
var _ = plugin(Plugin{
	Name:    "pivot",
	Summary: "Makes a column of each value of a column, with an aggregate in its cells.",
	Prepare: Grouped,
	Columns: func(u *Use) ([]Column, error) {
		if n := len(u.In); u.Args != nil && u.Arg("aggregateFunction") != nil && u.Arg("aggregateFunction").Col == n-1 {
			return u.passed(n-2, n-1), nil
		}
		return nil, nil
	},
	Observe: func(u *Use) Observer { return &pivotObserver{use: u, seen: map[string]bool{}} },
	Declare: func(u *Use, want []types.Column, star bool) ([]Column, error) {
		var out []Column
		keys := u.passed(len(u.In)-2, len(u.In)-1)
		if star {
			out = without(keys, want)
		}
		for _, w := range want {
			c := Made(w.Name, w.Type)
			for _, k := range keys {
				if k.Name == w.Name {
					if c.From = k.From; k.Type != w.Type {
						return nil, fmt.Errorf("the column %q is %s in the input, not %s", w.Name, k.Type, w.Type)
					}
				}
			}
			out = append(out, c)
		}
		return out, nil
	},
	Whole: true,
	All:   pivot,
})

// pivotNames are the names of the columns that the values of a batch make.
func pivotNames(env *fn.Env, v *vector.Vector) (*vector.Vector, error) {
	return convert(env, v, types.String)
}

type pivotObserver struct {
	use   *Use
	seen  map[string]bool
	names []string
}

// Add notes the values of a batch.
func (o *pivotObserver) Add(in *Rows) error {
	text, err := pivotNames(&fn.Env{}, in.Args[0])
	if err != nil {
		return err
	}
	for i := range in.N {
		if s := text.Str(i); !o.seen[s] {
			o.seen[s] = true
			o.names = append(o.names, s)
		}
	}
	if len(o.names) > maxPivoted {
		return fmt.Errorf("pivot: the column has more than %d values; narrow the rows or write the columns wanted as : (name:type, ...)", maxPivoted)
	}
	return nil
}

// Columns are the columns that stay and one for each value. A value that is
// called like a column that stays gets a number behind it.
func (o *pivotObserver) Columns() ([]Column, error) {
	n := len(o.use.In)
	out := o.use.passed(n-2, n-1)
	taken := map[string]bool{}
	for _, c := range out {
		taken[c.Name] = true
	}
	for _, s := range o.names {
		name := unused(taken, s)
		taken[name] = true
		c := Made(name, o.use.In[n-1].Type)
		c.Key = s
		out = append(out, c)
	}
	return out, nil
}

// pivot turns groups into cells.
func pivot(r *Run, in *Rows) (*Result, error) {
	n := len(r.Use.In)
	text, err := pivotNames(r.Env, in.Cols[n-2])
	if err != nil {
		return nil, err
	}
	made := r.Use.made()
	at := map[string]int{}
	for i, c := range made {
		at[c.Key] = i
	}
	groups := newGroups(in.Cols[:n-2], in.N)
	if err := r.Charge(int64(groups.n) * int64(len(made)) * 24); err != nil {
		return nil, err
	}
	cells := make([][]int32, len(made)) // the input row in each cell, -1 without
	for i := range cells {
		cells[i] = make([]int32, groups.n)
		for g := range cells[i] {
			cells[i][g] = -1
		}
	}
	for i := range in.N {
		s := text.Str(i)
		k, ok := at[s]
		if !ok {
			return nil, fmt.Errorf("pivot: the column %q holds the value %q, which the schema after pivot() does not name", r.Use.In[n-2].Name, s)
		}
		cells[k][groups.of[i]] = int32(i)
	}
	out := &Result{N: int(groups.n), From: groups.first}
	for i, c := range made {
		b := vector.NewBuilder(r.Use.In[n-1].Type, int(groups.n))
		for _, row := range cells[i] {
			if row < 0 {
				b.Append(r.Use.Empty)
			} else {
				b.AppendFrom(in.Cols[n-1], int(row))
			}
		}
		v, err := convert(r.Env, b.Done(), c.Type)
		if err != nil {
			return nil, err
		}
		out.Made = append(out.Made, v)
	}
	return out, nil
}
