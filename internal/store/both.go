package store

import (
	"context"

	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// Both is the rows of one table and then those of another, under the columns
// of both: logs in a store and logs in files.
func Both(a, b scan.Table) scan.Table {
	s, _ := widen(a.Schema(), b.Schema())
	return &both{schema: s, tables: []scan.Table{a, b}}
}

type both struct {
	schema types.Schema
	tables []scan.Table
}

// Schema is the columns of both.
func (t *both) Schema() types.Schema { return t.schema }

// Open reads one table, then the other.
func (t *both) Open(ctx context.Context, req scan.Request) ([]scan.Part, error) {
	var out []scan.Part
	for _, x := range t.tables {
		own := x.Schema()
		in := scan.Request{Limit: req.Limit}
		pick := make([]int, len(req.Columns))
		same := true
		for i, c := range req.Columns {
			k := own.Index(c.Name)
			if k < 0 {
				pick[i], same = -1, false
				continue
			}
			pick[i] = len(in.Columns)
			if own[k].Type != c.Type && len(c.Path) == 0 {
				c.Type, same = own[k].Type, false
			}
			in.Columns = append(in.Columns, c)
		}
		for _, c := range req.Conds {
			if k := own.Index(c.Column.Name); k >= 0 && (own[k].Type == c.Column.Type || len(c.Column.Path) > 0) {
				in.Conds = append(in.Conds, c)
			}
		}
		parts, err := x.Open(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if !same || len(in.Conds) < len(req.Conds) {
				p = &fittedPart{p, req.Columns, pick, len(in.Conds) == len(req.Conds)}
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// fittedPart brings the columns of one table to those of both.
type fittedPart struct {
	scan.Part
	want   []scan.Column
	pick   []int
	tested bool
}

// Exact says whether all conditions were tested: not those on columns that
// the table does not have.
func (p *fittedPart) Exact() bool {
	e, ok := p.Part.(scan.ExactPart)
	return ok && e.Exact() && p.tested
}

// Next gives the next batch.
func (p *fittedPart) Next(ctx context.Context) (*vector.Batch, error) {
	b, err := p.Part.Next(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	out := &vector.Batch{N: b.N}
	for i, c := range p.want {
		t := c.Type
		if len(c.Path) > 0 || t == types.Unknown {
			t = types.Dynamic
		}
		if p.pick[i] < 0 {
			out.Cols = append(out.Cols, vector.Nulls(t, b.N))
			continue
		}
		v := b.Cols[p.pick[i]]
		if v.Type != t {
			v = as(v, t)
		}
		out.Cols = append(out.Cols, v)
	}
	return out, nil
}
