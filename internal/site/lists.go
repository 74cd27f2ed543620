package site

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"sort"
	"strings"
	"time"

	"goshawk/internal/coverage"
	"goshawk/internal/enrich"
)

// selection is a list of rules with a page and feeds of its own: all of them,
// or those of one value of a facet.
type selection struct {
	path, heading, note string
	events              []Event
	home                bool
}

// facet is a way to narrow the feed, with its values.
type facet struct {
	Title  string
	Values []facetValue
}

type facetValue struct {
	Name, Link string
	Count      int
}

// facetOf names the facets and what a rule has of each.
var facetOf = []struct {
	title, dir string
	values     func(*builder, *Rule) []string
}{
	{"Verdict", "verdict", func(_ *builder, r *Rule) []string { return []string{r.Verdict.State} }},
	{"Severity", "severity", func(_ *builder, r *Rule) []string { return some(r.Severity) }},
	{"Kind", "kind", func(_ *builder, r *Rule) []string { return some(r.Kind) }},
	{"Source", "source", func(_ *builder, r *Rule) []string {
		var out []string
		for _, p := range r.Places {
			out = append(out, p.Source)
		}
		return unique(out)
	}},
	{"Tactic", "tactic", func(_ *builder, r *Rule) []string { return unique(r.Tactics) }},
	{"Technique", "technique", func(b *builder, r *Rule) []string { return b.resolved(r) }},
	{"Table", "table", func(_ *builder, r *Rule) []string {
		var out []string
		for _, t := range r.Verdict.Tables {
			out = append(out, t.Name)
		}
		return unique(out)
	}},
	{"Tag", "tag", func(_ *builder, r *Rule) []string { return unique(r.Tags) }},
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func unique(in []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range in {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// maxFacet bounds the values of a facet that the page lists; the search has
// the rest.
const maxFacet = 12

// slug is a value as it stands in a path.
func slug(s string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			return c
		}
		return '-'
	}, s), ".-")
}

// feeds writes the feed, and one for each value of each facet.
func (b *builder) feeds() {
	byValue := map[string]*selection{}
	var order []string
	counts := map[string]map[string]int{}
	all := &selection{heading: "Detection rules that run", events: b.m.Events, home: true}
	for _, f := range facetOf {
		counts[f.dir] = map[string]int{}
	}
	for _, r := range b.m.Rules {
		for _, f := range facetOf {
			for _, v := range f.values(b, r) {
				counts[f.dir][v]++
			}
		}
	}
	for _, e := range b.m.Events {
		for _, f := range facetOf {
			for _, v := range f.values(b, e.Rule) {
				if slug(v) == "" {
					continue
				}
				path := "feed/" + f.dir + "/" + slug(v) + "/"
				if byValue[path] == nil {
					byValue[path] = &selection{path: path, heading: f.title + ": " + facetName(f.dir, v)}
					order = append(order, path)
				}
				byValue[path].events = append(byValue[path].events, e)
			}
		}
	}
	facets := facetLists(counts)
	b.feed(all, facets)
	for _, p := range order {
		b.feed(byValue[p], nil)
	}
}

func facetName(dir, v string) string {
	if dir == "verdict" {
		return strings.ToLower(verdictWord(v))
	}
	return v
}

func facetLists(counts map[string]map[string]int) []facet {
	var out []facet
	for _, f := range facetOf {
		list := facet{Title: f.title}
		for v, n := range counts[f.dir] {
			if slug(v) != "" {
				list.Values = append(list.Values, facetValue{facetName(f.dir, v), "feed/" + f.dir + "/" + slug(v) + "/", n})
			}
		}
		sort.Slice(list.Values, func(i, j int) bool {
			if list.Values[i].Count != list.Values[j].Count {
				return list.Values[i].Count > list.Values[j].Count
			}
			return list.Values[i].Name < list.Values[j].Name
		})
		list.Values = list.Values[:min(len(list.Values), maxFacet)]
		if len(list.Values) > 0 {
			out = append(out, list)
		}
	}
	return out
}

// dayOf is the events of one day.
type dayOf struct {
	Day    string
	Events []Event
}

