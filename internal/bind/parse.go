package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// parse binds `parse` and `parse-where`.
func (b *binder) parse(in plan.Rel, st *state, x ast.Expr, params []*ast.Param, pattern []*ast.ParsePart, where bool) plan.Rel {
	s := b.rowScope(in, st)
	p := &plan.Parse{Input: in, Expr: b.scalar(s, x), Kind: "simple", Where: where}
	p.Expr = b.cast(p.Expr, types.String)
	for _, a := range params {
		switch w := wordOf(a); a.Name.Text {
		case "kind":
			p.Kind = plan.ParseKind(w)
		case "flags":
			p.Flags = w
		}
	}
	l := extending(b, in.Cols())
	last := false
	for _, part := range pattern {
		switch {
		case part.Star:
			p.Parts = append(p.Parts, plan.ParsePart{Star: true})
			last = false
		case part.Column != nil:
			t := types.String
			if part.Type != nil {
				k, ok := types.Parse(part.Type.Text)
				if !ok {
					b.errorf(codeType, part.Type.Span(), "there is no type %q", part.Type.Text)
				}
				t = k
			}
			if last {
				b.errorf(codeArgument, part.Column.Span(), "there must be text between two columns of a parse pattern")
			}
			last = true
			name := part.Column.Text
			if l.fixed[name] {
				b.errorf(codeDuplicate, part.Column.Span(), "a column called %q is there already", name)
				continue
			}
			p.Parts = append(p.Parts, plan.ParsePart{Col: l.put(name, null(t))})
		case part.Text != nil:
			last = false
			d, ok := b.constant(&scope{env: st.env}, part.Text)
			if !ok {
				continue
			}
			str, ok := d.V.(string)
			if !ok {
				b.errorf(codeType, part.Text.Span(), "the text of a pattern is a string, not a %s", d.T)
				continue
			}
			p.Parts = append(p.Parts, plan.ParsePart{Text: str})
		}
	}
	p.Columns = l.cols()
	return p
}

// parseKv binds `parse-kv`.
func (b *binder) parseKv(in plan.Rel, st *state, op *ast.ParseKv) plan.Rel {
	x := b.scalar(b.rowScope(in, st), op.X)
	x = b.cast(x, types.String)
	l := extending(b, in.Cols())
	p := &plan.Parse{Input: in, Expr: x, Pairs: b.pairs(st, op)}
	for _, c := range b.schema(op.Keys) {
		p.Parts = append(p.Parts, plan.ParsePart{Col: l.put(c.Name, null(c.Type))})
	}
	p.Columns = l.cols()
	return p
}

// pairs reads the properties of parse-kv.
func (b *binder) pairs(st *state, op *ast.ParseKv) *plan.Pairs {
	out := &plan.Pairs{}
	var pair, key, regex *ast.Param
	for _, a := range op.With {
		if a.Name == nil {
			continue
		}
		d, ok := b.constant(&scope{env: st.env}, a.Value)
		if !ok {
			continue
		}
		text, _ := d.V.(string)
		if _, literal := a.Value.(*ast.String); !literal && a.Name.Text != "greedy" {
			b.errorf(codeParameter, a.Value.Span(), "the property %q of parse-kv is a text in quotes", a.Name.Text)
			continue
		}
		switch a.Name.Text {
		case "pair_delimiter":
			pair, out.Pair = a, text
		case "kv_delimiter":
			key, out.Key = a, text
		case "regex":
			regex, out.Regex = a, text
		case "escape":
			if text != "" {
				out.Escapes = append(out.Escapes, text)
			}
		case "greedy":
			out.Greedy, _ = d.V.(bool)
		case "quote":
			switch r := []rune(text); len(r) {
			case 1:
				out.Quotes = append(out.Quotes, plan.Quote{Open: text, Close: text})
			case 2:
				out.Quotes = append(out.Quotes, plan.Quote{Open: string(r[0]), Close: string(r[1])})
			default:
				b.errorf(codeParameter, a.Span(), "quote is one character, or an opening and a closing one")
			}
		default:
			b.errorf(codeParameter, a.Span(), "parse-kv has no property %q", a.Name.Text)
		}
	}
	switch {
	case regex != nil && (pair != nil || key != nil):
		b.strict(codeParameter, regex.Span(), "parse-kv takes delimiters or a regular expression, not both")
	case pair != nil && key == nil:
		b.strict(codeParameter, pair.Span(), "parse-kv with pair_delimiter needs kv_delimiter too")
	case key != nil && pair == nil:
		b.strict(codeParameter, key.Span(), "parse-kv with kv_delimiter needs pair_delimiter too")
	case pair != nil && (out.Pair == "" || out.Key == ""):
		b.strict(codeParameter, pair.Span(), "a delimiter of parse-kv cannot be empty")
	}
	return out
}

// schema reads the typed columns of a schema as written.
func (b *binder) schema(s *ast.Schema) []*plan.Col {
	var out []*plan.Col
	if s == nil {
		return nil
	}
	for _, c := range s.Columns {
		if c.Name == nil {
			continue
		}
		t := types.Unknown
		if c.Type != nil {
			k, ok := types.Parse(c.Type.Text)
			if !ok {
				b.errorf(codeType, c.Type.Span(), "there is no type %q", c.Type.Text)
			}
			t = k
		}
		if findCol(out, c.Name.Text) != nil {
			b.errorf(codeDuplicate, c.Name.Span(), "a column called %q is there already", c.Name.Text)
			continue
		}
		out = append(out, newCol(c.Name.Text, t))
	}
	return out
}
