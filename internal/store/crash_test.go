package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// day is a run of the workload of the crash tests: files are taken in one
// after the other, and merged. It gives how many rows were acknowledged.
func workload(fs FS, acked *int) error {
	w, err := Create("s", Config{FS: fs, Threads: 1, Flush: 30_000, Piece: 4000})
	if err != nil {
		return err
	}
	defer w.Close()
	for i := range 4 {
		if _, err := w.Load(context.Background(), numbers(fmt.Sprint(i), i*400, i*400+400), nil); err != nil {
			return err
		}
		if err := w.Commit(); err != nil {
			return err
		}
		*acked = i*400 + 400
	}
	if err := w.Compact(context.Background()); err != nil {
		return err
	}
	return w.Close()
}

// TestAPowerCutAtAnyMomentLosesNothing stops the machine before each
// second operation on the disk in turn. What was acknowledged is there afterwards,
// nothing is there twice, and going on gives every row once.
func TestAPowerCutAtAnyMomentLosesNothing(t *testing.T) {
	whole := newMemFS()
	if err := workload(whole, new(int)); err != nil {
		t.Fatal(err)
	}
	step := 2
	if testing.Short() {
		step = 7
	}
	for at := 1; at <= whole.ops; at += step {
		fs := newMemFS()
		fs.failAt = at
		acked := 0
		if err := workload(fs, &acked); err == nil && acked != 1600 {
			t.Fatalf("stopped at operation %d: no error, %d rows", at, acked)
		}
		for seed := range uint64(3) {
			after := fs.crash(rand.New(rand.NewPCG(uint64(at), seed)))
			if err := checkAfter(after, acked); err != nil {
				t.Fatalf("stopped at operation %d of %d, seed %d: %v", at, whole.ops, seed, err)
			}
		}
	}
}

func checkAfter(fs *memFS, acked int) error {
	s, err := Open("s", Config{FS: fs, Threads: 1})
	var e *Error
	switch {
	case errors.As(err, &e) && e.Kind == NotFound && acked == 0:
	case err != nil:
		return fmt.Errorf("open: %w", err)
	default:
		got, err := readSeqs(s, nil)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if len(got) < acked || !slices.Equal(got, upTo(len(got))) {
			return fmt.Errorf("%d rows were acknowledged, %d are there, or some twice", acked, len(got))
		}
		rep, err := s.Verify(context.Background())
		if err != nil || len(rep.Damage) > 0 {
			return fmt.Errorf("verify: %v, %v", rep.Damage, err)
		}
	}
	if err := workload(fs, new(int)); err != nil {
		return fmt.Errorf("going on: %w", err)
	}
	if s, err = Open("s", Config{FS: fs, Threads: 1}); err != nil {
		return fmt.Errorf("open again: %w", err)
	}
	got, err := readSeqs(s, nil)
	if err != nil || !slices.Equal(got, upTo(1600)) {
		return fmt.Errorf("after going on there are %d rows, want 1600 (%w)", len(got), err)
	}
	rep, err := s.Verify(context.Background())
	if err != nil || len(rep.Damage) > 0 || len(rep.Stray) > 0 {
		return fmt.Errorf("verify after going on: %v, %v, %w", rep.Damage, rep.Stray, err)
	}
	return nil
}

// TestAFullDiskLosesNothing gives the disk every size, and more room later.
func TestAFullDiskLosesNothing(t *testing.T) {
	for room := int64(0); room < 60_000; room += 1997 {
		fs := newMemFS()
		fs.room = room
		acked := 0
		err := workload(fs, &acked)
		if err == nil {
			break // all fits
		}
		if !errors.Is(err, errFull) {
			t.Fatalf("%d bytes of room: %v", room, err)
		}
		fs.room = -1
		if err := checkAfter(fs, acked); err != nil {
			t.Fatalf("%d bytes of room: %v", room, err)
		}
	}
}

// TestAFailedWriterSaysSo: after a commit that failed, nobody knows whether
// it is on the disk, so the writer refuses to go on.
func TestAFailedWriterSaysSo(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	if _, err := w.Load(context.Background(), numbers("a", 0, 100), nil); err != nil {
		t.Fatal(err)
	}
	fs.room = 50
	if err := w.Commit(); !errors.Is(err, errFull) {
		t.Fatalf("commit on a full disk: %v", err)
	}
	fs.room = -1
	if _, err := w.Load(context.Background(), numbers("b", 100, 200), nil); err == nil {
		t.Error("a failed writer goes on")
	}
	if err := w.Commit(); err == nil {
		t.Error("a failed writer commits")
	}
}

