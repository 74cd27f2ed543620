// Package coverage counts which ATT&CK techniques rules cover, in levels of
// evidence, and says what would help most.
package coverage

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"goshawk/internal/attack"
)

// Level is how well a technique is covered; a higher one has better evidence.
type Level int

// The levels.
const (
	None   Level = iota // no rule
	Exists              // a rule claims it
	Runs                // a rule runs, and its tables are there
	Fires               // a rule was seen to fire on named data
)

// String is the word that pages and exports use.
func (l Level) String() string {
	return [...]string{"none", "rule exists", "runs on my tables", "seen to fire"}[l]
}

// Rule is what coverage needs of a rule.
type Rule struct {
	Key, Name  string
	Techniques []string // as the author wrote them
	Tactics    []string
	Severity   string
	Sources    []string
	Tables     []string
	// Runs says that the engine runs it, Fired that it gave rows on named data.
	Runs, Fired bool
	// Why says why it does not run.
	Why string
}

// Config says what to count.
type Config struct {
	Matrix *attack.Matrix
	Rules  []Rule
	// Have says whether the user has a table; nil means all tables of rules
	// that run count as there.
	Have func(table string) bool
	// Source, Table, Severity and Platform leave out all but their own; "" takes
	// all.
	Source, Table, Severity, Platform string
}

// Cell is one technique.
type Cell struct {
	Technique *attack.Technique
	Level     Level
	Rules     []string // keys, the best evidence first
}

// Claim is a technique that a rule claims and that counts for nothing.
type Claim struct {
	Key, Given, Note string
}

// Map is the coverage of a matrix.
type Map struct {
	Matrix *attack.Matrix
	Cells  map[string]*Cell // by technique id; sub-techniques have their own
	// Odd are ids in rules that are withdrawn, misspelt or unknown.
	Odd []Claim
	// Idle are rules that claim techniques and cannot run.
	Idle []Rule
	// Unlock ranks tables by how many techniques rules would cover that run but
	// lack them.
	Unlock []Unlock
	Rules  int
}

// Unlock is what a table would bring.
type Unlock struct {
	Table      string
	Techniques []string
	Rules      int
}

// Make counts.
func Make(c Config) *Map {
	m := &Map{Matrix: c.Matrix, Cells: map[string]*Cell{}}
	for _, t := range c.Matrix.Techniques {
		if c.Platform == "" || has(t.Platforms, c.Platform) {
			m.Cells[t.ID] = &Cell{Technique: t}
		}
	}
	level := map[string]Level{}
	unlock := map[string]map[string]bool{}
	unlockRules := map[string]int{}
	for _, r := range c.Rules {
		if !c.takes(r) {
			continue
		}
		m.Rules++
		l, missing := c.level(r)
		level[r.Key] = l
		if !r.Runs && len(r.Techniques) > 0 {
			m.Idle = append(m.Idle, r)
		}
		for _, given := range r.Techniques {
			x := c.Matrix.Resolve(given)
			if x.Note != "" {
				m.Odd = append(m.Odd, Claim{r.Key, given, x.Note})
			}
			if x.Technique == nil || m.Cells[x.Technique.ID] == nil {
				continue
			}
			cell := m.Cells[x.Technique.ID]
			cell.Rules = append(cell.Rules, r.Key)
			cell.Level = max(cell.Level, l)
			for _, t := range missing {
				if unlock[t] == nil {
					unlock[t] = map[string]bool{}
				}
				unlock[t][x.Technique.ID] = true
			}
		}
		for _, t := range missing {
			unlockRules[t]++
		}
	}
	for _, cell := range m.Cells {
		sort.SliceStable(cell.Rules, func(i, j int) bool { return level[cell.Rules[i]] > level[cell.Rules[j]] })
	}
	m.rank(unlock, unlockRules)
	return m
}

func (c Config) takes(r Rule) bool {
	return (c.Source == "" || has(r.Sources, c.Source)) && (c.Table == "" || has(r.Tables, c.Table)) && (c.Severity == "" || strings.EqualFold(r.Severity, c.Severity))
}

