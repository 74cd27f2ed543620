package parser

import (
	"strings"

	"goshawk/internal/ast"
)

// nameFlags says as what the token i may be a name: all flags for a word that
// is no keyword, none for what is no word.
func (p *parser) nameFlags(i int) wordFlags {
	switch t := &p.toks[min(i, len(p.toks)-1)]; t.kind {
	case Ident:
		return nameAnywhere | nameInList | nameAsReference
	case Keyword:
		f := t.flags & (nameAnywhere | nameInList | nameAsReference)
		return f
	}
	return 0
}

// nameEnd is the token behind the name that begins at token i, or 0 when
// there is no name.
func (p *parser) nameEnd(i int) int {
	t := &p.toks[min(i, len(p.toks)-1)]
	switch {
	case t.kind == Ident || t.kind == Keyword:
		return i + 1
	case p.isAt(i, "["):
		if p.kindAt(i+1) != String {
			return 0
		}
		j := i + 2
		for p.kindAt(j) == String {
			j++
		}
		if p.isAt(j, "]") {
			return j + 1
		}
	case p.isAt(i, "{"):
		if k := p.kindAt(i + 1); (k == Ident || k == Keyword) && p.isAt(i+2, "}") {
			return i + 3
		}
	}
	return 0
}

func (p *parser) kindAt(i int) Kind { return p.toks[min(i, len(p.toks)-1)].kind }

// nameAt says whether a name that needs no brackets begins at token i.
func (p *parser) nameAt(i int) bool {
	if p.nameEnd(i) == 0 {
		return false
	}
	return p.kindAt(i) != Keyword || p.nameFlags(i) != 0
}

// isBracketedName says whether the current token begins ['x'].
func (p *parser) isBracketedName() bool { return p.is("[") && p.nameEnd(p.i) != 0 }

// name reads a name that must stand here. A keyword that needs brackets in
// this place is reported and taken all the same.
func (p *parser) name(as wordFlags, what string) *ast.Name {
	if n := p.tryName(as); n != nil {
		return n
	}
	if t := p.tok(); t.kind == Keyword && isLetter(p.src[t.start]) && !strings.Contains(p.word(), " ") {
		p.report(msgBrackets(p.word()), p.span())
		start := p.start()
		p.i++
		return &ast.Name{Pos: p.pos(start), Text: p.src[start:t.end]}
	}
	p.report(msgName(what, p.found()), p.span())
	at := p.prevEnd()
	return &ast.Name{Pos: ast.At(at, at)}
}

// tryName reads a name if one stands here.
func (p *parser) tryName(as wordFlags) *ast.Name {
	start := p.start()
	t := p.tok()
	switch {
	case p.nameFlags(p.i)&as != 0:
		p.i++
		n := &ast.Name{Pos: p.pos(start), Text: p.src[start:t.end]}
		if t.kind == Ident && t.flags&isKeyword != 0 {
			n.Quote = ast.Bracketed // elsewhere the word would be a keyword
		}
		return n
	case p.isBracketedName():
		p.i++
		text := p.stringLiteral().(*ast.String).Value
		p.i++
		return &ast.Name{Pos: p.pos(start), Text: text, Quote: ast.Bracketed}
	case p.is("{") && p.nameEnd(p.i) != 0:
		p.i++
		text := p.word()
		p.i += 2
		return &ast.Name{Pos: p.pos(start), Text: text, Quote: ast.Braced}
	}
	return nil
}

// isWildcard says whether a name with stars begins here: a star, or a name
// with a star right behind it.
func (p *parser) isWildcard() bool {
	if p.is("*") {
		return true
	}
	t := p.tok()
	if t.kind != Ident && t.kind != Keyword {
		return p.is("[") && p.isBracketedWildcard()
	}
	n := p.peek(1)
	return p.isAt(p.i+1, "*") && n.start == t.end
}

// isBracketedWildcard says whether `[a*]` begins here.
func (p *parser) isBracketedWildcard() bool {
	stars := 0
	for i := p.i + 1; ; i++ {
		switch {
		case p.isAt(i, "]"):
			return stars > 0
		case p.isAt(i, "*"):
			stars++
		case p.kindAt(i) != Ident && p.kindAt(i) != Keyword && p.kindAt(i) != Long:
			return false
		}
		if i > p.i+1 && p.toks[i].start != p.toks[i-1].end {
			return false
		}
	}
}

// wildcard reads a name with stars.
func (p *parser) wildcard() *ast.Wildcard {
	start := p.start()
	if p.accept("[") {
		from := p.start()
		for !p.is("]") {
			p.i++
		}
		pattern := p.src[from:p.prevEnd()]
		p.i++
		return &ast.Wildcard{Pos: p.pos(start), Pattern: pattern, Quote: ast.Bracketed}
	}
	p.i++
	for p.start() == p.prevEnd() && (p.is("*") || p.kindAt(p.i) == Ident || p.kindAt(p.i) == Keyword && isLetter(p.src[p.start()]) || p.kindAt(p.i) == Long) {
		p.i++
	}
	return &ast.Wildcard{Pos: p.pos(start), Pattern: p.src[start:p.prevEnd()]}
}

// columnPattern reads an item of project-away and its relatives.
func (p *parser) columnPattern() ast.Expr {
	if p.isWildcard() {
		return p.wildcard()
	}
	return p.name(nameAnywhere, "the name of a column")
}

// columnName reads a column that is named, not computed: a name, or a path of
// names.
func (p *parser) columnName() ast.Expr {
	start := p.start()
	var x ast.Expr = p.name(nameAsReference, "the name of a column")
	for p.is(".") {
		p.i++
		x = &ast.Path{X: x, Sel: p.name(nameAsReference, "the name of a property")}
		x.(*ast.Path).Pos = p.pos(start)
	}
	return x
}

// entity reads a reference to a table, function or database: a path of names
// and calls, with stars where wild is set.
func (p *parser) entity(wild bool) ast.Expr {
	if wild && p.isWildcard() {
		return p.wildcard()
	}
	if p.nameFlags(p.i)&nameAsReference == 0 && !p.isBracketedName() && !p.is("{") {
		p.expressionMissing()
		return p.bad()
	}
	start := p.start()
	x := p.nameOrCall()
	for p.accept(".") {
		var sel ast.Expr
		switch {
		case wild && p.isWildcard():
			sel = p.wildcard()
		default:
			sel = p.selector()
		}
		x = &ast.Path{Pos: p.pos(start), X: x, Sel: sel}
	}
	return x
}