// TestDamageIsNamedAndConfined flips and cuts bytes anywhere.
func TestDamageIsNamedAndConfined(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	loadAll(t, w, numbers("a", 0, 3000))
	w.Close()
	parts := fs.paths(segmentExt)
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for _, name := range parts[:2] {
		whole := fs.files[name].data
		for at := 0; at < len(whole); at += 1 + len(whole)/150 {
			bad := slices.Clone(whole)
			bad[at] ^= 0x20
			for what, data := range map[string][]byte{"flip": bad, "cut": whole[:at]} {
				fs.files[name].data = data
				s, err := Open("s", Config{FS: fs, Threads: 1})
				if err != nil {
					t.Fatalf("%s at byte %d of %s: %v", what, at, name, err)
				}
				rep, err := s.Verify(context.Background())
				if err != nil || len(rep.Damage) == 0 {
					t.Fatalf("%s at byte %d of %s: verify finds nothing (%v)", what, at, name, err)
				}
				for _, d := range rep.Damage {
					if !contains(d.Error(), name) {
						t.Fatalf("%s at byte %d: the damage does not name %s: %v", what, at, name, d)
					}
				}
				// A read says so or is not touched by it; it is never wrong.
				if got, err := readSeqs(s, nil); err == nil && !slices.Equal(got, upTo(3000)) {
					t.Fatalf("%s at byte %d of %s: %d rows without an error", what, at, name, len(got))
				}
				// Another day is not touched.
				if got, err := otherDay(s); err != nil || len(got) == 0 {
					t.Fatalf("%s at byte %d of %s: the last day gives %d rows, %v", what, at, name, len(got), err)
				}
			}
		}
		fs.files[name].data = whole
	}
}

func TestADamagedListHasACopy(t *testing.T) {
	fs := newMemFS()
	w := create(t, fs, "s")
	loadAll(t, w, numbers("a", 0, 500))
	w.Close()
	for _, name := range []string{"s/" + manifestName, "s/" + copyName} {
		whole := fs.files[name].data
		for at := 0; at < len(whole); at += 3 {
			bad := slices.Clone(whole)
			bad[at] ^= 1
			for _, data := range [][]byte{bad, whole[:at]} {
				fs.files[name].data = data
				s, err := Open("s", Config{FS: fs})
				if err != nil {
					t.Fatalf("byte %d of %s: %v", at, name, err)
				}
				if d := s.Damage(); len(d) != 1 || !contains(d[0].Error(), name) {
					t.Fatalf("byte %d of %s: damage %v", at, name, d)
				}
				if got, err := readSeqs(s, nil); err != nil || len(got) != 500 {
					t.Fatalf("byte %d of %s: %d rows, %v", at, name, len(got), err)
				}
			}
		}
		fs.files[name].data = whole
	}
	// The next writer mends it.
	fs.files["s/"+manifestName].data = nil
	create(t, fs, "s").Close()
	if s, err := Open("s", Config{FS: fs}); err != nil || len(s.Damage()) > 0 {
		t.Errorf("after another writer: %v", err)
	}
	// Without both copies the parts are not taken for an empty store.
	fs.files["s/"+manifestName].data, fs.files["s/"+copyName].data = []byte("x"), []byte("y")
	var e *Error
	if _, err := Open("s", Config{FS: fs}); !errors.As(err, &e) || e.Kind != Damaged {
		t.Errorf("without a list: %v", err)
	}
	if _, err := Create("s", Config{FS: fs}); !errors.As(err, &e) || e.Kind != Damaged {
		t.Errorf("a writer without a list: %v", err)
	}
	delete(fs.files, "s/"+manifestName)
	delete(fs.files, "s/"+copyName)
	if _, err := Create("s", Config{FS: fs}); !errors.As(err, &e) || e.Kind != Damaged {
		t.Errorf("a writer without both lists: %v", err)
	}
	if len(fs.paths(segmentExt)) == 0 {
		t.Error("the parts are gone")
	}
}
