package bind

import (
	"fmt"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

// unresolved are the errors that isfuzzy=true forgives: the source, or a
// function that it calls, needs a table or function that is not there.
var unresolved = map[string]bool{codeUnknownTable: true, codeUnknownFunction: true, codeNoBody: true}

// leg binds one source of a union. In a fuzzy union, one that cannot be
// resolved is left out with a warning; ok is false then. ASIM parsers rely on
// it: they unite parsers for products that few workspaces have all of.
func (b *binder) leg(en *env, e ast.Expr, fuzzy bool) (rel plan.Rel, st *state, ok bool) {
	if !fuzzy {
		rel, st = b.pipeline(en, e)
		return rel, st, true
	}
	kept, tables := b.diags, len(b.tableList)
	b.diags = nil
	rel, st = b.pipeline(en, e)
	inner := b.diags
	b.diags = kept
	first := firstError(inner)
	if first == nil || !unresolved[first.Code] {
		b.diags = append(b.diags, inner...)
		return rel, st, true
	}
	for _, t := range b.tableList[tables:] {
		delete(b.tables, t)
	}
	b.tableList = b.tableList[:tables]
	b.report(source.Diagnostic{
		Severity: source.Warning, Code: codeLeftOut, Span: first.Span, Message: fmt.Sprintf("this source of the union is left out: %s", first.Message), Hint: first.Hint,
	})
	return rel, st, false
}

func firstError(ds source.Diagnostics) *source.Diagnostic {
	for i := range ds {
		if ds[i].Severity == source.Error {
			return &ds[i]
		}
	}
	return nil
}
