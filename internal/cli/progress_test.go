package cli

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"goshawk/internal/ingest"
)

// screen is a terminal that may be looked at while it is written.
type screen struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Write adds to the screen.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestProgressIsTakenAwayAtTheEnd(t *testing.T) {
	w, err := ingest.Open([]ingest.Spec{{Path: folder(t, map[string]string{"a.ndjson": signins(10)})}}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &progress{data: &data{workspace: w}, rules: 3}
	s := &screen{}
	p.start(s)
	p.step()
	for end := time.Now().Add(10 * time.Second); s.seen() == "" && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	p.close()
	p.close()
	got := s.seen()
	if !strings.HasPrefix(got, "\r0 of 0 MB read, 1 of 3 rules done") || strings.TrimRight(got, "\r ") == strings.TrimRight(got, "\r") {
		t.Errorf("%q", got)
	}
}

func TestNoProgressIntoFilesAndPipes(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/err")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if (&app{err: f}).terminal() || (&app{err: &screen{}}).terminal() {
		t.Error("a file or buffer is taken for a terminal")
	}
}
