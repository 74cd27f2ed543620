package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"goshawk/internal/site"
)

// rule is the rule that a request names; ok is false when it names one that
// is not there.
func (s *Server) rule(r *http.Request) (rule *site.Rule, ok bool) {
	key := r.PathValue("key")
	if key == "" {
		return nil, true
	}
	_, rules := s.current()
	rule = rules[key]
	return rule, rule != nil
}

// tryForm is the form with the rule's query, not run yet.
func (s *Server) tryForm(w http.ResponseWriter, r *http.Request) {
	x, ok := s.rule(r)
	if !ok {
		s.noRule(w, r)
		return
	}
	t := site.Try{Rule: x, Data: s.cfg.Data}
	if x != nil {
		t.Query = x.Query
	}
	s.tryPage(w, http.StatusOK, t)
}

func (s *Server) noRule(w http.ResponseWriter, r *http.Request) {
	s.message(w, r, http.StatusNotFound, "There is no such rule", "It may have left the book.")
}

// try runs a query and shows what came out.
func (s *Server) try(w http.ResponseWriter, r *http.Request) {
	x, ok := s.rule(r)
	if !ok {
		s.noRule(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4*maxQuery) // a form takes up to three bytes for one
	if err := r.ParseForm(); err != nil {
		code := http.StatusBadRequest
		if errors.As(err, new(*http.MaxBytesError)) {
			code = http.StatusRequestEntityTooLarge
		}
		s.message(w, r, code, "The form cannot be read", "A query can have up to 256 KB.")
		return
	}
	query := strings.ReplaceAll(r.PostForm.Get("query"), "\r\n", "\n")
	if query == "" && x != nil {
		query = x.Query
	}
	if len(query) > maxQuery {
		s.message(w, r, http.StatusRequestEntityTooLarge, "The query is too long", "A query can have up to 256 KB.")
		return
	}
	t := site.Try{Rule: x, Query: query, Data: s.cfg.Data}
	if strings.TrimSpace(query) == "" {
		t.Problems = []string{"There is no query to run."}
		s.tryPage(w, http.StatusBadRequest, t)
		return
	}
	if !s.takeSlot(r.Context()) {
		w.Header().Set("Retry-After", "5")
		t.Problems = []string{"Other queries are running; try again in a few seconds."}
		s.tryPage(w, http.StatusServiceUnavailable, t)
		return
	}
	defer func() { <-s.slots }()
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.QueryTime)
	defer cancel()
	start := time.Now()
	t = s.cfg.Run(ctx, x, query)
	t.Rule, t.Query, t.Data = x, query, s.cfg.Data
	t.MS = float64(time.Since(start).Microseconds()) / 1000
	if ctx.Err() != nil && !t.Ran {
		t.Problems = []string{"The query was stopped after " + s.cfg.QueryTime.String() + ", which is all the time that a query has here."}
	}
	s.tryPage(w, http.StatusOK, t)
}

// takeSlot waits for a query's turn, and says whether it came.
func (s *Server) takeSlot(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, queueTime)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Server) tryPage(w http.ResponseWriter, code int, t site.Try) {
	m, _ := s.current()
	raw, err := site.TryPage(m, t)
	if err != nil {
		s.cfg.Log.Error("a page could not be made", "error", err)
		s.plain(w, http.StatusInternalServerError, "The page could not be made.\n")
		return
	}
	s.html(w, code, raw)
}
