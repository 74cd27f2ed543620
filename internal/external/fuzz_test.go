package external

import (
	"testing"

	"goshawk/internal/plan"
	"goshawk/internal/types"
)

// FuzzDecode holds that no bytes make a panic, and that every column has as
// many values as there are rows.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"a,1\n\"b\",2", "{\"a\":1}\n[{\"b\":[1]}]", "[", "{\"a\":{\"a\":\"\\ud800\"}}", "\xef\xbb\xbfx\x00", "\"", "a\tb\x01c|d;e"} {
		for i := range len(fuzzFormats) {
			f.Add(s, byte(i), "$.a['b']")
		}
	}
	f.Fuzz(func(t *testing.T, text string, format byte, path string) {
		cols := []*plan.Col{{Name: "a", Type: types.String}, {Name: "b", Type: types.Long}, {Name: "c", Type: types.Dynamic}, {Name: "d", Type: types.Datetime}}
		fm := form{format: fuzzFormats[int(format)%len(fuzzFormats)], ignoreFirst: len(text)%2 == 0}
		if p, err := readPath(path); err == nil && len(text)%3 == 0 {
			fm.mapping = []mapped{{column: "a", ordinal: 1, path: p}}
		}
		b, err := fm.decode([]byte(text), cols)
		if err != nil {
			return
		}
		for i, c := range b.Cols {
			if c.N != b.N {
				t.Fatalf("column %d has %d values of %d", i, c.N, b.N)
			}
		}
	})
}

var fuzzFormats = []string{"csv", "tsv", "psv", "scsv", "sohsv", "txt", "raw", "json", "multijson"}
