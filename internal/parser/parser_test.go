package parser

import (
	"strings"
	"testing"

	"goshawk/internal/source"
)

func parseErr(t *testing.T, q string) source.Diagnostics {
	t.Helper()
	_, ds := Parse(source.New("query", q))
	return ds
}

func TestSmoke(t *testing.T) {
	for _, q := range []string{"T | where a == 1 | project b, c = d + 1", "T | make-graph a --> b | graph-match (x)-[e*1..3]->(y) project x.a"} {
		if ds := parseErr(t, q); ds.HasErrors() {
			t.Errorf("%s\n%v", q, strings.TrimSpace(ds.Err().Error()))
		}
	}
}
