// Package demo makes a sample tenant: a month of sign-ins of an invented
// company, written as the diagnostic export of Entra writes them, with planted
// attacks, benign look-alikes of each, and the truth about both. The same
// configuration gives the same bytes on every machine.
//
// Names, addresses and network numbers are from the ranges set aside for
// documentation. The package writes records and knows nothing of how they are
// read or queried.
package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Days is the length of the sample.
const Days = 30

// Now is the instant at which the sample ends: midnight after Friday 6 March
// 2026. Rules are run over it with this as their now().
var Now = time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)

// DefaultSignins is about how many sign-ins the sample holds.
const DefaultSignins = 200_000

// minSignins is where the truth still holds: with fewer people, an office
// address has too few of them to be told from anyone else's.
const minSignins = 20_000

// Config chooses a sample. The zero value is the usual one.
type Config struct {
	Seed    uint64 // 0 means 1
	Signins int    // about; 0 means DefaultSignins, at least 20,000
}

// Write writes the sample to w, one record a line, sorted by time.
func Write(w io.Writer, cfg Config) (Truth, error) {
	t := newTenant(cfg)
	out := bufio.NewWriterSize(w, 1<<18)
	for day := range Days {
		if err := t.writeDay(out, day); err != nil {
			return Truth{}, fmt.Errorf("write sample: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return Truth{}, fmt.Errorf("write sample: %w", err)
	}
	return t.truth, nil
}

// WriteDays writes the sample to dir, one file a day, and gives their paths.
func WriteDays(dir string, cfg Config) (Truth, []string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Truth{}, nil, fmt.Errorf("make folder for the sample: %w", err)
	}
	t := newTenant(cfg)
	paths := make([]string, Days)
	errs := make([]error, Days)
	next := make(chan int, Days)
	for day := range Days {
		paths[day] = filepath.Join(dir, "SignInLogs-"+t.start.AddDate(0, 0, day).Format(time.DateOnly)+".ndjson")
		next <- day
	}
	close(next)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), Days) {
		wg.Go(func() { // ends when the days are used up; the tenant is only read
			for day := range next {
				errs[day] = t.writeFile(paths[day], day)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return Truth{}, nil, err
	}
	return t.truth, paths, nil
}

func (t *tenant) writeFile(path string, day int) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	defer f.Close() // a second close after the one below does nothing
	out := bufio.NewWriterSize(f, 1<<18)
	if err := t.writeDay(out, day); err != nil {
		return fmt.Errorf("write sample %s: %w", path, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write sample %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write sample %s: %w", path, err)
	}
	return nil
}

// writeDay writes one day, sorted by time.
func (t *tenant) writeDay(out *bufio.Writer, day int) error {
	rng := t.stream(uint64(day) + 100)
	events := t.background(rng, day)
	from := t.start.AddDate(0, 0, day)
	to := from.AddDate(0, 0, 1)
	for _, e := range t.planted {
		if !e.at.Before(from) && e.at.Before(to) {
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	var buf []byte
	for i := range events {
		buf = t.appendRecord(buf[:0], rng, &events[i])
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// stream is a source of random numbers of its own, so that a change in one
// part of the sample does not move the others.
func (t *tenant) stream(n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(t.cfg.Seed, n))
}
