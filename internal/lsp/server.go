// Package lsp speaks the Language Server Protocol over a stream, so that an
// editor shows what internal/lang knows. It handles .kql texts whole and the
// queries inside Sentinel YAML files for diagnostics.
package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"goshawk/internal/lang"
	"goshawk/internal/rule"
	"goshawk/internal/source"
)

// maxDocuments bounds the texts kept open at once.
const maxDocuments = 1000

// Server answers one client.
type Server struct {
	lang *lang.Service
	conn jsonrpc2.Conn

	mu   sync.Mutex // guards what follows
	docs map[uri.URI]*document
	// down says that the client said shutdown, exited that it said exit.
	down, exited bool
}

// document is an open text.
type document struct {
	text *source.Text
	yaml bool
}

// Serve answers on a stream until the client says exit, the stream ends or
// ctx is done. version is what the server says of itself.
func Serve(ctx context.Context, s *lang.Service, stream io.ReadWriteCloser, version string) error {
	srv := &Server{lang: s, docs: map[uri.URI]*document{}}
	srv.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(stream))
	srv.conn.Go(ctx, jsonrpc2.ReplyHandler(srv.handle(version)))
	select {
	case <-ctx.Done():
		return srv.conn.Close()
	case <-srv.conn.Done():
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.exited {
		if !srv.down {
			return errors.New("language server: the client left without shutdown")
		}
		return nil
	}
	if err := srv.conn.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("language server: %w", err)
	}
	return nil
}

// handle answers one message; they come one at a time, in order.
func (s *Server) handle(version string) jsonrpc2.Handler {
	return func(ctx context.Context, reply jsonrpc2.Replier, req jsonrpc2.Request) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = reply(ctx, nil, fmt.Errorf("%w: bug in Goshawk: %v", jsonrpc2.ErrInternal, r))
			}
		}()
		result, err := s.answer(ctx, req, version)
		if req.Method() == protocol.MethodExit {
			s.mu.Lock()
			s.exited = true
			s.mu.Unlock()
			_ = reply(ctx, nil, nil)
			return s.conn.Close()
		}
		return reply(ctx, result, err)
	}
}

func (s *Server) answer(ctx context.Context, req jsonrpc2.Request, version string) (any, error) {
	switch req.Method() {
	case protocol.MethodInitialize:
		return capabilities(version), nil
	case protocol.MethodInitialized, protocol.MethodExit, "$/setTrace", protocol.MethodCancelRequest,
		protocol.MethodTextDocumentDidSave, protocol.MethodWorkspaceDidChangeConfiguration:
		return nil, nil
	case protocol.MethodShutdown:
		s.mu.Lock()
		s.down = true
		s.mu.Unlock()
		return nil, nil
	case protocol.MethodTextDocumentDidOpen:
		return nil, with(req, func(p *protocol.DidOpenTextDocumentParams) error {
			return s.open(ctx, p.TextDocument.URI, string(p.TextDocument.LanguageID), p.TextDocument.Text)
		})
	case protocol.MethodTextDocumentDidChange:
		return nil, with(req, func(p *changed) error { return s.change(ctx, p) })
	case protocol.MethodTextDocumentDidClose:
		return nil, with(req, func(p *protocol.DidCloseTextDocumentParams) error { return s.close(ctx, p.TextDocument.URI) })
	case protocol.MethodTextDocumentCompletion:
		return at(s, req, func(p *protocol.CompletionParams) protocol.TextDocumentPositionParams {
			return p.TextDocumentPositionParams
		}, s.complete)
	case protocol.MethodTextDocumentHover:
		return at(s, req, func(p *protocol.HoverParams) protocol.TextDocumentPositionParams { return p.TextDocumentPositionParams }, s.hover)
	case protocol.MethodTextDocumentSignatureHelp:
		return at(s, req, func(p *protocol.SignatureHelpParams) protocol.TextDocumentPositionParams {
			return p.TextDocumentPositionParams
		}, s.signature)
	case protocol.MethodTextDocumentDefinition:
		return at(s, req, func(p *protocol.DefinitionParams) protocol.TextDocumentPositionParams {
			return p.TextDocumentPositionParams
		}, s.definition)
	case protocol.MethodTextDocumentFormatting:
		var out any
		err := with(req, func(p *protocol.DocumentFormattingParams) error {
			out = s.format(p.TextDocument.URI)
			return nil
		})
		return out, err
	}
	if strings.HasPrefix(req.Method(), "$/") {
		return nil, nil
	}
	return nil, fmt.Errorf("%w: %q", jsonrpc2.ErrMethodNotFound, req.Method())
}

