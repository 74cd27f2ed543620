package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"goshawk/internal/engine"
	"goshawk/internal/ingest"
	"goshawk/internal/source"
)

// display is a terminal that may be looked at while it is written.
type display struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Write adds to the display.
func (s *display) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *display) seen() string {
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
	s := &display{}
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
	if (&app{err: f}).terminal() || (&app{err: &display{}}).terminal() {
		t.Error("a file or buffer is taken for a terminal")
	}
}

// A table wider than the screen is printed row by row.
func TestWideRowsOnANarrowScreen(t *testing.T) {
	e := &engine.Engine{Catalog: engine.NewCatalog(nil)}
	rs, _, err := e.Query(context.Background(), source.New("query", `range x from 1 to 3 step 1 | extend name = strrep("ab", 15), other = strrep("c", 30)`), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := screen{Writer: bufio.NewWriter(&out), width: 40}
	if err := errors.Join(writeResult(w, rs[0], "table", 2), w.Flush()); err != nil {
		t.Fatal(err)
	}
	want := `─ row 1 ───────────────────────────────
x      1
name   ababababababababababababababab
other  cccccccccccccccccccccccccccccc
─ row 2 ───────────────────────────────
x      2
name   ababababababababababababababab
other  cccccccccccccccccccccccccccccc
… 1 more row; --max-rows 0 shows all
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