// paging is where a page of a list stands.
type paging struct {
	Page, Last int
	Prev, Next string
}

func pagingOf(i, n int) paging {
	last := max(1, (n+perPage-1)/perPage)
	p := paging{Page: i + 1, Last: last}
	name := func(k int) string {
		switch {
		case k == 0 && i == 0:
			return "./"
		case k == 0:
			return "../"
		case i == 0:
			return fmt.Sprintf("page-%d/", k+1)
		}
		return fmt.Sprintf("../page-%d/", k+1)
	}
	if i > 0 {
		p.Prev = name(i - 1)
	}
	if i+1 < last {
		p.Next = name(i + 1)
	}
	return p
}

// feed writes a selection's pages, Atom and JSON feed.
func (b *builder) feed(s *selection, facets []facet) {
	last := max(1, (len(s.events)+perPage-1)/perPage)
	for i := range last {
		part := s.events[i*perPage : min(len(s.events), (i+1)*perPage)]
		path := s.path
		if i > 0 {
			path += fmt.Sprintf("page-%d/", i+1)
		}
		var days []dayOf
		for _, e := range part {
			d := e.Day.Format("Monday, 2 January 2006")
			if len(days) == 0 || days[len(days)-1].Day != d {
				days = append(days, dayOf{Day: d})
			}
			days[len(days)-1].Events = append(days[len(days)-1].Events, e)
		}
		pg := b.page(path, s.heading, "Detection rules from open-source repositories, run and explained")
		pg.Feed = s.path
		b.render("feed.html", path+"index.html", struct {
			page
			paging
			Heading, Note, Total string
			Home                 bool
			Facets               []facet
			Days                 []dayOf
		}{pg, pagingOf(i, len(s.events)), s.heading, s.note, countOf(len(s.events), "entry", "entries"), s.home, facets, days})
	}
	b.atom(s)
	b.jsonFeed(s)
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// maxFeed bounds the entries of a feed for readers.
const maxFeed = 50

func (b *builder) absolute(path string) string {
	return strings.TrimSuffix(b.m.URL, "/") + "/" + path
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

func (b *builder) atom(s *selection) {
	f := atomFeed{
		Title: b.m.Title + ": " + s.heading, ID: b.absolute(s.path), Updated: b.m.Built.UTC().Format(time.RFC3339), Author: atomAuthor{b.m.Title},
		Links: []atomLink{{"self", b.absolute(s.path + "feed.atom")}, {"alternate", b.absolute(s.path)}},
	}
	for _, e := range s.events[:min(len(s.events), maxFeed)] {
		f.Entries = append(f.Entries, atomEntry{
			Title: e.What + ": " + clean(e.Rule.Name), ID: b.absolute("rules/"+e.Rule.Key+"/") + "#" + e.What + e.Day.Format("20060102"),
			Updated: e.Day.UTC().Format(time.RFC3339), Link: atomLink{"", b.absolute("rules/" + e.Rule.Key + "/")}, Summary: clean(summary(e)),
		})
	}
	raw, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		b.fail(err)
		return
	}
	b.write(s.path+"feed.atom", append([]byte(xml.Header), raw...))
}

// clean takes out characters that XML cannot hold.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x20 && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "�"))
}

func summary(e Event) string {
	s := verdictWord(e.Rule.Verdict.State)
	if e.Note != "" {
		s = e.Note + ". " + s
	}
	if e.Rule.Enrichment != nil {
		s += ". " + enrich.FirstSentence(e.Rule.Enrichment.Hypothesis)
	}
	return s
}

