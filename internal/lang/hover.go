package lang

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/bind"
	"goshawk/internal/fn"
	"goshawk/internal/manual"
	"goshawk/internal/parser"
	"goshawk/internal/plugin"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

type bindNamed = bind.Named

// maxColumns bounds the columns that hovering over a table lists.
const maxColumns = 40

// Hover is what is known about the name at a place, as Markdown.
type Hover struct {
	Markdown string
	At       source.Span
}

// Hover tells about the name at an offset: the type of a column, the columns
// of a table, the page of a function or an operator.
func (s *Service) Hover(text *source.Text, offset int) (Hover, bool) {
	if len(text.Src) > maxText {
		return Hover{}, false
	}
	for _, r := range s.refs(text) {
		if r.At.Start <= offset && offset < r.At.End {
			return Hover{describe(r), r.At}, true
		}
	}
	toks := parser.Tokens(text)
	for i, t := range toks {
		if offset < t.Span.Start || offset >= t.Span.End {
			continue
		}
		w := text.Src[t.Span.Start:t.Span.End]
		called := i+1 < len(toks) && text.Src[toks[i+1].Span.Start:toks[i+1].Span.End] == "("
		if md := about(w, called, lookAt(text, t.Span.Start)); md != "" {
			return Hover{md, t.Span}, true
		}
	}
	return Hover{}, false
}

// describe tells about a name that the binder knows.
func describe(r bind.Ref) string {
	switch r.Kind {
	case "table":
		return tableText(r.Name, r.Columns)
	case "function":
		return "```kql\n" + r.Name + paramText(r.Params) + "\n```"
	}
	return fmt.Sprintf("%s `%s`: %s", r.Kind, r.Name, r.Type)
}

func tableText(name string, cols types.Schema) string {
	var b strings.Builder
	fmt.Fprintf(&b, "table `%s`, %s\n\n| column | type |\n|:--|:--|\n", name, plural(len(cols), "column"))
	for i, c := range cols {
		if i == maxColumns {
			fmt.Fprintf(&b, "\nand %d more", len(cols)-i)
			break
		}
		fmt.Fprintf(&b, "| %s | %s |\n", c.Name, c.Type)
	}
	return b.String()
}

// about is the page of a function or operator.
func about(w string, called bool, c context) string {
	if called {
		kinds := []ItemKind{Function, Aggregate, Plugin}
		if aggregating(c) {
			kinds = []ItemKind{Aggregate, Function, Plugin}
		}
		if c.operator == "evaluate" {
			kinds = []ItemKind{Plugin, Function}
		}
		for _, k := range kinds {
			if e := entry(w, k); e != nil {
				return functionText(e, k)
			}
		}
		return ""
	}
	if operatorNames[w] || headOperators[w] {
		return operatorPage(w)
	}
	return ""
}

func entry(name string, k ItemKind) *fn.Entry {
	switch k {
	case Aggregate:
		return fn.Find(fn.Aggregates, name)
	case Plugin:
		return fn.Find(fn.Plugins, name)
	}
	return fn.Find(fn.Functions, name)
}

func functionText(e *fn.Entry, k ItemKind) string {
	var b strings.Builder
	b.WriteString("```kql\n")
	for _, s := range e.Sigs {
		if !s.Hidden {
			b.WriteString(signatureText(e.Name, s).Label + "\n")
		}
	}
	b.WriteString("```\n")
	if e.Obsolete && e.Alternative != "" {
		fmt.Fprintf(&b, "\nAn old name: write `%s`.\n", e.Alternative)
	}
	if p := page(e.Name, k); p != "" {
		b.WriteString("\n" + p)
	}
	return b.String()
}

// page is the golden page of a function, "" without one.
func page(name string, k ItemKind) string {
	if k == Plugin {
		return plugin.Page(name)
	}
	return fn.Page(name, k == Aggregate)
}

func operatorPage(w string) string {
	name := map[string]string{"limit": "take", "order": "sort", "filter": "where"}[w]
	if name == "" {
		name = w
	}
	raw, err := manual.Operators.ReadFile("operators/" + strings.ReplaceAll(name, "-", "_") + ".md")
	if err != nil {
		return ""
	}
	return string(raw)
}

func operatorDoc(w string) string { return firstSentence(operatorPage(w)) }

// firstSentence is the first paragraph of a page after its title.
func firstSentence(page string) string {
	for _, par := range strings.Split(page, "\n\n") {
		par = strings.TrimSpace(par)
		if par == "" || strings.HasPrefix(par, "#") || strings.HasPrefix(par, "```") {
			continue
		}
		return strings.ReplaceAll(par, "\n", " ")
	}
	return ""
}

// Signature is a function's parameters, for the call around a cursor.
type Signature struct {
	Label string
	// Params are the texts of the parameters as they stand in Label.
	Params []string
	// Active is the parameter that the cursor is in.
	Active int
	Doc    string
}

// Signatures are the ways to call the function whose arguments an offset is
// in; nil outside of calls.
func (s *Service) Signatures(text *source.Text, offset int) []Signature {
	if len(text.Src) > maxText {
		return nil
	}
	c := lookAt(text, offset)
	if c.quiet && !strings.HasPrefix(c.prev, `"`) || c.call == "" {
		return nil
	}
	probe := source.New(text.Name, text.Src[:c.word.Start]+placeholder+text.Src[offset:])
	for _, n := range s.scopeAt(probe, c.word.Start+1).Names {
		if n.Name == c.call && n.Kind == "function" {
			return []Signature{{Label: n.Name + paramText(n.Params), Params: paramTexts(n.Params), Active: c.arg}}
		}
	}
	kinds := []ItemKind{Function, Aggregate, Plugin}
	if aggregating(c) {
		kinds[0], kinds[1] = Aggregate, Function
	}
	for _, k := range kinds {
		e := entry(c.call, k)
		if e == nil {
			continue
		}
		var out []Signature
		for _, sig := range e.Sigs {
			if sig.Hidden || c.arg >= max(sig.MaxArgs, 1) {
				continue
			}
			t := signatureText(e.Name, sig)
			t.Active, t.Doc = min(c.arg, max(len(t.Params)-1, 0)), firstSentence(page(e.Name, k))
			out = append(out, t)
		}
		return out
	}
	return nil
}

// signatureText is one way to call a function, as people read it.
func signatureText(name string, s fn.Sig) Signature {
	var ps []string
	for _, p := range s.Params {
		kind := strings.ToLower(p.Kind)
		if len(p.Types) > 0 {
			var ts []string
			for _, t := range p.Types {
				ts = append(ts, t.String())
			}
			kind = strings.Join(ts, "|")
		}
		text := p.Name + ": " + kind
		if p.Max > 1 {
			text += ", …"
		}
		if p.Min == 0 {
			text = "[" + text + "]"
		}
		ps = append(ps, text)
	}
	return Signature{Label: name + "(" + strings.Join(ps, ", ") + ")", Params: ps}
}

func paramTexts(ps []*ast.FuncParam) []string {
	var out []string
	for _, p := range ps {
		t := p.Name.Text
		if p.Type != nil {
			t += ": " + p.Type.Text
		}
		out = append(out, t)
	}
	return out
}

func paramText(ps []*ast.FuncParam) string { return "(" + strings.Join(paramTexts(ps), ", ") + ")" }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
