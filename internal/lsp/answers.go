package lsp

import (
	"strings"
	"unicode/utf8"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"goshawk/internal/lang"
	"goshawk/internal/source"
)

// maxItems bounds the completions that are sent; a longer list is marked as
// not complete, and the client asks again when more is typed.
const maxItems = 500

var itemKinds = map[lang.ItemKind]protocol.CompletionItemKind{
	lang.Operator: protocol.CompletionItemKindKeyword, lang.Table: protocol.CompletionItemKindClass,
	lang.Column: protocol.CompletionItemKindField, lang.Function: protocol.CompletionItemKindFunction,
	lang.Aggregate: protocol.CompletionItemKindFunction, lang.Plugin: protocol.CompletionItemKindModule,
	lang.Value: protocol.CompletionItemKindVariable, lang.Word: protocol.CompletionItemKindKeyword,
}

func (s *Server) complete(_ uri.URI, text *source.Text, at int) any {
	items := s.lang.Complete(text, at)
	out := &protocol.CompletionList{Items: []protocol.CompletionItem{}}
	for i, it := range items {
		if i == maxItems {
			out.IsIncomplete = true
			break
		}
		ci := protocol.CompletionItem{
			Label: it.Label, Kind: itemKinds[it.Kind], Detail: it.Detail, SortText: sortText(i),
			TextEdit: &protocol.TextEdit{Range: span(text.Src, it.Replace), NewText: it.Insert},
		}
		if it.Doc != "" {
			ci.Documentation = it.Doc
		}
		out.Items = append(out.Items, ci)
	}
	return out
}

// sortText keeps our order, since clients sort by it.
func sortText(i int) string {
	return string([]byte{byte('a' + i/676%26), byte('a' + i/26%26), byte('a' + i%26)})
}

func (s *Server) hover(_ uri.URI, text *source.Text, at int) any {
	h, ok := s.lang.Hover(text, at)
	if !ok {
		return nil
	}
	r := span(text.Src, h.At)
	return &protocol.Hover{Contents: protocol.MarkupContent{Kind: protocol.Markdown, Value: h.Markdown}, Range: &r}
}

func (s *Server) signature(_ uri.URI, text *source.Text, at int) any {
	sigs := s.lang.Signatures(text, at)
	if len(sigs) == 0 {
		return nil
	}
	out := &protocol.SignatureHelp{ActiveParameter: uint32(sigs[0].Active)}
	for _, x := range sigs {
		info := protocol.SignatureInformation{Label: x.Label, ActiveParameter: uint32(x.Active)}
		if x.Doc != "" {
			info.Documentation = x.Doc
		}
		for _, p := range x.Params {
			info.Parameters = append(info.Parameters, protocol.ParameterInformation{Label: p})
		}
		out.Signatures = append(out.Signatures, info)
	}
	return out
}

func (s *Server) definition(u uri.URI, text *source.Text, at int) any {
	sp, ok := s.lang.Definition(text, at)
	if !ok {
		return nil
	}
	return []protocol.Location{{URI: u, Range: span(text.Src, sp)}}
}

// format is one edit of the whole text; nothing for a text with syntax errors
// or in a YAML file.
func (s *Server) format(u uri.URI) any {
	d := s.document(u)
	if d == nil || d.yaml {
		return nil
	}
	out, ok := s.lang.Format(d.text)
	if !ok || out == d.text.Src {
		return []protocol.TextEdit{}
	}
	return []protocol.TextEdit{{Range: span(d.text.Src, source.Span{End: len(d.text.Src)}), NewText: out}}
}

var severities = map[source.Severity]protocol.DiagnosticSeverity{
	source.Error: protocol.DiagnosticSeverityError, source.Warning: protocol.DiagnosticSeverityWarning,
	source.Hint: protocol.DiagnosticSeverityHint,
}

// diagnostic places a diagnostic in the open text src, of which its own text
// may be a part.
func diagnostic(src string, d source.Diagnostic) protocol.Diagnostic {
	msg := d.Message
	if d.Hint != "" {
		msg += "\n" + d.Hint
	}
	out := protocol.Diagnostic{Severity: severities[d.Severity], Code: d.Code, Source: "goshawk", Message: msg}
	if d.Text != nil {
		out.Range = protocol.Range{Start: place(src, d.Text.Position(d.Span.Start)), End: place(src, d.Text.Position(d.Span.End))}
	}
	return out
}

// place turns a line and column in code points into the protocol's.
func place(src string, p source.Position) protocol.Position {
	line := src
	for i := 1; i < p.Line; i++ {
		j := strings.IndexByte(line, '\n')
		if j < 0 {
			break
		}
		line = line[j+1:]
	}
	col, units := 1, 0
	for _, r := range line {
		if col >= p.Col || r == '\n' {
			break
		}
		units += width(r)
		col++
	}
	return protocol.Position{Line: uint32(p.Line - 1), Character: uint32(units)}
}

// offset is the byte offset of a place, which counts UTF-16 units; a place
// outside of the text is its nearest end.
func offset(src string, p protocol.Position) int {
	at := 0
	for i := uint32(0); i < p.Line; i++ {
		j := strings.IndexByte(src[at:], '\n')
		if j < 0 {
			return len(src)
		}
		at += j + 1
	}
	for units := 0; at < len(src) && src[at] != '\n' && units < int(p.Character); {
		r, n := utf8.DecodeRuneInString(src[at:])
		units += width(r)
		at += n
	}
	return at
}

// span is a range of bytes as the protocol counts.
func span(src string, sp source.Span) protocol.Range {
	return protocol.Range{Start: position(src, sp.Start), End: position(src, sp.End)}
}

func position(src string, at int) protocol.Position {
	before := src[:min(max(at, 0), len(src))]
	p := protocol.Position{Line: uint32(strings.Count(before, "\n"))}
	for _, r := range before[strings.LastIndexByte(before, '\n')+1:] {
		p.Character += uint32(width(r))
	}
	return p
}

// width is how many UTF-16 units a character takes.
func width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}
