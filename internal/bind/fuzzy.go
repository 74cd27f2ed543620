package bind

import (
	"fmt"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

// unresolved are the errors that isfuzzy=true forgives: the source, or a
// function that it calls, needs a table or function that is not there.
var unresolved = map[string]bool{codeUnknownTable: true, codeUnknownFunction: true, codeNoBody: true, codeNoPlace: true}

// leg binds one source of a union. In a fuzzy union, one that cannot be
// resolved is left out with a warning; ok is false then. ASIM parsers rely on
// it: they unite parsers for products that few workspaces have all of. A
// source with another error is left out too when it only reads tables without
// data here, whose columns differ from one workspace to the next.
func (b *binder) leg(en *env, e ast.Expr, fuzzy bool) (rel plan.Rel, st *state, ok bool) {
	if !fuzzy {
		rel, st = b.pipeline(en, e)
		return rel, st, true
	}
	kept, tables, list := b.diags, b.tables, b.tableList
	silent := b.silent
	// What is wrong must be known also where nobody is told.
	b.diags, b.tables, b.tableList, b.silent = nil, map[string]bool{}, nil, 0
	rel, st = b.pipeline(en, e)
	inner, read := b.diags, b.tableList
	b.diags, b.tables, b.tableList, b.silent = kept, tables, list, silent
	first := firstError(inner)
	if first == nil || !unresolved[first.Code] && !b.ghostly(read) {
		if silent == 0 {
			b.diags = append(b.diags, inner...)
		}
		for _, t := range read {
			if !b.tables[t] {
				b.tables[t] = true
				b.tableList = append(b.tableList, t)
			}
		}
		return rel, st, true
	}
	b.report(source.Diagnostic{
		Severity: source.Warning, Code: codeLeftOut, Span: first.Span, Message: fmt.Sprintf("this source of the union is left out: %s", first.Message), Hint: first.Hint,
	})
	return rel, st, false
}

// ghostly says whether tables are read and none of them is among the data at
// hand: they are known by their documented columns only, and the workspace
// that this one stands for need not have them.
func (b *binder) ghostly(tables []string) bool {
	data, ok := b.o.Schema.(dataCatalog)
	if !ok || b.o.CheckOnly || len(tables) == 0 {
		return false
	}
	for _, t := range tables {
		if data.HasData(t) {
			return false
		}
	}
	return true
}

func firstError(ds source.Diagnostics) *source.Diagnostic {
	for i := range ds {
		if ds[i].Severity == source.Error {
			return &ds[i]
		}
	}
	return nil
}
