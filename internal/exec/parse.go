package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// The kinds of parse.
const (
	parseSimple  plan.ParseKind = "simple"
	parseRegex   plan.ParseKind = "regex"
	parseRelaxed plan.ParseKind = "relaxed"
)

// matcher takes the columns of a pattern out of a text. It fills out, one
// text a column, and says whether the text matches. It is used by several
// goroutines at once.
type matcher func(s string, out []string) bool

// buildParse extracts columns from text.
func (b *builder) buildParse(r *plan.Parse) (Operator, error) {
	cols := r.Input.Cols()
	e, err := b.compile(cols, r.Expr)
	if err != nil {
		return nil, err
	}
	asText, err := b.converter(r.Expr.Type(), types.String)
	if err != nil {
		return nil, err
	}
	p := &parse{eval: e, asText: asText, where: r.Where}
	switch {
	case r.Pairs != nil:
		if p.match, err = pairsMatcher(r.Parts, r.Pairs); err != nil {
			return nil, err
		}
		p.relaxed = true
	case r.Kind == "" || r.Kind == parseSimple || r.Kind == parseRelaxed:
		p.match = textMatcher(r.Parts)
		p.relaxed = r.Kind == parseRelaxed
	case r.Kind == parseRegex:
		if p.match, err = regexMatcher(r.Parts, r.Flags); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("parse kind=%s is not supported; use simple, regex or relaxed", r.Kind)
	}
	var found []*plan.Col
	for _, part := range r.Parts {
		if part.Col == nil {
			continue
		}
		found = append(found, part.Col)
		conv, err := b.converter(types.String, part.Col.Type)
		if err != nil {
			return nil, err
		}
		p.items = append(p.items, parseItem{typ: part.Col.Type, convert: conv})
	}
	for _, c := range r.Columns {
		from := mvColumn{item: columnIndex(found, c), input: -1}
		if from.item < 0 {
			if from.input = columnIndex(cols, c); from.input < 0 {
				return nil, fmt.Errorf("bug: parse has no column %q", c.Name)
			}
		}
		p.from = append(p.from, from)
	}
	name := "parse"
	switch {
	case r.Pairs != nil:
		name = "parse-kv"
	case r.Where:
		name = "parse-where"
	}
	return b.addStep(r.Input, name, p.step)
}

type parseItem struct {
	typ     types.Type
	convert func(*vector.Vector) (*vector.Vector, error)
}

type parse struct {
	eval    evaluator
	asText  func(*vector.Vector) (*vector.Vector, error)
	match   matcher
	items   []parseItem
	from    []mvColumn
	relaxed bool
	where   bool
}

// step parses a batch. A dictionary is parsed once per entry.
func (p *parse) step(ctx context.Context, in *vector.Batch) (*vector.Batch, error) {
	v, err := p.eval.Eval(ctx, in)
	if err != nil {
		return nil, err
	}
	if v, err = p.asText(v); err != nil {
		return nil, err
	}
	texts, codes := v, []int32(nil)
	switch {
	case v.Form == vector.Dict && v.Values.N <= in.N:
		texts, codes = v.Values, v.Codes
	case v.Form == vector.Const:
		texts, codes = v.Slice(0, min(1, in.N)), make([]int32, in.N)
	}
	found, ok, err := p.columns(texts)
	if err != nil {
		return nil, err
	}
	if codes != nil {
		for i, c := range found {
			found[i] = vector.NewDict(c.Flatten(), codes)
		}
	}
	out := &vector.Batch{N: in.N, Cols: make([]*vector.Vector, len(p.from))}
	for i, from := range p.from {
		if from.item >= 0 {
			out.Cols[i] = found[from.item]
		} else {
			out.Cols[i] = in.Cols[from.input]
		}
	}
	if !p.where {
		return out, nil
	}
	var rows []int32
	for i := 0; i < in.N; i++ {
		at := i
		if codes != nil {
			at = int(codes[i])
		}
		if ok.Get(at) {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) == in.N {
		return out, nil
	}
	return out.Gather(rows), nil
}

// columns parses the texts into one vector a column and says which matched.
func (p *parse) columns(texts *vector.Vector) ([]*vector.Vector, vector.Bitmap, error) {
	n := texts.N
	ok := vector.NewBitmap(n)
	raw := make([][]string, len(p.items))
	for k := range raw {
		raw[k] = make([]string, n)
	}
	row := make([]string, len(p.items))
	for i := 0; i < n; i++ {
		if !p.match(texts.Str(i), row) {
			continue
		}
		ok.Set(i)
		for k := range row {
			raw[k][i] = row[k]
		}
	}
	out := make([]*vector.Vector, len(p.items))
	for k, item := range p.items {
		v, err := item.convert(vector.Of(types.String, raw[k], nil))
		if err != nil {
			return nil, nil, err
		}
		out[k] = v
		if p.relaxed || item.typ == types.String || item.typ == types.Dynamic {
			continue
		}
		for i := 0; i < n; i++ { // strict: a column that does not convert is no match
			if ok.Get(i) && v.IsNull(i) {
				ok.Clear(i)
			}
		}
	}
	for k := range out {
		out[k] = keepOnly(out[k], ok)
	}
	return out, ok, nil
}

// keepOnly makes the entries outside ok null, or empty for strings.
func keepOnly(v *vector.Vector, ok vector.Bitmap) *vector.Vector {
	if ok.Count() == v.N {
		return v
	}
	b := vector.NewBuilder(v.Type, v.N)
	for i := 0; i < v.N; i++ {
		if ok.Get(i) {
			b.AppendFrom(v, i)
		} else {
			b.AppendNull()
		}
	}
	return b.Done()
}
