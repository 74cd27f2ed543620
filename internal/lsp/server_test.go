package lsp

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"goshawk/internal/engine"
	"goshawk/internal/lang"
)

// client is what the library's client side hands us; only diagnostics count.
type client struct {
	protocol.Client
	diags chan *protocol.PublishDiagnosticsParams
}

func (c *client) PublishDiagnostics(_ context.Context, p *protocol.PublishDiagnosticsParams) error {
	c.diags <- p
	return nil
}

// connect starts a server on a pipe and gives the library's client for it.
func connect(t *testing.T) (context.Context, *client, protocol.Server, jsonrpc2.Conn, chan error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	near, far := net.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, &lang.Service{Engine: &engine.Engine{Catalog: engine.NewCatalog(nil)}}, far, "test")
	}()
	c := &client{diags: make(chan *protocol.PublishDiagnosticsParams, 16)}
	_, conn, server := protocol.NewClient(ctx, c, jsonrpc2.NewStream(near), zap.NewNop())
	t.Cleanup(func() { _ = conn.Close() })
	return ctx, c, server, conn, done
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSession(t *testing.T) {
	ctx, c, server, conn, done := connect(t)
	init := must[*protocol.InitializeResult](t)(server.Initialize(ctx, &protocol.InitializeParams{}))
	if init.Capabilities.CompletionProvider == nil || init.ServerInfo.Name != "goshawk" {
		t.Fatalf("capabilities: %+v", init)
	}
	doc := uri.URI("file:///hunt.kql")
	open := func(text string) *protocol.PublishDiagnosticsParams {
		t.Helper()
		if err := server.DidOpen(ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: doc, LanguageID: "kql", Text: text}}); err != nil {
			t.Fatal(err)
		}
		return <-c.diags
	}
	// The column after the wide character is counted in UTF-16 units.
	ds := open("let limit1 = 5;\nSigninLogs | where Identity == '😀' and IPAddres == 'x' | take limit1")
	if len(ds.Diagnostics) != 1 || ds.Diagnostics[0].Range.Start != (protocol.Position{Line: 1, Character: 40}) || !strings.Contains(ds.Diagnostics[0].Message, "IPAddress") {
		t.Fatalf("diagnostics: %+v", ds.Diagnostics)
	}
	where := func(line, char uint32) protocol.TextDocumentPositionParams {
		return protocol.TextDocumentPositionParams{TextDocument: protocol.TextDocumentIdentifier{URI: doc}, Position: protocol.Position{Line: line, Character: char}}
	}
	comp := must[*protocol.CompletionList](t)(server.Completion(ctx, &protocol.CompletionParams{TextDocumentPositionParams: where(1, 48)}))
	if len(comp.Items) == 0 || comp.Items[0].Label != "IPAddress" || comp.Items[0].TextEdit.Range.Start.Character != 40 {
		t.Errorf("completion: %+v", comp.Items)
	}
	hov := must[*protocol.Hover](t)(server.Hover(ctx, &protocol.HoverParams{TextDocumentPositionParams: where(1, 2)}))
	if hov == nil || !strings.Contains(hov.Contents.Value, "table `SigninLogs`") {
		t.Errorf("hover: %+v", hov)
	}
	def := must[[]protocol.Location](t)(server.Definition(ctx, &protocol.DefinitionParams{TextDocumentPositionParams: where(1, 65)}))
	if len(def) != 1 || def[0].Range.Start != (protocol.Position{Line: 0, Character: 4}) {
		t.Errorf("definition: %+v", def)
	}
	edits := must[[]protocol.TextEdit](t)(server.Formatting(ctx, &protocol.DocumentFormattingParams{TextDocument: protocol.TextDocumentIdentifier{URI: doc}}))
	if len(edits) != 1 || !strings.Contains(edits[0].NewText, "SigninLogs\n| where") {
		t.Errorf("formatting: %+v", edits)
	}
	// An insertion at the very start, then a change of the whole text.
	change := func(raw string) *protocol.PublishDiagnosticsParams {
		t.Helper()
		if err := conn.Notify(ctx, protocol.MethodTextDocumentDidChange, json.RawMessage(raw)); err != nil {
			t.Fatal(err)
		}
		return <-c.diags
	}
	ds = change(`{"textDocument":{"uri":"file:///hunt.kql","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"x"}]}`)
	if len(ds.Diagnostics) == 0 || ds.Diagnostics[0].Range.Start.Line != 0 {
		t.Errorf("after an insertion: %+v", ds.Diagnostics)
	}
	ds = change(`{"textDocument":{"uri":"file:///hunt.kql","version":3},"contentChanges":[{"text":"print strcat('a', )"}]}`)
	if len(ds.Diagnostics) == 0 {
		t.Errorf("after a change of the whole text: %+v", ds.Diagnostics)
	}
	sig := must[*protocol.SignatureHelp](t)(server.SignatureHelp(ctx, &protocol.SignatureHelpParams{TextDocumentPositionParams: where(0, 18)}))
	if sig == nil || !strings.HasPrefix(sig.Signatures[0].Label, "strcat(") {
		t.Errorf("signature: %+v", sig)
	}
	if err := server.DidClose(ctx, &protocol.DidCloseTextDocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: doc}}); err != nil {
		t.Fatal(err)
	}
	if ds := <-c.diags; len(ds.Diagnostics) != 0 {
		t.Errorf("diagnostics stay after closing: %+v", ds.Diagnostics)
	}
	if err := server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if err := server.Exit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestYAML says that what is wrong in a rule's query is placed in its file.
func TestYAML(t *testing.T) {
	ctx, c, server, _, _ := connect(t)
	text := "id: 11111111-1111-1111-1111-111111111111\nname: x\nkind: Scheduled\nseverity: Low\nquery: |\n  SigninLogs\n  | where Bogus == 1\n"
	if err := server.DidOpen(ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: "file:///r.yaml", LanguageID: "yaml", Text: text}}); err != nil {
		t.Fatal(err)
	}
	for _, d := range (<-c.diags).Diagnostics {
		if strings.Contains(d.Message, "Bogus") {
			if d.Range.Start != (protocol.Position{Line: 6, Character: 10}) {
				t.Errorf("placed at %+v", d.Range)
			}
			return
		}
	}
	t.Error("the unknown column is not reported")
}

// TestBadMessages says that what makes no sense gets an error, not a crash.
func TestBadMessages(t *testing.T) {
	ctx, _, server, conn, _ := connect(t)
	if _, err := conn.Call(ctx, "textDocument/hover", json.RawMessage(`[1,2]`), nil); err == nil {
		t.Error("wrong parameters are taken")
	}
	if _, err := conn.Call(ctx, "no/such", json.RawMessage(`{}`), nil); err == nil {
		t.Error("an unknown method is taken")
	}
	h, err := server.Hover(ctx, &protocol.HoverParams{TextDocumentPositionParams: protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: "file:///not-open"}, Position: protocol.Position{Line: 99999, Character: 99999}}})
	if err != nil || h != nil {
		t.Errorf("hover over a text that is not open: %v %v", h, err)
	}
}
