package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/enrich"
	"goshawk/internal/rulebook"
	"goshawk/internal/verdict"
)

type feedFlags struct {
	book  bookFlags
	since string
	what  []string
	limit int
	json  bool
}

// feedEvent is what happened to a rule.
type feedEvent struct {
	At   time.Time
	What string // "new", "changed" or "removed"
	Note string
	rec  *rulebook.Record
}

func (a *app) feedCmd() *cobra.Command {
	var f feedFlags
	cmd := &cobra.Command{
		Use:     "feed [SEARCH]",
		Short:   "Show what is new, changed and removed in the rulebook, by day",
		Long:    "The newest first. A search narrows it, as in `goshawk rules search`. Fields: " + strings.Join(rulebook.Fields, ", ") + ".",
		Example: "  goshawk feed --since 7d\n  goshawk feed --what changed,removed 'table:SigninLogs severity:>=medium'",
		RunE:    func(_ *cobra.Command, args []string) error { return a.feed(&f, strings.Join(args, " ")) },
	}
	f.book.register(cmd.Flags())
	fl := cmd.Flags()
	fl.StringVar(&f.since, "since", "", "only from this day on: 2026-03-01, or a span such as 7d before today")
	fl.StringSliceVar(&f.what, "what", nil, "only new, changed or removed (repeatable, or with commas)")
	fl.IntVar(&f.limit, "limit", 50, "entries shown (0: all)")
	fl.BoolVar(&f.json, "json", false, "one JSON object a line")
	return cmd
}

func (a *app) feed(f *feedFlags, search string) error {
	var since time.Time
	if f.since != "" {
		t, err := parseTime(f.since, time.Now())
		if err != nil {
			return usagef("--since: %v", err)
		}
		since = t
	}
	for _, w := range f.what {
		if !slices.Contains([]string{"new", "changed", "removed"}, w) {
			return usagef("--what %s: there are new, changed and removed", w)
		}
	}
	b, dir, err := f.book.open(false)
	if err != nil {
		return err
	}
	defer b.Close()
	if len(b.Records) == 0 {
		return usagef("the rulebook in %s is empty; fill it with `goshawk upstream add` and `sync`", dir)
	}
	set, err := verdict.Load(dir)
	if err != nil {
		return err
	}
	x, err := rulebook.NewIndex(b, set.Facts)
	if err != nil {
		return err
	}
	records, err := x.Search(search)
	if err != nil {
		return usagef("%v", err)
	}
	var list []feedEvent
	for _, e := range bookEvents(records) {
		if !e.At.Before(since) && (len(f.what) == 0 || slices.Contains(f.what, e.What)) {
			list = append(list, e)
		}
	}
	all := len(list)
	if f.limit > 0 {
		list = list[:min(all, f.limit)]
	}
	w := &feedWriter{app: a, book: b, set: set, engine: &engine.Engine{Catalog: engine.NewCatalog(nil)}, json: f.json}
	if err := w.write(list); err != nil || f.json {
		return err
	}
	counts := map[string]int{}
	for _, e := range list {
		counts[e.What]++
	}
	fmt.Fprintf(a.out, "\n%d new, %d changed, %d removed", counts["new"], counts["changed"], counts["removed"])
	if all > len(list) {
		fmt.Fprintf(a.out, "; %d older entries are not shown (--limit)", all-len(list))
	}
	fmt.Fprintln(a.out)
	return nil
}

// bookEvents are what happened to rules, the newest first; of one time, by key.
func bookEvents(records []*rulebook.Record) []feedEvent {
	var out []feedEvent
	for _, r := range records {
		for i, v := range r.Versions {
			e := feedEvent{At: v.Seen, What: "changed", Note: v.Change, rec: r}
			if i == 0 {
				e.What = "new"
			}
			out = append(out, e)
		}
		if !r.Removed.IsZero() {
			out = append(out, feedEvent{At: r.Removed, What: "removed", Note: "no source publishes it any more", rec: r})
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if !out[i].At.Equal(out[j].At) {
			return out[i].At.After(out[j].At)
		}
		return out[i].rec.Key < out[j].rec.Key
	})
	return out
}

// feedWriter prints entries of the feed.
type feedWriter struct {
	*app
	book   *rulebook.Book
	set    verdict.Set
	engine *engine.Engine
	json   bool
}

func (w *feedWriter) write(list []feedEvent) error {
	day := ""
	for _, e := range list {
		hypothesis, err := w.hypothesis(e.rec)
		if err != nil {
			return err
		}
		if w.json {
			if err := w.line(e, hypothesis); err != nil {
				return err
			}
			continue
		}
		if d := e.At.UTC().Format("Monday, 2 January 2006"); d != day {
			if day != "" {
				fmt.Fprintln(w.out)
			}
			day = d
			fmt.Fprintln(w.out, d)
		}
		w.entry(e, hypothesis)
	}
	return nil
}

// hypothesis is the analyst's first sentence on the newest version.
func (w *feedWriter) hypothesis(r *rulebook.Record) (string, error) {
	x, err := w.book.Rule(r)
	if err != nil || x.Text == nil {
		return "", err
	}
	e, err := offline(w.engine, x)
	if err != nil {
		return "", err
	}
	return enrich.FirstSentence(e.Hypothesis), nil
}

// state is the verdict in a word, of the newest version.
func (w *feedWriter) state(r *rulebook.Record) (state string, tables []string) {
	v := w.set[r.Key]
	if v == nil {
		return "not run", nil
	}
	switch {
	case v.Text != r.Newest().Text:
		return "not run", v.Tables()
	case v.Fired() != nil:
		return "fires", v.Tables()
	}
	return string(v.State), v.Tables()
}

func (w *feedWriter) entry(e feedEvent, hypothesis string) {
	r := e.rec
	state, tables := w.state(r)
	fmt.Fprintf(w.out, "  %s  %-8s %s\n", e.At.UTC().Format("15:04"), e.What, r.Name)
	var from []string
	for _, p := range r.Places {
		if !slices.Contains(from, p.Upstream) {
			from = append(from, p.Upstream)
		}
	}
	fmt.Fprintf(w.out, "                  %s\n", joinNonEmpty(" · ", string(r.Severity), state, strings.Join(from, ", "), strings.Join(r.Techniques, " "), strings.Join(tables, " ")))
	if e.Note != "" {
		fmt.Fprintf(w.out, "                  %s\n", e.Note)
	}
	if hypothesis != "" {
		fmt.Fprintf(w.out, "                  %s\n", hypothesis)
	}
	fmt.Fprintf(w.out, "                  goshawk rules show %s\n", r.Key)
}

func (w *feedWriter) line(e feedEvent, hypothesis string) error {
	state, tables := w.state(e.rec)
	return json.NewEncoder(w.out).Encode(struct {
		At         time.Time `json:"at"`
		What       string    `json:"what"`
		Note       string    `json:"note,omitempty"`
		Key        string    `json:"key"`
		Name       string    `json:"name"`
		Severity   string    `json:"severity,omitempty"`
		Verdict    string    `json:"verdict"`
		Techniques []string  `json:"techniques,omitempty"`
		Tables     []string  `json:"tables,omitempty"`
		Hypothesis string    `json:"hypothesis,omitempty"`
	}{e.At.UTC(), e.What, e.Note, e.rec.Key, e.rec.Name, string(e.rec.Severity), state, e.rec.Techniques, tables, hypothesis})
}
