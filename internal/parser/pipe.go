package parser

import (
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// pipe reads an expression and the operators piped behind it.
func (p *parser) pipe() ast.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	start := p.start()
	var x ast.Expr
	switch {
	case p.isHead():
		op := p.operator()
		x = headOf(op)
	default:
		x = p.expr()
	}
	return p.pipeTail(x, start)
}

// headOf makes an expression of an operator that begins a query: those that
// need no input are a Head, others a Pipe that has lost its source.
func headOf(op ast.Operator) ast.Expr {
	pos := ast.Pos{At: op.Span()}
	switch op.(type) {
	case *ast.Print, *ast.Range, *ast.Union, *ast.Search, *ast.Find, *ast.Evaluate, *ast.MacroExpand:
		return &ast.Head{Pos: pos, Op: op}
	}
	return &ast.Pipe{Pos: pos, Ops: []ast.Operator{op}}
}

// pipeTail reads `| operator` as often as it comes.
func (p *parser) pipeTail(x ast.Expr, start int) ast.Expr {
	var pipe *ast.Pipe
	switch old := x.(type) {
	case *ast.Pipe:
		pipe = old
	case nil:
		pipe = &ast.Pipe{}
	}
	for {
		switch {
		case p.is("|"):
			p.i++
		case p.missesPipe():
			p.report(msgMissingPipe(p.word()), p.span())
		default:
			if x == nil && len(pipe.Ops) == 0 {
				return p.bad()
			}
			if pipe == nil {
				return x
			}
			pipe.Pos = p.pos(start)
			return pipe
		}
		if pipe == nil {
			pipe = &ast.Pipe{Source: x}
		}
		pipe.Ops = append(pipe.Ops, p.pipedOperator())
		p.operatorEnd()
	}
}

// missesPipe says whether an operator stands here whose pipe was forgotten:
// its word begins a line, or can be nothing else.
func (p *parser) missesPipe() bool {
	t := p.tok()
	if t.kind != Keyword || t.flags&isOperator == 0 || p.i == 0 {
		return false
	}
	switch p.word() {
	case "on", "as", "union", "print", "search", "find", "macro-expand", "range":
		return false
	}
	if t.flags&nameAsReference == 0 {
		return true
	}
	if !p.firstOnLine() {
		return p.isAt(p.i+1, "by") || p.kindAt(p.i+1) == Long
	}
	switch n := p.peek(1); n.kind {
	case Ident, Keyword, Long, String:
		return !p.isAt(p.i+1, "and") && !p.isAt(p.i+1, "or")
	}
	return false
}

// operatorEnd checks that an operator ended where it should, and moves to its
// end if not.
func (p *parser) operatorEnd() {
	switch p.word() {
	case "|", ";", ")", "]", "}", ",", "":
		return
	}
	if p.missesPipe() || p.beginsStatement() {
		return
	}
	p.unexpected()
	p.skipOperator()
}

// skipOperator moves over the rest of an operator that could not be read.
func (p *parser) skipOperator() {
	depth := 0
	for !p.atEOF() {
		if p.tok().kind == Punct {
			switch p.word() {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				if depth == 0 {
					return
				}
				depth--
			case "|", ";":
				if depth == 0 {
					return
				}
			}
		}
		if depth == 0 && p.firstOnLine() && (p.missesPipe() || p.beginsStatement()) {
			return
		}
		p.i++
	}
}

// pipedOperator reads the operator behind a pipe.
func (p *parser) pipedOperator() ast.Operator {
	if p.tok().flags&isOperator != 0 {
		if p.isMisspelt() {
			return p.misspelt()
		}
		if op := p.operator(); op != nil {
			return op
		}
	}
	at := p.prevEnd()
	t := p.tok()
	if t.kind != Ident && t.kind != Keyword || !isLetter(p.src[t.start]) {
		if t.problem != noProblem {
			p.lastErr, p.failed = p.i, true
		} else {
			p.report(msgNoOperator(p.found()), p.span())
		}
		return &ast.BadOp{OpPos: ast.OpPos{Pos: ast.At(at, at), Key: source.Span{Start: at, End: at}}}
	}
	start, key := p.start(), p.span()
	word := p.operatorLike()
	p.report(msgUnknownOperator(word, operatorHint(word)), source.Span{Start: start, End: start + len(word)})
	p.next()
	p.skipOperator()
	return &ast.BadOp{OpPos: ast.OpPos{Pos: p.pos(start), Key: key}}
}

