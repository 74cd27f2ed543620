package parser

import (
	"fmt"

	"goshawk/internal/ast"
)

// primary reads what has no operator around it.
func (p *parser) primary() ast.Expr {
	p.height = 0
	if x := p.literal(); x != nil {
		return x
	}
	switch t := p.tok(); {
	case p.is("("):
		return p.paren()
	case p.is("["):
		return p.bracketed()
	case p.is("@"):
		return p.wordName()
	case t.kind == Keyword && (p.isAt(p.i+1, "(") || p.isAt(p.i+1, "kind") || t.flags&nameAsReference == 0):
		if x := p.keywordExpr(); x != nil {
			return x
		}
	}
	if p.nameFlags(p.i)&nameAsReference != 0 || p.is("{") && p.nameEnd(p.i) != 0 {
		return p.nameOrCall()
	}
	if p.bracketsNeeded() {
		return p.name(nameAsReference, "a name")
	}
	p.expressionMissing()
	return p.bad()
}

// keywordExpr reads an expression that begins with a keyword of its own, or
// gives nil.
func (p *parser) keywordExpr() ast.Expr {
	switch p.word() {
	case "toscalar", "totable":
		return p.subquery()
	case "datatable":
		return p.datatable()
	case "externaldata", "external_data":
		return p.externaldata()
	case "inline_external_table":
		end := p.nameEnd(p.i + 2)
		if p.isAt(p.i+1, "(") && (p.isAt(p.i+2, ")") || end != 0 && p.isAt(end, ":")) || p.isAt(p.i+1, "kind") {
			return p.inlineExternalTable()
		}
	case "__contextual_datatable":
		return p.contextualDataTable()
	case "materialized-view-combine":
		return p.viewCombine()
	case "materialize":
		if p.isAt(p.i+1, "(") {
			p.report(msgOnlyLet("materialize"), p.span())
			return p.materialize()
		}
	}
	return nil
}

// materialize reads materialize(...) where it may not stand.
func (p *parser) materialize() ast.Expr {
	start := p.start()
	p.i += 2
	m := &ast.Materialize{X: p.pipe()}
	p.close(")")
	m.Pos = p.pos(start)
	return m
}

// subquery reads toscalar(...) and totable(...).
func (p *parser) subquery() ast.Expr {
	start, word := p.start(), p.word()
	p.i++
	var params []*ast.Param
	if p.is("kind") && p.isAt(p.i+1, "=") {
		params = append(params, p.param())
	}
	if !p.is("(") {
		p.missing("(")
		return p.bad()
	}
	p.i++
	x := p.pipe()
	p.close(")")
	if word == "totable" {
		return &ast.ToTable{Pos: p.pos(start), Params: params, X: x}
	}
	return &ast.ToScalar{Pos: p.pos(start), Params: params, X: x}
}

func (p *parser) paren() ast.Expr {
	start := p.start()
	p.i++
	x := p.pipe()
	p.close(")")
	p.height++
	return &ast.Paren{Pos: p.pos(start), X: x}
}

// bracketed reads ['name'] or [expr].
func (p *parser) bracketed() ast.Expr {
	if p.isBracketedName() {
		return p.nameOrCall()
	}
	start := p.start()
	p.i++
	b := &ast.Brackets{X: p.expr()}
	p.close("]")
	b.Pos = p.pos(start)
	return b
}

// bracketsNeeded says whether the current word was surely meant as a name: a
// keyword that is neither an operator nor the beginning of a clause.
func (p *parser) bracketsNeeded() bool {
	t := p.tok()
	if t.kind != Keyword || !isLetter(p.src[t.start]) || t.flags&(isStringOp|isOperator) != 0 {
		return false
	}
	switch p.word() {
	case "and", "or", "in", "in~", "has_any", "has_all", "between", "by", "of", "to", "on", "with", "asc", "desc", "matches regex":
		return false
	}
	return true
}

// expressionMissing reports that an expression was expected.
func (p *parser) expressionMissing() {
	m := msgExpression(p.found())
	switch {
	case p.tok().problem != noProblem:
		p.lastErr, p.failed = p.i, true
		return
	case p.tok().kind == Directive:
		m = msgDirective()
	case p.tok().kind == Keyword && isLetter(p.src[p.start()]):
		m.hint = fmt.Sprintf("to use the word as a name, write ['%s']", p.word())
	case p.is("!"):
		m.hint = slipHint("NOT")
	}
	p.report(m, p.span())
}
