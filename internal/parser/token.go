package parser

import "goshawk/internal/source"

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens.
const (
	EOF       Kind = iota
	Ident          // a name, or a word that is no keyword
	Keyword        // a word with a meaning; many of them may be names too
	String         // a string literal of any form, with its quotes
	Long           // 12, 0x1f
	Real           // 1.5, 1e3
	Timespan       // 1d
	Bool           // true, false
	Typed          // datetime(...), guid(...) and other literals of the long form
	Punct          // an operator sign or a punctuation mark
	Comment        // from // to the end of the line
	Directive      // from # to the end of the line
	Bad            // a character KQL has no use for
)

// Token is one token with its place.
type Token struct {
	Kind Kind
	Span source.Span
}

// Tokens splits a text into tokens, comments included, for highlighting. It
// never fails; the last token is not EOF.
func Tokens(text *source.Text) []Token {
	l := newLexer(text.Src)
	l.keepComments = true
	l.run()
	out := make([]Token, 0, len(l.toks))
	for _, t := range l.toks {
		if t.kind != EOF {
			out = append(out, Token{t.kind, source.Span{Start: int(t.start), End: int(t.end)}})
		}
	}
	return out
}

// token is a token as the parser uses it.
type token struct {
	start, end int32
	flags      wordFlags
	kind       Kind
	// problem is the code of what is wrong inside the token, 0 if nothing.
	problem problem
	// at is where the problem is.
	at int32
}

type problem uint8

const (
	noProblem problem = iota
	unclosedString
	badEscape
	unclosedLiteral
	badCharacter
	smartQuotes
)
