package enrich

import (
	"embed"
	"strings"
	"sync"
)

// The facts that the analyst knows, a line each, fields apart by " | ".
//
//go:embed knowledge/*.txt
var knowledge embed.FS

// tableFact is what is known of a table.
type tableFact struct {
	Name, Row, Connector, Enable, Delay string
	Account, Address, Host              string // columns, "" without
	Blind                               string
}

// codeFact is what is known of a result code, an event id, a program or an
// operation.
type codeFact struct {
	Code string
	What string
	Kind string // of Entra result codes
	Gain string // of operations
	Why  string // the benign cause
}

type factSet struct {
	tables                            map[string]tableFact
	entra, windows, programs, actions map[string]codeFact
	techniques                        map[string]string
}

var facts = sync.OnceValue(func() *factSet {
	f := &factSet{tables: map[string]tableFact{}, entra: map[string]codeFact{}, windows: map[string]codeFact{},
		programs: map[string]codeFact{}, actions: map[string]codeFact{}, techniques: map[string]string{}}
	for _, r := range rows("tables.txt", 9) {
		f.tables[r[0]] = tableFact{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]}
	}
	for _, r := range rows("entra.txt", 4) {
		f.entra[r[0]] = codeFact{Code: r[0], What: r[1], Kind: r[2], Why: r[3]}
	}
	for _, r := range rows("windows.txt", 3) {
		f.windows[r[0]] = codeFact{Code: r[0], What: r[1], Why: r[2]}
	}
	for _, r := range rows("programs.txt", 3) {
		f.programs[strings.ToLower(r[0])] = codeFact{Code: r[0], What: r[1], Why: r[2]}
	}
	for _, r := range rows("operations.txt", 4) {
		f.actions[strings.ToLower(r[0])] = codeFact{Code: r[0], What: r[1], Gain: r[2], Why: r[3]}
	}
	for _, r := range rows("techniques.txt", 2) {
		f.techniques[r[0]] = r[1]
	}
	return f
})

// rows reads a file of facts; a line with another number of fields is a
// mistake in the binary.
func rows(name string, fields int) [][]string {
	raw, err := knowledge.ReadFile("knowledge/" + name)
	if err != nil {
		panic("enrich: " + err.Error())
	}
	var out [][]string
	for _, line := range strings.Split(string(raw), "\n") {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		parts := strings.Split(line, "|")
		if len(parts) != fields {
			panic("enrich: " + name + ": " + line)
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		out = append(out, parts)
	}
	return out
}
