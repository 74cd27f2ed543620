package stored

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/parser"
	"goshawk/internal/rule"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// parse reads the functions of a file's bytes.
func parse(path string, data []byte) ([]*Function, source.Diagnostics) {
	rules, ds := rule.Parse(path, data)
	switch ending(path) {
	case ".yaml", ".yml", ".json":
		var out []*Function
		for _, r := range rules {
			if identifier.MatchString(r.Function) && r.Text != nil && strings.TrimSpace(r.Query) != "" {
				fs, more := keyed(r)
				out, ds = append(out, fs...), append(ds, more...)
			}
		}
		return out, ds
	}
	if len(rules) != 1 || rules[0].Text == nil {
		return nil, ds
	}
	text := rules[0].Text
	if parser.IsCommand(text) {
		return commands(path, text)
	}
	return plain(path, text)
}

// keyed makes a function of a file with keys. An ASIM parser also stands for
// the built-in function that it names.
func keyed(r *rule.Rule) ([]*Function, source.Diagnostics) {
	f := &Function{Name: r.Function, Path: r.Path, rank: byKey}
	var ds source.Diagnostics
	decl := r.ParamText
	if decl == "" {
		decl = declaration(r.Params)
	}
	params, wrong := parser.ParseParams(source.New(r.Path, "("+decl+")"))
	if wrong.HasErrors() {
		ds = append(ds, source.Diagnostic{
			Severity: source.Error, Code: codeParam, Text: r.Text,
			Message: fmt.Sprintf("the parameters of %s cannot be read: %s: %s", r.Function, decl, wrong[0].Message),
		})
		f.Problem = ds[0].Message
	}
	f.Params = params
	ds = append(ds, f.body(r.Text)...)
	out := []*Function{f}
	also := func(name string, r rank) {
		if name == "" || name == f.Name {
			return
		}
		g := *f
		g.Name, g.rank = name, r
		out = append(out, &g)
	}
	also(r.AlsoFunction, byRemark)
	also(builtIn(f.Name), byFile)
	return out, ds
}

// Check checks the function in a rule's file with its own parameters; check is
// given the parameters as KQL declares them, and the body.
func Check(r *rule.Rule, check func(params string, body *source.Text) source.Diagnostics) source.Diagnostics {
	decl := r.ParamText
	if decl == "" {
		decl = declaration(r.Params)
	}
	return check(decl, r.Text)
}

// asimSchemas are the schemas of ASIM as the names of parsers write them.
var asimSchemas = []string{
	"AgentEvent", "AlertEvent", "AssetEntity", "AuditEvent", "Authentication", "DhcpEvent", "Dns", "FileEvent", "NetworkSession",
	"ProcessEvent", "RegistryEvent", "UserManagement", "WebSession",
}

// builtIn is the name under which ASIM has a parser or library function built
// in that a workspace deploys under name, "" for other functions: imDns is
// _Im_Dns there, vimDnsZeek is _Im_Dns_Zeek, ASimDns is _ASim_Dns.
func builtIn(name string) string {
	if strings.HasPrefix(name, "ASIM_") {
		return "_" + name
	}
	for _, kind := range [][2]string{{"ASim", "_ASim_"}, {"vim", "_Im_"}, {"im", "_Im_"}} {
		rest, ok := strings.CutPrefix(name, kind[0])
		if !ok {
			continue
		}
		for _, schema := range asimSchemas {
			product, ok := strings.CutPrefix(rest, schema)
			switch {
			case ok && product == "" && kind[0] != "vim":
				return kind[1] + schema
			case ok && product != "" && kind[0] != "im":
				return kind[1] + schema + "_" + product
			}
		}
	}
	return ""
}

// body parses the body of a function.
func (f *Function) body(text *source.Text) source.Diagnostics {
	var ds source.Diagnostics
	f.Text = text
	f.Body, ds = parser.ParseBody(text)
	f.note(ds)
	return ds
}

