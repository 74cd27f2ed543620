package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/enrich"
	"goshawk/internal/llm"
	"goshawk/internal/rule"
	"goshawk/internal/schema"
	"goshawk/internal/source"
	"goshawk/internal/verdict"
)

type enrichFlags struct {
	data   dataFlags
	book   bookFlags
	search string
	json   bool
	model  llm.Config
	kind   string
}

func (a *app) enrichCmd() *cobra.Command {
	var f enrichFlags
	cmd := &cobra.Command{
		Use:   "enrich RULE... | enrich --search SEARCH",
		Short: "Write guidance for rules: hypothesis, severity, data, benign causes, tuning, triage",
		Long: "The offline analyst reads each rule's logic and known facts about tables, result codes and events,\n" +
			"and writes what an analyst would add. It calls nobody. Test rules before production.\n\n" +
			"With --llm, a language model adds its view: it is sent the rule and the analyst's facts, nothing of your\n" +
			"logs. What contradicts the query is thrown away; what is kept is kept by content beside the book, where\n" +
			"`goshawk site build` finds it. The key comes from GOSHAWK_LLM_KEY only.",
		Example: "  goshawk enrich rules/starter\n  goshawk enrich --search 'technique:T1110 runs:yes' --llm http://127.0.0.1:11434/v1 --model qwen3:8b",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.enrich(cmd.Context(), &f, args) },
	}
	f.data.register(cmd)
	f.book.register(cmd.Flags())
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "one JSON object a line")
	fl.StringVar(&f.search, "search", "", "rules of the book that match, as in `goshawk rules search`; * for all")
	fl.StringVar(&f.model.URL, "llm", "", "address of a language model's API, e.g. http://127.0.0.1:11434/v1")
	fl.StringVar(&f.kind, "llm-kind", "openai", "API that it speaks: openai (and compatible) or anthropic")
	fl.StringVar(&f.model.Model, "model", "", "name of the model")
	fl.IntVar(&f.model.Requests, "llm-requests", 200, "requests that may be sent at most (0: no bound)")
	fl.IntVar(&f.model.Tokens, "llm-tokens", 1_000_000, "tokens that may be used at most (0: no bound)")
	fl.IntVar(&f.model.PerMinute, "llm-rate", 30, "requests a minute at most (0: no bound)")
	fl.DurationVar(&f.model.Timeout, "llm-timeout", 2*time.Minute, "time that one request may take")
	return cmd
}

