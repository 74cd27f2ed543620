package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"goshawk/internal/types"
)

// columnList reads a JSON object of column to type in its written order, which
// is the order of the result.
type columnList []column

// UnmarshalJSON reads the object token by token.
func (l *columnList) UnmarshalJSON(src []byte) error {
	d := json.NewDecoder(bytes.NewReader(src))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		typ, err := d.Token()
		if err != nil {
			return err
		}
		*l = append(*l, column{fmt.Sprint(name), fmt.Sprint(typ)})
	}
	return nil
}

type function struct {
	Params []struct {
		Name, Type string
		Optional   bool
	}
	Columns   columnList
	ColumnsOf string `json:"columns_of"`
	Extends   columnList
	Open      bool
}

// functions gives each function as a line: flags, parameters, the number of
// the schema whose columns come last, then the columns before them. The schemas
// themselves are the first group.
func functions(src []byte) (map[string]string, string, error) {
	var all struct {
		Schemas   map[string]columnList
		Functions map[string]function
	}
	if err := json.Unmarshal(src, &all); err != nil {
		return nil, "", err
	}
	var names []string
	for n := range all.Schemas {
		names = append(names, n)
	}
	sort.Strings(names)
	var first strings.Builder
	number := map[string]int{}
	for i, n := range names {
		line, err := columns(all.Schemas[n])
		if err != nil {
			return nil, "", fmt.Errorf("schema %s: %w", n, err)
		}
		number[n] = i
		first.WriteString(line + "\n")
	}
	lines := map[string]string{}
	for n, f := range all.Functions {
		line, err := f.line(number)
		if err != nil {
			return nil, "", fmt.Errorf("function %s: %w", n, err)
		}
		lines[n] = line
	}
	return lines, first.String(), nil
}

func (f *function) line(number map[string]int) (string, error) {
	head := []string{"", "", ""}
	if f.Open {
		head[0] += "o"
	}
	cols := f.Columns
	if f.Extends != nil {
		head[0] += "x"
		cols = f.Extends
	}
	var params []string
	for _, p := range f.Params {
		text, err := param(p.Name, p.Type, p.Optional)
		if err != nil {
			return "", err
		}
		params = append(params, text)
	}
	head[1] = strings.Join(params, ";")
	if f.ColumnsOf != "" {
		n, ok := number[f.ColumnsOf]
		if !ok {
			return "", fmt.Errorf("there is no schema %q", f.ColumnsOf)
		}
		head[2] = fmt.Sprint(n)
	}
	list, err := columns(cols)
	return strings.Join(head, "\t") + "\t" + list, err
}

// param is a parameter as text: name, colon, type, and a question mark when
// the call may leave it out. A table is its columns in brackets.
func param(name, typ string, optional bool) (string, error) {
	switch typ {
	case "*":
		typ = "(*)"
	case "table":
		name, typ, _ = strings.Cut(name, ":")
	default:
		if _, ok := types.Parse(typ); !ok {
			return "", fmt.Errorf("parameter %q has type %q", name, typ)
		}
	}
	if optional {
		typ += "?"
	}
	return name + ":" + typ, nil
}
