package external

import (
	"fmt"
	"strconv"
	"strings"

	"goshawk/internal/dynamic"
)

// mapped says where a column comes from: a place in the row, or a path into
// the record.
type mapped struct {
	column  string
	ordinal int
	path    []string
}

// readMapping reads an ingestion mapping in either of its spellings. What goes
// beyond a place or a simple path is refused.
func readMapping(text string) ([]mapped, error) {
	v, err := dynamic.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the ingestion mapping is no JSON: %w", err)
	}
	if v.Kind() != dynamic.Array {
		return nil, fmt.Errorf("the ingestion mapping is no list of columns")
	}
	var out []mapped
	for _, e := range v.Items() {
		m := mapped{column: field(e, "column"), ordinal: -1}
		props := e
		for _, key := range e.Keys() {
			if strings.EqualFold(key, "properties") {
				props = e.Get(key)
			}
		}
		if t := field(props, "transform"); t != "" && !strings.EqualFold(t, "none") {
			return nil, &Refused{fmt.Sprintf("the transform %q of an ingestion mapping is not supported", t), ""}
		}
		if c := field(props, "constvalue"); c != "" {
			return nil, &Refused{"constant values in an ingestion mapping are not supported", ""}
		}
		if p := field(props, "path"); p != "" {
			if m.path, err = readPath(p); err != nil {
				return nil, err
			}
		} else if o := field(props, "ordinal"); o != "" {
			if m.ordinal, err = strconv.Atoi(o); err != nil {
				return nil, fmt.Errorf("the ingestion mapping has the ordinal %q", o)
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// field is a scalar of a bag, whatever the case of its key.
func field(v dynamic.Value, name string) string {
	for _, key := range v.Keys() {
		if strings.EqualFold(key, name) {
			return v.Get(key).String()
		}
	}
	return ""
}

// readPath reads $, $.a.b and $['a']['b'].
func readPath(text string) ([]string, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("the path %q does not begin with $", text)
	}
	out := []string{}
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "['"):
			key, after, ok := strings.Cut(rest[2:], "']")
			if !ok {
				return nil, fmt.Errorf("the path %q is not closed", text)
			}
			out, rest = append(out, key), after
		case rest[0] == '.' && len(rest) > 1 && rest[1] != '.' && rest[1] != '[':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			out, rest = append(out, rest[1:1+end]), rest[1+end:]
		default:
			return nil, &Refused{fmt.Sprintf("the path %q of an ingestion mapping is not supported", text), ""}
		}
	}
	return out, nil
}

// ordinal is the place of column number i in a row of text, -1 when a mapping
// leaves it out.
func (f form) ordinal(i int, column string) (int, error) {
	if f.mapping == nil {
		return i, nil
	}
	for _, m := range f.mapping {
		if m.column == column {
			if m.ordinal < 0 {
				return 0, fmt.Errorf("the ingestion mapping gives no ordinal for %q, which text needs", column)
			}
			return m.ordinal, nil
		}
	}
	return -1, nil
}

// path is where a column's value is in a record; ok is false when a mapping
// leaves it out.
func (f form) path(column string) (path []string, ok bool, err error) {
	if f.mapping == nil {
		return []string{column}, true, nil
	}
	for _, m := range f.mapping {
		if m.column == column {
			if m.path == nil {
				return nil, false, fmt.Errorf("the ingestion mapping gives no path for %q, which JSON needs", column)
			}
			return m.path, true, nil
		}
	}
	return nil, false, nil
}