func (a *app) enrich(ctx context.Context, f *enrichFlags, args []string) error {
	if (len(args) == 0) == (f.search == "") {
		return usagef("name rules by files or folders, or with --search those of the book")
	}
	d, err := f.data.open()
	if err != nil {
		return err
	}
	rules, err := a.toEnrich(f, args)
	if err != nil {
		return err
	}
	m, err := f.modeller()
	if err != nil {
		return err
	}
	for i, r := range rules {
		if r.Text == nil {
			continue
		}
		e, err := offline(d.engine, r)
		if err != nil {
			return err
		}
		var added *enrich.Enrichment
		if m != nil {
			if added, err = m.add(ctx, caseOf(d.engine, r, e)); err != nil {
				if ctx.Err() != nil {
					return err
				}
				fmt.Fprintf(a.err, "goshawk: %s: %v\n", r.Title(), err)
			}
		}
		if f.json {
			out := map[string]any{"id": r.ID, "name": r.Name, "path": r.Path, "enrichment": e}
			if added != nil {
				out["model"] = added
			}
			if err := json.NewEncoder(a.out).Encode(out); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintf(a.out, "%s\n%s", r.Name, e.Text())
		if added != nil {
			fmt.Fprintf(a.out, "\n%s", added.Text())
		}
	}
	if m == nil {
		return nil
	}
	fmt.Fprintf(a.err, "The model wrote about %d rules, %d came from earlier, %d got nothing; %d requests, about %d tokens.\n", m.wrote, m.cached, m.failed, m.client.Sent, m.client.Used)
	if m.failed > 0 {
		return exitCode(exitError)
	}
	return nil
}

// toEnrich reads the rules that the arguments or the search name.
func (a *app) toEnrich(f *enrichFlags, args []string) ([]*rule.Rule, error) {
	if f.search == "" {
		set := rule.LoadPaths(args)
		if len(set.Rules) == 0 {
			printDiagnostics(a.err, set.Diagnostics)
			return nil, usagef("there is no rule in %v", args)
		}
		return set.Rules, nil
	}
	b, dir, err := f.book.open(false)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	set, err := verdict.Load(dir)
	if err != nil {
		return nil, err
	}
	records, err := chosen(b, set, strings.TrimPrefix(f.search, "*"))
	if err != nil {
		return nil, err
	}
	var out []*rule.Rule
	for _, rec := range records {
		r, err := b.Rule(rec)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// modelCache is where a book keeps what models wrote.
func modelCache(bookDir string) llm.Cache { return llm.Cache{Dir: filepath.Join(bookDir, "model")} }

// modeller asks a model, or the cache.
type modeller struct {
	client *llm.Client
	cache  llm.Cache
	// stop is why no more requests are sent, nil while they are.
	stop                  error
	wrote, cached, failed int
}

// modeller is nil when no model is to be asked.
func (f *enrichFlags) modeller() (*modeller, error) {
	if f.model.URL == "" {
		if f.model.Model != "" {
			return nil, usagef("--model needs --llm, the address of the API")
		}
		return nil, nil
	}
	c := f.model
	c.Kind, c.Key = llm.Kind(f.kind), os.Getenv("GOSHAWK_LLM_KEY")
	client, err := llm.New(c)
	if err != nil {
		return nil, usagef("--llm: %v", err)
	}
	dir, err := f.book.path()
	if err != nil {
		return nil, err
	}
	return &modeller{client: client, cache: modelCache(dir)}, nil
}

// add gives what the model says of a case, from the cache if this model has
// written about it before.
func (m *modeller) add(ctx context.Context, x *llm.Case) (*enrich.Enrichment, error) {
	e, err := m.cache.Load(x)
	if err != nil {
		return nil, err
	}
	if e != nil && e.Maker == m.client.Maker() {
		m.cached++
		return e, nil
	}
	m.failed++
	if m.stop != nil {
		return nil, m.stop
	}
	if e, err = m.client.Enrich(ctx, x, time.Now()); err != nil {
		if errors.Is(err, llm.ErrBudget) {
			m.stop = err
		}
		return nil, err
	}
	if err := m.cache.Save(x, e); err != nil {
		return nil, err
	}
	m.failed--
	m.wrote++
	return e, nil
}

// caseOf is what a model is told of a rule.
func caseOf(eng *engine.Engine, r *rule.Rule, e *enrich.Enrichment) *llm.Case {
	x := &llm.Case{
		Name: r.Name, Description: r.Description, Query: r.Query, Severity: r.Severity, Tactics: r.Tactics, Techniques: r.Techniques,
		Schedule: schedule(r), Offline: e, IsTable: func(w string) bool { _, ok := schema.Table(w); return ok },
	}
	_, result, _ := eng.Needs(r.Text)
	for _, c := range result {
		x.Result = append(x.Result, c.Name)
	}
	return x
}

// offline has the offline analyst look at a rule.
func offline(eng *engine.Engine, r *rule.Rule) (*enrich.Enrichment, error) {
	m, err := matrix()
	if err != nil {
		return nil, err
	}
	p, _ := engine.Parse(r.Text)
	needs, result, ds := eng.Needs(r.Text)
	in := enrich.Input{Rule: r, Query: p.Query, Text: r.Text, Result: result, Matrix: m}
	for _, n := range needs {
		in.Reads = append(in.Reads, enrich.Needs{Table: n.Table, Columns: n.Columns})
	}
	for _, d := range ds {
		if d.Severity == source.Error && !d.Refusal {
			in.Problem = d.Message
			break
		}
	}
	return enrich.Offline(in), nil
}
