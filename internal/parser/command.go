package parser

import (
	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// StoredFunction is a function that a management command makes known.
type StoredFunction struct {
	Name   *ast.Name
	Params []*ast.FuncParam
	Body   *ast.Body
	// Broken says that its text has an error.
	Broken bool
}

// ParseCommands reads a text of management commands and gives the functions
// that they make: `.create function`, `.create-or-alter function` and `.alter
// function`. Any other command is reported and passed over.
func ParseCommands(text *source.Text) ([]StoredFunction, source.Diagnostics) {
	p := newParser(text)
	var out []StoredFunction
	for !p.atEOF() {
		from := len(p.diags)
		if f, ok := p.command(); ok {
			f.Broken = p.diags[from:].HasErrors()
			out = append(out, f)
		}
		p.skipToCommand()
	}
	return out, p.finish(nil)
}

// IsCommand says whether a text begins with a management command, apart from
// remarks.
func IsCommand(text *source.Text) bool {
	p := newParser(text)
	return p.is(".")
}

// command reads one command; ok is false when it makes no function.
func (p *parser) command() (f StoredFunction, ok bool) {
	at := p.span()
	if !p.accept(".") {
		p.unexpected()
		return f, false
	}
	switch {
	case p.accept("alter"):
	case p.accept("create"):
		if p.accept("-") {
			ok = p.accept("or") && p.accept("-") && p.accept("alter")
			if !ok {
				p.report(msgFunctionCommand(), at)
				return f, false
			}
		}
	default:
		p.report(msgFunctionCommand(), at)
		return f, false
	}
	if !p.accept("function") {
		p.report(msgFunctionCommand(), at)
		return f, false
	}
	p.accept("ifnotexists")
	if p.accept("with") {
		p.brackets()
	}
	f.Name = p.name(nameAnywhere, "the name of the function")
	f.Params = p.funcParams()
	f.Body = p.body()
	return f, true
}

// brackets passes over what stands in parentheses.
func (p *parser) brackets() {
	depth := 0
	for !p.atEOF() {
		switch {
		case p.is("("):
			depth++
		case p.is(")"):
			depth--
		}
		p.i++
		if depth <= 0 {
			return
		}
	}
}

// skipToCommand goes to the next dot that begins a line.
func (p *parser) skipToCommand() {
	for !p.atEOF() && !(p.is(".") && !p.trails(p.start())) {
		p.i++
	}
}
