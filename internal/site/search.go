package site

import (
	"encoding/xml"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// searchRule is a rule in the search index; short names keep it small.
type searchRule struct {
	I  string   `json:"i"`
	N  string   `json:"n"`
	S  string   `json:"s,omitempty"`
	K  string   `json:"k,omitempty"`
	V  string   `json:"v"`
	TQ []string `json:"tq,omitempty"`
	TA []string `json:"ta,omitempty"`
	TB []string `json:"tb,omitempty"`
	TG []string `json:"tg,omitempty"`
	SO []string `json:"so,omitempty"`
}

// search writes the search page and its index: the rules, and the words by
// their first two letters, so that a search loads what it needs.
func (b *builder) search() {
	b.render("search.html", "search/index.html", b.page("search/", "Search", "Search the rules"))
	rules := []searchRule{}
	shards := map[string]map[string][]int{}
	for n, r := range b.m.Rules {
		sr := searchRule{I: r.Key, N: r.Name, S: r.Severity, K: r.Kind, V: r.Verdict.State, TQ: b.resolved(r), TA: r.Tactics, TG: r.Tags}
		for _, t := range r.Verdict.Tables {
			sr.TB = append(sr.TB, t.Name)
		}
		for _, p := range r.Places {
			sr.SO = append(sr.SO, p.Source)
		}
		sr.SO = unique(sr.SO)
		rules = append(rules, sr)
		text := r.Name + "\n" + r.Description + "\n" + r.Query
		if r.Enrichment != nil {
			text += "\n" + r.Enrichment.Hypothesis
		}
		seen := map[string]bool{}
		for _, w := range words(text) {
			if seen[w] {
				continue
			}
			seen[w] = true
			k := shardOf(w)
			if shards[k] == nil {
				shards[k] = map[string][]int{}
			}
			shards[k][w] = append(shards[k][w], n)
		}
	}
	// The names of the files of words, so that no page asks for one that is not.
	b.json("search/rules.json", struct {
		Shards []string     `json:"shards"`
		Rules  []searchRule `json:"rules"`
	}{slices.Sorted(maps.Keys(shards)), rules})
	for k, words := range shards {
		b.json("search/w/"+k+".json", words)
	}
}

// words are the searchable words of a text. Very long ones are hashes and
// blobs that nobody types.
func words(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80)
	}) {
		if len(w) >= 2 && len(w) <= 40 {
			out = append(out, w)
		}
	}
	return out
}

// shardOf is the file a word is in; app.js has the same rule.
func shardOf(w string) string {
	k := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, string([]rune(w)[:2]))
	return k
}

// index writes what other programs read: all rules with a schema, the sitemap.
func (b *builder) index() {
	type entry struct {
		Key        string   `json:"key"`
		ID         string   `json:"id,omitempty"`
		Name       string   `json:"name"`
		Kind       string   `json:"kind,omitempty"`
		Severity   string   `json:"severity,omitempty"`
		Tactics    []string `json:"tactics"`
		Techniques []string `json:"techniques"`
		Tables     []string `json:"tables"`
		Verdict    string   `json:"verdict"`
		Reason     string   `json:"reason,omitempty"`
		Sources    []string `json:"sources"`
		Changed    string   `json:"changed"`
		Page       string   `json:"page"`
		Raw        string   `json:"raw"`
	}
	doc := struct {
		Schema string  `json:"$schema"`
		Title  string  `json:"title"`
		Built  string  `json:"built"`
		Rules  []entry `json:"rules"`
	}{b.absolute("rules.schema.json"), b.m.Title, b.m.Built.UTC().Format(time.RFC3339), []entry{}}
	for _, r := range b.m.Rules {
		e := entry{Key: r.Key, ID: r.ID, Name: r.Name, Kind: r.Kind, Severity: r.Severity, Tactics: notNil(r.Tactics), Techniques: notNil(b.resolved(r)), Tables: []string{},
			Verdict: r.Verdict.State, Reason: r.Verdict.Reason, Sources: []string{}, Changed: r.Changed.UTC().Format(time.RFC3339), Page: "rules/" + r.Key + "/", Raw: "rules/" + r.Key + "/" + r.RawName}
		for _, t := range r.Verdict.Tables {
			e.Tables = append(e.Tables, t.Name)
		}
		for _, p := range r.Places {
			e.Sources = append(e.Sources, p.Source)
		}
		doc.Rules = append(doc.Rules, e)
	}
	b.json("rules.json", doc)
	b.json("rules.schema.json", schema)
	b.sitemap()
	b.write("robots.txt", []byte("User-agent: *\nAllow: /\nSitemap: "+b.absolute("sitemap.xml")+"\n"))
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// schema is the JSON schema of rules.json.
var schema = map[string]any{
	"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Goshawk rule index", "type": "object", "required": []string{"title", "built", "rules"},
	"properties": map[string]any{
		"title": text, "built": map[string]any{"type": "string", "format": "date-time"},
		"rules": map[string]any{"type": "array", "items": map[string]any{
			"type": "object", "required": []string{"key", "name", "tactics", "techniques", "tables", "verdict", "sources", "changed", "page", "raw"},
			"properties": map[string]any{
				"key": text, "id": text, "name": text, "kind": text, "severity": text, "reason": text, "changed": text, "page": text, "raw": text,
				"verdict": map[string]any{"enum": []string{"fires", "runs", "refused", "broken", "failed", "unknown"}},
				"tactics": texts, "techniques": texts, "tables": texts, "sources": texts,
			},
		}},
	},
}

var (
	text  = map[string]any{"type": "string"}
	texts = map[string]any{"type": "array", "items": text}
)

func (b *builder) sitemap() {
	type loc struct {
		Loc string `xml:"loc"`
	}
	type urlset struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []loc    `xml:"url"`
	}
	var set urlset
	b.mu.Lock()
	paths := append([]string(nil), b.paths...)
	b.mu.Unlock()
	sort.Strings(paths)
	for _, p := range paths {
		if strings.HasSuffix(p, "index.html") {
			set.URLs = append(set.URLs, loc{b.absolute(strings.TrimSuffix(p, "index.html"))})
		}
	}
	raw, err := xml.Marshal(set)
	if err != nil {
		b.fail(err)
		return
	}
	b.write("sitemap.xml", append([]byte(xml.Header), raw...))
}
