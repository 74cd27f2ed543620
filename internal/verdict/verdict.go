// Package verdict says of each rule of a book whether it runs here, and keeps
// the evidence: on which data it was run, and what it found there.
package verdict

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"

	"goshawk/internal/engine"
	"goshawk/internal/hunt"
	"goshawk/internal/rule"
	"goshawk/internal/rulebook"
	"goshawk/internal/source"
	"goshawk/internal/vector"
)

// State is whether a rule runs.
type State string

// The states. Refused: the query is right, and needs something that is not
// supported or not given. Broken: the query itself is wrong. Failed: it
// stopped while running.
const (
	Runs    State = "runs"
	Refused State = "refused"
	Broken  State = "broken"
	Failed  State = "failed"
)

// Verdict is what is known of one rule.
type Verdict struct {
	// Text is the hash of the rule's text that was judged.
	Text   string
	State  State
	Reason string    `json:",omitempty"`
	At     time.Time // when it was judged
	// Reads are the tables with the columns that the rule needs.
	Reads []engine.Needs `json:",omitempty"`
	// Columns are those of the result, name and type.
	Columns [][2]string `json:",omitempty"`
	// Evidence is one entry a data set, the newest run on it.
	Evidence []Evidence `json:",omitempty"`
}

// Evidence is a run on named data.
type Evidence struct {
	Data string
	At   time.Time
	// Has says whether the data held any row of the tables that the rule reads.
	Has  bool
	Rows int
	MS   float64
	// Sample is one row, as name and text, when there is any.
	Sample [][2]string `json:",omitempty"`
}

// Fired is the evidence with rows, nil when the rule never fired.
func (v *Verdict) Fired() *Evidence {
	for i := range v.Evidence {
		if v.Evidence[i].Rows > 0 {
			return &v.Evidence[i]
		}
	}
	return nil
}

// Tables are the names of the tables read.
func (v *Verdict) Tables() []string {
	var out []string
	for _, n := range v.Reads {
		out = append(out, n.Table)
	}
	return out
}

// Set is the verdicts of a book, by key.
type Set map[string]*Verdict

// Config says how to judge.
type Config struct {
	Engine *engine.Engine
	// Data names the data that the engine reads, "" when there is none.
	Data    string
	HasData func(table string) bool
	Options engine.Options
	// Lookback is how far back hunting rules look that name no time.
	Lookback time.Duration
	Parallel int
	// Text gives the cells of a row as people read them.
	Text func(b *vector.Batch, row int) []string
	// Done is told of each rule that was judged; may be nil.
	Done func()
}

// Judge judges the newest version of every record and puts the verdicts into
// the set. Evidence on other data stays while the rule's text is the same.
func (s Set) Judge(ctx context.Context, b *rulebook.Book, records []*rulebook.Record, c Config) error {
	var rules []*rule.Rule
	keys := map[*rule.Rule]*rulebook.Record{}
	for _, r := range records {
		x, err := b.Rule(r)
		if err != nil {
			return err
		}
		rules, keys[x] = append(rules, x), r
	}
	results, err := hunt.Run(ctx, hunt.Config{
		Engine: c.Engine, Rules: rules, HasData: func(string) bool { return true }, Options: c.Options, Lookback: c.Lookback,
		Parallel: c.Parallel, Done: func(*hunt.Result) {
			if c.Done != nil {
				c.Done()
			}
		},
	})
	if err != nil {
		return err
	}
	at := time.Now().UTC().Truncate(time.Second)
	for _, res := range results {
		rec := keys[res.Rule]
		v := s.verdict(c, res, rec, at)
		s[rec.Key] = v
	}
	return nil
}

func (s Set) verdict(c Config, res *hunt.Result, rec *rulebook.Record, at time.Time) *Verdict {
	v := &Verdict{Text: rec.Newest().Text, At: at}
	if old := s[rec.Key]; old != nil && old.Text == v.Text {
		for _, e := range old.Evidence {
			if e.Data != c.Data {
				v.Evidence = append(v.Evidence, e)
			}
		}
	}
	if res.Rule.Text != nil {
		needs, result, _ := c.Engine.Needs(res.Rule.Text)
		v.Reads = needs
		for _, col := range result {
			v.Columns = append(v.Columns, [2]string{col.Name, col.Type.String()})
		}
	}
	switch res.Status {
	case hunt.Refused:
		v.State, v.Reason = stateOf(res), firstError(res)
	case hunt.Error:
		v.State, v.Reason = Failed, res.Reason
	default:
		v.State = Runs
	}
	if v.State == Runs && c.Data != "" {
		v.Evidence = append(v.Evidence, evidence(c, res, v, at))
	}
	return v
}

// stateOf tells a refusal from a mistake.
func stateOf(res *hunt.Result) State {
	for _, d := range res.Notes {
		if d.Severity == source.Error && !d.Refusal {
			return Broken
		}
	}
	return Refused
}

func firstError(res *hunt.Result) string {
	for _, d := range res.Notes {
		if d.Severity == source.Error {
			return d.Code + ": " + d.Message
		}
	}
	return res.Reason
}

func evidence(c Config, res *hunt.Result, v *Verdict, at time.Time) Evidence {
	e := Evidence{Data: c.Data, At: at, MS: float64(res.Duration.Microseconds()) / 1000}
	for _, t := range v.Tables() {
		e.Has = e.Has || c.HasData(t)
	}
	if res.Table == nil || !e.Has {
		return e
	}
	e.Rows = res.Table.Rows()
	for _, b := range res.Table.Batches {
		if b.N == 0 {
			continue
		}
		for i, cell := range c.Text(b, 0) {
			e.Sample = append(e.Sample, [2]string{res.Table.Schema[i].Name, clip(cell)})
		}
		break
	}
	return e
}

// maxSample bounds the text of one cell of a sample row.
const maxSample = 300

func clip(s string) string {
	if r := []rune(s); len(r) > maxSample {
		return string(r[:maxSample]) + "…"
	}
	return s
}

const fileName = "verdicts.json"

// Load reads the verdicts beside a book; none are an empty set.
func Load(dir string) (Set, error) {
	s := Set{}
	raw, err := os.ReadFile(filepath.Join(dir, fileName))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return s, nil
}

// Save writes the verdicts beside a book, in one step.
func (s Set) Save(dir string) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	tmp, err := os.CreateTemp(dir, "verdicts-*.tmp")
	if err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(dir, fileName))
	}
	if err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	return nil
}

// Facts are what searches over the book ask for.
func (s Set) Facts(r *rulebook.Record) rulebook.Facts {
	v := s[r.Key]
	if v == nil {
		return rulebook.Facts{}
	}
	f := rulebook.Facts{Runs: string(v.State), Tables: v.Tables()}
	if v.State == Runs {
		f.Runs = "yes"
	}
	return f
}

// Count counts the states, and the reasons of what does not run.
func (s Set) Count() (states map[State]int, reasons []Reason) {
	states = map[State]int{}
	by := map[string]int{}
	for _, v := range s {
		states[v.State]++
		if v.State != Runs {
			by[string(v.State)+": "+v.Reason]++
		}
	}
	for r, n := range by {
		reasons = append(reasons, Reason{r, n})
	}
	sort.Slice(reasons, func(i, j int) bool {
		if reasons[i].Rules != reasons[j].Rules {
			return reasons[i].Rules > reasons[j].Rules
		}
		return reasons[i].Text < reasons[j].Text
	})
	return states, reasons
}

// Reason is why rules do not run, and how many.
type Reason struct {
	Text  string
	Rules int
}
