package kqltest

import (
	"fmt"
	"strings"
)

// reproduction tells of two ways that disagree, with as few rows of data as
// still show it.
func reproduction(c *Case, dir string, v variant) string {
	small := *c
	small.Data = append([]*Table(nil), c.Data...)
	for i := range small.Data {
		for row := 0; row < len(small.Data[i].Rows); {
			before := small.Data[i]
			small.Data[i] = without(before, row)
			if a, b := both(&small, dir, v); a == b {
				small.Data[i] = before
				row++
			}
		}
	}
	a, b := both(&small, dir, v)
	var lets strings.Builder
	for _, t := range small.Data {
		fmt.Fprintf(&lets, "let %s = %s;\n", t.Name, t.Datatable())
	}
	return fmt.Sprintf("two ways to run one query disagree:\n%s%s\n%s:\n%s\n%s:\n%s", lets.String(), c.Query, variants()[0], a, v, b)
}

// both is the outcome of c in the plainest way and in v.
func both(c *Case, dir string, v variant) (string, string) {
	w, err := load(c, dir)
	if err != nil {
		return err.Error(), err.Error()
	}
	return compute(c, w, variants()[0]).text(v.reprint), compute(c, w, v).text(v.reprint)
}

func without(t *Table, row int) *Table {
	out := *t
	out.Rows = append(append([][]string(nil), t.Rows[:row]...), t.Rows[row+1:]...)
	return &out
}
