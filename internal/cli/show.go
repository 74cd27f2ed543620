package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/engine"
	"goshawk/internal/enrich"
	"goshawk/internal/rule"
	"goshawk/internal/rulebook"
	"goshawk/internal/verdict"
)

func (a *app) rulesShowCmd(f *bookFlags) *cobra.Command {
	var space workspaceFlags
	var raw bool
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show one rule's page: verdict, hypothesis, query, data, false positives, triage, sources",
		Long: "Shows what the rule's page on the site shows. KEY is a key, an id, or the start of one; a rule that was\n" +
			"not run yet says so: `goshawk rules verify` runs it.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, dir, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			r, err := find(b, args[0])
			if err != nil {
				return err
			}
			if raw {
				text, err := b.Text(r.Newest().Text)
				fmt.Fprint(a.out, text)
				return err
			}
			cat := engine.NewCatalog(nil)
			if _, err := space.load(cat, &engine.Options{}); err != nil {
				return err
			}
			p := &ruleText{app: a, book: b, dir: dir, rec: r, engine: &engine.Engine{Catalog: cat}}
			return p.write()
		},
	}
	space.registerFunctions(cmd)
	cmd.Flags().BoolVar(&raw, "raw", false, "only the file as published")
	return cmd
}

// ruleText writes one rule's page to the terminal.
type ruleText struct {
	*app
	book   *rulebook.Book
	dir    string
	rec    *rulebook.Record
	engine *engine.Engine
}

func (p *ruleText) write() error {
	set, err := verdict.Load(p.dir)
	if err != nil {
		return err
	}
	x, err := p.book.Rule(p.rec)
	if err != nil {
		return err
	}
	if err := p.top(set[p.rec.Key]); err != nil {
		return err
	}
	var e, added *enrich.Enrichment
	if x.Text != nil {
		if e, err = offline(p.engine, x); err != nil {
			return err
		}
		e.Made = p.rec.Newest().Seen
		if added, err = modelCache(p.dir).Load(caseOf(p.engine, x, e)); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "\n%s", e.Claims())
	}
	if added != nil {
		fmt.Fprintf(p.out, "\n%s", added.Text())
	}
	if d := strings.TrimSpace(p.rec.Description); d != "" {
		fmt.Fprintf(p.out, "\nTHE AUTHOR SAYS\n%s\n", indent(d, "  "))
	}
	p.query(x)
	if e != nil {
		fmt.Fprint(p.out, e.Guidance())
	}
	p.lineage()
	return nil
}

// top is the name, the facts in one line, the techniques and the verdict.
func (p *ruleText) top(v *verdict.Verdict) error {
	r := p.rec
	fmt.Fprintf(p.out, "%s\n", r.Name)
	fmt.Fprintf(p.out, "  %s\n", joinNonEmpty(" · ", string(r.Kind), string(r.Severity), "version "+r.Version, r.Key))
	m, err := matrix()
	if err != nil {
		return err
	}
	for _, id := range r.Techniques {
		x := m.Resolve(id)
		switch {
		case x.Technique != nil && x.Note != "":
			fmt.Fprintf(p.out, "  %s\n", x.Note)
		case x.Technique != nil:
			fmt.Fprintf(p.out, "  %s %s\n", x.Technique.ID, m.Full(x.Technique))
		default:
			fmt.Fprintf(p.out, "  %s: %s\n", id, x.Note)
		}
	}
	fmt.Fprintf(p.out, "\nVERDICT\n")
	switch {
	case v == nil:
		fmt.Fprintln(p.out, "  not run yet; `goshawk rules verify` runs it")
		return nil
	case v.Text != r.Newest().Text:
		fmt.Fprintln(p.out, "  the rule changed since it was last run; `goshawk rules verify` runs it again")
		return nil
	case v.Reason != "":
		fmt.Fprintf(p.out, "  %s: %s\n", v.State, v.Reason)
	default:
		fmt.Fprintf(p.out, "  %s\n", v.State)
	}
	for _, e := range v.Evidence {
		fmt.Fprintf(p.out, "  %s\n", evidenceWords(e))
	}
	return nil
}

func evidenceWords(e verdict.Evidence) string {
	if !e.Has {
		return fmt.Sprintf("%s has no data of its tables (%s)", e.Data, e.At.Format(time.DateOnly))
	}
	rows := fmt.Sprintf("%d rows", e.Rows)
	if e.Rows == 1 {
		rows = "1 row"
	}
	return fmt.Sprintf("%s on %s, %s, %.0f ms", rows, e.Data, e.At.Format(time.DateOnly), e.MS)
}

// query is the query with line numbers, which the tuning notes name.
func (p *ruleText) query(x *rule.Rule) {
	fmt.Fprintf(p.out, "\nQUERY\n")
	for i, line := range strings.Split(strings.TrimRight(x.Query, "\n"), "\n") {
		fmt.Fprintf(p.out, "%4d  %s\n", i+1, strings.TrimRight(line, "\r"))
	}
	if s := schedule(x); s != "" {
		fmt.Fprintf(p.out, "\n  %s\n", s)
	}
	for _, s := range entityWords(x) {
		fmt.Fprintf(p.out, "  entity: %s\n", s)
	}
}

// lineage is where the rule comes from and what is near it.
func (p *ruleText) lineage() {
	r := p.rec
	fmt.Fprintf(p.out, "\nSOURCES\n")
	if r.Gone() {
		fmt.Fprintf(p.out, "  removed %s: no upstream publishes it any more\n", r.Removed.Format(time.DateOnly))
	}
	for _, pl := range r.Places {
		fmt.Fprintf(p.out, "  source  %s %s, retrieved %s, %s\n", pl.Upstream, pl.Path, pl.Retrieved.Format(time.DateOnly), orNone(pl.Licence))
	}
	for i, v := range r.Versions {
		change := v.Change
		if i == 0 {
			change = "first seen"
		}
		fmt.Fprintf(p.out, "  version %d  %s  %s\n", i+1, v.Seen.Format(time.DateOnly), change)
	}
	for _, n := range r.Near {
		if o := p.book.Record(n.Key); o != nil {
			fmt.Fprintf(p.out, "  near    %3.0f %%  %s  %s\n", n.Same*100, o.Key, o.Name)
		}
	}
	for _, k := range r.SameID {
		fmt.Fprintf(p.out, "  same id %s, another rule: its author used this id again\n", k)
	}
	fmt.Fprintf(p.out, "\nPulled from an open-source repository and enriched: validate it in a test environment before production.\n")
}

func indent(s, with string) string {
	return with + strings.ReplaceAll(s, "\n", "\n"+with)
}