func has(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// level is a rule's evidence, and the tables that alone keep it from more: a
// rule that lacks one table only is unlocked by it.
func (c Config) level(r Rule) (Level, []string) {
	switch {
	case r.Fired:
		return Fires, nil
	case !r.Runs:
		return Exists, nil
	}
	var missing []string
	for _, t := range r.Tables {
		if c.Have != nil && !c.Have(t) {
			missing = append(missing, t)
		}
	}
	switch {
	case len(missing) == 0:
		return Runs, nil
	case len(missing) == 1:
		return Exists, missing
	}
	return Exists, nil
}

// rank orders tables by the techniques that are below Runs without them.
func (m *Map) rank(unlock map[string]map[string]bool, rules map[string]int) {
	for t, ids := range unlock {
		u := Unlock{Table: t, Rules: rules[t]}
		for id := range ids {
			if m.Cells[id].Level < Runs {
				u.Techniques = append(u.Techniques, id)
			}
		}
		sort.Strings(u.Techniques)
		if len(u.Techniques) > 0 {
			m.Unlock = append(m.Unlock, u)
		}
	}
	sort.Slice(m.Unlock, func(i, j int) bool {
		a, b := m.Unlock[i], m.Unlock[j]
		if len(a.Techniques) != len(b.Techniques) {
			return len(a.Techniques) > len(b.Techniques)
		}
		return a.Table < b.Table
	})
}

// Best is a technique's level with that of its sub-techniques.
func (m *Map) Best(id string) Level {
	l := None
	if c := m.Cells[id]; c != nil {
		l = c.Level
	}
	for _, s := range m.Matrix.Children(id) {
		if c := m.Cells[s.ID]; c != nil {
			l = max(l, c.Level)
		}
	}
	return l
}

// Tactic is a column of the matrix with its techniques, parents only.
type Tactic struct {
	attack.Tactic
	Techniques []*Cell
}

// Tactics is the matrix by columns.
func (m *Map) Tactics() []Tactic {
	var out []Tactic
	for _, t := range m.Matrix.Tactics {
		col := Tactic{Tactic: t}
		for _, x := range m.Matrix.Techniques {
			if c := m.Cells[x.ID]; c != nil && x.Parent == "" && has(x.Tactics, t.Key()) {
				col.Techniques = append(col.Techniques, c)
			}
		}
		out = append(out, col)
	}
	return out
}

// Counts counts techniques, parents with the best of their sub-techniques, by
// level.
func (m *Map) Counts() map[Level]int {
	out := map[Level]int{}
	for id, c := range m.Cells {
		if c.Technique.Parent == "" {
			out[m.Best(id)]++
		}
	}
	return out
}

// WriteCSV writes a line for each technique.
func (m *Map) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"technique", "name", "parent", "tactics", "level", "rules"}); err != nil {
		return err
	}
	for _, t := range m.Matrix.Techniques {
		c := m.Cells[t.ID]
		if c == nil {
			continue
		}
		if err := out.Write([]string{t.ID, m.Matrix.Full(t), t.Parent, strings.Join(t.Tactics, ";"), c.Level.String(), strconv.Itoa(len(c.Rules))}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteJSON writes one object: version, rules, techniques, unlock.
func (m *Map) WriteJSON(w io.Writer) error {
	type technique struct {
		ID      string   `json:"id"`
		Name    string   `json:"name"`
		Tactics []string `json:"tactics"`
		Level   int      `json:"level"`
		Word    string   `json:"level_name"`
		Rules   []string `json:"rules"`
	}
	type unlocks struct {
		Table      string   `json:"table"`
		Techniques []string `json:"techniques"`
		Rules      int      `json:"rules"`
	}
	doc := struct {
		Version    string      `json:"attack_version"`
		Rules      int         `json:"rules"`
		Techniques []technique `json:"techniques"`
		Unlock     []unlocks   `json:"unlock"`
	}{Version: m.Matrix.Version, Rules: m.Rules, Unlock: []unlocks{}}
	for _, t := range m.Matrix.Techniques {
		if c := m.Cells[t.ID]; c != nil {
			doc.Techniques = append(doc.Techniques, technique{t.ID, m.Matrix.Full(t), t.Tactics, int(c.Level), c.Level.String(), append([]string{}, c.Rules...)})
		}
	}
	for _, u := range m.Unlock {
		doc.Unlock = append(doc.Unlock, unlocks(u))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

// layer is the format 4.5 of ATT&CK Navigator layers.
type layer struct {
	Name        string            `json:"name"`
	Versions    map[string]string `json:"versions"`
	Domain      string            `json:"domain"`
	Description string            `json:"description"`
	Sorting     int               `json:"sorting"`
	Layout      map[string]any    `json:"layout"`
	Hide        bool              `json:"hideDisabled"`
	Techniques  []layerTechnique  `json:"techniques"`
	Gradient    map[string]any    `json:"gradient"`
	Legend      []layerLegend     `json:"legendItems"`
	ShowTactic  bool              `json:"showTacticRowBackground"`
	TacticRow   string            `json:"tacticRowBackground"`
	Select      bool              `json:"selectTechniquesAcrossTactics"`
	SelectSub   bool              `json:"selectSubtechniquesWithParent"`
	Metadata    []any             `json:"metadata"`
	Links       []any             `json:"links"`
}

type layerTechnique struct {
	ID       string `json:"techniqueID"`
	Tactic   string `json:"tactic"`
	Score    int    `json:"score"`
	Color    string `json:"color"`
	Comment  string `json:"comment"`
	Enabled  bool   `json:"enabled"`
	Metadata []any  `json:"metadata"`
	Links    []any  `json:"links"`
	Show     bool   `json:"showSubtechniques"`
}

type layerLegend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

// colors are the fills of levels, from nothing to the best evidence.
var colors = [...]string{"#ffffff", "#d9e2ec", "#7fb3d5", "#1f6f4a"}

// WriteNavigator writes a layer for the ATT&CK Navigator.
func (m *Map) WriteNavigator(w io.Writer, name string) error {
	major, _, _ := strings.Cut(m.Matrix.Version, ".")
	l := layer{
		Name: name, Versions: map[string]string{"attack": major, "navigator": "5.1.0", "layer": "4.5"}, Domain: "enterprise-attack",
		Description: fmt.Sprintf("%d rules; the score is the level of evidence: 1 a rule exists, 2 it runs on the tables at hand, 3 it was seen to fire", m.Rules),
		Layout:      map[string]any{"layout": "side", "aggregateFunction": "max", "showID": true, "showName": true, "showAggregateScores": false, "countUnscored": false},
		Techniques:  []layerTechnique{}, Gradient: map[string]any{"colors": []string{colors[1], colors[2], colors[3]}, "minValue": 1, "maxValue": 3},
		TacticRow: "#dddddd", ShowTactic: false, SelectSub: false, Select: true, Metadata: []any{}, Links: []any{},
	}
	for i := Exists; i <= Fires; i++ {
		l.Legend = append(l.Legend, layerLegend{i.String(), colors[i]})
	}
	for _, t := range m.Matrix.Techniques {
		c := m.Cells[t.ID]
		if c == nil || c.Level == None {
			continue
		}
		for _, k := range t.Tactics {
			tac, _ := m.Matrix.Tactic(k)
			l.Techniques = append(l.Techniques, layerTechnique{
				ID: t.ID, Tactic: strings.ReplaceAll(strings.ToLower(tac.Name), " ", "-"), Score: int(c.Level), Color: colors[c.Level],
				Comment: fmt.Sprintf("%d rules, %s", len(c.Rules), c.Level), Enabled: true, Metadata: []any{}, Links: []any{},
			})
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(l)
}
