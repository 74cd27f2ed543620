package fn

import (
	"strconv"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// parseJSON reads JSON; text that is none stays a text, an empty one is null.
func parseJSON(s string) dynamic.Value {
	if strings.TrimSpace(s) == "" {
		return dynamic.NullValue
	}
	v, err := dynamic.Parse(s)
	if err != nil {
		return dynamic.FromString(s)
	}
	return v
}

func pickJSON(args []types.Type, _ types.Type) Kernel {
	switch args[0] {
	case types.String:
		return lift1(parseJSON)
	case types.Dynamic:
		return eachDyn(func(args []dynamic.Value) dynamic.Value {
			if args[0].Kind() == dynamic.String {
				return parseJSON(args[0].Text())
			}
			return args[0]
		})
	}
	return eachDyn(func(args []dynamic.Value) dynamic.Value { return args[0] })
}

// jsonPath follows $.a.b[0]['c'] into a value.
func jsonPath(v dynamic.Value, path string) (dynamic.Value, bool) {
	path, ok := strings.CutPrefix(strings.TrimSpace(path), "$")
	if !ok {
		return v, false
	}
	for path != "" {
		var key string
		if path[0] == '.' {
			end := strings.IndexAny(path[1:], ".[")
			if end < 0 {
				end = len(path) - 1
			}
			key, path = path[1:1+end], path[1+end:]
			v = v.Get(key)
			continue
		}
		end := strings.IndexByte(path, ']')
		if path[0] != '[' || end < 0 {
			return v, false
		}
		key, path = strings.TrimSpace(path[1:end]), path[end+1:]
		if n, err := strconv.ParseInt(key, 10, 64); err == nil {
			v = v.At(n)
		} else if len(key) > 1 && (key[0] == '\'' || key[0] == '"') && key[len(key)-1] == key[0] {
			v = v.Get(key[1 : len(key)-1])
		} else {
			return v, false
		}
	}
	return v, true
}

func extractJSON(c *Call, args []*vector.Vector) (*vector.Vector, error) {
	path, src := texts(args[0]), dyns(args[1])
	found := collect[string](&Call{N: c.N, Ret: types.String}, nil, func(i int) (string, bool) {
		doc := src.at(i)
		if doc.Kind() == dynamic.String {
			parsed, err := dynamic.Parse(doc.Text())
			if err != nil {
				return "", false
			}
			doc = parsed
		}
		v, ok := jsonPath(doc, path.at(i))
		return v.String(), ok
	})
	if c.Ret == types.String {
		return found, nil
	}
	return converted(c, found)
}

func init() {
	for _, name := range []string{"parse_json", "parsejson", "todynamic", "toobject"} {
		scalar(Scalar{Name: name, Summary: "Reads JSON.", Nulls: Handles, Pick: pickJSON})
	}
	for _, name := range []string{"extract_json", "extractjson"} {
		scalar(Scalar{Name: name, Summary: "Gives the value at a path in JSON text.", Nulls: Handles, Type: typeArgument(2), Kernel: extractJSON})
	}
}