func (b *builder) jsonFeed(s *selection) {
	type item struct {
		ID      string   `json:"id"`
		URL     string   `json:"url"`
		Title   string   `json:"title"`
		Summary string   `json:"summary"`
		Content string   `json:"content_text"`
		Date    string   `json:"date_published"`
		Tags    []string `json:"tags,omitempty"`
	}
	doc := struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		Home    string `json:"home_page_url"`
		Feed    string `json:"feed_url"`
		Items   []item `json:"items"`
	}{"https://jsonfeed.org/version/1.1", b.m.Title + ": " + s.heading, b.absolute(s.path), b.absolute(s.path + "feed.json"), []item{}}
	for _, e := range s.events[:min(len(s.events), maxFeed)] {
		doc.Items = append(doc.Items, item{
			ID: b.absolute("rules/"+e.Rule.Key+"/") + "#" + e.What + e.Day.Format("20060102"), URL: b.absolute("rules/" + e.Rule.Key + "/"),
			Title: e.What + ": " + e.Rule.Name, Summary: summary(e), Content: e.Rule.Query, Date: e.Day.UTC().Format(time.RFC3339), Tags: e.Rule.Techniques,
		})
	}
	b.json(s.path+"feed.json", doc)
}

func (b *builder) json(path string, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		b.fail(err)
		return
	}
	b.write(path, raw)
}

// cellOf is a cell of a plain list.
type cellOf struct{ Text, Link string }

type listPage struct {
	page
	Heading, Note string
	Head          []string
	Rows          [][]cellOf
}

// detailPage is a page about one thing, with the rules that have to do with it.
type detailPage struct {
	page
	paging
	Heading    string
	Paragraphs []string
	Links      []cellOf
	SubsTitle  string
	Subs       []cellOf
	RulesTitle string
	Rules      []*Rule
	Columns    []columnUse
}

type columnUse struct {
	Name, Type string
	Rules      int
}

// detail writes a page about one thing; long lists of rules go over several
// pages.
func (b *builder) detail(dir string, d detailPage) {
	all := d.Rules
	last := max(1, (len(all)+perPage-1)/perPage)
	for i := range last {
		path := dir
		if i > 0 {
			path += fmt.Sprintf("page-%d/", i+1)
		}
		p := d
		p.page = b.page(path, d.Heading, strings.Join(d.Paragraphs, " "))
		p.Rules, p.paging = all[min(i*perPage, len(all)):min(len(all), (i+1)*perPage)], pagingOf(i, len(all))
		if i > 0 {
			p.Columns, p.Subs = nil, nil
		}
		b.render("detail.html", path+"index.html", p)
	}
}

// tablePages writes the list of tables, and a page for each.
func (b *builder) tablePages() {
	var names []string
	for n := range b.tables {
		names = append(names, n)
	}
	sort.Strings(names)
	lp := listPage{page: b.page("tables/", "Tables", "Tables that rules read"), Heading: "Tables", Note: "Who reads which table, the most read first.", Head: []string{"Table", "Rules", "Run", "Seen to fire"}}
	sort.SliceStable(names, func(i, j int) bool { return len(b.tables[names[i]]) > len(b.tables[names[j]]) })
	for _, n := range names {
		if slug(n) != n {
			continue
		}
		rules := b.tables[n]
		runs, fires := 0, 0
		need := map[string]int{}
		for _, r := range rules {
			switch r.Verdict.State {
			case "fires":
				fires++
				runs++
			case "runs":
				runs++
			}
			for _, t := range r.Verdict.Tables {
				if t.Name == n {
					for _, c := range t.Columns {
						need[c]++
					}
				}
			}
		}
		lp.Rows = append(lp.Rows, []cellOf{{n, "../tables/" + n + "/"}, {Text: fmt.Sprint(len(rules))}, {Text: fmt.Sprint(runs)}, {Text: fmt.Sprint(fires)}})
		d := detailPage{Heading: n, RulesTitle: "Rules that read it", Rules: rules, Paragraphs: tableWords(n, rules)}
		if b.m.Tables != nil {
			for _, c := range b.m.Tables(n) {
				d.Columns = append(d.Columns, columnUse{c.Name, c.Type, need[c.Name]})
			}
		}
		sort.SliceStable(d.Columns, func(i, j int) bool { return d.Columns[i].Rules > d.Columns[j].Rules })
		b.detail("tables/"+n+"/", d)
	}
	b.render("list.html", "tables/index.html", lp)
}

