package site

import (
	"bytes"
	"fmt"

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

// coverage writes the matrix and its exports.
func (b *builder) coverage() {
	m := b.m.Coverage
	if m == nil {
		return
	}
	n := m.Counts()
	total := 0
	for _, k := range n {
		total += k
	}
	p := struct {
		page
		Summary  string
		Columns  []coverColumn
		Unlock   []coverage.Unlock
		Gaps     []gap
		Idle     []coverage.Rule
		MoreIdle int
	}{page: b.page("coverage/", "Coverage", "Which ATT&CK techniques the rules cover, with what evidence")}
	p.Summary = fmt.Sprintf("%d rules against ATT&CK %s: of %d techniques, %d have a rule that was seen to fire, %d one that runs, %d one that exists, and %d none. A technique takes the best of its sub-techniques; the number in a cell counts rules.",
		m.Rules, m.Matrix.Version, total, n[coverage.Fires], n[coverage.Runs], n[coverage.Exists], n[coverage.None])
	for _, t := range m.Tactics() {
		col := coverColumn{Name: t.Name}
		g := gap{Tactic: t.Name}
		for _, c := range t.Techniques {
			l := m.Best(c.Technique.ID)
			rules := len(b.techs[c.Technique.ID])
			for _, s := range m.Matrix.Children(c.Technique.ID) {
				rules += len(b.techs[s.ID])
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
	b.render("coverage.html", "coverage/index.html", p)
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
		b.write("coverage/"+name, buf.Bytes())
	}
}
