package cli

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/coverage"
	"goshawk/internal/engine"
	"goshawk/internal/enrich"
	"goshawk/internal/llm"
	"goshawk/internal/rule"
	"goshawk/internal/rulebook"
	"goshawk/internal/schema"
	"goshawk/internal/site"
	"goshawk/internal/verdict"
)

func (a *app) siteCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use: "site", Short: "Build the catalogue of the book's rules as static pages", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.siteBuildCmd())
	return cmd
}

func (a *app) siteBuildCmd() *cobra.Command {
	var f bookFlags
	var d dataFlags
	var out, title, address string
	cmd := &cobra.Command{
		Use:   "build --out DIR",
		Short: "Write feed, rule pages, coverage, tables, techniques, sources, search and feeds",
		Long: "Writes pages that need no server and ask no other one for anything. Run `goshawk rules verify` before, so\n" +
			"that each rule has its verdict. With --logs or --store, coverage counts your own tables. The same book gives\n" +
			"the same pages but for the time of the build, which SOURCE_DATE_EPOCH can set.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			start := time.Now()
			b, dir, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			if len(b.Records) == 0 {
				return usagef("the rulebook in %s is empty; fill it with `goshawk upstream add` and `sync`", dir)
			}
			m, err := siteModel(b, dir, &d)
			if err != nil {
				return err
			}
			m.Title, m.URL = title, address
			rep, err := site.Build(m, out)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%d rules, %d pages in %s, %.1f s; the largest page has %d KB (%s)\n", len(m.Rules), rep.Pages, out, time.Since(start).Seconds(), rep.Largest/1000, rep.LargestPath)
			return nil
		},
	}
	f.register(cmd.Flags())
	d.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "folder to write into")
	cmd.Flags().StringVar(&title, "title", "Goshawk rules", "name of the site")
	cmd.Flags().StringVar(&address, "url", "http://localhost", "address the site will have, for feeds and the sitemap")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// siteModel gathers what the pages show.
func siteModel(b *rulebook.Book, dir string, d *dataFlags) (*site.Model, error) {
	set, err := verdict.Load(dir)
	if err != nil {
		return nil, err
	}
	mx, err := matrix()
	if err != nil {
		return nil, err
	}
	opened, err := d.open()
	if err != nil {
		return nil, err
	}
	c := coverage.Config{Matrix: mx, Rules: coverageRules(b, set)}
	if len(d.logs) > 0 || d.store != "" {
		c.Have = opened.hasData
	}
	m := &site.Model{Built: buildTime(), Version: version(), Matrix: mx, Coverage: coverage.Make(c), Tables: tableColumns}
	m.Cover = func(kind, value string) *coverage.Map {
		part := c
		switch kind {
		case "source":
			part.Source = value
		case "severity":
			part.Severity = value
		case "table":
			part.Table = value
		}
		return coverage.Make(part)
	}
	for _, u := range b.Upstreams {
		s := site.Source{Name: u.Name, URL: u.URL}
		if l := u.Last(); l != nil {
			s.Licence, s.Commit, s.Synced, s.Rules = l.Licence.SPDX, l.Commit, l.At, l.Counts.Rules
		}
		m.Sources = append(m.Sources, s)
	}
	g := &gatherer{book: b, set: set, engine: opened.engine, models: modelCache(dir)}
	if m.Rules, err = g.rules(); err != nil {
		return nil, err
	}
	m.Events = events(b, m.Rules)
	return m, nil
}

// buildTime is now, or what SOURCE_DATE_EPOCH says, so that the same book can
// give the same bytes.
func buildTime() time.Time {
	if n, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(n, 0)
	}
	return time.Now()
}

func tableColumns(name string) []site.Column {
	s, ok := schema.Table(name)
	if !ok {
		return nil
	}
	var out []site.Column
	for _, c := range s {
		out = append(out, site.Column{Name: c.Name, Type: c.Type.String()})
	}
	return out
}

// gatherer reads rules for their pages.
type gatherer struct {
	book   *rulebook.Book
	set    verdict.Set
	engine *engine.Engine
	models llm.Cache
}

