// Package web serves the pages of package site to browsers: the same pages as
// the static site, made anew when the rules change, with a form that runs a
// query. It reads no rules and runs no query itself: it is given functions that
// do. It asks no other server for anything.
package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"goshawk/internal/site"
)

// Config says what to serve.
type Config struct {
	// Build writes the pages into an empty folder and gives what they show.
	Build func(dir string) (*site.Model, error)
	// Stamp is another text when the pages must be built again; nil when they
	// never change.
	Stamp func() string
	// Run runs a query, the rule's own or an edited one. r is nil for a query
	// that belongs to no rule. It must end soon after ctx does.
	Run func(ctx context.Context, r *site.Rule, query string) site.Try
	// Data names what Run runs on.
	Data string
	// Token is what readers must show; "" lets everybody in.
	Token string
	// Loopback says that the server listens on this machine only; requests for
	// other host names are turned away, so that a foreign page cannot reach the
	// server under a name of its own.
	Loopback bool
	// Queries is how many run at once; 0 means 2.
	Queries int
	// QueryTime bounds one query; 0 means 20 seconds.
	QueryTime time.Duration
	Log       *slog.Logger
}

const (
	// maxQuery bounds a query's text in bytes; the longest published rule has
	// about 40 KB.
	maxQuery = 256 << 10
	// queueTime is how long a query waits for its turn.
	queueTime = 5 * time.Second
	cookie    = "goshawk"
)

// Server serves pages. Close removes what it wrote.
type Server struct {
	cfg   Config
	dir   string
	slots chan struct{}

	mu    sync.RWMutex // guards what follows; held while a page is opened
	root  string       // folder of the pages that are served now
	stamp string
	model *site.Model
	rules map[string]*site.Rule
}

// New builds the pages.
func New(c Config) (*Server, error) {
	if c.Queries <= 0 {
		c.Queries = 2
	}
	if c.QueryTime <= 0 {
		c.QueryTime = 20 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := os.MkdirTemp("", "goshawk-serve-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for pages: %w", err)
	}
	s := &Server{cfg: c, dir: dir, slots: make(chan struct{}, c.Queries)}
	if err := s.build(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close removes the pages.
func (s *Server) Close() error { return os.RemoveAll(s.dir) }

func (s *Server) now() string {
	if s.cfg.Stamp == nil {
		return ""
	}
	return s.cfg.Stamp()
}

// build writes the pages into a new folder and serves them from there on; on
// an error the old ones stay.
func (s *Server) build() error {
	stamp := s.now()
	root, err := os.MkdirTemp(s.dir, "pages-")
	if err != nil {
		return fmt.Errorf("make a folder for pages: %w", err)
	}
	m, err := s.cfg.Build(root)
	if err != nil {
		return errors.Join(err, os.RemoveAll(root))
	}
	rules := make(map[string]*site.Rule, len(m.Rules))
	for _, r := range m.Rules {
		rules[r.Key] = r
	}
	s.mu.Lock()
	old := s.root
	s.root, s.stamp, s.model, s.rules = root, stamp, m, rules
	s.mu.Unlock()
	if old != "" {
		// Where a file that is being sent cannot be removed, Close does it.
		_ = os.RemoveAll(old)
	}
	return nil
}

// Refresh builds the pages again if what they show has changed.
func (s *Server) Refresh() error {
	s.mu.RLock()
	same := s.stamp == s.now()
	s.mu.RUnlock()
	if same {
		return nil
	}
	return s.build()
}

// Watch refreshes the pages until ctx ends.
func (s *Server) Watch(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := s.Refresh(); err != nil {
				s.cfg.Log.Error("the pages could not be built again; the old ones stay", "error", err)
			}
		}
	}
}

// Handler answers all requests.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /try/{$}", s.tryForm)
	mux.HandleFunc("GET /try/{key}", s.tryForm)
	mux.HandleFunc("POST /try/{$}", s.try)
	mux.HandleFunc("POST /try/{key}", s.try)
	mux.HandleFunc("GET /", s.file)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		s.message(w, r, http.StatusMethodNotAllowed, "Not like this", "Pages can be read here, and queries tried.")
	})
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.message(w, r, http.StatusForbidden, "Not from another site", "The form was sent by a page of another site.")
	}))
	return s.guard(cross.Handler(mux))
}

