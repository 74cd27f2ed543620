package bind

import (
	"fmt"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// The options of set that change an answer and are done here; others that
// change it are refused, and the rest are about the service and its limits.
const (
	optionNow     = "query_now"
	optionMaxRows = "query_take_max_records"
	optionBinSize = "query_bin_auto_size"
	optionBinAt   = "query_bin_auto_at"
)

// refusedOptions change the answer in ways that are not built here.
var refusedOptions = map[string]bool{
	"query_datetimescope_column": true, "query_datetimescope_from": true, "query_datetimescope_to": true,
}

// options reads the set statements before anything is bound: they hold for
// the whole query.
func (b *binder) options(q *ast.Query) {
	for _, st := range q.Stmts {
		n, ok := st.(*ast.Set)
		if !ok {
			continue
		}
		name := strings.ToLower(n.Name.Text)
		value := b.optionValue(n)
		switch {
		case name == optionNow:
			ticks, ok := value.V.(int64)
			if value.T != types.Datetime || !ok {
				b.errorf(codeConstant, n.Span(), "%s needs a datetime, e.g. datetime(2026-03-01)", optionNow)
				continue
			}
			b.o.Now, b.env.Now = ticks, ticks
		case name == optionMaxRows:
			rows, ok := value.V.(int64)
			if !ok || rows < 0 {
				b.errorf(codeConstant, n.Span(), "%s needs a number of rows", optionMaxRows)
				continue
			}
			b.maxRows = longConst(rows)
		case name == optionBinSize:
			b.binSize = n.Value
		case name == optionBinAt:
			b.binAt = n.Value
		case refusedOptions[name], name == "query_language" && value.V != "kql" && value.V != "csl":
			b.refuse(codeUnsupported, n.Span(), "the option %s is not supported", n.Name.Text)
		default:
			b.hint(codeOption, n.Span(), "the option %s is about the service and changes nothing here", n.Name.Text)
		}
	}
}

// optionValue is the value of an option; a word stands for itself.
func (b *binder) optionValue(n *ast.Set) vector.Datum {
	switch v := n.Value.(type) {
	case nil:
		return vector.Datum{T: types.Bool, V: true}
	case *ast.Name:
		return vector.Datum{T: types.String, V: v.Text}
	}
	d, _ := b.quietConst(&scope{env: newEnv(nil)}, n.Value)
	return d
}

// binAuto binds bin_auto(): bin() or bin_at() with what the options say.
// https://learn.microsoft.com/kusto/query/bin-auto-function
func binAuto(b *binder, s *scope, c *ast.Call) plan.Expr {
	if len(c.Args) != 1 {
		b.arityError(c.Name.Text, c.Span(), c.Args, 1, 1)
		return badExpr
	}
	if b.binSize == nil {
		if x := b.scalar(s, c.Args[0]); b.o.CheckOnly {
			return typedOnly{x.Type()}
		}
		b.errorf(codeConstant, c.Span(), "bin_auto() needs `set %s = ...` before the query", optionBinSize)
		return badExpr
	}
	call := &ast.Call{Pos: c.Pos, Name: &ast.Name{Pos: c.Name.Pos, Text: "bin"}, Args: []ast.Expr{c.Args[0], b.binSize}}
	if b.binAt != nil {
		call.Name.Text, call.Args = "bin_at", append(call.Args, b.binAt)
	}
	return b.call(s, call)
}

// limited is a result with no more rows than an option allows.
func (b *binder) limited(rel plan.Rel) plan.Rel {
	if b.maxRows == nil {
		return rel
	}
	return &plan.Take{Input: rel, Count: b.maxRows}
}

// placeholder is what a rule's text has {{name}} for, which Sentinel fills
// before it sends the query: a time of the range that was chosen, or a
// parameter.
func (b *binder) placeholder(name string) (string, bool) {
	if text, ok := b.o.Params[name]; ok {
		return text, true
	}
	at := b.o.Now
	switch name {
	case "StartTimeISO":
		at = b.o.Start
	case "EndTimeISO":
		if b.o.End != 0 {
			at = b.o.End
		}
	default:
		return "", false
	}
	return types.ToTime(at).Format("2006-01-02T15:04:05.0000000Z"), true
}

// filled is a string of the query with its placeholders filled. One that
// nothing fills stays, with a warning.
func (b *binder) filled(n *ast.String) string {
	text := n.Value
	if !strings.Contains(text, "{{") {
		return text
	}
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		name, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(before)
		key := strings.TrimSpace(name)
		value, found := b.placeholder(key)
		switch {
		case found:
			out.WriteString(value)
		default:
			out.WriteString("{{" + name + "}}")
			if isWord(key) {
				b.unfilled(n, key)
			}
		}
		text = after
	}
}

// isWord says whether a text can be the name of a placeholder; other braces
// are just text.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}

// unfilled warns of a placeholder that nothing fills.
func (b *binder) unfilled(n *ast.String, name string) {
	b.report(source.Diagnostic{
		Severity: source.Warning, Code: codePlaceholder, Span: n.Span(), Message: fmt.Sprintf("nothing fills the placeholder {{%s}}", name),
		Hint: fmt.Sprintf("give its text with --param %s=VALUE", name),
	})
}