// isMisspelt says whether an operator with more words joined to it stands
// here, which together come near to another operator: `project-renam`.
func (p *parser) isMisspelt() bool {
	like := p.operatorLike()
	return like != p.word() && source.Nearest(like, longOperators) != ""
}

// misspelt reads an operator such as `project-renam`. KQL takes it for
// `project` and an expression with a minus sign; if that leads nowhere, the
// message is about the operator.
func (p *parser) misspelt() ast.Operator {
	i, diags, lastErr, failed := p.i, len(p.diags), p.lastErr, p.failed
	op := p.operator()
	p.operatorEnd()
	if len(p.diags) == diags {
		return op
	}
	p.i, p.diags, p.lastErr, p.failed = i, p.diags[:diags], lastErr, failed
	start, key, word := p.start(), p.span(), p.operatorLike()
	p.report(msgUnknownOperator(word, operatorHint(word)), source.Span{Start: start, End: start + len(word)})
	p.next()
	p.skipOperator()
	return &ast.BadOp{OpPos: ast.OpPos{Pos: p.pos(start), Key: key}}
}

// longOperators are the operators of several words.
var longOperators = func() []string {
	var out []string
	for _, w := range strings.Fields(operatorWords) {
		if strings.Contains(w, "-") {
			out = append(out, w)
		}
	}
	return out
}()

// operatorLike is the word at the current token with the words joined to it
// by minus signs, as in `project-renam`.
func (p *parser) operatorLike() string {
	start, end := p.start(), int(p.tok().end)
	for i := p.i + 1; p.isAt(i, "-") && p.kindAt(i+1) == Ident &&
		int(p.toks[i].start) == end && p.toks[i+1].start == p.toks[i].end; i += 2 {
		end = int(p.toks[i+1].end)
	}
	return p.src[start:end]
}

// operatorHint is what may have been meant by an unknown operator.
func operatorHint(word string) string {
	switch strings.ToLower(word) {
	case "select":
		return "write project"
	case "group", "groupby", "aggregate", "stats":
		return "write summarize ... by ..."
	case "head":
		return "write take"
	case "dedup", "uniq", "unique":
		return "write distinct"
	case "rename":
		return "write project-rename"
	case "drop", "remove":
		return "write project-away"
	case "eval", "let":
		return "write extend"
	case "having":
		return "write where"
	}
	if near := source.Nearest(word, strings.Fields(operatorWords)); near != "" {
		return "did you mean " + quoted(near) + "?"
	}
	return ""
}

// isHead says whether an operator, not a name, begins a query here.
func (p *parser) isHead() bool {
	t := p.tok()
	if t.kind != Keyword || t.flags&isOperator == 0 {
		return false
	}
	if t.flags&isHead != 0 {
		return true
	}
	switch p.word() {
	case "range":
		end := p.nameEnd(p.i + 1)
		return end != 0 && p.isAt(end, "from") || end != 0 && p.kindAt(p.i+1) == Ident
	case "evaluate", "render":
		k := p.peek(1)
		return k.kind == Ident || k.kind == Keyword && isLetter(p.src[k.start]) && k.flags&isStringOp == 0 && !p.isClauseWord(p.i+1)
	case "facet", "reduce", "partition":
		return p.isAt(p.i+1, "by") || p.peek(1).flags&isParameter != 0 && p.isAt(p.i+2, "=")
	}
	return false
}

