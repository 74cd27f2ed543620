package kqltest

import "strings"

// Updated is the page's text with every expectation replaced by what its case
// gives now, save those that say where they come from.
func (p *Page) Updated(dir string) (string, error) {
	lines := append([]string(nil), p.lines...)
	for i := len(p.Cases) - 1; i >= 0; i-- {
		c := p.Cases[i]
		got, err := plainest(c, dir)
		if err != nil {
			return "", err
		}
		type change struct {
			w    *Want
			text string
		}
		var changes []change
		for k, w := range c.Want {
			if k < len(got.tables) {
				changes = append(changes, change{w, got.tables[k].Text()})
			}
		}
		if c.Error != nil && got.diags != "" {
			changes = append(changes, change{c.Error, got.diags})
		}
		if c.Plan != nil {
			text, _, err := optimized(c, dir)
			if err != nil {
				return "", err
			}
			changes = append(changes, change{c.Plan, text})
		}
		// From the last fence up, so that the line numbers of the others hold.
		for len(changes) > 0 {
			last := 0
			for k := range changes {
				if changes[k].w.first > changes[last].w.first {
					last = k
				}
			}
			ch := changes[last]
			changes = append(changes[:last], changes[last+1:]...)
			if ch.w.From == "" {
				lines = replace(lines, ch.w, ch.text)
			}
		}
	}
	return strings.Join(lines, "\n"), nil
}

func replace(lines []string, w *Want, text string) []string {
	out := append([]string(nil), lines[:w.first]...)
	out = append(out, strings.Split(text, "\n")...)
	return append(out, lines[w.last:]...)
}
