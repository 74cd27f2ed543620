package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// otherDay reads the rows of the third day only.
func otherDay(s *Store) ([]int64, error) {
	return readSeqs(s, []scan.Cond{{Column: scan.Column{Name: "TimeGenerated", Type: types.Datetime}, Op: "GreaterThanOrEqual",
		Values: []vector.Datum{{T: types.Datetime, V: day0 + 2*types.Day}}}})
}

const childDir = "GOSHAWK_TEST_STORE"

// TestMain is also the process that is killed: it takes rows in and says on
// standard output what is acknowledged.
func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	w, err := Create(dir, Config{Threads: 2, Flush: 20_000, Piece: 3000})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for i := 0; i < 1000; i++ {
		if _, err := w.Load(context.Background(), numbers(fmt.Sprint(i), i*200, i*200+200), nil); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		if err := w.Commit(); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("acked", i*200+200)
	}
	os.Exit(0)
}

// TestKilledProcessesLoseNothing kills a process that writes, again and again
// on one store.
func TestKilledProcessesLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir() + "/store"
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	acked, loops := 0, 0
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && loops < 40; loops++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(20+r.IntN(250))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for in := bufio.NewScanner(out); in.Scan(); {
			word, rest, _ := strings.Cut(in.Text(), " ")
			if n, err := strconv.Atoi(rest); word == "acked" && err == nil {
				acked = max(acked, n)
			} else {
				t.Errorf("the process said: %s", in.Text())
			}
		}
		_ = cmd.Wait()
		kill.Stop()
		s, err := Open(dir, Config{Threads: 2})
		if err != nil {
			var e *Error
			if errors.As(err, &e) && e.Kind == NotFound && acked == 0 {
				continue
			}
			t.Fatal(err)
		}
		got, err := readSeqs(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) < acked || !slices.Equal(got, upTo(len(got))) {
			t.Fatalf("after kill %d: %d rows acknowledged, %d there or some twice", loops, acked, len(got))
		}
		rep, err := s.Verify(context.Background())
		if err != nil || len(rep.Damage) > 0 {
			t.Fatalf("after kill %d: %v, %v", loops, rep, err)
		}
		s.Close()
	}
	if acked == 0 {
		t.Error("no process got to acknowledge anything")
	}
	t.Logf("%d kills, %d rows acknowledged", loops, acked)
}

// TestOneProcessWrites: a second writer is refused, readers are not.
func TestOneProcessWrites(t *testing.T) {
	dir := t.TempDir() + "/store"
	w := create(t, OS{}, dir)
	loadAll(t, w, numbers("a", 0, 100))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another process is writing") {
		t.Errorf("a second process: %v, %s", err, out)
	}
	var e *Error
	if _, err := Create(dir, Config{}); !errors.As(err, &e) || e.Kind != Busy {
		t.Errorf("a second writer: %v", err)
	}
	if got := seqs(t, OS{}, dir); len(got) != 100 {
		t.Errorf("a reader sees %d rows", len(got))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w2, err := Create(dir, Config{})
	if err != nil {
		t.Fatal(err)
	}
	w2.Close()
}

// TestReadersSeeOneState reads while a writer commits and merges: each read
// sees a whole number of commits, and never less than the one before.
func TestReadersSeeOneState(t *testing.T) {
	dir := t.TempDir() + "/store"
	w := create(t, OS{}, dir)
	loadAll(t, w, numbers("0", 0, 100))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() { // ends when stop is closed
			defer wg.Done()
			last := 0
			for {
				select {
				case <-stop:
					return
				default:
				}
				s, err := Open(dir, Config{Threads: 1})
				if err != nil {
					t.Error(err)
					return
				}
				got, err := readSeqs(s, nil)
				s.Close()
				if err != nil || len(got)%100 != 0 || len(got) < last || !slices.Equal(got, upTo(len(got))) {
					t.Errorf("a reader saw %d rows after %d (%v)", len(got), last, err)
					return
				}
				last = len(got)
			}
		}()
	}
	for i := 1; i < 40; i++ {
		loadAll(t, w, numbers(fmt.Sprint(i), i*100, i*100+100))
	}
	if err := w.Compact(context.Background()); err != nil {
		t.Error(err)
	}
	close(stop)
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
