package verdict

import (
	"runtime"
	"strings"
	"sync"
	"time"

	"goshawk/internal/engine"
	"goshawk/internal/hunt"
	"goshawk/internal/rule"
	"goshawk/internal/rulebook"
)

// Check binds the newest version of every record, runs nothing, and puts the
// verdicts into the set. Evidence of earlier runs stays while the text is the
// same; a rule that failed while running keeps that verdict.
func (s Set) Check(b *rulebook.Book, records []*rulebook.Record, eng *engine.Engine, o engine.Options) error {
	rules := make([]*rule.Rule, len(records))
	for i, r := range records {
		x, err := b.Rule(r)
		if err != nil {
			return err
		}
		rules[i] = x
	}
	at := time.Now().UTC().Truncate(time.Second)
	out := make([]*Verdict, len(records))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() { // ends when next is closed
			for i := range next {
				res := bound(rules[i], eng, o)
				out[i] = s.verdict(Config{Engine: eng, HasData: func(string) bool { return false }}, res, records[i], at)
			}
		})
	}
	for i := range records {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, r := range records {
		if old := s[r.Key]; old != nil && old.Text == out[i].Text && old.State == Failed && out[i].State == Runs {
			continue
		}
		s[r.Key] = out[i]
	}
	return nil
}

// bound is a rule's run that ended before any row was read.
func bound(r *rule.Rule, eng *engine.Engine, o engine.Options) *hunt.Result {
	res := &hunt.Result{Rule: r, Status: hunt.None}
	if r.Text == nil || strings.TrimSpace(r.Query) == "" {
		res.Status, res.Reason = hunt.Refused, "the rule has no query"
		return res
	}
	_, ds := eng.Bind(r.Text, o)
	res.Notes = ds
	if err := ds.Err(); err != nil {
		res.Status, res.Reason = hunt.Refused, err.Error()
	}
	return res
}