// isClauseWord says whether token i continues an expression or clause.
func (p *parser) isClauseWord(i int) bool {
	switch p.textOf(i) {
	case "and", "or", "in", "between", "has_any", "has_all", "on", "by", "to", "of", "with", "asc", "desc", "where":
		return true
	}
	return false
}

// subPipe reads the operators of a subquery in parentheses, whose input comes
// from outside: `(where a | take 1)`.
func (p *parser) subPipe() ast.Expr {
	if !p.expect("(") {
		return p.bad()
	}
	x := p.bareSubPipe()
	p.close(")")
	return x
}

func (p *parser) bareSubPipe() ast.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	start := p.start()
	pipe := &ast.Pipe{}
	pipe.Ops = append(pipe.Ops, p.pipedOperator())
	p.operatorEnd()
	pipe.Pos = p.pos(start)
	return p.pipeTail(pipe, start)
}

// operator reads an operator whose word stands at the current token, or gives
// nil when the word is none.
func (p *parser) operator() ast.Operator {
	f := operators[p.word()]
	if f == nil {
		return nil
	}
	start := p.start()
	o := &ast.OpPos{Key: p.span()}
	p.i++
	op := f(p)
	o.Pos = p.pos(start)
	setOpPos(op, *o)
	return op
}

// setOpPos gives an operator its place; every operator embeds an OpPos.
func setOpPos(op ast.Operator, pos ast.OpPos) {
	op.(interface{ Place(ast.OpPos) }).Place(pos)
}

// operators reads each operator; the word has been read.
var operators map[string]func(*parser) ast.Operator

func init() {
	operators = map[string]func(*parser) ast.Operator{
		"where": (*parser).where, "filter": (*parser).where,
		"extend": (*parser).extend, "print": (*parser).print, "serialize": (*parser).serialize,
		"project": (*parser).project, "project-away": (*parser).projectAway,
		"project-keep": (*parser).projectKeep, "project-rename": (*parser).projectRename,
		"project-reorder": (*parser).projectReorder, "project-by-names": (*parser).projectByNames,
		"summarize": (*parser).summarize, "distinct": (*parser).distinct, "count": (*parser).count,
		"sort": (*parser).sort, "order": (*parser).sort, "top": (*parser).top,
		"take": (*parser).take, "limit": (*parser).take,
		"sample": (*parser).sample, "sample-distinct": (*parser).sampleDistinct,
		"join": (*parser).join, "lookup": (*parser).lookup, "union": (*parser).union,
		"mv-expand": (*parser).mvExpand, "mvexpand": (*parser).mvExpand,
		"mv-apply": (*parser).mvApply, "mvapply": (*parser).mvApply,
		"parse": (*parser).parse, "parse-where": (*parser).parseWhere, "parse-kv": (*parser).parseKv,
		"range": (*parser).rangeOp, "as": (*parser).as, "render": (*parser).render,
		"getschema": (*parser).getschema, "consume": (*parser).consume,
		"invoke": (*parser).invoke, "evaluate": (*parser).evaluate,
		"make-series": (*parser).makeSeries,
		"top-nested":  (*parser).topNested, "top-hitters": (*parser).topHitters,
		"search": (*parser).search, "find": (*parser).find,
		"facet": (*parser).facet, "fork": (*parser).fork, "reduce": (*parser).reduce,
		"partition": (*parser).partition, "__partitionby": (*parser).partitionBy,
		"scan": (*parser).scan, "assert-schema": (*parser).assertSchema,
		"macro-expand": (*parser).macroExpand, "__executeAndCache": (*parser).executeAndCache,
		"make-graph": (*parser).makeGraph, "graph-match": (*parser).graphMatch,
		"graph-shortest-paths":  (*parser).graphShortestPaths,
		"graph-mark-components": (*parser).graphMarkComponents,
		"graph-to-table":        (*parser).graphToTable,
		"graph-where-nodes":     (*parser).graphWhereNodes,
		"graph-where-edges":     (*parser).graphWhereEdges,
	}
}