// rules reads all rules, on several cores: binding is what takes the time.
func (g *gatherer) rules() ([]*site.Rule, error) {
	out := make([]*site.Rule, len(g.book.Records))
	errs := make([]error, len(g.book.Records))
	next := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { // ends when next is closed
			for i := range next {
				out[i], errs[i] = g.rule(g.book.Records[i])
			}
		})
	}
	for i := range g.book.Records {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Changed.After(out[j].Changed) })
	return out, nil
}

func (g *gatherer) rule(rec *rulebook.Record) (*site.Rule, error) {
	x, err := g.book.Rule(rec)
	if err != nil {
		return nil, err
	}
	raw, err := g.book.Text(rec.Newest().Text)
	if err != nil {
		return nil, err
	}
	e, err := offline(g.engine, x)
	if err != nil {
		return nil, err
	}
	var added *enrich.Enrichment
	if g.models.Filled() {
		if added, err = g.models.Load(caseOf(g.engine, x, e)); err != nil {
			return nil, err
		}
	}
	e.Made = rec.Newest().Seen
	name := rec.Name
	if name == "" {
		name = rec.Key
	}
	r := &site.Rule{
		Key: rec.Key, ID: rec.ID, Name: name, Description: strings.TrimSpace(rec.Description), Kind: string(rec.Kind), Severity: string(rec.Severity), Version: rec.Version,
		Author: rec.Author, Tactics: rec.Tactics, Techniques: rec.Techniques, Tags: rec.Tags, Query: strings.TrimRight(x.Query, "\n"), Raw: raw,
		RawName: rawName(rec), Changed: rec.Newest().Seen, First: rec.Versions[0].Seen, Removed: rec.Removed, SameID: rec.SameID, Enrichment: e, Model: added,
		Schedule: schedule(x), Deploy: deploy(x), Entities: entityWords(x), References: references(x),
	}
	for _, p := range rec.Places {
		r.Places = append(r.Places, site.Place{Source: p.Upstream, Path: p.Path, Commit: p.Commit, Licence: p.Licence, Link: g.place(p), Retrieved: p.Retrieved})
	}
	for i := range rec.Versions {
		v := &rec.Versions[i]
		sv := site.Version{Seen: v.Seen, Commit: v.Commit, Change: v.Change}
		if i > 0 {
			if sv.Diff, err = g.book.Diff(rec, &rec.Versions[i-1], v); err != nil {
				return nil, err
			}
		}
		r.Versions = append(r.Versions, sv)
	}
	for _, n := range rec.Near {
		if o := g.book.Record(n.Key); o != nil {
			r.Near = append(r.Near, site.Near{Key: n.Key, Name: o.Name, Percent: int(n.Same * 100)})
		}
	}
	r.Verdict = g.verdict(rec)
	return r, nil
}

func (g *gatherer) verdict(rec *rulebook.Record) site.Verdict {
	v := g.set[rec.Key]
	if v == nil {
		return site.Verdict{State: "unknown"}
	}
	out := site.Verdict{State: string(v.State), Reason: v.Reason, At: v.At}
	if v.Text != rec.Newest().Text {
		out.State, out.Reason = "unknown", "the rule changed since it was last run"
	} else if v.Fired() != nil {
		out.State = "fires"
	}
	for _, n := range v.Reads {
		out.Tables = append(out.Tables, site.TableUse{Name: n.Table, Columns: n.Columns})
	}
	for _, c := range v.Columns {
		out.Result = append(out.Result, site.Column{Name: c[0], Type: c[1]})
	}
	for _, e := range v.Evidence {
		out.Evidence = append(out.Evidence, site.Evidence(e))
	}
	sort.SliceStable(out.Evidence, func(i, j int) bool { return out.Evidence[i].Rows > out.Evidence[j].Rows })
	return out
}

// place is where a reader can see the file, for hosts whose addresses are known.
func (g *gatherer) place(p rulebook.Place) string {
	u := g.book.Upstream(p.Upstream)
	if u == nil {
		return ""
	}
	base, err := url.Parse(strings.TrimSuffix(u.URL, ".git"))
	if err != nil || base.Scheme != "https" || base.User != nil {
		return ""
	}
	switch base.Host {
	case "github.com":
		base.Path = path.Join(base.Path, "blob", p.Commit, p.Path)
	case "gitlab.com":
		base.Path = path.Join(base.Path, "-", "blob", p.Commit, p.Path)
	}
	return base.String()
}