func capabilities(version string) *protocol.InitializeResult {
	return &protocol.InitializeResult{
		Capabilities: protocol.ServerCapabilities{
			TextDocumentSync:           protocol.TextDocumentSyncOptions{OpenClose: true, Change: protocol.TextDocumentSyncKindIncremental},
			CompletionProvider:         &protocol.CompletionOptions{TriggerCharacters: []string{"|", " ", ".", "(", "="}},
			HoverProvider:              true,
			SignatureHelpProvider:      &protocol.SignatureHelpOptions{TriggerCharacters: []string{"(", ","}},
			DefinitionProvider:         true,
			DocumentFormattingProvider: true,
		},
		ServerInfo: &protocol.ServerInfo{Name: "goshawk", Version: version},
	}
}

// with decodes the parameters of a message.
func with[P any](req jsonrpc2.Request, f func(*P) error) error {
	p := new(P)
	if err := json.Unmarshal(req.Params(), p); err != nil {
		return fmt.Errorf("%w: %v", jsonrpc2.ErrInvalidParams, err)
	}
	return f(p)
}

// at decodes a question about a place in an open text. A text that is not
// open, or is a YAML file, has no answer.
func at[P any](s *Server, req jsonrpc2.Request, place func(*P) protocol.TextDocumentPositionParams, f func(uri.URI, *source.Text, int) any) (out any, err error) {
	err = with(req, func(p *P) error {
		pos := place(p)
		if d := s.document(pos.TextDocument.URI); d != nil && !d.yaml {
			out = f(pos.TextDocument.URI, d.text, offset(d.text.Src, pos.Position))
		}
		return nil
	})
	return out, err
}

func (s *Server) document(u uri.URI) *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.docs[u]
}

func (s *Server) open(ctx context.Context, u uri.URI, language, text string) error {
	name := string(u)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	d := &document{text: source.New(name, text), yaml: language == "yaml" || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")}
	s.mu.Lock()
	full := s.docs[u] == nil && len(s.docs) >= maxDocuments
	if !full {
		s.docs[u] = d
	}
	s.mu.Unlock()
	if full {
		return fmt.Errorf("%w: more than %d texts are open", jsonrpc2.ErrInvalidRequest, maxDocuments)
	}
	return s.publish(ctx, u, d)
}

// changed is what didChange sends. The protocol library's type cannot tell a
// change of the whole text, which has no range, from an insertion at its start.
type changed struct {
	TextDocument   protocol.VersionedTextDocumentIdentifier `json:"textDocument"`
	ContentChanges []struct {
		Range *protocol.Range `json:"range"`
		Text  string          `json:"text"`
	} `json:"contentChanges"`
}

func (s *Server) change(ctx context.Context, p *changed) error {
	u := p.TextDocument.URI
	d := s.document(u)
	if d == nil {
		return fmt.Errorf("%w: %s is not open", jsonrpc2.ErrInvalidParams, u)
	}
	src := d.text.Src
	for _, c := range p.ContentChanges {
		if c.Range == nil {
			src = c.Text
			continue
		}
		a, b := offset(src, c.Range.Start), offset(src, c.Range.End)
		src = src[:a] + c.Text + src[max(a, b):]
	}
	return s.open(ctx, u, map[bool]string{true: "yaml"}[d.yaml], src)
}

func (s *Server) close(ctx context.Context, u uri.URI) error {
	s.mu.Lock()
	delete(s.docs, u)
	s.mu.Unlock()
	return s.conn.Notify(ctx, protocol.MethodTextDocumentPublishDiagnostics, &protocol.PublishDiagnosticsParams{URI: u, Diagnostics: []protocol.Diagnostic{}})
}

// publish tells the client what is wrong with a text.
func (s *Server) publish(ctx context.Context, u uri.URI, d *document) error {
	out := []protocol.Diagnostic{}
	for _, x := range s.diagnostics(d) {
		out = append(out, diagnostic(d.text.Src, x))
	}
	return s.conn.Notify(ctx, protocol.MethodTextDocumentPublishDiagnostics, &protocol.PublishDiagnosticsParams{URI: u, Diagnostics: out})
}

func (s *Server) diagnostics(d *document) source.Diagnostics {
	if !d.yaml {
		return s.lang.Diagnostics(d.text)
	}
	rules, ds := rule.Parse(d.text.Name, []byte(d.text.Src))
	for _, r := range rules {
		if r.Text != nil {
			ds = append(ds, s.lang.Diagnostics(r.Text)...)
		}
	}
	return ds
}
