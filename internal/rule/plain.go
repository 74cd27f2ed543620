package rule

import (
	"path"
	"strings"

	"goshawk/internal/source"
)

// plain reads a file that is one query. Comments at its top may give fields:
// "// Name: Password spray", "// Severity: High"; without a name, the first
// comment that is a sentence of its own is taken, and else the file's name.
func (rd *reader) plain() {
	rep := &report{text: rd.file}
	fields, title := commentFields(rd.file.Src, 0)
	fs := understand(fields, rep)
	r := &Rule{Query: rd.file.Src, Text: rd.file}
	rd.finish(r, fieldReader{fieldSet: fs, rep: rep}, source.Span{}, Query)
	if r.Name == "" {
		r.Name = title
	}
	if r.Name == "" {
		r.Name = stem(rd.path)
	}
}

// stem is the name of a file without folder and ending.
func stem(p string) string {
	base := path.Base(strings.ReplaceAll(p, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// maxTitle bounds the length of a comment that can be a title; longer ones are prose.
const maxTitle = 120

// commentFields reads the comment lines that begin a query, which stands at
// byte base of its file.
func commentFields(query string, base int) (fields []Field, title string) {
	for at := 0; at < len(query); {
		end, next := lineEnd(query, at)
		ln := query[at:end]
		body, ok := strings.CutPrefix(strings.TrimSpace(ln), "//")
		if !ok && strings.TrimSpace(ln) != "" {
			break
		}
		body = strings.TrimSpace(strings.Trim(body, "/=-*# \t"))
		key, value, found := strings.Cut(body, ":")
		name, exact := knownKey(strings.TrimSpace(key))
		if !exact || name == "" || name == "query" {
			low, lowExact := knownKey(strings.ToLower(strings.TrimSpace(key)))
			name, exact = low, lowExact && low != "query"
		}
		switch {
		case found && exact && name != "" && strings.TrimSpace(value) != "":
			from := base + at + strings.Index(ln, key)
			fields = append(fields, commentField(key, strings.TrimSpace(value), name, from))
		case title == "" && body != "" && len(body) <= maxTitle:
			title = body
		}
		at = next
	}
	return fields, title
}

// commentField is one "key: value" of a comment; lists are written with commas.
func commentField(key, value, name string, from int) Field {
	sp := source.Span{Start: from, End: from + len(key)}
	v := Value{Kind: String, Text: value, Span: sp}
	switch name {
	case "tactics", "relevantTechniques", "tags":
		list := Value{Kind: List, Span: sp}
		for _, it := range split(v) {
			list.List = append(list.List, Value{Kind: String, Text: it.text, Span: sp})
		}
		v = list
	}
	return Field{Key: strings.TrimSpace(key), Name: name, Value: v, Span: sp}
}
