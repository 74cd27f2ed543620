package parser

import (
	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// named reads an expression that may be given a name: `a = x`, `(a, b) = x`.
func (p *parser) named() ast.Expr {
	start := p.start()
	if end := p.nameEnd(p.i); end != 0 && p.isAt(end, "=") && p.tok().kind != Bool {
		if t := p.tok(); t.kind != Keyword || isLetter(p.src[t.start]) {
			a := &ast.Assign{Names: []*ast.Name{p.name(nameInList, "a name")}}
			p.i++
			a.Value = p.expr()
			a.Pos = p.pos(start)
			return a
		}
	}
	if p.is("(") && p.isNameList() {
		p.i++
		a := &ast.Assign{Multi: true}
		for {
			a.Names = append(a.Names, p.name(nameInList, "a name"))
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
		p.expect("=")
		a.Value = p.expr()
		a.Pos = p.pos(start)
		return a
	}
	return p.expr()
}

// isNameList says whether `(a, b) =` begins here.
func (p *parser) isNameList() bool {
	i := p.i + 1
	for {
		end := p.nameEnd(i)
		if end == 0 {
			return false
		}
		switch {
		case p.isAt(end, ","):
			i = end + 1
			if p.isAt(i, ")") {
				return p.isAt(i+1, "=")
			}
		case p.isAt(end, ")"):
			return p.isAt(end+1, "=")
		default:
			return false
		}
	}
}

// list reads items between commas, at least one.
func (p *parser) list(item func() ast.Expr) []ast.Expr {
	var out []ast.Expr
	height := 0
	for {
		before := p.i
		p.height = 0
		out = append(out, item())
		height = max(height, p.height)
		if p.accept(",") {
			continue
		}
		if p.i != before && p.beginsItem() {
			p.missing(",")
			continue
		}
		break
	}
	p.height = height
	return out
}

// beginsItem says whether an item follows without its comma: a name on the
// same line with something that makes it an item of its own.
func (p *parser) beginsItem() bool {
	if p.firstOnLine() {
		return false
	}
	end := p.nameEnd(p.i)
	return end != 0 && p.tok().kind == Ident && p.isAt(end, "=")
}

// binary makes a node and keeps count of the height of the tree.
func (p *parser) binary(op ast.BinaryOp, at source.Span, left, right ast.Expr, lh int) ast.Expr {
	p.height = max(lh, p.height) + 1
	if p.height > maxChain {
		p.tooDeep()
	}
	return &ast.Binary{Pos: p.pos(left.Span().Start), Op: op, OpAt: at, Left: left, Right: right}
}

// expr reads an expression without a pipe: the level of `or`.
func (p *parser) expr() ast.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	left := p.and()
	for p.is("or") {
		at, lh := p.span(), p.height
		p.i++
		left = p.binary(ast.OpOr, at, left, p.and(), lh)
	}
	return left
}

func (p *parser) and() ast.Expr {
	left := p.equality()
	for p.is("and") {
		at, lh := p.span(), p.height
		p.i++
		left = p.binary(ast.OpAnd, at, left, p.equality(), lh)
	}
	return left
}

// equality reads one comparison for equality, range or membership; they do
// not chain.
func (p *parser) equality() ast.Expr {
	var left ast.Expr
	if p.is("*") && p.isAt(p.i+1, "==") {
		left = p.star()
	} else {
		left = p.relation()
	}
	at, lh := p.span(), p.height
	if p.is("in") && p.isAt(p.i+1, "range") && p.isAt(p.i+2, "(") {
		return left // the old axis of make-series
	}
	switch w := p.operatorWord(); w {
	case "==", "!=", "<>":
		p.i++
		if w == "<>" {
			w = "!="
		}
		return p.binary(ast.BinaryOp(w), at, left, p.relation(), lh)
	case "in", "!in", "in~", "!in~", "has_any", "has_all":
		p.i++
		x := &ast.In{X: left, Op: ast.InOp(w), OpAt: at}
		if p.expect("(") {
			x.List = p.members()
			p.close(")")
		}
		p.height = max(lh, p.height) + 1
		x.Pos = p.pos(left.Span().Start)
		return x
	case "between", "!between":
		p.i++
		x := &ast.Between{X: left, Not: w[0] == '!', OpAt: at, Low: nil, High: nil}
		if p.expect("(") {
			x.Low = p.expr()
			p.expect("..")
			x.High = p.expr()
			p.close(")")
		} else {
			x.Low, x.High = p.bad(), p.bad()
		}
		p.height = max(lh, p.height) + 1
		x.Pos = p.pos(left.Span().Start)
		return x
	}
	return left
}

// operatorWord is the current word if it may be a binary operator, or "".
func (p *parser) operatorWord() string {
	if k := p.tok().kind; k == Punct || k == Keyword {
		return p.word()
	}
	return ""
}

// members reads the list of `in (...)`: expressions, or one subquery.
func (p *parser) members() []ast.Expr {
	first := p.pipe()
	switch first.(type) {
	case *ast.Pipe, *ast.Head:
		return []ast.Expr{first}
	}
	if !p.accept(",") {
		return []ast.Expr{first}
	}
	lh := p.height
	out := append([]ast.Expr{first}, p.list(p.expr)...)
	p.height = max(lh, p.height)
	return out
}

// close reads a closing bracket; what stands before it is reported and left
// out.
func (p *parser) close(s string) {
	if p.accept(s) {
		return
	}
	p.closeMissing(s)
	p.skipTo("|", ";")
	p.accept(s)
}

func (p *parser) closeMissing(s string) {
	switch {
	case p.is("="):
		p.unexpected()
	case slipHint(p.word()) != "":
		p.unexpected()
	default:
		p.missing(s)
	}
}

func (p *parser) relation() ast.Expr {
	left := p.additive()
	switch w := p.operatorWord(); w {
	case "<", "<=", ">", ">=":
		at, lh := p.span(), p.height
		p.i++
		return p.binary(ast.BinaryOp(w), at, left, p.additive(), lh)
	}
	return left
}

func (p *parser) additive() ast.Expr {
	left := p.multiplicative()
	for p.is("+") || p.is("-") {
		at, lh, op := p.span(), p.height, ast.BinaryOp(p.word())
		p.i++
		left = p.binary(op, at, left, p.multiplicative(), lh)
	}
	return left
}

func (p *parser) multiplicative() ast.Expr {
	left := p.stringOp()
	for p.is("*") || p.is("/") || p.is("%") {
		at, lh, op := p.span(), p.height, ast.BinaryOp(p.word())
		p.i++
		left = p.binary(op, at, left, p.stringOp(), lh)
	}
	return left
}

// isStringOpAt says whether token i is an operator on strings.
func (p *parser) isStringOpAt(i int) bool {
	t := &p.toks[min(i, len(p.toks)-1)]
	return t.flags&isStringOp != 0 || t.kind == Punct && (p.isAt(i, "=~") || p.isAt(i, "!~") || p.isAt(i, ":"))
}

// stringOp reads one comparison of strings; they bind tighter than
// arithmetic and do not chain.
func (p *parser) stringOp() ast.Expr {
	var left ast.Expr
	if p.is("*") && p.isStringOpAt(p.i+1) {
		left = p.star()
	} else {
		left = p.unary()
	}
	if !p.isStringOpAt(p.i) {
		return left
	}
	at, lh, op := p.span(), p.height, stringOpOf(p.word())
	p.i++
	return p.binary(op, at, left, p.unary(), lh)
}

// stringOpOf is the canonical operator for a word.
func stringOpOf(w string) ast.BinaryOp {
	switch w {
	case "containscs":
		return ast.OpContainsCS
	case "notcontains":
		return ast.OpNotContains
	case "notcontainscs":
		return ast.OpNotContainsCS
	}
	return ast.BinaryOp(w)
}

func (p *parser) star() ast.Expr {
	start := p.start()
	p.i++
	p.height = 0
	return &ast.Star{Pos: p.pos(start)}
}

// unary reads an operand with at most one sign.
func (p *parser) unary() ast.Expr {
	if !p.is("-") && !p.is("+") {
		return p.operand()
	}
	start, op := p.start(), p.word()
	p.i++
	x := p.operand()
	return &ast.Unary{Pos: p.pos(start), Op: op, X: x}
}

// operand reads a primary expression and the paths and indexes behind it.
func (p *parser) operand() ast.Expr {
	start := p.start()
	x := p.primary()
	for height := p.height; ; {
		switch {
		case p.is("."):
			p.i++
			sel := p.selector()
			x = &ast.Path{Pos: p.pos(start), X: x, Sel: sel}
		case p.is("["):
			p.i++
			e := &ast.Element{X: x, Index: p.expr()}
			p.close("]")
			e.Pos = p.pos(start)
			x = e
		default:
			p.height = height
			return x
		}
		height = max(height, p.height) + 1
		if height > maxChain {
			p.tooDeep()
			return x
		}
	}
}

// selector reads what may follow a point.
func (p *parser) selector() ast.Expr {
	start := p.start()
	if p.is("@") {
		return p.wordName()
	}
	if p.is("[") && !p.isBracketedName() {
		p.i++
		b := &ast.Brackets{X: p.expr()}
		p.close("]")
		b.Pos = p.pos(start)
		return b
	}
	if p.nameFlags(p.i)&nameAsReference != 0 || p.isBracketedName() || p.is("{") && p.nameEnd(p.i) != 0 {
		return p.nameOrCall()
	}
	if t := p.tok(); t.kind == Keyword && isLetter(p.src[t.start]) && t.flags&isStringOp == 0 && int(t.start) == p.prevEnd() {
		return p.name(nameAsReference, "the name of a property")
	}
	p.report(msgName("the name of a property", p.found()), p.span())
	at := p.prevEnd()
	return &ast.Name{Pos: ast.At(at, at)}
}

// nameOrCall reads a name, and the arguments behind it if there are any.
func (p *parser) nameOrCall() ast.Expr {
	start := p.start()
	callable := p.tok().kind != Keyword || p.tok().flags&nameAnywhere != 0
	n := p.tryName(nameAsReference)
	if n == nil {
		return p.bad()
	}
	p.height = 0
	if !p.is("(") || !callable || n.Quote == ast.Bracketed && !p.touches() {
		return n
	}
	c := &ast.Call{Name: n}
	c.Args = p.args()
	c.Pos = p.pos(start)
	return c
}

// touches says whether nothing stands between the current token and the one
// before it.
func (p *parser) touches() bool { return p.start() == p.prevEnd() }

// args reads the arguments of a call, with their parentheses.
func (p *parser) args() []ast.Expr {
	p.expect("(")
	if p.accept(")") {
		return nil
	}
	out := p.list(p.arg)
	p.close(")")
	p.height++
	return out
}

func (p *parser) arg() ast.Expr {
	if p.is("*") && !p.isStringOpAt(p.i+1) && !p.isAt(p.i+1, "==") {
		return p.star()
	}
	return p.named()
}
