package ingest

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCSVRows(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a,b\n1,2\n", "a|b\n1|2"},
		{"a,b\r\n1,2\r\n", "a|b\n1|2"},
		{"a,b\n1,2", "a|b\n1|2"},
		{"a,\n,\n", "a|\n|"},
		{`"a","b,c"` + "\n", "a|b,c"},
		{"\"x\r\ny\",2\n3,4\n", "x\ny|2\n3|4"},
		{`"say ""hi""",1` + "\n", `say "hi"|1`},
		{`"a" b,c` + "\n" + `d"e,"f"` + "\n", "a\" b,c\nd\"e,\"f"},
		{`5" disk,b` + "\n", `5" disk|b`},
		{`"a"b",c` + "\n", `a"b|c`},
		{"1,\"open\n2,3\n4,5\n", "!a quoted cell does not end\n2|3\n4|5"},
		{"\xef\xbb\xbfa,b\n", "a|b"},
		{"\n\na\n", "\n\na"},
		{"", ""},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(c.text), "bytes": iotest.OneByteReader(strings.NewReader(c.text))} {
			cr := newCSVReader(r, ',', 1<<20)
			var got []string
			for {
				row, _, err := cr.next()
				if err == io.EOF {
					break
				}
				if errors.Is(err, errOpenQuote) {
					got = append(got, "!"+err.Error())
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.Join(row, "|"))
			}
			if s := strings.Join(got, "\n"); s != c.want {
				t.Errorf("%q read %s: got %q, want %q", c.text, name, s, c.want)
			}
		}
	}
}
