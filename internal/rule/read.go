package rule

import (
	"strings"

	"goshawk/internal/source"
)

// maxNested bounds how deep a query is looked for in maps around it, as in an
// ARM template: resources, item, properties, query.
const maxNested = 6

// reader turns the documents of one file into rules.
type reader struct {
	path  string
	file  *source.Text
	rules []*Rule
	rep   *report
}

// document reads the rules of one YAML document: one, a list of them, or some
// inside an ARM template.
func (rd *reader) document(v Value) {
	rd.walk(v, nil, 0)
}

func (rd *reader) walk(v Value, outer []Field, depth int) {
	if depth > maxNested {
		return
	}
	switch v.Kind {
	case List:
		for _, e := range v.List {
			rd.walk(e, outer, depth+1)
		}
	case Map:
		if rd.isRule(v, outer) {
			rd.rule(v, outer)
			return
		}
		if rd.broken(v) {
			return
		}
		for _, f := range v.Map {
			if f.Value.Kind == Map || f.Value.Kind == List {
				rd.walk(f.Value, scalars(v.Map, outer), depth+1)
			}
		}
	}
}

// isRule says whether v holds a query. At the top, a query and a name or a
// title are enough; inside other maps a key that only rules have is asked for.
func (rd *reader) isRule(v Value, outer []Field) bool {
	query := false
	for _, f := range v.Map {
		if name, _ := knownKey(f.Key); name == "query" {
			query = query || f.Value.scalar()
		}
	}
	if !query {
		return false
	}
	if outer == nil {
		return true
	}
	return hasMark(v.Map) || hasKey(v.Map, "functionAlias") || hasMark(outer) || hasKey(outer, "severity") || hasKey(v.Map, "severity") || hasKey(outer, "tactics")
}

// broken reports a map that is a rule without a query.
func (rd *reader) broken(v Value) bool {
	named := hasKey(v.Map, "query") && (hasKey(v.Map, "id") || hasKey(v.Map, "name"))
	if !hasMark(v.Map) && !named || nestedQuery(v, 0) {
		return false
	}
	kind := v.text("kind")
	if kind != "" && !isQueryKind(kind) {
		return false
	}
	for _, f := range v.Map {
		if name, _ := knownKey(f.Key); name == "query" {
			rd.rep.badQuery(f.Span, f.Value.Kind.String())
			return true
		}
	}
	rd.rep.noQuery(source.Span{Start: v.Span.Start, End: v.Span.Start})
	return true
}

func isQueryKind(kind string) bool {
	k, ok := parseKind(kind)
	return !ok || k != Other
}

func nestedQuery(v Value, depth int) bool {
	if depth > maxNested {
		return false
	}
	for _, e := range v.List {
		if nestedQuery(e, depth+1) {
			return true
		}
	}
	for _, f := range v.Map {
		if strings.EqualFold(f.Key, "query") && f.Value.scalar() || nestedQuery(f.Value, depth+1) {
			return true
		}
	}
	return false
}

func hasMark(fields []Field) bool {
	for _, m := range marks {
		if hasKey(fields, m) {
			return true
		}
	}
	return false
}

func hasKey(fields []Field, key string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Key, key) {
			return true
		}
	}
	return false
}

// scalars are the fields of maps around a rule that it takes over.
func scalars(fields, outer []Field) []Field {
	out := append([]Field{}, outer...)
	for _, f := range fields {
		if f.Value.scalar() || f.Value.Kind == List && len(f.Value.List) > 0 && f.Value.List[0].scalar() {
			out = append(out, f)
		}
	}
	return out
}

// rule reads one rule.
func (rd *reader) rule(v Value, outer []Field) {
	rep := &report{text: rd.file}
	fields := v.Map
	if len(outer) > 0 {
		fields = append(inherited(outer, v.Map), v.Map...)
	}
	f := fieldReader{fieldSet: understand(fields, rep), rep: rep}
	r := &Rule{}
	f.query(r, rd.file)
	rd.finish(r, f, v.Span, "")
}

// finish reads the fields of a rule whose query is known; kind is what it is
// when its fields do not say.
func (rd *reader) finish(r *Rule, f fieldReader, whole source.Span, kind Kind) {
	r.Path, r.Index, r.File, r.Fields = rd.path, len(rd.rules), rd.file, f.fields
	f.words(r)
	f.schedule(r)
	f.details(r)
	r.Kind = f.kind(r, kind)
	f.identity(r, whole)
	if strings.TrimSpace(r.Query) == "" {
		f.rep.badQuery(f.spanOf("query"), "empty")
	}
	r.Warnings = f.rep.ds.Sort()
	rd.rep.ds = append(rd.rep.ds, r.Warnings...)
	rd.rules = append(rd.rules, r)
}

// inherited are the outer fields that the rule does not have itself, under
// this key or another one for the same thing.
func inherited(outer, own []Field) []Field {
	has := map[string]bool{}
	for _, f := range own {
		has[meaning(f.Key)] = true
	}
	var out []Field
	for _, f := range outer {
		if !has[meaning(f.Key)] {
			out = append(out, f)
		}
	}
	return out
}

// meaning is the canonical key, or the key itself in lower case.
func meaning(key string) string {
	if name, _ := knownKey(key); name != "" {
		return name
	}
	return strings.ToLower(key)
}