func rawName(rec *rulebook.Record) string {
	ext := path.Ext(rec.Newest().Path)
	if ext == "" {
		ext = ".txt"
	}
	return site.SafeName(rec.Newest().Path, "rule"+ext)
}

func schedule(x *rule.Rule) string {
	switch {
	case x.Kind == rule.NRT:
		return "Runs every minute, near real time."
	case x.Kind != rule.Scheduled || x.QueryFrequency == 0:
		return ""
	}
	every := fmt.Sprintf("Runs every %s over the last %s; alerts on ", spanWords(x.QueryFrequency), spanWords(x.QueryPeriod))
	if x.TriggerOperator == rule.GreaterThan && x.TriggerThreshold == 0 {
		return every + "any row."
	}
	return every + fmt.Sprintf("%s %d rows.",
		map[rule.Operator]string{rule.GreaterThan: "more than", rule.LessThan: "fewer than", rule.Equal: "exactly", rule.NotEqual: "other than"}[x.TriggerOperator], x.TriggerThreshold)
}

// spanWords is a duration as people say it.
func spanWords(d time.Duration) string {
	say := func(n time.Duration, unit string) string {
		if n == 1 {
			return unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch day := 24 * time.Hour; {
	case d%day == 0:
		return say(d/day, "day")
	case d%time.Hour == 0:
		return say(d/time.Hour, "hour")
	}
	return say(d/time.Minute, "minute")
}

// deploy is the schedule and the entities as the Sentinel API takes them.
func deploy(x *rule.Rule) map[string]any {
	out := map[string]any{
		"queryFrequency": isoSpan(x.QueryFrequency, time.Hour), "queryPeriod": isoSpan(x.QueryPeriod, time.Hour), "triggerThreshold": x.TriggerThreshold,
		"triggerOperator": map[rule.Operator]string{rule.GreaterThan: "GreaterThan", rule.LessThan: "LessThan", rule.Equal: "Equal", rule.NotEqual: "NotEqual"}[x.TriggerOperator],
	}
	var maps []any
	for _, m := range x.EntityMappings {
		var fields []any
		for _, fm := range m.Fields {
			fields = append(fields, map[string]any{"identifier": fm.Identifier, "columnName": fm.Column})
		}
		maps = append(maps, map[string]any{"entityType": m.Type, "fieldMappings": fields})
	}
	if maps != nil {
		out["entityMappings"] = maps
	}
	return out
}

func isoSpan(d, other time.Duration) string {
	if d == 0 {
		d = other
	}
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("P%dD", d/(24*time.Hour))
	}
	return fmt.Sprintf("PT%dM", d/time.Minute)
}

func entityWords(x *rule.Rule) []string {
	var out []string
	for _, m := range x.EntityMappings {
		for _, fm := range m.Fields {
			out = append(out, m.Type+" from "+fm.Column)
		}
	}
	return out
}

// references are the links that the author gives in the field of that name.
func references(x *rule.Rule) []string {
	var out []string
	for _, name := range []string{"references", "Reference", "reference"} {
		fd, ok := x.Field(name)
		if !ok {
			continue
		}
		switch v := fd.Value.Any().(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, s := range v {
				out = append(out, fmt.Sprint(s))
			}
		}
	}
	return out
}

// events are what happened to the rules, the newest first.
func events(b *rulebook.Book, rules []*site.Rule) []site.Event {
	var out []site.Event
	for _, r := range rules {
		for i, v := range r.Versions {
			e := site.Event{Day: v.Seen, What: "changed", Rule: r, Note: v.Change}
			if i == 0 {
				e.What = "new"
			}
			out = append(out, e)
		}
		if !r.Removed.IsZero() {
			out = append(out, site.Event{Day: r.Removed, What: "removed", Rule: r, Note: "no source publishes it any more"})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Day.After(out[j].Day) })
	return out
}