// note keeps the first error as the function's problem.
func (f *Function) note(ds source.Diagnostics) {
	for _, d := range ds {
		if d.Severity == source.Error && f.Problem == "" {
			at := f.Text.Position(d.Span.Start)
			f.Problem = fmt.Sprintf("%s:%d:%d: %s", f.Path, at.Line, at.Col, d.Message)
		}
	}
}

// declaration writes parameters as KQL declares them.
func declaration(params []rule.Param) string {
	var ps []string
	for _, p := range params {
		text := p.Name
		switch {
		case strings.Contains(p.Name, ":"): // T:(TimeGenerated:datetime), with the type "table"
		case strings.EqualFold(p.Type, "table"), strings.EqualFold(p.Type, "tabular"):
			text += ":(*)"
		case strings.HasPrefix(p.Type, "table:"), strings.HasPrefix(p.Type, "table("):
			text += ":" + strings.TrimPrefix(strings.TrimPrefix(p.Type, "table"), ":")
		default:
			text += ":" + p.Type
			if p.Optional {
				text += "=" + literal(p.Type, p.Default)
			}
		}
		ps = append(ps, text)
	}
	return strings.Join(ps, ", ")
}

// literal writes a default as KQL does: published files write the text of a
// string bare, and truth values as YAML does.
func literal(typ, text string) string {
	t, _ := types.Parse(strings.ToLower(typ))
	quoted := strings.HasPrefix(text, `"`) || strings.HasPrefix(text, `'`) || strings.HasPrefix(text, "@") || strings.HasPrefix(text, "h\"")
	switch {
	case t == types.String && !quoted:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	case t == types.Bool:
		return strings.ToLower(text)
	case text == "" && t != types.Unknown:
		return t.String() + "(null)"
	}
	return text
}

// commands reads a file of management commands.
func commands(path string, text *source.Text) ([]*Function, source.Diagnostics) {
	found, ds := parser.ParseCommands(text)
	var out []*Function
	for _, c := range found {
		f := &Function{Name: c.Name.Text, Params: c.Params, Body: c.Body, Text: text, Path: path, rank: byKey}
		if f.Name == "" {
			continue
		}
		if c.Broken {
			var own source.Diagnostics
			for _, d := range ds {
				if d.Span.Start >= c.Name.Span().Start {
					own = append(own, d)
				}
			}
			f.note(own)
		}
		out = append(out, f)
	}
	return out, ds
}

// plain reads a file that is one query, or only let statements that make
// functions.
func plain(path string, text *source.Text) ([]*Function, source.Diagnostics) {
	if e := ending(path); (e == "" || e == ".txt") && !looksLikeKQL(text.Src) {
		return nil, nil
	}
	f := &Function{Path: path}
	ds := f.body(text)
	if f.Body != nil && f.Body.Result == nil && !ds.HasErrors() {
		return lets(f), ds
	}
	return named(f), ds
}

// looksLikeKQL sorts out text files that are prose.
func looksLikeKQL(src string) bool {
	for line := range strings.Lines(src) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "|") || strings.HasPrefix(line, "let ") {
			return true
		}
	}
	return false
}

// lets makes a function of each let statement that names one; it sees the
// statements before it.
func lets(all *Function) []*Function {
	var out []*Function
	for i, s := range all.Body.Stmts {
		l, ok := s.(*ast.Let)
		if !ok || l.Name == nil {
			continue
		}
		fn, ok := l.Value.(*ast.Function)
		if !ok {
			continue
		}
		call := &ast.Call{Pos: l.Name.Pos, Name: l.Name}
		for _, p := range fn.Params {
			call.Args = append(call.Args, p.Name)
		}
		out = append(out, &Function{
			Name: l.Name.Text, Params: fn.Params, Text: all.Text, Path: all.Path, rank: byKey,
			Body: &ast.Body{Pos: all.Body.Pos, Stmts: all.Body.Stmts[:i+1], Result: call},
		})
	}
	return out
}
