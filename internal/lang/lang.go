// Package lang is the language as a service for editors and pages: what is
// wrong with a text, what could be written at a place, what a name means,
// how the text looks in canonical form. It runs nothing and reads no rows.
package lang

import (
	"goshawk/internal/bind"
	"goshawk/internal/engine"
	"goshawk/internal/parser"
	"goshawk/internal/printer"
	"goshawk/internal/source"
)

// maxText bounds the texts that are looked at; published rules stay far below.
const maxText = 1 << 20

// Service answers questions about texts. It keeps nothing between calls and
// may be used by several goroutines.
type Service struct {
	// Engine knows the tables and stored functions.
	Engine *engine.Engine
}

// Diagnostics is everything wrong with a text, sorted by place.
func (s *Service) Diagnostics(text *source.Text) source.Diagnostics {
	return s.Engine.Trace(text, &bind.Trace{})
}

// Format is the text in canonical form. ok is false when it has syntax
// errors, which formatting would hide.
func (s *Service) Format(text *source.Text) (string, bool) {
	q, ds := parser.Parse(text)
	if ds.HasErrors() {
		return "", false
	}
	return printer.Query(q), true
}

// Definition is where the let, parameter or `as` stands that gives the name
// at an offset.
func (s *Service) Definition(text *source.Text, offset int) (source.Span, bool) {
	for _, r := range s.refs(text) {
		if r.At.Start <= offset && offset <= r.At.End && r.DefinedIn == text {
			return r.Defined, true
		}
	}
	return source.Span{}, false
}

// refs are the names of a text with what they stand for; of several meanings
// at one place (a function that is called twice) the last.
func (s *Service) refs(text *source.Text) []bind.Ref {
	var out []bind.Ref
	at := map[source.Span]int{}
	s.Engine.Trace(text, &bind.Trace{Ref: func(r bind.Ref) {
		if r.Text != text {
			return
		}
		if i, ok := at[r.At]; ok {
			out[i] = r
			return
		}
		at[r.At] = len(out)
		out = append(out, r)
	}})
	return out
}

// scopeAt is what can be named at an offset: the innermost of the scopes that
// hold it.
func (s *Service) scopeAt(text *source.Text, offset int) bind.Scope {
	best := bind.Scope{Open: true}
	size := len(text.Src) + 2
	s.Engine.Trace(text, &bind.Trace{Scope: func(sc bind.Scope) {
		if sc.Text != text || offset < sc.At.Start || offset > sc.At.End || sc.At.Len() > size {
			return
		}
		best, size = sc, sc.At.Len()
	}})
	return best
}
