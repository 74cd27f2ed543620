package site

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"goshawk/internal/coverage"
)

type coverColumn struct {
	Name    string
	Covered int
	Cells   []coverCell
}

type coverCell struct {
	ID, Name, Word string
	Level, Rules   int
}

type gap struct {
	Tactic     string
	Techniques []coverCell
}

// maxIdle bounds the rules listed that do not run.
const maxIdle = 100

// coverFilter is a part of the rules that has a matrix of its own.
type coverFilter struct{ Kind, Value, Link string }

// maxCoverTables bounds the tables with a matrix of their own, the most read
// ones; a matrix has about 60 KB.
const maxCoverTables = 24

// coverFilters are those that leave any rule.
func (b *builder) coverFilters() []coverFilter {
	if b.m.Cover == nil {
		return nil
	}
	var out []coverFilter
	add := func(kind, value string) {
		if s := slug(value); s != "" {
			out = append(out, coverFilter{kind, value, "coverage/" + kind + "/" + s + "/"})
		}
	}
	for _, s := range b.m.Sources {
		add("source", s.Name)
	}
	severities := map[string]bool{}
	for _, r := range b.m.Rules {
		severities[r.Severity] = true
	}
	for _, s := range []string{"High", "Medium", "Low", "Informational"} {
		if severities[s] {
			add("severity", s)
		}
	}
	names := slices.Sorted(maps.Keys(b.tables))
	sort.SliceStable(names, func(i, j int) bool { return len(b.tables[names[i]]) > len(b.tables[names[j]]) })
	for _, n := range names[:min(len(names), maxCoverTables)] {
		if slug(n) == n {
			add("table", n)
		}
	}
	return out
}

// coverage writes the matrix of all rules, and one for each filter.
func (b *builder) coverage() {
	if b.m.Coverage == nil {
		return
	}
	filters := b.coverFilters()
	b.matrix(b.m.Coverage, "coverage/", "", filters)
	for _, f := range filters {
		if m := b.m.Cover(f.Kind, f.Value); m != nil {
			b.matrix(m, f.Link, f.Kind+" "+f.Value, filters)
		}
	}
}

// matrix writes one matrix and its exports.
func (b *builder) matrix(m *coverage.Map, path, of string, filters []coverFilter) {
	n := m.Counts()
	total := 0
	for _, k := range n {
		total += k
	}
	p := struct {
		page
		Of       string // what the rules are narrowed to, "" for all
		Filters  []coverFilter
		Summary  string
		Columns  []coverColumn
		Unlock   []coverage.Unlock
		Gaps     []gap
		Idle     []coverage.Rule
		MoreIdle int
	}{page: b.page(path, strings.TrimSpace("Coverage "+of), "Which ATT&CK techniques the rules cover, with what evidence"), Of: of, Filters: filters}
	p.Summary = fmt.Sprintf("%d rules against ATT&CK %s: of %d techniques, %d have a rule that was seen to fire, %d one that runs, %d one that exists, and %d none. A technique takes the best of its sub-techniques; the number in a cell counts rules.",
		m.Rules, m.Matrix.Version, total, n[coverage.Fires], n[coverage.Runs], n[coverage.Exists], n[coverage.None])
	for _, t := range m.Tactics() {
		col := coverColumn{Name: t.Name}
		g := gap{Tactic: t.Name}
		for _, c := range t.Techniques {
			l := m.Best(c.Technique.ID)
			rules := len(c.Rules)
			for _, s := range m.Matrix.Children(c.Technique.ID) {
				if sub := m.Cells[s.ID]; sub != nil {
					rules += len(sub.Rules)
				}
			}
			cell := coverCell{c.Technique.ID, c.Technique.Name, l.String(), int(l), rules}
			col.Cells = append(col.Cells, cell)
			if l != coverage.None {
				col.Covered++
			} else {
				g.Techniques = append(g.Techniques, cell)
			}
		}
		p.Columns = append(p.Columns, col)
		if len(g.Techniques) > 0 {
			p.Gaps = append(p.Gaps, g)
		}
	}
	p.Unlock = m.Unlock[:min(len(m.Unlock), 20)]
	p.Idle = m.Idle[:min(len(m.Idle), maxIdle)]
	p.MoreIdle = len(m.Idle) - len(p.Idle)
	b.render("coverage.html", path+"index.html", p)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"coverage.csv":        func(w *bytes.Buffer) error { return m.WriteCSV(w) },
		"coverage.json":       func(w *bytes.Buffer) error { return m.WriteJSON(w) },
		"coverage.layer.json": func(w *bytes.Buffer) error { return m.WriteNavigator(w, b.m.Title) },
	} {
		var buf bytes.Buffer
		if err := write(&buf); err != nil {
			b.fail(err)
			continue
		}
		b.write(path+name, buf.Bytes())
	}
}