// tableWords is how to get a table, as the analyst says it on a rule's page.
func tableWords(name string, rules []*Rule) []string {
	for _, r := range rules {
		if r.Enrichment == nil {
			continue
		}
		for _, x := range r.Enrichment.Reads {
			if x.Table == name && x.Known {
				return []string{"A row is " + x.Row + ".", "Connector: " + x.Connector + ". To switch it on: " + x.Enable + ". Typical delay: " + x.Delay + "."}
			}
		}
	}
	return []string{"Where it comes from is not known here."}
}

// techniquePages writes the list of techniques, and a page for each.
func (b *builder) techniquePages() {
	lp := listPage{page: b.page("techniques/", "Techniques", "ATT&CK techniques and the rules that cover them"), Heading: "Techniques",
		Note: fmt.Sprintf("MITRE ATT&CK %s for enterprises.", b.m.Matrix.Version), Head: []string{"Id", "Technique", "Tactics", "Rules", "Evidence"}}
	for _, t := range b.m.Matrix.Techniques {
		level := coverage.None
		if b.m.Coverage != nil && b.m.Coverage.Cells[t.ID] != nil {
			level = b.m.Coverage.Cells[t.ID].Level
		}
		// A sub-technique stands below its parent and has the same tactics.
		name, tactics := t.Name, strings.Join(t.Tactics, ", ")
		if strings.Contains(t.ID, ".") {
			name, tactics = "– "+t.Name, ""
		}
		lp.Rows = append(lp.Rows, []cellOf{{t.ID, t.ID + "/"}, {Text: name}, {Text: tactics}, {Text: fmt.Sprint(len(b.techs[t.ID]))}, {Text: level.String()}})
		d := detailPage{Heading: t.ID + " " + b.m.Matrix.Full(t), RulesTitle: "Rules that cover it", Rules: b.techs[t.ID], SubsTitle: "Sub-techniques",
			Paragraphs: []string{"Tactics: " + strings.Join(t.Tactics, ", ") + ".", "Evidence here: " + level.String() + "."}, Links: []cellOf{{"On attack.mitre.org", t.URL()}}}
		if len(t.Platforms) > 0 {
			d.Paragraphs = append(d.Paragraphs, "Platforms: "+strings.Join(t.Platforms, ", ")+".")
		}
		if len(t.DataSources) > 0 {
			d.Paragraphs = append(d.Paragraphs, "Data sources: "+strings.Join(t.DataSources, ", ")+".")
		}
		for _, c := range b.m.Matrix.Children(t.ID) {
			d.Subs = append(d.Subs, cellOf{fmt.Sprintf("%s %s (%d)", c.ID, c.Name, len(b.techs[c.ID])), "techniques/" + c.ID + "/"})
		}
		b.detail("techniques/"+t.ID+"/", d)
	}
	b.render("list.html", "techniques/index.html", lp)
}

// sourcePages writes the list of sources, and a page for each.
func (b *builder) sourcePages() {
	lp := listPage{page: b.page("sources/", "Sources", "Repositories that the rules come from"), Heading: "Sources and licences",
		Note: "Each rule stays under its own repository's terms.", Head: []string{"Source", "Rules", "Licence", "Commit", "Synced"}}
	for _, s := range b.m.Sources {
		var rules []*Rule
		for _, r := range b.m.Rules {
			for _, p := range r.Places {
				if p.Source == s.Name {
					rules = append(rules, r)
					break
				}
			}
		}
		licence := s.Licence
		if licence == "" {
			licence = "none stated: all rights may be reserved"
		}
		lp.Rows = append(lp.Rows, []cellOf{{s.Name, s.Name + "/"}, {Text: fmt.Sprint(len(rules))}, {Text: licence}, {Text: short(s.Commit)}, {Text: s.Synced.Format(time.DateOnly)}})
		d := detailPage{Heading: s.Name, RulesTitle: "Rules from here", Rules: rules, Paragraphs: []string{"Licence: " + licence + ".", "Commit " + short(s.Commit) + ", synced " + s.Synced.Format(time.DateOnly) + "."}}
		if l := link(s.URL); l != "" {
			d.Links = []cellOf{{l, l}}
		}
		b.detail("sources/"+s.Name+"/", d)
	}
	b.render("list.html", "sources/index.html", lp)
}
