package parser

import (
	"fmt"
	"strings"

	"goshawk/internal/source"
)

// The codes of this stage. They are stable and each has a page.
const (
	codeCharacter    = "KQL1001"
	codeString       = "KQL1002"
	codeEscape       = "KQL1003"
	codeLiteral      = "KQL1004"
	codeSmartQuotes  = "KQL1005"
	codeExpected     = "KQL1006"
	codeExpression   = "KQL1007"
	codeName         = "KQL1008"
	codeNameBrackets = "KQL1009"
	codeOperator     = "KQL1010"
	codeUnknownOp    = "KQL1011"
	codeMissingPipe  = "KQL1012"
	codeMissingSemi  = "KQL1013"
	codeUnexpected   = "KQL1014"
	codeAssignment   = "KQL1015"
	codeType         = "KQL1016"
	codeJSON         = "KQL1017"
	codeParameter    = "KQL1018"
	codeOnlyLet      = "KQL1019"
	codeEmptyClause  = "KQL1020"
	codeCommand      = "KQL1021"
	codeDirective    = "KQL1022"
	codeDepth        = "KQL1023"
	codeSize         = "KQL1024"
)

// message is what to say about a place, without the place.
type message struct {
	code, text, hint string
}

func msgCharacter(c string) message {
	return message{codeCharacter, fmt.Sprintf("KQL has no use for the character %q here", c), ""}
}

func msgUnclosedString(quote string) message {
	return message{codeString, "this string has no closing " + quote,
		"a string ends on its line; for several lines write ```...```"}
}

func msgEscape(seq string) message {
	return message{codeEscape, `the string has an unknown escape "` + seq + `"`,
		`write \\ for a backslash, or @"..." for a text without escapes`}
}

func msgUnclosedLiteral(word string) message {
	return message{codeLiteral, fmt.Sprintf("the literal %s(...) has no closing parenthesis on its line", word), ""}
}

func msgSmartQuotes() message {
	return message{codeSmartQuotes, "the string stands in typographic quotes", `write "..." or '...'`}
}

func msgExpected(want, found string) message {
	return message{codeExpected, fmt.Sprintf("expected %s, found %s", want, found), ""}
}

func msgExpression(found string) message {
	return message{codeExpression, "expected an expression, found " + found, ""}
}

func msgName(what, found string) message {
	return message{codeName, fmt.Sprintf("expected %s, found %s", what, found), ""}
}

func msgBrackets(word string) message {
	return message{codeNameBrackets, fmt.Sprintf("%q is a keyword and no plain name here", word),
		fmt.Sprintf("write ['%s']", word)}
}

func msgNoOperator(found string) message {
	return message{codeOperator, "expected an operator after the pipe, found " + found, ""}
}

func msgUnknownOperator(word, hint string) message {
	return message{codeUnknownOp, fmt.Sprintf("KQL has no operator %q", word), hint}
}

func msgMissingPipe(word string) message {
	return message{codeMissingPipe, fmt.Sprintf("a pipe is missing before %q", word), "write | " + word}
}

func msgMissingSemicolon(found string) message {
	return message{codeMissingSemi, `expected ";" between statements, found ` + found, ""}
}

func msgUnexpected(found, hint string) message {
	return message{codeUnexpected, "did not expect " + found + " here", hint}
}

func msgAssignment() message {
	return message{codeAssignment, `a single "=" does not compare`, "write == to compare"}
}

func msgType(word string, near string) message {
	hint := ""
	if near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return message{codeType, fmt.Sprintf("%s is not a type that can stand here", word), hint}
}

func msgJSON(what, found string) message {
	return message{codeJSON, fmt.Sprintf("expected %s inside dynamic(), found %s", what, found), ""}
}

func msgParameter(found, hint string) message {
	return message{codeParameter, "expected a parameter name=value, found " + found, hint}
}

func msgOnlyLet(word string) message {
	return message{codeOnlyLet, word + "() can only be the whole value of a let statement",
		"write let name = " + word + "(...); and use the name"}
}

func msgEmptyClause(what string) message {
	return message{codeEmptyClause, what, ""}
}

func msgCommand() message {
	return message{codeCommand, "this is a management command, not a query", ""}
}

func msgFunctionCommand() message {
	return message{codeCommand, "only commands that make functions are read here: .create function, .create-or-alter function, .alter function", ""}
}

func msgDirective() message {
	return message{codeDirective, "a # directive can only stand before the query", ""}
}

func msgDepth() message {
	return message{codeDepth, fmt.Sprintf("the query is nested more than %d levels deep", maxDepth), ""}
}

func msgSize(n int) message {
	return message{codeSize, fmt.Sprintf("the query has %d bytes; at most %d are read", n, maxSize), ""}
}

// report notes what is wrong at a place. Of several messages at one token
// only the first is kept: the others are consequences.
func (p *parser) report(m message, sp source.Span) {
	if p.lastErr == p.i || len(p.diags) >= maxDiagnostics {
		p.failed = true
		return
	}
	p.lastErr = p.i
	p.add(m, sp)
}

func (p *parser) add(m message, sp source.Span) {
	p.failed = true
	if len(p.diags) >= maxDiagnostics {
		return
	}
	p.diags = append(p.diags, source.Diagnostic{
		Severity: source.Error, Code: m.code, Message: m.text, Hint: m.hint, Span: sp, Text: p.text,
	})
}

// lexical reports what is wrong inside tokens.
func (p *parser) lexical() {
	for i := range p.toks {
		t := &p.toks[i]
		if t.problem == noProblem {
			continue
		}
		at, end := int(t.at), int(t.end)
		text := p.src[t.start:t.end]
		switch t.problem {
		case unclosedString:
			p.add(msgUnclosedString(quoteOf(text)), source.Span{Start: int(t.start), End: at})
		case badEscape:
			end = min(at+2, end)
			p.add(msgEscape(p.src[at:end]), source.Span{Start: at, End: end})
		case unclosedLiteral:
			p.add(msgUnclosedLiteral(text[:strings.IndexByte(text, '(')]), source.Span{Start: int(t.start), End: at})
		case badCharacter:
			p.add(msgCharacter(text), source.Span{Start: at, End: end})
		case smartQuotes:
			p.add(msgSmartQuotes(), source.Span{Start: int(t.start), End: end})
		}
	}
}

// quoteOf is the closing quote a string token needs.
func quoteOf(s string) string {
	s = strings.TrimLeft(s, "hH@")
	switch {
	case strings.HasPrefix(s, "```"), strings.HasPrefix(s, "~~~"):
		return s[:3]
	case s != "":
		return s[:1]
	}
	return "quote"
}