// guard sets the headers of every answer and lets in who may be let in.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", site.CSP)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "private, no-cache")
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.cfg.Log.Error("bug: a page panicked", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				s.message(w, r, http.StatusInternalServerError, "Something went wrong here", "The log of the server has the details.")
			}
		}()
		if s.cfg.Loopback && !loopbackName(r.Host) {
			s.message(w, r, http.StatusMisdirectedRequest, "Not under this name", "This server answers to localhost only.")
			return
		}
		if !s.enter(w, r) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackName says whether a Host header names this machine.
func loopbackName(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && a.IsLoopback()
}

// enter lets a request in that shows the token: as a bearer token, as the
// cookie of an earlier visit, or once in the address, which is then cleaned.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) bool {
	if s.cfg.Token == "" {
		return true
	}
	if given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && equal(given, s.cfg.Token) {
		return true
	}
	pass := passOf(s.cfg.Token)
	if c, err := r.Cookie(cookie); err == nil && equal(c.Value, pass) {
		return true
	}
	if r.Method == http.MethodGet && equal(r.URL.Query().Get("token"), s.cfg.Token) {
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: pass, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
		to := *r.URL
		q := to.Query()
		q.Del("token")
		to.Scheme, to.Host, to.RawQuery = "", "", q.Encode()
		to.Path = "/" + strings.TrimLeft(to.Path, "/\\")
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
		return false
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	s.plain(w, http.StatusUnauthorized, "This server wants its token: open the address that `goshawk serve` printed.\n")
	return false
}

// passOf is what the cookie holds, so that the token itself stays out of it.
func passOf(token string) string {
	sum := sha256.Sum256([]byte("goshawk page cookie\x00" + token))
	return hex.EncodeToString(sum[:])
}

// equal compares in a time that says nothing about where two texts differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (s *Server) plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}

// current is what is served now.
func (s *Server) current() (*site.Model, map[string]*site.Rule) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.model, s.rules
}

func (s *Server) message(w http.ResponseWriter, r *http.Request, code int, heading, text string) {
	m, _ := s.current()
	raw, err := site.MessagePage(m, strings.TrimPrefix(r.URL.Path, "/"), heading, text)
	if err != nil {
		s.cfg.Log.Error("a page could not be made", "error", err)
		s.plain(w, code, heading+"\n")
		return
	}
	s.html(w, code, raw)
}

func (s *Server) html(w http.ResponseWriter, code int, raw []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(raw)
}

// fileTypes are the types of files by ending; everything else, such as a rule
// as published, is text. HTML is only what the site wrote as a page.
var fileTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".atom": "application/atom+xml; charset=utf-8",
	".xml": "application/xml", ".csv": "text/csv; charset=utf-8",
}

// file answers with a page or file of the site.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	p := strings.TrimPrefix(r.URL.Path, "/")
	if strings.HasSuffix(p, "/") || p == "" {
		p += "index.html"
	}
	local := filepath.FromSlash(p)
	f, info := s.open(local)
	if f == nil {
		s.message(w, r, http.StatusNotFound, "There is no such page", "It may be the page of a rule that is no longer in the book.")
		return
	}
	defer f.Close()
	if info.IsDir() {
		http.Redirect(w, r, "/"+strings.TrimLeft(p, "/")+"/", http.StatusMovedPermanently)
		return
	}
	kind := fileTypes[filepath.Ext(local)]
	switch {
	case filepath.Base(local) == "index.html":
		kind = "text/html; charset=utf-8"
	case kind == "" || strings.HasPrefix(p, "rules/") && !strings.HasSuffix(p, ".json"):
		kind = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// open opens a file of the pages that are served now, nil when there is none.
// Names that begin with a dot are not pages.
func (s *Server) open(local string) (*os.File, os.FileInfo) {
	if !filepath.IsLocal(local) || strings.HasPrefix(filepath.Base(local), ".") {
		return nil, nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, err := os.OpenInRoot(s.root, local)
	if err != nil {
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, nil
	}
	return f, info
}
